//! `deals` writes how a funded deal ended, for both its parties.

use flash_common::ensure;
use flash_interfaces::reputation::{Ending, OutcomeRecorded, ReputationError, Role};
use soroban_sdk::{Address, Env};

use crate::{policy, standing::Standing, storage};

/// Gives or takes the points of an outcome and adds it to the evidence.
pub fn record(
    env: &Env,
    deal_id: u32,
    provider: Address,
    consumer: Address,
    ending: Ending,
) -> Result<(), ReputationError> {
    let least = ending.volume.min(ending.fee).min(ending.weight);
    ensure!(least >= 0, ReputationError::NegativeAmount);
    ensure!(provider != consumer, ReputationError::SameParty);

    let now = env.ledger().timestamp();
    let table = storage::points(env);
    let load = |who: &Address, role: Role| {
        let stored = storage::standing(env, who, role);
        let mut standing = stored.unwrap_or_else(|| Standing::neutral(now));
        standing.shift(now);
        standing
    };
    let mut of_provider = load(&provider, Role::Provider);
    let mut of_consumer = load(&consumer, Role::Consumer);
    let mut pair = storage::pair(env, &provider, &consumer);

    let (for_provider, for_consumer) =
        pair.change(&ending, &table, &of_provider, &of_consumer, now);
    let weight_milli = policy::weight_milli(ending.weight, table.min_volume);
    let new_counterparty = pair.count(weight_milli);
    let provider_score = of_provider.apply(for_provider, now);
    let consumer_score = of_consumer.apply(for_consumer, now);
    for standing in [&mut of_provider, &mut of_consumer] {
        standing.add_evidence(&ending, weight_milli, new_counterparty, now);
    }

    storage::set_standing(env, &provider, Role::Provider, &of_provider);
    storage::set_standing(env, &consumer, Role::Consumer, &of_consumer);
    storage::set_pair(env, &provider, &consumer, &pair);
    OutcomeRecorded {
        provider,
        consumer,
        deal_id,
        outcome: ending.outcome,
        volume: ending.volume,
        weight_milli,
        provider_score,
        consumer_score,
    }
    .publish(env);
    Ok(())
}
