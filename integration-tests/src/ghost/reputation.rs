//! Scores and their evidence, in thousandths: a list of everything that was gained and lost, and sums over it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    model::{ensure, Answer},
    step::Who,
};
use crate::{DAY, USD};

const STEP_SECS: u64 = 259_200;
/// A third of a week. What was gained or lost counts in its slot and the three after it.
pub const SLOT_SECS: u64 = 7 * DAY / 3;

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Role {
    Provider,
    Consumer,
}

/// How a funded deal ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    Clean,
    Unmeasured,
    MinorCredit,
    MajorCredit,
    Notice,
    Silence,
    Overuse,
    BreachedProvider,
    BreachedConsumer,
}

/// An outcome and its amounts.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    pub outcome: Outcome,
    pub in_grace: bool,
    pub volume: i128,
    pub fee: i128,
    pub weight: i128,
}

/// A party's deals, and its score at some time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// The score in thousandths after its last change, and from when on it drifts.
    pub score_milli: i64,
    pub drifts_from: u64,
    /// Outcomes written, whatever their weight.
    pub outcomes: u32,
    pub completed_milli: i64,
    pub completed_with_credit_milli: i64,
    pub cancelled_milli: i64,
    pub breached_by_provider_milli: i64,
    pub breached_by_consumer_milli: i64,
    pub volume: i128,
    pub counterparties: BTreeSet<Who>,
    pub first_ts: u64,
    pub last_ts: u64,
}

impl Standing {
    fn new(now: u64) -> Self {
        Self {
            score_milli: 50_000,
            drifts_from: now,
            outcomes: 0,
            completed_milli: 0,
            completed_with_credit_milli: 0,
            cancelled_milli: 0,
            breached_by_provider_milli: 0,
            breached_by_consumer_milli: 0,
            volume: 0,
            counterparties: BTreeSet::new(),
            first_ts: now,
            last_ts: now,
        }
    }

    /// A point towards 50 in every whole step, never past it.
    pub fn milli_at(&self, now: u64) -> i64 {
        let steps = i64::try_from((now - self.drifts_from) / STEP_SECS).expect("some years");
        if self.score_milli > 50_000 {
            (self.score_milli - 1_000 * steps).max(50_000)
        } else {
            (self.score_milli + 1_000 * steps).min(50_000)
        }
    }

    /// In whole points.
    pub fn score_at(&self, now: u64) -> i32 {
        i32::try_from(self.milli_at(now) / 1_000).expect("at most 100")
    }

    /// When the score moves next.
    pub fn next_step_ts(&self, now: u64) -> u64 {
        self.drifts_from + ((now - self.drifts_from) / STEP_SECS + 1) * STEP_SECS
    }

    fn add_points(&mut self, gain: i64, loss: i64, now: u64) {
        let score = self.milli_at(now);
        // A part of a step that has passed is not lost; at 50 nothing drifts and none begins.
        let part = if score == 50_000 {
            0
        } else {
            (now - self.drifts_from) % STEP_SECS
        };
        self.drifts_from = now - part;
        self.score_milli = ((score + gain).min(100_000) - loss).max(0);
    }
}

/// The points that these worlds set; the others stay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Points {
    pub clean: i32,
    pub notice: i32,
    pub min_volume: i128,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reputation {
    pub standings: BTreeMap<(Who, Role), Standing>,
    /// Everything that was gained and lost.
    pub history: Vec<Moved>,
    pub points: Points,
}

/// What an outcome gave and took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Moved {
    pub ts: u64,
    pub provider: Who,
    pub consumer: Who,
    /// The larger gain of the two.
    pub gain: i64,
    pub provider_loss: i64,
    pub consumer_loss: i64,
}

impl Moved {
    /// Whether it still counts.
    fn counts_at(&self, now: u64) -> bool {
        now / SLOT_SECS - self.ts / SLOT_SECS < 4
    }
}

impl Reputation {
    pub fn new() -> Self {
        Self {
            standings: BTreeMap::new(),
            history: Vec::new(),
            points: Points {
                clean: 2,
                notice: -3,
                min_volume: 10 * USD,
            },
        }
    }

    pub fn set_points(&mut self, clean: i32, notice: i32, usd: i128) -> Answer<()> {
        ensure(
            (0..=25).contains(&clean) && (-25..=0).contains(&notice),
            3301,
        )?;
        ensure((0..=10_000).contains(&usd), 3302)?;
        self.points = Points {
            clean,
            notice,
            min_volume: usd * USD,
        };
        Ok(())
    }

