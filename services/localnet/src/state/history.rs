//! The ledgers that were closed, as far back as the retention window reaches.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A transaction that a ledger holds, with everything that is told about it, encoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedTransaction {
    pub hash: [u8; 32],
    /// The hash of the inner transaction, for a fee bump.
    pub inner_hash: Option<[u8; 32]>,
    /// `TransactionEnvelope`
    pub envelope: Vec<u8>,
    /// `TransactionResult`
    pub result: Vec<u8>,
    /// `LedgerEntryChanges` of charging the fee.
    pub fee_changes: Vec<u8>,
    /// `TransactionMeta`
    pub meta: Vec<u8>,
    /// `LedgerEntryChanges` of paying back what was not used.
    pub refund_changes: Vec<u8>,
    pub successful: bool,
    pub is_soroban: bool,
    /// What was charged for one operation, beyond the resources, in stroops.
    pub inclusion_fee: u64,
}

/// A closed ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedLedger {
    pub sequence: u32,
    pub close_time: u64,
    /// SHA-256 of the header.
    pub hash: [u8; 32],
    /// `LedgerHeader`
    pub header: Vec<u8>,
    pub transactions: Vec<AppliedTransaction>,
    /// `LedgerKey`s of what expired and was removed.
    pub evicted: Vec<Vec<u8>>,
}

/// One end of the history, as every answer tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerTime {
    pub sequence: u32,
    pub close_time: u64,
}

/// The ledgers within the retention window, and where each transaction is.
#[derive(Clone, Default)]
pub struct History {
    ledgers: imbl::OrdMap<u32, Arc<ClosedLedger>>,
    places: imbl::HashMap<[u8; 32], (u32, usize)>,
}

impl History {
    /// Adds a ledger and forgets what is further back than `retention` ledgers. Returns what was
    /// forgotten.
    pub fn push(&mut self, ledger: Arc<ClosedLedger>, retention: u32) -> Vec<u32> {
        let newest = ledger.sequence;
        for (index, tx) in ledger.transactions.iter().enumerate() {
            self.places.insert(tx.hash, (newest, index));
            if let Some(inner) = tx.inner_hash {
                self.places.insert(inner, (newest, index));
            }
        }
        self.ledgers.insert(newest, ledger);
        self.trim(newest.saturating_sub(retention.max(1) - 1))
    }

    fn trim(&mut self, oldest_kept: u32) -> Vec<u32> {
        let mut forgotten = Vec::new();
        while let Some((&sequence, ledger)) = self.ledgers.get_min().map(|(k, v)| (k, v.clone())) {
            if sequence >= oldest_kept {
                break;
            }
            for tx in &ledger.transactions {
                self.places.remove(&tx.hash);
                tx.inner_hash.and_then(|inner| self.places.remove(&inner));
            }
            self.ledgers.remove(&sequence);
            forgotten.push(sequence);
        }
        forgotten
    }

    /// The oldest and the newest ledger that are kept.
    pub fn range(&self) -> Option<(LedgerTime, LedgerTime)> {
        let time = |ledger: &ClosedLedger| LedgerTime {
            sequence: ledger.sequence,
            close_time: ledger.close_time,
        };
        let (_, oldest) = self.ledgers.get_min()?;
        let (_, newest) = self.ledgers.get_max()?;
        Some((time(oldest), time(newest)))
    }

    /// The ledger `sequence`. Time travel leaves gaps, so not every number in the range has one.
    pub fn ledger(&self, sequence: u32) -> Option<&Arc<ClosedLedger>> {
        self.ledgers.get(&sequence)
    }

    /// The newest ledger.
    pub fn newest(&self) -> Option<&Arc<ClosedLedger>> {
        self.ledgers.get_max().map(|(_, ledger)| ledger)
    }

    /// The ledgers from `first` on, oldest first.
    pub fn from(&self, first: u32) -> impl Iterator<Item = &Arc<ClosedLedger>> {
        self.ledgers.range(first..).map(|(_, ledger)| ledger)
    }

    /// The newest `count` ledgers, newest first.
    pub fn newest_first(&self, count: usize) -> impl Iterator<Item = &Arc<ClosedLedger>> {
        self.ledgers
            .iter()
            .rev()
            .map(|(_, ledger)| ledger)
            .take(count)
    }

    /// The ledger that holds the transaction, and its place there. A fee bump is found under its own
    /// hash and under that of the transaction within.
    pub fn find(&self, hash: &[u8; 32]) -> Option<(&Arc<ClosedLedger>, usize)> {
        let (sequence, index) = self.places.get(hash)?;
        Some((self.ledgers.get(sequence)?, *index))
    }
}
