//! Scores and their evidence.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    model::{ensure, Answer},
    step::Who,
};
use crate::{DAY, USD};

const STEP_SECS: u64 = 259_200;
const PAIR_SECS: u64 = 7 * DAY;

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
    BreachedProvider,
    BreachedConsumer,
}

/// The record of a party, and its score at some time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// The score after its last change, and since when it drifts.
    pub score: i32,
    pub drifts_from: u64,
    pub completed: u32,
    pub completed_with_credit: u32,
    pub cancelled: u32,
    pub breached_by_provider: u32,
    pub breached_by_consumer: u32,
    pub volume: i128,
    pub counterparties: BTreeSet<Who>,
    pub first_ts: u64,
    pub last_ts: u64,
}

impl Standing {
    fn new(now: u64) -> Self {
        Self {
            score: 50,
            drifts_from: now,
            completed: 0,
            completed_with_credit: 0,
            cancelled: 0,
            breached_by_provider: 0,
            breached_by_consumer: 0,
            volume: 0,
            counterparties: BTreeSet::new(),
            first_ts: now,
            last_ts: now,
        }
    }

    /// Drifts one point towards 50 per whole step, never past it.
    pub fn score_at(&self, now: u64) -> i32 {
        let steps = i32::try_from((now - self.drifts_from) / STEP_SECS).unwrap_or(i32::MAX);
        if self.score > 50 {
            self.score.saturating_sub(steps).max(50)
        } else {
            self.score.saturating_add(steps).min(50)
        }
    }

    /// When the score changes next.
    pub fn next_step_ts(&self, now: u64) -> u64 {
        self.drifts_from + ((now - self.drifts_from) / STEP_SECS + 1) * STEP_SECS
    }

    fn add_points(&mut self, points: i32, now: u64) {
        let score = self.score_at(now);
        // The elapsed part of a step is kept. At 50 nothing drifts and no step begins.
        let part = if score == 50 {
            0
        } else {
            (now - self.drifts_from) % STEP_SECS
        };
        self.drifts_from = now - part;
        self.score = (score + points).clamp(0, 100);
    }

    pub fn outcomes(&self) -> u32 {
        self.completed + self.cancelled + self.breached_by_provider + self.breached_by_consumer
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
    /// When a provider and a consumer last gained points together.
    pub gained: BTreeMap<(Who, Who), u64>,
    pub points: Points,
}

impl Reputation {
    pub fn new() -> Self {
        Self {
            standings: BTreeMap::new(),
            gained: BTreeMap::new(),
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

    pub fn record(
        &mut self,
        provider: Who,
        consumer: Who,
        outcome: Outcome,
        volume: i128,
        now: u64,
    ) {
        let (for_provider, for_consumer) = match outcome {
            Outcome::Clean => (self.points.clean, 1),
            Outcome::Unmeasured => (1, 1),
            Outcome::MinorCredit => (0, 1),
            Outcome::MajorCredit => (-2, 1),
            Outcome::Notice => (self.points.notice, 0),
            Outcome::Silence => (0, 0),
            Outcome::BreachedProvider => (-10, 0),
            Outcome::BreachedConsumer => (0, -10),
        };
        let pair = (provider, consumer);
        let rested = self
            .gained
            .get(&pair)
            .is_none_or(|last| now - last >= PAIR_SECS);
        let may_gain = volume >= self.points.min_volume && rested;
        if may_gain && (for_provider > 0 || for_consumer > 0) {
            self.gained.insert(pair, now);
        }
        let sides = [
            (provider, Role::Provider, for_provider, consumer),
            (consumer, Role::Consumer, for_consumer, provider),
        ];
        for (who, role, points, other) in sides {
            let standing = self
                .standings
                .entry((who, role))
                .or_insert_with(|| Standing::new(now));
            standing.add_points(if may_gain { points } else { points.min(0) }, now);
            match outcome {
                Outcome::Clean | Outcome::Unmeasured => standing.completed += 1,
                Outcome::MinorCredit | Outcome::MajorCredit => {
                    standing.completed += 1;
                    standing.completed_with_credit += 1;
                }
                Outcome::Notice | Outcome::Silence => standing.cancelled += 1,
                Outcome::BreachedProvider => standing.breached_by_provider += 1,
                Outcome::BreachedConsumer => standing.breached_by_consumer += 1,
            }
            standing.volume += volume;
            standing.counterparties.insert(other);
            standing.last_ts = now;
        }
    }
}
