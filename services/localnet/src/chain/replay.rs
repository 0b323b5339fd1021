//! A chain whose ledgers close when the caller says: for tests that replay what another network did,
//! ledger by ledger, and compare.

use super::{clock::Clock, CloseMode, Ledgers, Submission};
use crate::{
    genesis,
    settings::Settings,
    state::{AppliedTransaction, Entries, Entry, Network, Ttl, View},
};
use anyhow::{Context, Result};
use std::{collections::HashMap, sync::Arc, time::Duration};
use stellar_xdr::{LedgerEntry, LedgerEntryData, LedgerKey, TransactionEnvelope};

/// A ledger of the network that is replayed.
pub struct ReplayedLedger<'a> {
    pub sequence: u32,
    pub close_time: u64,
    /// The hashes of its transactions, in the order in which they were applied.
    pub order: &'a [[u8; 32]],
}

/// The chain.
pub struct Replay(Ledgers);

impl Replay {
    /// Starts from the entries of a ledger. Those of settings are made from `settings`.
    ///
    /// # Errors
    /// Where an entry that needs a time to live comes without one.
    pub fn start(
        passphrase: &str,
        settings: Settings,
        sequence: u32,
        close_time: u64,
        entries: Vec<LedgerEntry>,
    ) -> Result<Self> {
        let network = Arc::new(Network::new(passphrase, settings, u32::MAX));
        let entries = with_settings(&network, with_ttls(entries)?, sequence);
        let view = genesis::start(network, entries, sequence, close_time, 0)?;
        // The rhythm is the caller's: what matters of it is that ledgers do not close by themselves.
        let mode = CloseMode::Interval(Duration::MAX);
        Ok(Self(Ledgers::of(view, Clock::ahead_by(0), mode)?))
    }

    /// Sends a transaction, at the time at which the newest ledger closed.
    ///
    /// # Errors
    /// Where something fails that is not the transaction's fault.
    pub fn submit(&mut self, envelope: TransactionEnvelope) -> Result<Submission> {
        let now = self.0.view.close_time();
        self.0.submit_at(envelope, now)
    }

    /// Closes a ledger with everything that waits, in the given order, and returns what it applied.
    ///
    /// # Errors
    /// Where the ledger cannot be closed.
    pub fn close(&mut self, ledger: &ReplayedLedger<'_>) -> Result<Vec<AppliedTransaction>> {
        self.0.queue.sort(ledger.order);
        self.0.close_at(ledger.sequence, ledger.close_time)?;
        let newest = self.0.view.history.newest().context("no ledger closed")?;
        Ok(newest.transactions.clone())
    }

    /// The network as it is now.
    pub fn view(&self) -> &View {
        &self.0.view
    }
}

/// The entries, each with its time to live beside it.
fn with_ttls(entries: Vec<LedgerEntry>) -> Result<Entries> {
    let mut ttls = HashMap::new();
    for entry in &entries {
        if let LedgerEntryData::Ttl(ttl) = &entry.data {
            let ttl_value = Ttl {
                live_until: ttl.live_until_ledger_seq,
                modified: entry.last_modified_ledger_seq,
            };
            ttls.insert(ttl.key_hash.clone(), ttl_value);
        }
    }
    let mut all = Entries::new();
    for entry in entries {
        if matches!(entry.data, LedgerEntryData::Ttl(_)) {
            continue;
        }
        let key = entry.to_key();
        let ttl = ttls.get(&crate::state::ttl_key_hash(&key)?).copied();
        anyhow::ensure!(
            ttl.is_some() == crate::state::has_ttl(&key),
            "an entry comes without its time to live: {key:?}"
        );
        let entry = Arc::new(entry);
        all.insert(key, Entry { entry, ttl });
    }
    Ok(all)
}

fn with_settings(network: &Network, mut entries: Entries, sequence: u32) -> Entries {
    for setting in network.settings.config_entries() {
        let key = LedgerKey::ConfigSetting(setting.to_key());
        entries.insert(key, genesis::setting_entry(setting, sequence));
    }
    entries
}
