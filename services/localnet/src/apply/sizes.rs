//! Sizes of entries: for the limits, and for the rent.

use crate::{
    settings::{measuring_budget, Settings},
    tx::{limits, Diagnostics},
};
use soroban_env_host::{e2e_invoke::entry_size_for_rent, HostError};
use stellar_xdr::{LedgerEntry, LedgerEntryData, LedgerKey};

/// What an entry of `xdr_bytes` pays rent for: code also pays for the memory that its module takes.
pub fn for_rent(entry: &LedgerEntry, xdr_bytes: u32) -> Result<u32, HostError> {
    if !matches!(entry.data, LedgerEntryData::ContractCode(_)) {
        return Ok(xdr_bytes);
    }
    entry_size_for_rent(&measuring_budget()?, entry, xdr_bytes)
}

/// Checks the size of one entry against the network's limits.
///
/// # Errors
/// `Err(())` with the reason in `diagnostics`.
pub fn check(
    key: &LedgerKey,
    xdr_bytes: usize,
    settings: &Settings,
    diagnostics: &mut Diagnostics,
) -> Result<(), ()> {
    let (limit, message) = match key {
        LedgerKey::ContractCode(_) => (
            settings.max_wasm_bytes,
            "Wasm size exceeds network config maximum contract size",
        ),
        LedgerKey::ContractData(_) => (
            settings.max_entry_bytes,
            "ContractData size exceeds network config maximum size",
        ),
        _ => return Ok(()),
    };
    let error = limits::OVER_BUDGET;
    limits::within(
        xdr_bytes as u64,
        u64::from(limit),
        error,
        message,
        diagnostics,
    )
}
