//! The reserve that an account locks for what it owns.

use crate::{settings::BASE_RESERVE, tx::account};
use stellar_xdr::AccountEntry;

/// The most that one account may own.
const MAX_SUB_ENTRIES: u32 = 1_000;

/// Why an account cannot own one more entry.
pub enum Refusal {
    TooMany,
    LowReserve,
}

/// Counts one more entry.
///
/// # Errors
/// [`Refusal`] where there are too many, or the balance does not cover the reserve.
pub fn add_entry(account: &mut AccountEntry) -> Result<(), Refusal> {
    if account.num_sub_entries >= MAX_SUB_ENTRIES {
        return Err(Refusal::TooMany);
    }
    if account::spendable(account) < i64::from(BASE_RESERVE) {
        return Err(Refusal::LowReserve);
    }
    account.num_sub_entries += 1;
    Ok(())
}

/// Counts one entry less.
pub fn remove_entry(account: &mut AccountEntry) {
    account.num_sub_entries = account.num_sub_entries.saturating_sub(1);
}
