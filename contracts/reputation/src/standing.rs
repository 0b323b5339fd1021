//! What is stored of a party and of a pair, and what an outcome does to it. Pure.

use flash_interfaces::reputation::{Ending, Outcome, Points, Record};

use crate::{
    allowance::{slot_at, Used, USED_LEN},
    math::Anchored,
    packed::{Reader, Writer},
    policy,
};

/// Bytes of a stored [`Standing`].
pub const STANDING_LEN: usize = 64 + USED_LEN;
/// Bytes of a stored [`Pair`].
pub const PAIR_LEN: usize = 5 + 3 * USED_LEN;

/// Score and evidence of an address in a role. The score is as of its anchor; what is read is decayed from there.
/// Counts are in thousandths of a deal of full weight.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Standing {
    pub score_milli: u32,
    pub anchor_ts: u64,
    pub completed_milli: u32,
    pub credited_milli: u32,
    pub cancelled_milli: u32,
    pub breached_by_provider_milli: u32,
    pub breached_by_consumer_milli: u32,
    pub volume: u64,
    pub counterparties: u32,
    pub first_outcome_ts: u64,
    pub last_outcome_ts: u64,
    /// The slot of `losses`.
    pub slot: u32,
    pub losses: Used,
}

/// What a provider and a consumer took and gave each other in the last seven days.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Pair {
    pub slot: u32,
    /// Each counts as a counterparty of the other: they had a deal of full weight.
    pub counted: bool,
    pub gains: Used,
    pub provider_losses: Used,
    pub consumer_losses: Used,
}

/// What an outcome gives or takes one party.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Change {
    pub gain_milli: u32,
    pub loss_milli: u32,
}

impl Standing {
    /// A party before its first outcome.
    pub fn neutral(now: u64) -> Self {
        Self {
            score_milli: policy::NEUTRAL_MILLI,
            anchor_ts: now,
            first_outcome_ts: now,
            slot: slot_at(now),
            ..Self::default()
        }
    }

    pub fn anchored(&self) -> Anchored {
        Anchored {
            score_milli: self.score_milli,
            anchor_ts: self.anchor_ts,
        }
    }

    /// Moves what was lost to the slot of `now`.
    pub fn shift(&mut self, now: u64) {
        self.losses = self.losses.later(slot_at(now).saturating_sub(self.slot));
        self.slot = slot_at(now).max(self.slot);
    }

    /// Applies a change of the score and returns the score in whole points.
    pub fn apply(&mut self, change: Change, now: u64) -> u32 {
        self.losses.add(change.loss_milli);
        let scored = self
            .anchored()
            .decayed(now)
            .with(change.gain_milli, change.loss_milli);
        self.score_milli = scored.score_milli;
        self.anchor_ts = scored.anchor_ts;
        scored.score()
    }

    /// Evidence saturates rather than fails: it must never keep an outcome from being written.
    pub fn add_evidence(
        &mut self,
        ending: &Ending,
        weight_milli: u32,
        new_counterparty: bool,
        now: u64,
    ) {
        let add = |counter: &mut u32| *counter = counter.saturating_add(weight_milli);
        match ending.outcome {
            Outcome::CompletedClean | Outcome::CompletedUnmeasured => {
                add(&mut self.completed_milli);
            }
            Outcome::CompletedMinorCredit | Outcome::CompletedMajorCredit => {
                add(&mut self.completed_milli);
                add(&mut self.credited_milli);
            }
            Outcome::CancelledByNotice
            | Outcome::CancelledBySilence
            | Outcome::CancelledForOveruse => add(&mut self.cancelled_milli),
            Outcome::BreachedProvider => add(&mut self.breached_by_provider_milli),
            Outcome::BreachedConsumer => add(&mut self.breached_by_consumer_milli),
        }
        if new_counterparty {
            self.counterparties = self.counterparties.saturating_add(1);
        }
        let volume = u64::try_from(ending.volume).unwrap_or(u64::MAX);
        self.volume = self.volume.saturating_add(volume);
        self.last_outcome_ts = now;
    }

    /// As the queries answer it.
    pub fn record(&self, now: u64) -> Record {
        Record {
            score: self.anchored().decayed(now).score(),
            completed_milli: self.completed_milli,
            completed_with_credit_milli: self.credited_milli,
            cancelled_milli: self.cancelled_milli,
            breached_by_provider_milli: self.breached_by_provider_milli,
            breached_by_consumer_milli: self.breached_by_consumer_milli,
            volume: self.volume.into(),
            distinct_counterparties: self.counterparties,
            first_outcome_ts: self.first_outcome_ts,
            last_outcome_ts: self.last_outcome_ts,
        }
    }

