//! Closing a ledger.

use super::Ledgers;
use crate::{
    apply::{apply, Surroundings},
    meta::{next_header, tx_set},
    state::{AppliedTransaction, ClosedLedger, Entries, View},
    tx::Context,
};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use stellar_xdr::{Hash, LedgerKey, LedgerKeyTtl, Limits, TransactionResultPair, WriteXdr};

/// What the transactions of one ledger did together.
struct Batch {
    entries: Entries,
    touched: Vec<LedgerKey>,
    records: Vec<AppliedTransaction>,
    results: Vec<TransactionResultPair>,
    fees: i64,
}

impl Ledgers {
    /// Closes the next ledger with everything that waits.
    ///
    /// # Errors
    /// Where the ledger cannot be written down. The chain then stays where it was, and what waited
    /// is dropped: none of it was acknowledged as applied.
    pub fn close(&mut self) -> anyhow::Result<()> {
        let sequence = self.view.sequence().saturating_add(1);
        self.close_as(sequence)
    }

    /// Closes a ledger under a number further ahead, as time travel does.
    ///
    /// # Errors
    /// As [`Self::close`].
    pub fn close_as(&mut self, sequence: u32) -> anyhow::Result<()> {
        let closed = self.try_close(sequence);
        if closed.is_err() {
            self.recover()?;
        }
        closed
    }

    fn try_close(&mut self, sequence: u32) -> anyhow::Result<()> {
        let frames = std::mem::take(&mut self.pending);
        let close_time = self.clock.close_time(self.view.close_time());
        let network = Arc::clone(&self.view.network);
        let context = Context {
            network: &network,
            sequence,
            close_time,
        };
        let set = tx_set(
            self.view.hash,
            frames
                .iter()
                .map(|frame| (frame.envelope().clone(), frame.is_soroban()))
                .collect(),
        )?;
        let mut batch = self.run(&frames, context)?;
        let evicted = self.evict(&mut batch, sequence)?;
        let results = std::mem::take(&mut batch.results);
        let header = next_header(
            &self.view.header,
            self.view.hash,
            sequence,
            close_time,
            &set,
            results,
            batch.fees,
        )?;
        let encoded = header.to_xdr(Limits::none())?;
        let hash = Sha256::digest(&encoded).into();
        let ledger = Arc::new(ClosedLedger {
            sequence,
            close_time,
            hash,
            header: encoded,
            transactions: batch.records,
            evicted,
        });
        let mut history = self.view.history.clone();
        let forgotten = history.push(Arc::clone(&ledger), network.retention);
        if let Some(store) = &self.store {
            let ahead = self.clock.ahead_secs();
            store.commit(&ledger, &batch.entries, &batch.touched, &forgotten, ahead)?;
        }
        let header = Arc::new(header);
        self.view = View {
            network,
            header,
            hash,
            entries: batch.entries,
            history,
        };
        for key in &batch.touched {
            self.expiry.note(&self.view.entries, key);
            self.modules.note(&self.view.entries, key)?;
        }
        self.publish();
        Ok(())
    }

    fn run(&self, frames: &[crate::tx::Frame], context: Context<'_>) -> anyhow::Result<Batch> {
        let around = Surroundings {
            modules: self.modules.handle(),
            previous_hash: self.view.hash,
        };
        let mut batch = Batch {
            entries: self.view.entries.clone(),
            touched: Vec::new(),
            records: Vec::new(),
            results: Vec::new(),
            fees: 0,
        };
        for frame in frames {
            let applied = apply(frame, batch.entries.clone(), context, &around)?;
            batch.entries = applied.entries;
            batch.touched.extend(applied.touched);
            batch.fees = batch.fees.saturating_add(applied.fee);
            batch.results.push(TransactionResultPair {
                transaction_hash: Hash(frame.hash),
                result: applied.result,
            });
            batch.records.push(applied.record);
        }
        Ok(batch)
    }

    /// Removes the temporary entries that are no longer live, and archived code from the cache.
    /// Returns the keys that are gone, encoded.
    fn evict(&mut self, batch: &mut Batch, sequence: u32) -> anyhow::Result<Vec<Vec<u8>>> {
        let expired = self.expiry.take_expired(&batch.entries, sequence);
        for hash in &expired.code {
            self.modules.forget(hash)?;
        }
        let mut gone = Vec::new();
        for key in expired.temporary {
            let ttl = LedgerKey::Ttl(LedgerKeyTtl {
                key_hash: crate::state::ttl_key_hash(&key)?,
            });
            gone.push(key.to_xdr(Limits::none())?);
            gone.push(ttl.to_xdr(Limits::none())?);
            batch.entries.remove(&key);
            batch.touched.push(key);
        }
        Ok(gone)
    }
}
