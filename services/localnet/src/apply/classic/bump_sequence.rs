//! `BumpSequence`

use crate::{
    apply::{results::bump_sequence as done, Workplace},
    tx::account,
};
use stellar_xdr::{AccountId, BumpSequenceOp, BumpSequenceResult as R, OperationResult};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &BumpSequenceOp) -> Option<OperationResult> {
    (op.bump_to.0 < 0).then(|| done(R::BadSeq))
}

/// Moves the sequence number forward, never back.
pub fn apply(
    op: &BumpSequenceOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> OperationResult {
    let Some(mut owner) = account::load(at.scratch, source) else {
        return OperationResult::OpNoAccount;
    };
    let number = owner.seq_num.0.max(op.bump_to.0);
    account::use_sequence(
        &mut owner,
        number,
        at.context.sequence,
        at.context.close_time,
    );
    account::store(at.scratch, owner);
    done(R::Success)
}