    pub fn read(bytes: &[u8; STANDING_LEN]) -> Self {
        let mut reader = Reader(bytes);
        Self {
            score_milli: reader.u32(),
            anchor_ts: reader.u64(),
            completed_milli: reader.u32(),
            credited_milli: reader.u32(),
            cancelled_milli: reader.u32(),
            breached_by_provider_milli: reader.u32(),
            breached_by_consumer_milli: reader.u32(),
            volume: reader.u64(),
            counterparties: reader.u32(),
            first_outcome_ts: reader.u64(),
            last_outcome_ts: reader.u64(),
            slot: reader.u32(),
            losses: Used::read(&mut reader),
        }
    }

    pub fn write(&self) -> [u8; STANDING_LEN] {
        let mut bytes = [0; STANDING_LEN];
        let mut writer = Writer(&mut bytes);
        writer.u32(self.score_milli);
        writer.u64(self.anchor_ts);
        writer.u32(self.completed_milli);
        writer.u32(self.credited_milli);
        writer.u32(self.cancelled_milli);
        writer.u32(self.breached_by_provider_milli);
        writer.u32(self.breached_by_consumer_milli);
        writer.u64(self.volume);
        writer.u32(self.counterparties);
        writer.u64(self.first_outcome_ts);
        writer.u64(self.last_outcome_ts);
        writer.u32(self.slot);
        self.losses.write(&mut writer);
        bytes
    }
}

impl Pair {
    /// What an outcome gives and takes (provider, consumer), within what the pair and each of them may still gain
    /// and lose. Takes it off the pair's allowances.
    pub fn change(
        &mut self,
        ending: &Ending,
        table: &Points,
        provider: &Standing,
        consumer: &Standing,
        now: u64,
    ) -> (Change, Change) {
        self.shift(now);
        let (for_provider, for_consumer) = policy::points_for(ending, table);
        let (most_provider, most_consumer) = policy::most_gains_milli(table);
        let gain = |points, most| policy::gain_milli(points, ending.fee).min(self.gains.left(most));
        let (provider_gain, consumer_gain) = (
            gain(for_provider, most_provider),
            gain(for_consumer, most_consumer),
        );
        let loss = |points, standing: &Standing, by_pair: &Used| {
            policy::loss_milli(points, ending.weight, table.min_volume)
                .min(standing.losses.left(policy::MAX_LOSS_MILLI))
                .min(by_pair.left(policy::MAX_LOSS_BY_COUNTERPARTY_MILLI))
        };
        let provider_loss = loss(for_provider, provider, &self.provider_losses);
        let consumer_loss = loss(for_consumer, consumer, &self.consumer_losses);
        self.gains.add(provider_gain.max(consumer_gain));
        self.provider_losses.add(provider_loss);
        self.consumer_losses.add(consumer_loss);
        (
            Change {
                gain_milli: provider_gain,
                loss_milli: provider_loss,
            },
            Change {
                gain_milli: consumer_gain,
                loss_milli: consumer_loss,
            },
        )
    }

    /// Whether the two become counterparties by a deal of this weight.
    pub fn count(&mut self, weight_milli: u32) -> bool {
        let newly = !self.counted && weight_milli >= policy::MILLI;
        self.counted |= newly;
        newly
    }

    fn shift(&mut self, now: u64) {
        let slots = slot_at(now).saturating_sub(self.slot);
        self.gains = self.gains.later(slots);
        self.provider_losses = self.provider_losses.later(slots);
        self.consumer_losses = self.consumer_losses.later(slots);
        self.slot = slot_at(now).max(self.slot);
    }

    pub fn read(bytes: &[u8; PAIR_LEN]) -> Self {
        let mut reader = Reader(bytes);
        Self {
            slot: reader.u32(),
            counted: reader.u8() != 0,
            gains: Used::read(&mut reader),
            provider_losses: Used::read(&mut reader),
            consumer_losses: Used::read(&mut reader),
        }
    }

    pub fn write(&self) -> [u8; PAIR_LEN] {
        let mut bytes = [0; PAIR_LEN];
        let mut writer = Writer(&mut bytes);
        writer.u32(self.slot);
        writer.u8(self.counted.into());
        self.gains.write(&mut writer);
        self.provider_losses.write(&mut writer);
        self.consumer_losses.write(&mut writer);
        bytes
    }
}
