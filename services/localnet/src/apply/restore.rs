//! `RestoreFootprint`: brings archived entries back.

use super::{extend::rent_change, results, sizes, Done, Workplace};
use crate::{
    state::{has_ttl, is_temporary},
    tx::{limits, Diagnostics, Frame},
};
use soroban_env_host::fees::compute_rent_fee;
use stellar_xdr::{Limits, OperationResult, RestoreFootprintResult, WriteXdr};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(frame: &Frame, diagnostics: &mut Diagnostics) -> Option<OperationResult> {
    let footprint = &frame.resources()?.footprint;
    let message = if !footprint.read_only.is_empty() {
        "read-only footprint must be empty for RestoreFootprint operation"
    } else if footprint
        .read_write
        .iter()
        .any(|key| !has_ttl(key) || is_temporary(key))
    {
        "only persistent Soroban entries can be restored"
    } else {
        return None;
    };
    diagnostics.error(limits::BAD_FOOTPRINT, message, &[]);
    Some(results::restore(RestoreFootprintResult::Malformed))
}

/// Restores what is archived; what lives, and what never was, is passed over.
pub fn apply(at: &mut Workplace<'_, '_>) -> anyhow::Result<Done> {
    let settings = &at.context.network.settings;
    let sequence = at.context.sequence;
    let live_until = sequence.saturating_add(settings.min_persistent_ttl_ledgers - 1);
    let Some(resources) = at.frame.resources() else {
        return Ok(Done::with(results::restore(
            RestoreFootprintResult::Malformed,
        )));
    };
    let (mut bytes, mut changes) = (0_u64, Vec::new());
    for key in resources.footprint.read_write.iter() {
        let Some(found) = at.scratch.get(key).cloned() else {
            continue;
        };
        if found.is_live(sequence) {
            continue;
        }
        let size = found.entry.to_xdr(Limits::none())?.len();
        bytes += size as u64;
        if over_limit(at, key, size, bytes).is_err() {
            let result = RestoreFootprintResult::ResourceLimitExceeded;
            return Ok(Done::with(results::restore(result)));
        }
        let size = sizes::for_rent(&found.entry, u32::try_from(size)?)?;
        changes.push(rent_change(key, 0, size, 0, live_until));
        at.scratch.restore(key, live_until);
    }
    let (_, rent) = settings.fees();
    let rent_fee = compute_rent_fee(&changes, &rent, sequence);
    let paid = at
        .refund
        .consume(at.frame, settings, 0, rent_fee, at.diagnostics);
    Ok(Done::with(results::restore(match paid {
        Ok(()) => RestoreFootprintResult::Success,
        Err(()) => RestoreFootprintResult::InsufficientRefundableFee,
    })))
}

fn over_limit(
    at: &mut Workplace<'_, '_>,
    key: &stellar_xdr::LedgerKey,
    size: usize,
    total: u64,
) -> Result<(), ()> {
    let resources = at.frame.resources().ok_or(())?;
    limits::within(
        total,
        u64::from(resources.disk_read_bytes),
        limits::OVER_BUDGET,
        "operation byte-read resources exceeds amount specified",
        at.diagnostics,
    )?;
    sizes::check(key, size, &at.context.network.settings, at.diagnostics)?;
    limits::within(
        total,
        u64::from(resources.write_bytes),
        limits::OVER_BUDGET,
        "operation byte-write resources exceeds amount specified",
        at.diagnostics,
    )
}
