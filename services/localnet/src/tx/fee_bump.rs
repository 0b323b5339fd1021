//! What concerns a fee bump alone: whether it bids more than what it bumps, and who pays.

use super::{account, Frame, SignatureChecker};
use crate::state::Scratch;
use stellar_xdr::TransactionResultResult;

/// Checks the fee bump around a transaction, where there is one.
///
/// # Errors
/// The code, and the fee that the refusal names, in stroops.
pub fn check(frame: &Frame, scratch: &Scratch) -> Result<(), (TransactionResultResult, i64)> {
    use TransactionResultResult as R;
    let Some((signatures, payer, fee)) = frame.fee_bump() else {
        return Ok(());
    };
    let refused_fee = frame.fee_if_refused();
    if frame.inclusion_fee() < frame.min_inclusion_fee() {
        return Err((R::TxInsufficientFee, refused_fee));
    }
    let inner = frame
        .inner_full_fee()
        .saturating_sub(frame.declared_resource_fee());
    if inner < 0 && !frame.is_soroban() {
        return Err((R::TxInsufficientFee, refused_fee));
    }
    if inner >= 0 {
        let inner_count = i128::from(frame.paid_operations() - 1).max(1);
        let outer_count = i128::from(frame.paid_operations());
        let offered = i128::from(frame.inclusion_fee()) * inner_count;
        let needed = i128::from(inner) * outer_count;
        if offered < needed {
            let fee = needed.div_euclid(inner_count) + i128::from(needed % inner_count != 0);
            return Err((R::TxInsufficientFee, i64::try_from(fee).unwrap_or(i64::MAX)));
        }
    }
    let account = account::load(scratch, &payer).ok_or((R::TxNoAccount, refused_fee))?;
    let mut checker = SignatureChecker::new(frame.hash, signatures);
    if !checker.account(&account, account.thresholds.0[1]) {
        return Err((R::TxBadAuth, refused_fee));
    }
    if account::spendable(&account) < fee {
        return Err((R::TxInsufficientBalance, refused_fee));
    }
    if !checker.all_used() {
        return Err((R::TxBadAuthExtra, refused_fee));
    }
    Ok(())
}
