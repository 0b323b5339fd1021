//! Short names for the results of operations.

use stellar_xdr::{
    BumpSequenceResult, ChangeTrustResult, CreateAccountResult, ExtendFootprintTtlResult, Hash,
    InvokeHostFunctionResult, ManageDataResult, OperationBody, OperationResult, OperationResultTr,
    PaymentResult, RestoreFootprintResult, SetOptionsResult, SetTrustLineFlagsResult,
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
    invoke(InvokeHostFunctionResult) => InvokeHostFunction,
    extend(ExtendFootprintTtlResult) => ExtendFootprintTtl,
    restore(RestoreFootprintResult) => RestoreFootprint,
}
