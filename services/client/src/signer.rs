//! A key, and what it signs.

use crate::{codec::record, Address, Error};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest, Sha256};
use stellar_xdr::{
    AccountId, DecoratedSignature, FeeBumpTransaction, FeeBumpTransactionEnvelope,
    FeeBumpTransactionExt, FeeBumpTransactionInnerTx, Hash, HashIdPreimage,
    HashIdPreimageSorobanAuthorization, HashIdPreimageSorobanAuthorizationWithAddress, Limits,
    MuxedAccount, PublicKey, ScVal, Signature, SignatureHint, SorobanAddressCredentials,
    SorobanAuthorizationEntry, SorobanCredentials, Transaction, TransactionEnvelope,
    TransactionV1Envelope, Uint256, WriteXdr,
};

/// An ed25519 key and the account that it is the master key of.
#[derive(Clone)]
pub struct Signer(SigningKey);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the key.
        write!(f, "Signer({})", self.account())
    }
}

impl Signer {
    /// From a secret key `S...`.
    ///
    /// # Errors
    /// Where the text is none. The text is not repeated in the error.
    pub fn from_secret(secret: &str) -> Result<Self, Error> {
        stellar_strkey::ed25519::PrivateKey::from_string(secret.trim())
            .map(|seed| Self::from_seed(seed.0))
            .map_err(|_| Error::Config("the secret key is not one that starts with S".to_owned()))
    }

    /// From the 32 bytes of a seed.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    /// A key that follows from a name, which everybody can compute: for local networks only.
    pub fn named(name: &str) -> Self {
        Self::from_seed(Sha256::digest(name.as_bytes()).into())
    }

    /// The secret key as text, for tools of local networks that print it.
    pub fn secret(&self) -> String {
        stellar_strkey::ed25519::PrivateKey(self.0.to_bytes())
            .to_string()
            .to_string()
    }

    pub fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    pub fn account(&self) -> AccountId {
        AccountId(PublicKey::PublicKeyTypeEd25519(Uint256(self.public_key())))
    }

    pub fn address(&self) -> Address {
        Address::Account(self.account())
    }

    /// The signature of a payload of 32 bytes, as envelopes carry it.
    ///
    /// # Panics
    /// Never: a signature has 64 bytes.
    pub fn sign(&self, payload: &[u8; 32]) -> DecoratedSignature {
        let [.., a, b, c, d] = self.public_key();
        let signature = self.0.sign(payload).to_bytes().to_vec();
        DecoratedSignature {
            hint: SignatureHint([a, b, c, d]),
            signature: Signature(signature.try_into().expect("64 bytes")),
        }
    }

    /// Signs what a contract asks this account to agree to, until the ledger `expires`, in the form
    /// in which the simulation recorded it.
    ///
    /// # Errors
    /// Where the authorisation is not one that an account signs.
    pub fn authorize(
        &self,
        entry: &SorobanAuthorizationEntry,
        expires: u32,
        network_id: [u8; 32],
    ) -> Result<SorobanAuthorizationEntry, Error> {
        let mut entry = entry.clone();
        let invocation = entry.root_invocation.clone();
        let network_id = Hash(network_id);
        let (credentials, image) = match &mut entry.credentials {
            SorobanCredentials::Address(given) => {
                let image = HashIdPreimageSorobanAuthorization {
                    network_id,
                    nonce: given.nonce,
                    signature_expiration_ledger: expires,
                    invocation,
                };
                (given, HashIdPreimage::SorobanAuthorization(image))
            }
            SorobanCredentials::AddressV2(given) => {
                let image = HashIdPreimageSorobanAuthorizationWithAddress {
                    network_id,
                    nonce: given.nonce,
                    signature_expiration_ledger: expires,
                    address: given.address.clone(),
                    invocation,
                };
                (
                    given,
                    HashIdPreimage::SorobanAuthorizationWithAddress(image),
                )
            }
            _ => return Err(Error::Config("nobody signs this authorisation".to_owned())),
        };
        let payload = Sha256::digest(image.to_xdr(Limits::none())?);
        credentials.signature_expiration_ledger = expires;
        credentials.signature = self.account_signature(&payload);
        Ok(entry)
    }

    /// A signature as the accounts' built-in contract reads it.
    fn account_signature(&self, payload: &[u8]) -> ScVal {
        use crate::codec::{vector, ToScVal};
        vector(vec![record(vec![
            ("public_key", self.public_key().to_scval()),
            ("signature", self.0.sign(payload).to_bytes().to_scval()),
        ])])
    }
}

/// Signs a transaction with every key given.
///
/// # Errors
/// Where it is signed by more than 20.
pub fn sign(
    tx: &Transaction,
    network_id: [u8; 32],
    signers: &[&Signer],
) -> Result<TransactionEnvelope, Error> {
    let hash = tx.hash(network_id)?;
    let signatures: Vec<_> = signers.iter().map(|signer| signer.sign(&hash)).collect();
    Ok(TransactionEnvelope::Tx(TransactionV1Envelope {
        tx: tx.clone(),
        signatures: signatures.try_into()?,
    }))
}

/// A signed transaction in an envelope of somebody who pays more for it: `fee` is what it may cost
/// all in all. The inner transaction's account pays nothing then.
///
/// # Errors
/// Where it is no transaction that can be paid for, or is too large.
pub fn fee_bump(
    envelope: &TransactionEnvelope,
    fee: i64,
    network_id: [u8; 32],
    sponsor: &Signer,
) -> Result<TransactionEnvelope, Error> {
    let TransactionEnvelope::Tx(inner) = envelope else {
        let kind = envelope.name();
        return Err(Error::Config(format!("nobody can pay more for a {kind}")));
    };
    let tx = FeeBumpTransaction {
        fee_source: MuxedAccount::from(sponsor.account()),
        fee,
        inner_tx: FeeBumpTransactionInnerTx::Tx(inner.clone()),
        ext: FeeBumpTransactionExt::V0,
    };
    let signature = sponsor.sign(&tx.hash(network_id)?);
    Ok(TransactionEnvelope::TxFeeBump(FeeBumpTransactionEnvelope {
        tx,
        signatures: vec![signature].try_into()?,
    }))
}

/// Whose agreement an authorisation waits for; `None` where the transaction's own source agrees.
pub fn asked(entry: &SorobanAuthorizationEntry) -> Option<&SorobanAddressCredentials> {
    match &entry.credentials {
        SorobanCredentials::Address(given) | SorobanCredentials::AddressV2(given) => Some(given),
        _ => None,
    }
}
