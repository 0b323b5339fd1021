//! `ExtendFootprintTtl`: pays rent ahead, for everybody's benefit.

use super::{results, sizes, Done, Workplace};
use crate::{
    state::{has_ttl, is_temporary},
    tx::{limits, Context, Diagnostics, Frame},
};
use soroban_env_host::fees::{compute_rent_fee, LedgerEntryRentChange};
use stellar_xdr::{
    ExtendFootprintTtlOp, ExtendFootprintTtlResult, LedgerKey, Limits, OperationResult, WriteXdr,
};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(
    op: &ExtendFootprintTtlOp,
    frame: &Frame,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<OperationResult> {
    let footprint = &frame.resources()?.footprint;
    let longest = context.network.settings.max_ttl_ledgers.saturating_sub(1);
    let (message, numbers) = if !footprint.read_write.is_empty() {
        (
            "read-write footprint must be empty for ExtendFootprintTTL operation",
            vec![],
        )
    } else if !footprint.read_only.iter().all(has_ttl) {
        let message = "only entries with TTL (contract data or code entries) can have it extended";
        (message, vec![])
    } else if op.extend_to > longest {
        let numbers = vec![u64::from(op.extend_to), u64::from(longest)];
        ("TTL extension is too large: {} > {}", numbers)
    } else {
        return None;
    };
    diagnostics.error(limits::BAD_FOOTPRINT, message, &numbers);
    Some(results::extend(ExtendFootprintTtlResult::Malformed))
}

/// Extends what lives and lives less long; the rest is passed over.
pub fn apply(op: &ExtendFootprintTtlOp, at: &mut Workplace<'_, '_>) -> anyhow::Result<Done> {
    let settings = &at.context.network.settings;
    let sequence = at.context.sequence;
    let live_until = sequence.saturating_add(op.extend_to);
    let keys = at
        .frame
        .resources()
        .map(|r| r.footprint.read_only.to_vec())
        .unwrap_or_default();
    let mut changes = Vec::new();
    for key in &keys {
        let Some(found) = at.scratch.get(key).cloned() else {
            continue;
        };
        let Some(old) = found.live_until() else {
            continue;
        };
        if old < sequence || old >= live_until {
            continue;
        }
        let bytes = found.entry.to_xdr(Limits::none())?.len();
        if sizes::check(key, bytes, settings, at.diagnostics).is_err() {
            let result = ExtendFootprintTtlResult::ResourceLimitExceeded;
            return Ok(Done::with(results::extend(result)));
        }
        let size = sizes::for_rent(&found.entry, u32::try_from(bytes)?)?;
        changes.push(rent_change(key, size, size, old, live_until));
        at.scratch.set_live_until(key, live_until);
    }
    let (_, rent) = settings.fees();
    let rent_fee = compute_rent_fee(&changes, &rent, sequence);
    let paid = at
        .refund
        .consume(at.frame, settings, 0, rent_fee, at.diagnostics);
    Ok(Done::with(results::extend(match paid {
        Ok(()) => ExtendFootprintTtlResult::Success,
        Err(()) => ExtendFootprintTtlResult::InsufficientRefundableFee,
    })))
}

/// The rent of an entry that changes in how long it lives, and maybe in size.
pub fn rent_change(
    key: &LedgerKey,
    old_size_bytes: u32,
    new_size_bytes: u32,
    old_live_until_ledger: u32,
    new_live_until_ledger: u32,
) -> LedgerEntryRentChange {
    LedgerEntryRentChange {
        is_persistent: !is_temporary(key),
        is_code_entry: matches!(key, LedgerKey::ContractCode(_)),
        old_size_bytes,
        new_size_bytes,
        old_live_until_ledger,
        new_live_until_ledger,
    }
}
