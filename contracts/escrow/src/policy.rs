//! Every bound of the escrow, as named constants and pure functions.

use flash_common::ensure;
use flash_interfaces::escrow::EscrowError;
#[cfg(feature = "testnet")]
use flash_money::units::ONE_USD;
use flash_money::units::{MAX_FEE_BPS, MAX_MONEY};

/// Version of the stored shapes.
pub const SCHEMA: u32 = 1;

/// Most that may be locked and claimable of one token. `amount × balance` then fits 126 bits, and
/// every claimable balance fits a classic account.
pub const MAX_LIABILITIES: i128 = i64::MAX as i128; // lossless: a constant of a narrower type

/// Most that the faucet of a test network gives a call.
#[cfg(feature = "testnet")]
pub const MAX_FAUCET: i128 = 100_000 * ONE_USD;

/// Amounts that are paid in: 1 ..= 2^62.
pub fn check_deposit(amount: i128) -> Result<(), EscrowError> {
    check_positive(amount)?;
    ensure!(amount <= MAX_MONEY, EscrowError::AmountTooLarge);
    Ok(())
}

/// All deposits of one deal: at most 2^62.
pub fn check_deposited(total: i128) -> Result<(), EscrowError> {
    ensure!(total <= MAX_MONEY, EscrowError::AmountTooLarge);
    Ok(())
}

/// An amount of at least 1. Its upper limit is what there is to take.
pub fn check_positive(amount: i128) -> Result<(), EscrowError> {
    ensure!(amount > 0, EscrowError::AmountNotPositive);
    Ok(())
}

/// An amount that may be 0.
pub fn check_not_negative(amount: i128) -> Result<(), EscrowError> {
    ensure!(amount >= 0, EscrowError::AmountNotPositive);
    Ok(())
}

/// The hard cap of the platform fee, whatever `deals` asks for.
pub fn check_fee(fee_bps: u32) -> Result<(), EscrowError> {
    ensure!(fee_bps <= MAX_FEE_BPS, EscrowError::FeeTooHigh);
    Ok(())
}
