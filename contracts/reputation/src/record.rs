//! `deals` writes how a funded deal ended, for both its parties.

use flash_common::ensure;
use flash_interfaces::reputation::{Outcome, OutcomeRecorded, Record, ReputationError, Role};
use soroban_sdk::{Address, Env};

use crate::{
    policy,
    storage::{self, Standing},
};

/// Gives or takes the points of an outcome and adds it to the evidence.
pub fn record(
    env: &Env,
    deal_id: u32,
    provider: Address,
    consumer: Address,
    outcome: Outcome,
    volume: i128,
) -> Result<(), ReputationError> {
    ensure!(volume >= 0, ReputationError::NegativeVolume);
    ensure!(provider != consumer, ReputationError::SameParty);

    let now = env.ledger().timestamp();
    let table = storage::points(env);
    let pair = storage::pair(env, &provider, &consumer);
    let last_gain_ts = pair.unwrap_or(0);
    let may_gain = policy::may_gain(volume, table.min_volume, last_gain_ts, now);
    let (for_provider, for_consumer) = policy::points_for(outcome, &table);
    let gained = may_gain && (for_provider > 0 || for_consumer > 0);

    let event = Event {
        outcome,
        volume,
        now,
        new_counterparty: pair.is_none(),
        may_gain,
    };
    let provider_score = event.apply(env, &provider, Role::Provider, for_provider);
    let consumer_score = event.apply(env, &consumer, Role::Consumer, for_consumer);
    let last_gain_ts = if gained { now } else { last_gain_ts };
    storage::set_pair(env, &provider, &consumer, last_gain_ts);

    OutcomeRecorded {
        provider,
        consumer,
        deal_id,
        outcome,
        volume,
        provider_score,
        consumer_score,
    }
    .publish(env);
    Ok(())
}

/// What both parties of an outcome share.
struct Event {
    outcome: Outcome,
    volume: i128,
    now: u64,
    new_counterparty: bool,
    may_gain: bool,
}

impl Event {
    /// Writes the outcome for one party and returns its score.
    fn apply(&self, env: &Env, who: &Address, role: Role, points: i32) -> u32 {
        let mut standing =
            storage::standing(env, who, role).unwrap_or_else(|| first_standing(self.now));
        let points = if self.may_gain { points } else { points.min(0) };
        let scored = standing.anchored().decayed(self.now).with_points(points);
        standing.set_anchored(scored);
        self.add_evidence(&mut standing.record);
        storage::set_standing(env, who, role, &standing);
        scored.score
    }

    /// Evidence saturates and never fails, so that it cannot keep an outcome from being written.
    fn add_evidence(&self, record: &mut Record) {
        let count = |counter: &mut u32| *counter = counter.saturating_add(1);
        match self.outcome {
            Outcome::CompletedClean | Outcome::CompletedUnmeasured => {
                count(&mut record.completed);
            }
            Outcome::CompletedMinorCredit | Outcome::CompletedMajorCredit => {
                count(&mut record.completed);
                count(&mut record.completed_with_credit);
            }
            Outcome::CancelledByNotice | Outcome::CancelledBySilence => {
                count(&mut record.cancelled);
            }
            Outcome::BreachedProvider => count(&mut record.breached_by_provider),
            Outcome::BreachedConsumer => count(&mut record.breached_by_consumer),
        }
        if self.new_counterparty {
            count(&mut record.distinct_counterparties);
        }
        record.volume = record.volume.saturating_add(self.volume);
        record.last_outcome_ts = self.now;
    }
}

fn first_standing(now: u64) -> Standing {
    let record = Record {
        score: policy::NEUTRAL_SCORE,
        completed: 0,
        completed_with_credit: 0,
        cancelled: 0,
        breached_by_provider: 0,
        breached_by_consumer: 0,
        volume: 0,
        distinct_counterparties: 0,
        first_outcome_ts: now,
        last_outcome_ts: now,
    };
    Standing {
        record,
        anchor_ts: now,
    }
}
