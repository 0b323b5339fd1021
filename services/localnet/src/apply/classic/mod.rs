//! The classic operations: one file each.

mod account_merge;
mod bump_sequence;
mod change_trust;
mod claim_claimable_balance;
mod claim_predicate;
mod create_account;
mod create_claimable_balance;
mod manage_data;
mod payment;
mod revoke_sponsorship;
mod set_options;
mod set_trust_line_flags;
mod sponsoring;

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
        OperationBody::AccountMerge(to) => account_merge::static_fault(to, source),
        OperationBody::CreateClaimableBalance(op) => create_claimable_balance::static_fault(op),
        OperationBody::BeginSponsoringFutureReserves(op) => sponsoring::static_fault(op, source),
        OperationBody::RevokeSponsorship(op) => revoke_sponsorship::static_fault(op),
        OperationBody::ClaimClaimableBalance(_) | OperationBody::EndSponsoringFutureReserves => {
            None
        }
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
        OperationBody::AccountMerge(to) => account_merge::apply(to, source, at),
        OperationBody::CreateClaimableBalance(op) => {
            create_claimable_balance::apply(op, source, at)
        }
        OperationBody::ClaimClaimableBalance(op) => claim_claimable_balance::apply(op, source, at),
        OperationBody::BeginSponsoringFutureReserves(op) => {
            Ok(Done::with(sponsoring::begin(op, source, at)))
        }
        OperationBody::EndSponsoringFutureReserves => Ok(Done::with(sponsoring::end(source, at))),
        OperationBody::RevokeSponsorship(op) => {
            Ok(Done::with(revoke_sponsorship::apply(op, source, at)))
        }
        _ => Ok(Done::with(OperationResult::OpNotSupported)),
    }
}
