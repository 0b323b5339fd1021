//! The ledger as the simulation library reads it.

use super::Entries;
use soroban_env_host::{
    storage::{EntryWithLiveUntil, SnapshotSource},
    HostError,
};
use std::rc::Rc;
use stellar_xdr::LedgerKey;

/// A copy of the entries for one simulation. Archived entries are in it, with the TTL that they had:
/// the simulation decides what has to be restored.
pub struct Snapshot(pub Entries);

impl SnapshotSource for Snapshot {
    fn get(&self, key: &Rc<LedgerKey>) -> Result<Option<EntryWithLiveUntil>, HostError> {
        Ok(self
            .0
            .get(key.as_ref())
            .map(|found| (Rc::new(found.entry.as_ref().clone()), found.live_until())))
    }
}
