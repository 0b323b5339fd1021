//! The state on disk, for `--state FILE`: an embedded database with atomic, durable commits.
//!
//! A ledger is committed before any of its transactions is acknowledged, so a process that is killed
//! at any moment loses at most the ledger that nobody has heard of yet.

use super::{ClosedLedger, Entries, Entry, History, Network, Ttl, View};
use anyhow::{bail, Context, Result};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{path::Path, sync::Arc};
use stellar_xdr::{LedgerEntry, LedgerHeader, LedgerKey, Limits, ReadXdr, WriteXdr};

const ENTRIES: TableDefinition<&[u8], &[u8]> = TableDefinition::new("entries");
const LEDGERS: TableDefinition<u32, &[u8]> = TableDefinition::new("ledgers");
const ABOUT: TableDefinition<&str, &[u8]> = TableDefinition::new("about");

/// What identifies the network that a file belongs to.
const IDENTITY: &str = "identity";
/// How far the network's clock is ahead of the wall clock, after time travel.
const CLOCK: &str = "clock";

/// An entry as it is kept on disk.
#[derive(Serialize, Deserialize)]
struct Row {
    ttl: Option<(u32, u32)>,
    entry: Vec<u8>,
}

/// The file of one network.
pub struct Store(Database);

impl Store {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// Where the file cannot be read or written, is in use, or belongs to another network or to
    /// other settings.
    pub fn open(path: &Path, network: &Network) -> Result<Self> {
        let database = Database::create(path)
            .with_context(|| format!("cannot open the state file {}", path.display()))?;
        let store = Self(database);
        let identity = identity(network)?;
        match store.about(IDENTITY)? {
            None => store.init(&identity)?,
            Some(found) if found == identity => {}
            Some(_) => bail!(
                "{} belongs to a network with another passphrase or other settings",
                path.display()
            ),
        }
        Ok(store)
    }

    fn init(&self, identity: &[u8]) -> Result<()> {
        let write = self.0.begin_write()?;
        write.open_table(ENTRIES)?;
        write.open_table(LEDGERS)?;
        write.open_table(ABOUT)?.insert(IDENTITY, identity)?;
        write.commit()?;
        Ok(())
    }

    fn about(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let read = self.0.begin_read()?;
        match read.open_table(ABOUT) {
            Ok(table) => Ok(table.get(key)?.map(|value| value.value().to_vec())),
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The network as it was when the newest ledger closed, and how far its clock is ahead. `None`
    /// for a new file.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn load(&self, network: Arc<Network>) -> Result<Option<(View, u64)>> {
        let read = self.0.begin_read()?;
        let mut history = History::default();
        let mut newest = None;
        for row in read.open_table(LEDGERS)?.iter()? {
            let ledger: ClosedLedger = postcard::from_bytes(row?.1.value())?;
            let ledger = Arc::new(ledger);
            newest = Some(Arc::clone(&ledger));
            history.push(ledger, network.retention);
        }
        let Some(newest) = newest else {
            return Ok(None);
        };
        let mut entries = Entries::new();
        for row in read.open_table(ENTRIES)?.iter()? {
            let (key, value) = row?;
            let key = LedgerKey::from_xdr(key.value(), Limits::none())?;
            entries.insert(key, decode(value.value())?);
        }
        let header = Arc::new(LedgerHeader::from_xdr(&newest.header, Limits::none())?);
        let ahead_secs = self
            .about(CLOCK)?
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, u64::from_le_bytes);
        Ok(Some((
            View {
                network,
                header,
                hash: newest.hash,
                entries,
                history,
            },
            ahead_secs,
        )))
    }

    /// Commits one ledger: what it changed, itself, and what it pushed out of the history.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn commit(
        &self,
        ledger: &ClosedLedger,
        entries: &Entries,
        changed: &[LedgerKey],
        forgotten: &[u32],
        ahead_secs: u64,
    ) -> Result<()> {
        let write = self.0.begin_write()?;
        {
            let mut table = write.open_table(ENTRIES)?;
            for key in changed {
                put(&mut table, key, entries.get(key))?;
            }
            let mut ledgers = write.open_table(LEDGERS)?;
            ledgers.insert(ledger.sequence, postcard::to_stdvec(ledger)?.as_slice())?;
            for sequence in forgotten {
                ledgers.remove(sequence)?;
            }
            write
                .open_table(ABOUT)?
                .insert(CLOCK, ahead_secs.to_le_bytes().as_slice())?;
        }
        write.commit()?;
        Ok(())
    }

    /// Replaces everything, after the network was reset or loaded from a snapshot.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn replace(&self, view: &View, ahead_secs: u64) -> Result<()> {
        let write = self.0.begin_write()?;
        write.delete_table(ENTRIES)?;
        write.delete_table(LEDGERS)?;
        {
            let mut table = write.open_table(ENTRIES)?;
            for (key, entry) in &view.entries {
                put(&mut table, key, Some(entry))?;
            }
            let mut ledgers = write.open_table(LEDGERS)?;
            for ledger in view.history.from(0) {
                let bytes = postcard::to_stdvec(ledger.as_ref())?;
                ledgers.insert(ledger.sequence, bytes.as_slice())?;
            }
            write
                .open_table(ABOUT)?
                .insert(CLOCK, ahead_secs.to_le_bytes().as_slice())?;
        }
        write.commit()?;
        Ok(())
    }
}

fn put(
    table: &mut redb::Table<'_, &[u8], &[u8]>,
    key: &LedgerKey,
    entry: Option<&Entry>,
) -> Result<()> {
    let key = key.to_xdr(Limits::none())?;
    match entry {
        None => table.remove(key.as_slice())?,
        Some(entry) => {
            let row = Row {
                ttl: entry.ttl.map(|ttl| (ttl.live_until, ttl.modified)),
                entry: entry.entry.to_xdr(Limits::none())?,
            };
            table.insert(key.as_slice(), postcard::to_stdvec(&row)?.as_slice())?
        }
    };
    Ok(())
}

fn decode(bytes: &[u8]) -> Result<Entry> {
    let row: Row = postcard::from_bytes(bytes)?;
    Ok(Entry {
        entry: Arc::new(LedgerEntry::from_xdr(&row.entry, Limits::none())?),
        ttl: row.ttl.map(|(live_until, modified)| Ttl {
            live_until,
            modified,
        }),
    })
}

/// The passphrase and every setting, as one hash.
fn identity(network: &Network) -> Result<Vec<u8>> {
    let mut hasher = Sha256::new();
    hasher.update(network.id);
    for setting in network.settings.config_entries() {
        hasher.update(setting.to_xdr(Limits::none())?);
    }
    Ok(hasher.finalize().to_vec())
}
