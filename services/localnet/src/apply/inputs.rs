//! The footprint of a call as the host takes it: which entries live, which are brought back.

use super::{sizes, Workplace};
use crate::{
    state::{has_ttl, is_temporary},
    tx::limits,
};
use soroban_env_host::e2e_invoke::TtlLedgerEntryMeta;
use stellar_xdr::{
    InvokeHostFunctionResult, LedgerKey, Limits, ScBytes, ScError, ScErrorCode, ScVal, WriteXdr,
};

/// An entry as the host takes it.
pub type Input = (Option<Vec<u8>>, Option<TtlLedgerEntryMeta>);
/// Either what is wanted, or the operation's result.
pub type Step<T> = Result<T, InvokeHostFunctionResult>;

/// The entries of the footprint in the host's order: read-only keys first, then read-write ones. Also
/// the places of those that were brought back from the archive for it.
pub fn inputs(at: &mut Workplace<'_, '_>) -> anyhow::Result<Step<(Vec<Input>, Vec<u32>)>> {
    let Some(resources) = at.frame.resources() else {
        return Ok(Err(InvokeHostFunctionResult::Malformed));
    };
    let (mut inputs, mut restored, mut disk_bytes) = (Vec::new(), Vec::new(), 0_u64);
    let read_only = resources.footprint.read_only.iter().map(|key| (None, key));
    let read_write = resources.footprint.read_write.iter().enumerate();
    let read_write = read_write.map(|(index, key)| (u32::try_from(index).ok(), key));
    for (index, key) in read_only.chain(read_write) {
        let mut is_read_from_disk = !has_ttl(key);
        if is_archived(at, key) {
            let marked = index.filter(|index| at.frame.archived_entries().contains(index));
            let Some(index) = marked else {
                report_archived(at, key);
                return Ok(Err(InvokeHostFunctionResult::EntryArchived));
            };
            let ttl = at.context.network.settings.min_persistent_ttl_ledgers;
            at.scratch
                .restore(key, at.context.sequence.saturating_add(ttl - 1));
            restored.push(index);
            is_read_from_disk = true;
        }
        let input = input(at, key)?;
        let bytes = input.0.as_ref().map_or(0, Vec::len);
        if meter_read(at, key, bytes, is_read_from_disk, &mut disk_bytes).is_err() {
            return Ok(Err(InvokeHostFunctionResult::ResourceLimitExceeded));
        }
        inputs.push(input);
    }
    Ok(Ok((inputs, restored)))
}

fn is_archived(at: &Workplace<'_, '_>, key: &LedgerKey) -> bool {
    let entry = at.scratch.get(key);
    entry.is_some_and(|entry| !entry.is_live(at.context.sequence)) && !is_temporary(key)
}

fn report_archived(at: &mut Workplace<'_, '_>, key: &LedgerKey) {
    let error = ScError::Value(ScErrorCode::InvalidInput);
    match key {
        LedgerKey::ContractCode(code) => {
            let hash = ScVal::Bytes(ScBytes(code.hash.0.to_vec().try_into().unwrap_or_default()));
            let message = "trying to access an archived contract code entry";
            at.diagnostics.error_with(error, message, vec![hash]);
        }
        LedgerKey::ContractData(data) => {
            let values = vec![ScVal::Address(data.contract.clone()), data.key.clone()];
            let message = "trying to access an archived contract data entry";
            at.diagnostics.error_with(error, message, values);
        }
        _ => {}
    }
}

fn input(at: &Workplace<'_, '_>, key: &LedgerKey) -> anyhow::Result<Input> {
    let entry = at
        .scratch
        .get(key)
        .filter(|entry| entry.is_live(at.context.sequence));
    let Some(entry) = entry else {
        return Ok((None, None));
    };
    let bytes = entry.entry.to_xdr(Limits::none())?;
    let ttl = match entry.live_until() {
        None => None,
        Some(live_until_ledger) => Some(TtlLedgerEntryMeta {
            live_until_ledger,
            entry_size_for_rent: sizes::for_rent(&entry.entry, u32::try_from(bytes.len())?)?,
        }),
    };
    Ok((Some(bytes), ttl))
}

fn meter_read(
    at: &mut Workplace<'_, '_>,
    key: &LedgerKey,
    bytes: usize,
    is_read_from_disk: bool,
    disk_bytes: &mut u64,
) -> Result<(), ()> {
    sizes::check(key, bytes, &at.context.network.settings, at.diagnostics)?;
    if !is_read_from_disk {
        return Ok(());
    }
    *disk_bytes += bytes as u64;
    limits::within(
        *disk_bytes,
        at.frame
            .resources()
            .map_or(0, |resources| u64::from(resources.disk_read_bytes)),
        limits::OVER_BUDGET,
        "operation byte-read resources exceeds amount specified",
        at.diagnostics,
    )
}
