//! What the ledger holds: entries with their time to live, and the history of closed ledgers.
//!
//! All of it lives in maps whose copies share structure, so a reader gets a consistent [`View`] of
//! the whole network for the price of a few reference counts, and nobody waits for anybody.

mod dump;
mod expiry;
mod history;
mod modules;
mod scratch;
mod snapshot;
mod store;
mod supply;
mod view;

pub use dump::{load_snapshot, to_snapshot};
pub use expiry::Expiry;
pub use history::{AppliedTransaction, ClosedLedger, History, LedgerTime};
pub use modules::Modules;
pub use scratch::Scratch;
pub use snapshot::Snapshot;
pub use store::Store;
pub use supply::{issued_total, native_balance, native_total};
pub use view::{Network, View};

use sha2::{Digest, Sha256};
use std::sync::Arc;
use stellar_xdr::{
    AccountId, ContractDataDurability, Hash, LedgerEntry, LedgerEntryData, LedgerEntryExt,
    LedgerKey, Limits, TtlEntry, WriteXdr,
};

/// Every entry of the ledger, archived ones included.
pub type Entries = imbl::HashMap<LedgerKey, Entry>;

/// A ledger entry together with the `TTL` entry that the protocol keeps beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub entry: Arc<LedgerEntry>,
    /// Set for contract data and contract code, absent for everything else.
    pub ttl: Option<Ttl>,
}

/// Until when an entry lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ttl {
    pub live_until: u32,
    /// The ledger in which the time to live last changed.
    pub modified: u32,
}

impl Entry {
    /// Whether the entry can be read in ledger `sequence`. Entries without a TTL always can.
    pub fn is_live(&self, sequence: u32) -> bool {
        self.ttl.is_none_or(|ttl| ttl.live_until >= sequence)
    }

    /// The last ledger in which the entry is live, for entries that expire.
    pub fn live_until(&self) -> Option<u32> {
        self.ttl.map(|ttl| ttl.live_until)
    }
}

/// Who pays the reserve of an entry in place of its owner, where somebody does.
pub fn sponsor(entry: &LedgerEntry) -> Option<&AccountId> {
    match &entry.ext {
        LedgerEntryExt::V1(ext) => ext.sponsoring_id.0.as_ref(),
        LedgerEntryExt::V0 => None,
    }
}

/// Whether entries under `key` vanish when they expire; persistent ones are archived instead.
pub fn is_temporary(key: &LedgerKey) -> bool {
    matches!(key, LedgerKey::ContractData(data)
        if data.durability == ContractDataDurability::Temporary)
}

/// Whether entries under `key` have a time to live.
pub fn has_ttl(key: &LedgerKey) -> bool {
    matches!(key, LedgerKey::ContractData(_) | LedgerKey::ContractCode(_))
}

/// The hash under which the protocol keeps the TTL of `key`.
///
/// # Errors
/// Where the key cannot be encoded.
pub fn ttl_key_hash(key: &LedgerKey) -> Result<Hash, stellar_xdr::Error> {
    Ok(Hash(Sha256::digest(key.to_xdr(Limits::none())?).into()))
}

/// The `TTL` ledger entry of `key`, as it appears in the meta.
///
/// # Errors
/// Where the key cannot be encoded.
pub fn ttl_entry(key: &LedgerKey, ttl: Ttl) -> Result<LedgerEntry, stellar_xdr::Error> {
    Ok(LedgerEntry {
        last_modified_ledger_seq: ttl.modified,
        data: LedgerEntryData::Ttl(TtlEntry {
            key_hash: ttl_key_hash(key)?,
            live_until_ledger_seq: ttl.live_until,
        }),
        ext: LedgerEntryExt::V0,
    })
}
