//! The ledger as a `soroban-ledger-snapshot`: the format that the Stellar CLI and contract tests read
//! and write.

use super::{Entries, Entry, Network, Ttl, View};
use anyhow::{ensure, Result};
use soroban_ledger_snapshot::LedgerSnapshot;
use std::sync::Arc;
use stellar_xdr::{LedgerEntryData, LedgerKey};

/// Everything that the ledger holds now.
pub fn to_snapshot(view: &View) -> LedgerSnapshot {
    let mut snapshot = LedgerSnapshot::default();
    snapshot.set_ledger_info(view.ledger_info());
    let mut entries: Vec<_> = view.entries.iter().collect();
    entries.sort_by(|a, b| a.0.cmp(b.0));
    snapshot.ledger_entries = entries
        .into_iter()
        .map(|(key, entry)| {
            let value = (Box::new(entry.entry.as_ref().clone()), entry.live_until());
            (Box::new(key.clone()), value)
        })
        .collect();
    snapshot
}

/// The entries of a snapshot. The network keeps its own settings, whatever the snapshot says.
///
/// # Errors
/// Where the snapshot was taken from a network with another passphrase, or holds an entry whose time
/// to live is missing or should not be there.
pub fn load_snapshot(network: &Network, snapshot: LedgerSnapshot) -> Result<Entries> {
    ensure!(
        snapshot.network_id == network.id,
        "the snapshot is of a network with another passphrase"
    );
    let modified = snapshot.sequence_number;
    let mut entries = Entries::new();
    for (key, (entry, live_until)) in snapshot.ledger_entries {
        if matches!(
            entry.data,
            LedgerEntryData::ConfigSetting(_) | LedgerEntryData::Ttl(_)
        ) {
            continue;
        }
        ensure!(
            *key == entry.to_key(),
            "an entry of the snapshot is under the key of another"
        );
        ensure!(
            super::has_ttl(&key) == live_until.is_some(),
            "an entry of the snapshot has no time to live, or one that it cannot have"
        );
        let ttl = live_until.map(|live_until| Ttl {
            live_until,
            modified,
        });
        entries.insert(
            *key,
            Entry {
                entry: Arc::new(*entry),
                ttl,
            },
        );
    }
    for setting in network.settings.config_entries() {
        let key = LedgerKey::ConfigSetting(setting.to_key());
        entries.insert(key, crate::genesis::setting_entry(setting, modified));
    }
    Ok(entries)
}
