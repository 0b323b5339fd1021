//! Closing a ledger.

use super::{CloseMode, Ledgers};
use crate::{
    apply::{charge, execute, settle, Progress, Surroundings},
    friendbot,
    meta::{next_header, tx_set, Closing},
    state::{AppliedTransaction, ClosedLedger, View},
    tx::{Context, Frame},
};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use stellar_xdr::{Hash, LedgerKey, LedgerKeyTtl, Limits, TransactionResultPair, WriteXdr};

/// What the transactions of one ledger did together.
struct Batch {
    progress: Progress,
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
        let close_time = self.clock.close_time(self.view.close_time(), self.mode);
        self.close_at(sequence, close_time)
    }

    /// Closes a ledger under a number and a time.
    ///
    /// # Errors
    /// As [`Self::close`].
    pub fn close_at(&mut self, sequence: u32, close_time: u64) -> anyhow::Result<()> {
        let closed = self.try_close(sequence, close_time);
        if closed.is_err() {
            self.recover()?;
        }
        closed
    }

    fn try_close(&mut self, sequence: u32, close_time: u64) -> anyhow::Result<()> {
        let network = Arc::clone(&self.view.network);
        let context = Context {
            network: &network,
            sequence,
            counts_from: sequence,
            close_time,
            closes_by: close_time,
        };
        let frames = self.take_waiting(context);
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
            Closing {
                sequence,
                close_time,
                tx_set: &set,
                results,
                fees: batch.fees,
            },
            network.id,
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
            store.commit(
                &ledger,
                &batch.progress.entries,
                &batch.progress.touched,
                &forgotten,
                ahead,
            )?;
        }
        let header = Arc::new(header);
        self.view = View {
            network,
            header,
            hash,
            entries: batch.progress.entries,
            history,
        };
        for key in &batch.progress.touched {
            self.expiry.note(&self.view.entries, key);
            self.modules.note(&self.view.entries, key)?;
        }
        self.publish();
        Ok(())
    }

    /// Takes what waits and is still valid, classic transactions first, as validators order a ledger;
    /// but friendbot's as they came, because they are all of one account.
    /// With instant closing it was checked a moment ago.
    fn take_waiting(&mut self, context: Context<'_>) -> Vec<Frame> {
        let waiting = self.queue.take();
        let hashes: Vec<_> = waiting.iter().map(|frame| frame.hash).collect();
        self.queue.close(hashes.into_iter());
        let mut frames: Vec<_> = waiting
            .into_iter()
            .filter(|frame| self.mode == CloseMode::Instant || self.is_still_valid(frame, context))
            .collect();
        let friendbot = friendbot::account(context.network);
        frames.sort_by_key(|frame| frame.is_soroban() && frame.source() != friendbot);
        frames
    }

    fn run(&self, frames: &[Frame], context: Context<'_>) -> anyhow::Result<Batch> {
        let around = Surroundings {
            modules: self.modules.handle(),
            previous_hash: self.view.hash,
        };
        let mut batch = Batch {
            progress: Progress::new(self.view.entries.clone(), context.sequence),
            records: Vec::new(),
            results: Vec::new(),
            fees: 0,
        };
        let mut charged = Vec::new();
        for frame in frames {
            charged.push(charge(frame, &mut batch.progress)?);
        }
        let mut executed = Vec::new();
        for frame in frames {
            executed.push(execute(frame, &mut batch.progress, context, &around)?);
        }
        for ((frame, charged), executed) in frames.iter().zip(charged).zip(executed) {
            let applied = settle(frame, charged, executed, &mut batch.progress, context)?;
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
        let expired = self.expiry.take_expired(&batch.progress.entries, sequence);
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
            batch.progress.entries.remove(&key);
            batch.progress.touched.push(key);
        }
        Ok(gone)
    }
}
