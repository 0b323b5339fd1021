//! Signers that allowed exactly one transaction: they go when it was applied.

use super::reserve;
use crate::{
    state::Scratch,
    tx::{account, Frame},
};
use stellar_xdr::{AccountId, SignerKey, Uint256};

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
    let key = SignerKey::PreAuthTx(Uint256(hash));
    if !source.signers.iter().any(|signer| signer.key == key) {
        return;
    }
    reserve::remove_signer(scratch, &mut source, &key);
    account::store(scratch, source);
}
