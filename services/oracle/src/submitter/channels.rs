//! Channel accounts: each carries one transaction at a time. Their keys follow from the oracle's, so
//! that there is one secret to keep; where one does not exist yet the oracle's account makes it.

use crate::chain::Chain;
use anyhow::{Context, Result};
use flash_client::{Job, Signer};
use sha2::{Digest, Sha256};
use stellar_xdr::{CreateAccountOp, OperationBody};

const PURPOSE: &[u8] = b"flash oracle channel";

/// The channels, all of which exist afterwards.
///
/// # Errors
/// Where one cannot be made.
pub async fn channels(chain: &Chain, count: u8, balance: i64) -> Result<Vec<Signer>> {
    let channels: Vec<_> = (0..count).map(|nth| channel(&chain.oracle, nth)).collect();
    let mut missing = Vec::new();
    for channel in &channels {
        let account = channel.account();
        if !chain.client.has_account(&account).await? {
            missing.push(OperationBody::CreateAccount(CreateAccountOp {
                destination: account,
                starting_balance: balance,
            }));
        }
    }
    if !missing.is_empty() {
        let job = Job::classic(missing);
        let made = chain.client.run(&chain.oracle, &[], &job).await;
        made.context("the oracle's account cannot make its channel accounts")?;
    }
    Ok(channels)
}

/// The digest of a signature that only the oracle can make: deterministic, and it tells nothing of
/// the key.
fn channel(oracle: &Signer, nth: u8) -> Signer {
    let purpose: [u8; 32] = Sha256::new_with_prefix(PURPOSE)
        .chain_update([nth])
        .finalize()
        .into();
    let signature = oracle.sign(&purpose).signature;
    Signer::from_seed(Sha256::digest(signature.0.as_slice()).into())
}
