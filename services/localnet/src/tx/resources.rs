//! What the declared resources cost.

use super::Frame;
use crate::state::has_ttl;
use soroban_env_host::fees::{
    compute_transaction_resource_fee, FeeConfiguration, TransactionResources,
};
use stellar_xdr::{OperationBody, SorobanResources};

/// How many entries have to be read from disk: the classic ones, the ones to restore, and everything
/// that a restore operation names.
pub fn disk_read_entries(frame: &Frame, resources: &SorobanResources) -> usize {
    let footprint = &resources.footprint;
    let restores = frame
        .operations()
        .first()
        .is_some_and(|op| matches!(op.body, OperationBody::RestoreFootprint(_)));
    if restores {
        return footprint.read_write.len();
    }
    let keys = footprint
        .read_only
        .iter()
        .chain(footprint.read_write.iter());
    keys.filter(|key| !has_ttl(key)).count() + frame.archived_entries().len()
}

/// The fee of the declared resources: `(not refundable, for events of this size)`, in stroops.
pub fn resource_fee(frame: &Frame, fees: &FeeConfiguration, events_bytes: u32) -> (i64, i64) {
    let Some(resources) = frame.resources() else {
        return (0, 0);
    };
    let count = |entries: usize| u32::try_from(entries).unwrap_or(u32::MAX);
    let used = TransactionResources {
        instructions: resources.instructions,
        disk_read_entries: count(disk_read_entries(frame, resources)),
        write_entries: count(resources.footprint.read_write.len()),
        disk_read_bytes: resources.disk_read_bytes,
        write_bytes: resources.write_bytes,
        contract_events_size_bytes: events_bytes,
        transaction_size_bytes: frame.size_bytes,
    };
    compute_transaction_resource_fee(&used, fees)
}
