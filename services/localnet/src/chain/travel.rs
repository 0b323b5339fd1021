//! What no validator network can do: move time, and start from another state.

use super::{clock::Clock, Ledgers};
use crate::{
    genesis,
    settings::TOTAL_COINS,
    state::{load_snapshot, native_total, View},
};
use anyhow::{ensure, Context, Result};
use soroban_ledger_snapshot::LedgerSnapshot;
use std::sync::Arc;

/// How far to go.
#[derive(Clone, Copy, Debug, Default)]
pub struct Travel {
    pub secs: u64,
    pub ledgers: u32,
}

/// Seconds since 1970 that no clock should pass: the year 9999.
const END_OF_TIME: u64 = 253_402_300_799;

impl Ledgers {
    /// Moves the clock and the ledger number ahead. One ledger is closed at the end; the numbers
    /// between stay unused.
    ///
    /// # Errors
    /// Where the journey leads beyond the last ledger number or the end of time.
    pub fn travel(&mut self, travel: Travel) -> Result<()> {
        let steps = travel.ledgers.max(1);
        let sequence = self
            .view
            .sequence()
            .checked_add(steps)
            .filter(|s| *s <= i32::MAX as u32);
        let sequence = sequence.context("there are no ledger numbers that far ahead")?;
        let arrival = self.clock.now().checked_add(travel.secs);
        ensure!(
            arrival.is_some_and(|time| time <= END_OF_TIME),
            "time does not go that far"
        );
        self.clock.advance(travel.secs);
        self.close_as(sequence)
    }

    /// Replaces the ledger by that of a snapshot.
    ///
    /// # Errors
    /// Where the snapshot does not fit this network.
    pub fn load(&mut self, snapshot: LedgerSnapshot) -> Result<()> {
        let network = Arc::clone(&self.view.network);
        let (sequence, time) = (snapshot.sequence_number, snapshot.timestamp);
        ensure!(
            (1..=i32::MAX as u32).contains(&sequence),
            "the snapshot has no ledger number"
        );
        ensure!(time <= END_OF_TIME, "the snapshot is from the end of time");
        let entries = load_snapshot(&network, snapshot)?;
        let held = native_total(&entries, network.id)?;
        let fee_pool = i128::from(TOTAL_COINS) - held;
        ensure!(
            fee_pool >= 0,
            "the snapshot holds more of the native asset than there is"
        );
        self.clock.reach(time);
        let close_time = self.clock.now();
        let fee_pool = i64::try_from(fee_pool)?;
        let view = genesis::start(network, entries, sequence, close_time, fee_pool)?;
        self.replace(view)
    }

    /// Starts over.
    ///
    /// # Errors
    /// Where the new state cannot be written down.
    pub fn reset(&mut self) -> Result<()> {
        self.clock = Clock::ahead_by(0);
        let view = genesis::view(Arc::clone(&self.view.network), self.clock.now())?;
        self.replace(view)
    }

    fn replace(&mut self, view: View) -> Result<()> {
        if let Some(store) = &self.store {
            store.replace(&view, self.clock.ahead_secs())?;
        }
        self.view = view;
        self.recover()?;
        self.publish();
        Ok(())
    }
}
