//! Result codes, in the form that both a transaction and a fee bump can carry.

use super::Frame;
use stellar_xdr::{
    DiagnosticEvent, Hash, InnerTransactionResult, InnerTransactionResultExt,
    InnerTransactionResultPair, InnerTransactionResultResult, OperationResult, TransactionResult,
    TransactionResultExt, TransactionResultResult,
};

/// The result of the transaction itself.
pub type Outcome = InnerTransactionResultResult;

/// Why a transaction may not enter a ledger.
#[derive(Debug, Clone)]
pub struct Rejection {
    pub result: TransactionResult,
    pub diagnostics: Vec<DiagnosticEvent>,
}

/// The result of a transaction whose operations ran, or would have run.
///
/// # Errors
/// Where there are more results than a transaction can have.
pub fn with_operations(
    success: bool,
    results: Vec<OperationResult>,
) -> Result<Outcome, stellar_xdr::Error> {
    let results = results.try_into()?;
    Ok(if success {
        Outcome::TxSuccess(results)
    } else {
        Outcome::TxFailed(results)
    })
}

/// The whole result: around the inner one, for a fee bump.
pub fn result(frame: &Frame, outcome: Outcome, fee_charged: i64) -> TransactionResult {
    if !frame.is_fee_bump() {
        return plain(widen(outcome), fee_charged);
    }
    let success = matches!(outcome, Outcome::TxSuccess(_));
    let pair = InnerTransactionResultPair {
        transaction_hash: Hash(frame.inner_hash),
        result: InnerTransactionResult {
            // The fee bump pays; the inner transaction is charged nothing.
            fee_charged: 0,
            result: outcome,
            ext: InnerTransactionResultExt::V0,
        },
    };
    let result = if success {
        TransactionResultResult::TxFeeBumpInnerSuccess(pair)
    } else {
        TransactionResultResult::TxFeeBumpInnerFailed(pair)
    };
    plain(result, fee_charged)
}

/// A result with the code that is of the fee bump itself, or of a plain transaction.
pub fn plain(result: TransactionResultResult, fee_charged: i64) -> TransactionResult {
    TransactionResult {
        fee_charged,
        result,
        ext: TransactionResultExt::V0,
    }
}

/// The same code, as a plain transaction carries it.
pub fn widen(outcome: Outcome) -> TransactionResultResult {
    use TransactionResultResult as R;
    match outcome {
        Outcome::TxSuccess(results) => R::TxSuccess(results),
        Outcome::TxFailed(results) => R::TxFailed(results),
        Outcome::TxTooEarly => R::TxTooEarly,
        Outcome::TxTooLate => R::TxTooLate,
        Outcome::TxMissingOperation => R::TxMissingOperation,
        Outcome::TxBadSeq => R::TxBadSeq,
        Outcome::TxBadAuth => R::TxBadAuth,
        Outcome::TxInsufficientBalance => R::TxInsufficientBalance,
        Outcome::TxNoAccount => R::TxNoAccount,
        Outcome::TxInsufficientFee => R::TxInsufficientFee,
        Outcome::TxBadAuthExtra => R::TxBadAuthExtra,
        Outcome::TxInternalError => R::TxInternalError,
        Outcome::TxNotSupported => R::TxNotSupported,
        Outcome::TxBadSponsorship => R::TxBadSponsorship,
        Outcome::TxBadMinSeqAgeOrGap => R::TxBadMinSeqAgeOrGap,
        Outcome::TxMalformed => R::TxMalformed,
        Outcome::TxSorobanInvalid => R::TxSorobanInvalid,
        Outcome::TxFrozenKeyAccessed => R::TxFrozenKeyAccessed,
    }
}
