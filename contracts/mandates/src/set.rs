//! What the consumer of a deal allows, and takes back.

use flash_common::ensure;
use flash_interfaces::{
    deals::{DealsClient, Terms},
    mandates::{MandateRevoked, MandateSet, MandatesError},
};
use soroban_sdk::{Address, Env};

use crate::{policy, storage, storage::StoredMandate};

/// What a consumer allows to be drawn.
pub struct Limits {
    pub top_up: i128,
    pub most_per_30_days: i128,
    pub until_ts: u64,
}

/// Sets or replaces a mandate. What was drawn under the one before counts on.
pub fn set(
    env: &Env,
    consumer: &Address,
    deal_id: u32,
    limits: &Limits,
) -> Result<(), MandatesError> {
    policy::check(limits, env.ledger().timestamp())?;
    let deals = DealsClient::new(env, &storage::deals(env));
    let terms = terms_of(&deals, deal_id, consumer)?;
    ensure!(
        deals.get_deal_health(&deal_id).is_some(),
        MandatesError::DealNotLive
    );
    let drawn = storage::mandate(env, deal_id).map_or_else(Default::default, |before| before.drawn);
    let mandate = StoredMandate {
        consumer: consumer.clone(),
        asset: terms.asset,
        top_up: limits.top_up,
        most_per_30_days: limits.most_per_30_days,
        until_ts: limits.until_ts,
        drawn,
    };
    storage::set_mandate(env, deal_id, &mandate);
    MandateSet {
        deal_id,
        consumer: mandate.consumer,
        asset: mandate.asset,
        top_up: mandate.top_up,
        most_per_30_days: mandate.most_per_30_days,
        until_ts: mandate.until_ts,
    }
    .publish(env);
    Ok(())
}

/// Ends a mandate, whatever became of the deal.
pub fn revoke(env: &Env, consumer: &Address, deal_id: u32) -> Result<(), MandatesError> {
    let mandate = storage::mandate(env, deal_id).ok_or(MandatesError::MandateNotFound)?;
    ensure!(mandate.consumer == *consumer, MandatesError::NotTheConsumer);
    storage::remove_mandate(env, deal_id);
    MandateRevoked {
        deal_id,
        consumer: mandate.consumer,
    }
    .publish(env);
    Ok(())
}

/// The terms of a deal of this consumer.
pub fn terms_of(
    deals: &DealsClient,
    deal_id: u32,
    consumer: &Address,
) -> Result<Terms, MandatesError> {
    let terms = deals
        .get_deal_terms(&deal_id)
        .ok_or(MandatesError::DealNotFound)?;
    ensure!(
        terms.consumer_id == *consumer,
        MandatesError::NotTheConsumer
    );
    Ok(terms)
}