    pub fn score(&self, who: Who, role: Role, now: u64) -> i32 {
        self.standings
            .get(&(who, role))
            .map_or(50, |standing| standing.score_at(now))
    }

    /// When the pair's latest gain stops counting.
    pub fn pair_is_free_ts(&self, pair: (Who, Who)) -> Option<u64> {
        let gained = |moved: &&Moved| (moved.provider, moved.consumer) == pair && moved.gain > 0;
        let last = self.history.iter().rfind(gained)?;
        Some((last.ts / SLOT_SECS + 4) * SLOT_SECS)
    }

    /// What counts now of all that was moved, summed.
    fn recent(&self, now: u64, of: impl Fn(&Moved) -> i64) -> i64 {
        let recent = self.history.iter().filter(|moved| moved.counts_at(now));
        recent.map(of).sum()
    }

    pub fn record(&mut self, provider: Who, consumer: Who, ending: Ending, now: u64) {
        let completed = if ending.in_grace { 0 } else { 1 };
        let (for_provider, for_consumer) = match ending.outcome {
            Outcome::Clean => (self.points.clean, completed),
            Outcome::Unmeasured => (1, completed),
            Outcome::MinorCredit => (0, completed),
            Outcome::MajorCredit => (-2, completed),
            Outcome::Notice => (self.points.notice, 0),
            Outcome::Silence | Outcome::Overuse => (0, 0),
            Outcome::BreachedProvider => (-10, 0),
            Outcome::BreachedConsumer => (0, -10),
        };
        let of_pair = |moved: &Moved| (moved.provider, moved.consumer) == (provider, consumer);
        let pair_gain = self.recent(now, |m| if of_pair(m) { m.gain } else { 0 });
        let fee_milli = i64::try_from(ending.fee * 1_000 / USD).expect("a deal's fee");
        let gain = |points: i32, most: i32| {
            let left = (1_000 * i64::from(most) - pair_gain).max(0);
            (1_000 * i64::from(points.max(0))).min(fee_milli).min(left)
        };
        let (provider_gain, consumer_gain) = (
            gain(for_provider, self.points.clean.max(1)),
            gain(for_consumer, 1),
        );

        let share = |most: i64| match self.points.min_volume {
            whole if ending.weight >= whole => most,
            whole => i64::try_from(i128::from(most) * ending.weight / whole).expect("a part"),
        };
        let loss = |points: i32, of_all: i64, by_pair: i64| {
            share(1_000 * i64::from(-points.min(0)))
                .min((20_000 - of_all).max(0))
                .min((10_000 - by_pair).max(0))
        };
        let provider_loss = loss(
            for_provider,
            self.recent(now, |m| {
                if m.provider == provider {
                    m.provider_loss
                } else {
                    0
                }
            }),
            self.recent(now, |m| if of_pair(m) { m.provider_loss } else { 0 }),
        );
        let consumer_loss = loss(
            for_consumer,
            self.recent(now, |m| {
                if m.consumer == consumer {
                    m.consumer_loss
                } else {
                    0
                }
            }),
            self.recent(now, |m| if of_pair(m) { m.consumer_loss } else { 0 }),
        );
        self.history.push(Moved {
            ts: now,
            provider,
            consumer,
            gain: provider_gain.max(consumer_gain),
            provider_loss,
            consumer_loss,
        });

        let weight = share(1_000);
        let sides = [
            (
                provider,
                Role::Provider,
                provider_gain,
                provider_loss,
                consumer,
            ),
            (
                consumer,
                Role::Consumer,
                consumer_gain,
                consumer_loss,
                provider,
            ),
        ];
        for (who, role, gain, loss, other) in sides {
            let standing = self
                .standings
                .entry((who, role))
                .or_insert_with(|| Standing::new(now));
            standing.add_points(gain, loss, now);
            standing.outcomes += 1;
            match ending.outcome {
                Outcome::Clean | Outcome::Unmeasured => standing.completed_milli += weight,
                Outcome::MinorCredit | Outcome::MajorCredit => {
                    standing.completed_milli += weight;
                    standing.completed_with_credit_milli += weight;
                }
                Outcome::Notice | Outcome::Silence | Outcome::Overuse => {
                    standing.cancelled_milli += weight;
                }
                Outcome::BreachedProvider => standing.breached_by_provider_milli += weight,
                Outcome::BreachedConsumer => standing.breached_by_consumer_milli += weight,
            }
            standing.volume += ending.volume;
            if weight >= 1_000 {
                standing.counterparties.insert(other);
            }
            standing.last_ts = now;
        }
    }
}
