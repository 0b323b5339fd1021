//! What each operation needs before it may run: whose signature, and how much of it.

use stellar_xdr::{OperationBody, OperationResult, SetOptionsOp};

/// The place of a threshold in an account's list.
#[derive(Clone, Copy)]
pub enum Threshold {
    Low = 1,
    Medium = 2,
    High = 3,
}

/// The weight of signatures that an operation needs.
pub fn threshold(body: &OperationBody) -> Threshold {
    match body {
        OperationBody::ExtendFootprintTtl(_)
        | OperationBody::RestoreFootprint(_)
        | OperationBody::BumpSequence(_)
        | OperationBody::SetTrustLineFlags(_)
        | OperationBody::AllowTrust(_)
        | OperationBody::Inflation
        | OperationBody::ClaimClaimableBalance(_) => Threshold::Low,
        OperationBody::AccountMerge(_) => Threshold::High,
        OperationBody::SetOptions(options) if changes_signers(options) => Threshold::High,
        _ => Threshold::Medium,
    }
}

fn changes_signers(options: &SetOptionsOp) -> bool {
    options.master_weight.is_some()
        || options.low_threshold.is_some()
        || options.med_threshold.is_some()
        || options.high_threshold.is_some()
        || options.signer.is_some()
}

/// Whether this network implements the operation.
pub fn is_supported(body: &OperationBody) -> bool {
    matches!(
        body,
        OperationBody::InvokeHostFunction(_)
            | OperationBody::ExtendFootprintTtl(_)
            | OperationBody::RestoreFootprint(_)
            | OperationBody::CreateAccount(_)
            | OperationBody::Payment(_)
            | OperationBody::ChangeTrust(_)
            | OperationBody::SetOptions(_)
            | OperationBody::SetTrustLineFlags(_)
            | OperationBody::BumpSequence(_)
            | OperationBody::ManageData(_)
            | OperationBody::AccountMerge(_)
            | OperationBody::CreateClaimableBalance(_)
            | OperationBody::ClaimClaimableBalance(_)
            | OperationBody::BeginSponsoringFutureReserves(_)
            | OperationBody::EndSponsoringFutureReserves
            | OperationBody::RevokeSponsorship(_)
    )
}

/// A result that says nothing went wrong, for operations that were not looked at. The protocol fills
/// the list with the first code of each operation's own result.
pub fn untouched(body: &OperationBody) -> OperationResult {
    crate::apply::results::blank(body)
}
