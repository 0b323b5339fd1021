//! Signatures: which are valid, what they weigh, and whether one of them was not needed.

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use stellar_xdr::{AccountEntry, AccountId, DecoratedSignature, PublicKey, Signer, SignerKey};

/// Checks the signatures of one payload against any number of accounts, and remembers which of them
/// were of use.
pub struct SignatureChecker<'a> {
    hash: [u8; 32],
    signatures: &'a [DecoratedSignature],
    used: Vec<bool>,
}

impl<'a> SignatureChecker<'a> {
    /// A checker for the signatures over `hash`.
    pub fn new(hash: [u8; 32], signatures: &'a [DecoratedSignature]) -> Self {
        Self {
            hash,
            signatures,
            used: vec![false; signatures.len()],
        }
    }

    /// Whether the account's signers reach `needed`.
    pub fn account(&mut self, account: &AccountEntry, needed: u8) -> bool {
        let master = account.thresholds.0[0];
        let mut signers = Vec::with_capacity(account.signers.len() + 1);
        if master > 0 {
            signers.push(master_signer(&account.account_id, u32::from(master)));
        }
        signers.extend(account.signers.iter().cloned());
        self.reaches(signers, u32::from(needed))
    }

    /// Whether the key of an account that does not exist (yet) signed.
    pub fn bare_key(&mut self, id: &AccountId) -> bool {
        self.reaches(vec![master_signer(id, 1)], 0)
    }

    /// Whether this key signed, as an extra condition of the transaction.
    pub fn extra_signer(&mut self, key: &SignerKey) -> bool {
        self.reaches(
            vec![Signer {
                key: key.clone(),
                weight: 1,
            }],
            1,
        )
    }

    /// Whether every signature was of use.
    pub fn all_used(&self) -> bool {
        self.used.iter().all(|used| *used)
    }

    /// Adds up what the signers weigh that signed. At least one has to, even where nothing is needed.
    fn reaches(&mut self, mut signers: Vec<Signer>, needed: u32) -> bool {
        let mut weight = 0_u32;
        for signer in &signers {
            if matches!(&signer.key, SignerKey::PreAuthTx(hash) if hash.0 == self.hash) {
                weight = weight.saturating_add(signer.weight.min(255));
                if weight >= needed {
                    return true;
                }
            }
        }
        for kind in [Kind::HashX, Kind::Ed25519, Kind::SignedPayload] {
            for (index, signature) in self.signatures.iter().enumerate() {
                let place = signers.iter().position(|signer| {
                    kind == Kind::of(&signer.key) && signs(&signer.key, signature, &self.hash)
                });
                let Some(place) = place else { continue };
                self.used[index] = true;
                weight = weight.saturating_add(signers.remove(place).weight.min(255));
                if weight >= needed {
                    return true;
                }
            }
        }
        false
    }
}

#[derive(PartialEq, Eq)]
enum Kind {
    PreAuth,
    HashX,
    Ed25519,
    SignedPayload,
}

impl Kind {
    fn of(key: &SignerKey) -> Self {
        match key {
            SignerKey::PreAuthTx(_) => Self::PreAuth,
            SignerKey::HashX(_) => Self::HashX,
            SignerKey::Ed25519(_) => Self::Ed25519,
            SignerKey::Ed25519SignedPayload(_) => Self::SignedPayload,
        }
    }
}

fn master_signer(id: &AccountId, weight: u32) -> Signer {
    let PublicKey::PublicKeyTypeEd25519(key) = &id.0;
    Signer {
        key: SignerKey::Ed25519(key.clone()),
        weight,
    }
}

fn signs(key: &SignerKey, signature: &DecoratedSignature, hash: &[u8; 32]) -> bool {
    let hint = &signature.hint.0;
    let bytes = signature.signature.0.as_slice();
    match key {
        SignerKey::PreAuthTx(_) => false,
        SignerKey::HashX(expected) => {
            hint[..] == expected.0[28..] && Sha256::digest(bytes)[..] == expected.0[..]
        }
        SignerKey::Ed25519(public) => hint[..] == public.0[28..] && verify(&public.0, hash, bytes),
        SignerKey::Ed25519SignedPayload(payload) => {
            let public = &payload.ed25519.0;
            let mut expected: [u8; 4] = [public[28], public[29], public[30], public[31]];
            let tail = payload.payload.as_slice();
            let tail = &tail[tail.len().saturating_sub(4)..];
            for (byte, mask) in expected.iter_mut().zip(tail) {
                *byte ^= mask;
            }
            *hint == expected && verify(public, payload.payload.as_slice(), bytes)
        }
    }
}

fn verify(public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public) else {
        return false;
    };
    let Ok(signature) = Signature::from_slice(signature) else {
        return false;
    };
    key.verify_strict(message, &signature).is_ok()
}
