//! Short names for the results of operations.

use stellar_xdr::{
    AccountMergeResult, BeginSponsoringFutureReservesResult, BumpSequenceResult, ChangeTrustResult,
    ClaimClaimableBalanceResult, ClaimableBalanceId, CreateAccountResult,
    CreateClaimableBalanceResult, EndSponsoringFutureReservesResult, ExtendFootprintTtlResult,
    Hash, InvokeHostFunctionResult, ManageDataResult, OperationBody, OperationResult,
    OperationResultTr, PaymentResult, RestoreFootprintResult, RevokeSponsorshipResult,
    SetOptionsResult, SetTrustLineFlagsResult,
};

/// The result of an operation that was not looked at: the first code of its own kind.
pub fn blank(body: &OperationBody) -> OperationResult {
    OperationResult::OpInner(match body {
        OperationBody::CreateAccount(_) => {
            OperationResultTr::CreateAccount(CreateAccountResult::Success)
        }
        OperationBody::Payment(_) => OperationResultTr::Payment(PaymentResult::Success),
        OperationBody::ChangeTrust(_) => OperationResultTr::ChangeTrust(ChangeTrustResult::Success),
        OperationBody::SetOptions(_) => OperationResultTr::SetOptions(SetOptionsResult::Success),
        OperationBody::SetTrustLineFlags(_) => {
            OperationResultTr::SetTrustLineFlags(SetTrustLineFlagsResult::Success)
        }
        OperationBody::BumpSequence(_) => {
            OperationResultTr::BumpSequence(BumpSequenceResult::Success)
        }
        OperationBody::ManageData(_) => OperationResultTr::ManageData(ManageDataResult::Success),
        OperationBody::AccountMerge(_) => {
            OperationResultTr::AccountMerge(AccountMergeResult::Success(0))
        }
        OperationBody::CreateClaimableBalance(_) => {
            let id = ClaimableBalanceId::ClaimableBalanceIdTypeV0(Hash([0; 32]));
            let result = CreateClaimableBalanceResult::Success(id);
            OperationResultTr::CreateClaimableBalance(result)
        }
        OperationBody::ClaimClaimableBalance(_) => {
            OperationResultTr::ClaimClaimableBalance(ClaimClaimableBalanceResult::Success)
        }
        OperationBody::BeginSponsoringFutureReserves(_) => {
            let result = BeginSponsoringFutureReservesResult::Success;
            OperationResultTr::BeginSponsoringFutureReserves(result)
        }
        OperationBody::EndSponsoringFutureReserves => {
            let result = EndSponsoringFutureReservesResult::Success;
            OperationResultTr::EndSponsoringFutureReserves(result)
        }
        OperationBody::RevokeSponsorship(_) => {
            OperationResultTr::RevokeSponsorship(RevokeSponsorshipResult::Success)
        }
        OperationBody::InvokeHostFunction(_) => {
            OperationResultTr::InvokeHostFunction(InvokeHostFunctionResult::Success(Hash([0; 32])))
        }
        OperationBody::ExtendFootprintTtl(_) => {
            OperationResultTr::ExtendFootprintTtl(ExtendFootprintTtlResult::Success)
        }
        OperationBody::RestoreFootprint(_) => {
            OperationResultTr::RestoreFootprint(RestoreFootprintResult::Success)
        }
        _ => return OperationResult::OpNotSupported,
    })
}

macro_rules! wrap {
    ($($name:ident($result:ty) => $variant:ident),* $(,)?) => {
        $(
            #[doc = concat!("An operation's result that is a `", stringify!($result), "`.")]
            pub fn $name(result: $result) -> OperationResult {
                OperationResult::OpInner(OperationResultTr::$variant(result))
            }
        )*
    };
}

wrap! {
    create_account(CreateAccountResult) => CreateAccount,
    payment(PaymentResult) => Payment,
    change_trust(ChangeTrustResult) => ChangeTrust,
    set_options(SetOptionsResult) => SetOptions,
    set_trust_line_flags(SetTrustLineFlagsResult) => SetTrustLineFlags,
    bump_sequence(BumpSequenceResult) => BumpSequence,
    manage_data(ManageDataResult) => ManageData,
    account_merge(AccountMergeResult) => AccountMerge,
    create_claimable_balance(CreateClaimableBalanceResult) => CreateClaimableBalance,
    claim_claimable_balance(ClaimClaimableBalanceResult) => ClaimClaimableBalance,
    begin_sponsoring(BeginSponsoringFutureReservesResult) => BeginSponsoringFutureReserves,
    end_sponsoring(EndSponsoringFutureReservesResult) => EndSponsoringFutureReserves,
    revoke_sponsorship(RevokeSponsorshipResult) => RevokeSponsorship,
    invoke(InvokeHostFunctionResult) => InvokeHostFunction,
    extend(ExtendFootprintTtlResult) => ExtendFootprintTtl,
    restore(RestoreFootprintResult) => RestoreFootprint,
}
