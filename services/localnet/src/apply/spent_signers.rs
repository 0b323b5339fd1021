//! Signers that allowed exactly one transaction: they go when it was applied.

use crate::{
    state::Scratch,
    tx::{account, Frame},
};
use stellar_xdr::{AccountId, SignerKey};

/// Removes the signers that allowed the transaction from every account that it acts for.
pub fn remove_from_sources(frame: &Frame, scratch: &mut Scratch) {
    let mut sources: Vec<_> = frame
        .operations()
        .iter()
        .map(|op| frame.operation_source(op))
        .collect();
    sources.push(frame.source());
    sources.sort();
    sources.dedup();
    for id in sources {
        remove(&id, frame.inner_hash, scratch);
    }
}

/// Removes the signer that allowed the transaction `hash` from an account, where there is one.
pub fn remove(id: &AccountId, hash: [u8; 32], scratch: &mut Scratch) {
    let Some(mut source) = account::load(scratch, id) else {
        return;
    };
    let is_spent = |key: &SignerKey| matches!(key, SignerKey::PreAuthTx(key) if key.0 == hash);
    let kept: Vec<_> = source
        .signers
        .iter()
        .filter(|signer| !is_spent(&signer.key))
        .cloned()
        .collect();
    let removed = source.signers.len() - kept.len();
    if removed == 0 {
        return;
    }
    source.num_sub_entries -= u32::try_from(removed).unwrap_or_default();
    source.signers = kept.try_into().unwrap_or_default();
    account::resize_sponsors(&mut source);
    account::store(scratch, source);
}
