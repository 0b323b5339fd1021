//! The ledger that is being built, transaction by transaction.

use crate::state::{Entries, Scratch};
use stellar_xdr::{Error, LedgerEntryChanges, LedgerKey};

/// The entries as the work so far left them, and the keys that it touched.
pub struct Progress {
    pub entries: Entries,
    pub touched: Vec<LedgerKey>,
    sequence: u32,
}

impl Progress {
    /// Starts from the entries of the ledger before.
    pub fn new(entries: Entries, sequence: u32) -> Self {
        Self {
            entries,
            touched: Vec::new(),
            sequence,
        }
    }

    /// A working copy for the next step.
    pub fn scratch(&self) -> Scratch {
        Scratch::new(self.entries.clone(), self.sequence)
    }

    /// Takes over what a step did, and returns it as changes.
    ///
    /// # Errors
    /// Where a key cannot be encoded.
    pub fn take(&mut self, step: Scratch) -> Result<LedgerEntryChanges, Error> {
        let changes = step.changes()?;
        let (entries, touched) = step.finish();
        self.entries = entries;
        self.touched.extend(touched);
        Ok(changes)
    }
}
