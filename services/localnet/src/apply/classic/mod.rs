//! The classic operations: one file each.

mod bump_sequence;
mod change_trust;
mod create_account;
mod manage_data;
mod payment;
mod reserve;
mod set_options;
mod set_trust_line_flags;

use super::{Done, Workplace};
use stellar_xdr::{AccountId, OperationBody, OperationResult};

/// What is wrong with an operation, whatever the ledger holds.
pub fn static_fault(body: &OperationBody, source: &AccountId) -> Option<OperationResult> {
    match body {
        OperationBody::CreateAccount(op) => create_account::static_fault(op, source),
        OperationBody::Payment(op) => payment::static_fault(op),
        OperationBody::ChangeTrust(op) => change_trust::static_fault(op, source),
        OperationBody::SetOptions(op) => set_options::static_fault(op, source),
        OperationBody::SetTrustLineFlags(op) => set_trust_line_flags::static_fault(op, source),
        OperationBody::BumpSequence(op) => bump_sequence::static_fault(op),
        OperationBody::ManageData(op) => manage_data::static_fault(op),
        _ => Some(OperationResult::OpNotSupported),
    }
}

/// Runs an operation.
pub fn apply(
    body: &OperationBody,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    if crate::tx::account::load(at.scratch, source).is_none() {
        return Ok(Done::with(OperationResult::OpNoAccount));
    }
    match body {
        OperationBody::CreateAccount(op) => create_account::apply(op, source, at),
        OperationBody::Payment(op) => payment::apply(op, source, at),
        OperationBody::ChangeTrust(op) => Ok(Done::with(change_trust::apply(op, source, at))),
        OperationBody::SetOptions(op) => Ok(Done::with(set_options::apply(op, source, at))),
        OperationBody::SetTrustLineFlags(op) => set_trust_line_flags::apply(op, source, at),
        OperationBody::BumpSequence(op) => Ok(Done::with(bump_sequence::apply(op, source, at))),
        OperationBody::ManageData(op) => Ok(Done::with(manage_data::apply(op, source, at))),
        _ => Ok(Done::with(OperationResult::OpNotSupported)),
    }
}
