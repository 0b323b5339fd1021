//! Applying a transaction: the fee first, then the sequence number, then the operations, all of them
//! or none, and last what comes back of the fee.

mod classic;
mod events;
mod extend;
mod fee;
mod inputs;
mod invoke;
mod progress;
mod record;
mod refund;
mod reserve;
mod restore;
pub mod results;
mod sizes;
mod spent_signers;
mod sponsorships;
mod transaction;

pub use events::{amount, asset_contract_id};
pub use fee::{charge, settle};
pub use progress::Progress;
pub use transaction::{execute, Surroundings};

use crate::{
    state::Scratch,
    tx::{Context, Diagnostics, Frame},
};
use refund::RefundTracker;
use sponsorships::Sponsorships;
use stellar_xdr::{
    AccountId, ContractEvent, HostFunction, OperationBody, OperationResult, OperationResultTr,
    ScVal,
};

/// What an operation did.
struct Done {
    result: OperationResult,
    events: Vec<ContractEvent>,
    return_value: Option<ScVal>,
}

impl Done {
    fn with(result: OperationResult) -> Self {
        Self {
            result,
            events: Vec::new(),
            return_value: None,
        }
    }

    fn is_success(&self) -> bool {
        matches!(&self.result, OperationResult::OpInner(inner) if succeeded(inner))
    }
}

fn succeeded(result: &OperationResultTr) -> bool {
    use stellar_xdr as x;
    match result {
        OperationResultTr::CreateAccount(r) => *r == x::CreateAccountResult::Success,
        OperationResultTr::Payment(r) => *r == x::PaymentResult::Success,
        OperationResultTr::ChangeTrust(r) => *r == x::ChangeTrustResult::Success,
        OperationResultTr::SetOptions(r) => *r == x::SetOptionsResult::Success,
        OperationResultTr::SetTrustLineFlags(r) => *r == x::SetTrustLineFlagsResult::Success,
        OperationResultTr::BumpSequence(r) => *r == x::BumpSequenceResult::Success,
        OperationResultTr::ManageData(r) => *r == x::ManageDataResult::Success,
        OperationResultTr::AccountMerge(r) => matches!(r, x::AccountMergeResult::Success(_)),
        OperationResultTr::CreateClaimableBalance(r) => {
            matches!(r, x::CreateClaimableBalanceResult::Success(_))
        }
        OperationResultTr::ClaimClaimableBalance(r) => {
            *r == x::ClaimClaimableBalanceResult::Success
        }
        OperationResultTr::BeginSponsoringFutureReserves(r) => {
            *r == x::BeginSponsoringFutureReservesResult::Success
        }
        OperationResultTr::EndSponsoringFutureReserves(r) => {
            *r == x::EndSponsoringFutureReservesResult::Success
        }
        OperationResultTr::RevokeSponsorship(r) => *r == x::RevokeSponsorshipResult::Success,
        OperationResultTr::InvokeHostFunction(r) => {
            matches!(r, x::InvokeHostFunctionResult::Success(_))
        }
        OperationResultTr::ExtendFootprintTtl(r) => *r == x::ExtendFootprintTtlResult::Success,
        OperationResultTr::RestoreFootprint(r) => *r == x::RestoreFootprintResult::Success,
        _ => false,
    }
}

/// Where an operation works.
struct Workplace<'a, 'b> {
    frame: &'a Frame,
    /// The place of the operation in its transaction.
    index: u32,
    context: Context<'a>,
    around: &'a Surroundings,
    scratch: &'b mut Scratch,
    sponsorships: &'b mut Sponsorships,
    refund: &'b mut RefundTracker,
    diagnostics: &'b mut Diagnostics,
}

impl Workplace<'_, '_> {
    /// The id that the source of the operation is written with, where it has one.
    fn muxed_source_id(&self) -> Option<u64> {
        let operation = self.frame.operations().get(self.index as usize);
        let source = operation.and_then(|operation| operation.source_account.as_ref());
        events::muxed_id(source.unwrap_or(&self.frame.tx().source_account))
    }
}

fn run(
    body: &OperationBody,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    match body {
        OperationBody::InvokeHostFunction(op) => invoke::apply(op, source, at),
        OperationBody::ExtendFootprintTtl(op) => extend::apply(op, at),
        OperationBody::RestoreFootprint(_) => restore::apply(at),
        _ => classic::apply(body, source, at),
    }
}

/// What is wrong with an operation, whatever the ledger holds.
pub fn static_fault(
    body: &OperationBody,
    source: &AccountId,
    frame: &Frame,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<OperationResult> {
    match body {
        OperationBody::InvokeHostFunction(op) => {
            invoke_fault(&op.host_function, context, diagnostics).then(|| results::blank(body))
        }
        OperationBody::ExtendFootprintTtl(op) => {
            extend::static_fault(op, frame, context, diagnostics)
        }
        OperationBody::RestoreFootprint(_) => restore::static_fault(frame, diagnostics),
        _ => classic::static_fault(body, source),
    }
}

fn invoke_fault(
    function: &HostFunction,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) -> bool {
    use crate::tx::{account, limits};
    use stellar_xdr::{ContractIdPreimage, ScError, ScErrorCode};
    match function {
        HostFunction::UploadContractWasm(wasm) => limits::within(
            wasm.len() as u64,
            u64::from(context.network.settings.max_wasm_bytes),
            limits::OVER_BUDGET,
            "uploaded Wasm size exceeds network config maximum contract size",
            diagnostics,
        )
        .is_err(),
        HostFunction::CreateContract(create) => match &create.contract_id_preimage {
            ContractIdPreimage::Asset(asset) if !account::is_valid_asset(asset) => {
                let error = ScError::Value(ScErrorCode::InvalidInput);
                diagnostics.error(error, "invalid asset to create contract from", &[]);
                true
            }
            _ => false,
        },
        _ => false,
    }
}
