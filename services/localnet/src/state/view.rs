//! The network at one moment, for everybody who only reads.

use super::{Entries, Entry, History, LedgerTime};
use crate::settings::Settings;
use sha2::{Digest, Sha256};
use soroban_env_host::LedgerInfo;
use std::sync::Arc;
use stellar_xdr::{LedgerHeader, LedgerKey};

/// What never changes while the network runs.
#[derive(Clone, Debug)]
pub struct Network {
    pub passphrase: String,
    /// SHA-256 of the passphrase: what signatures are bound to.
    pub id: [u8; 32],
    pub settings: Settings,
    /// How many ledgers of history are kept.
    pub retention: u32,
}

impl Network {
    /// The network with this passphrase.
    pub fn new(passphrase: &str, settings: Settings, retention: u32) -> Self {
        let id = Sha256::digest(passphrase.as_bytes()).into();
        Self {
            passphrase: passphrase.to_owned(),
            id,
            settings,
            retention,
        }
    }
}

/// The network at one moment. Cheap to clone.
#[derive(Clone)]
pub struct View {
    pub network: Arc<Network>,
    pub header: Arc<LedgerHeader>,
    /// SHA-256 of the header.
    pub hash: [u8; 32],
    pub entries: Entries,
    pub history: History,
}

impl View {
    /// The newest closed ledger.
    pub fn sequence(&self) -> u32 {
        self.header.ledger_seq
    }

    /// When the newest ledger closed, in seconds since 1970.
    pub fn close_time(&self) -> u64 {
        self.header.scp_value.close_time.0
    }

    /// The newest closed ledger, as answers tell it.
    pub fn latest(&self) -> LedgerTime {
        LedgerTime {
            sequence: self.sequence(),
            close_time: self.close_time(),
        }
    }

    /// The oldest ledger of the history.
    pub fn oldest(&self) -> LedgerTime {
        self.history
            .range()
            .map_or(self.latest(), |(oldest, _)| oldest)
    }

    /// The ledger as contracts see it in a simulation: the newest closed one, as Stellar RPC does.
    pub fn ledger_info(&self) -> LedgerInfo {
        self.network
            .settings
            .ledger_info(self.network.id, self.sequence(), self.close_time())
    }

    /// The entry under `key`; one that is temporary and expired does not exist.
    pub fn entry(&self, key: &LedgerKey) -> Option<&Entry> {
        let entry = self.entries.get(key)?;
        (entry.is_live(self.sequence()) || !super::is_temporary(key)).then_some(entry)
    }
}
