//! Keys.

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use stellar_xdr::{AccountId, DecoratedSignature, PublicKey, Signature, SignatureHint, Uint256};

/// A key and the account that it is the key of.
#[derive(Clone)]
pub struct Wallet(SigningKey);

impl Wallet {
    /// The wallet of somebody with this name. The same name gives the same key.
    pub fn named(name: &str) -> Self {
        Self(SigningKey::from_bytes(
            &Sha256::digest(name.as_bytes()).into(),
        ))
    }

    /// The wallet of a secret key `S...`.
    ///
    /// # Errors
    /// Where the text is no secret key.
    pub fn of_secret(secret: &str) -> anyhow::Result<Self> {
        let seed = stellar_strkey::ed25519::PrivateKey::from_string(secret)
            .map_err(|_| anyhow::anyhow!("not a secret key"))?;
        Ok(Self(SigningKey::from_bytes(&seed.0)))
    }

    /// The public key.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        AccountId(PublicKey::PublicKeyTypeEd25519(Uint256(self.public())))
    }

    /// `G...`
    pub fn address(&self) -> String {
        stellar_strkey::ed25519::PublicKey(self.public())
            .to_string()
            .to_string()
    }

    /// The bare signature of a payload.
    pub fn sign_bytes(&self, payload: &[u8]) -> [u8; 64] {
        self.0.sign(payload).to_bytes()
    }

    /// The signature of a transaction's hash.
    ///
    /// # Panics
    /// Never: a signature has the size that its type asks for.
    pub fn sign(&self, hash: &[u8; 32]) -> DecoratedSignature {
        let [.., a, b, c, d] = self.public();
        DecoratedSignature {
            hint: SignatureHint([a, b, c, d]),
            signature: Signature(self.sign_bytes(hash).to_vec().try_into().expect("64 bytes")),
        }
    }
}
