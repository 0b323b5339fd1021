//! Queries: they never write.

use flash_common::admin;
use flash_interfaces::mandates::{Mandate, MandatesConfig};
use soroban_sdk::Env;

use crate::storage;

pub fn mandate(env: &Env, deal_id: u32) -> Option<Mandate> {
    let stored = storage::mandate(env, deal_id)?;
    Some(Mandate {
        deal_id,
        drawn: stored.drawn.total(env.ledger().timestamp()),
        consumer: stored.consumer,
        asset: stored.asset,
        top_up: stored.top_up,
        most_per_30_days: stored.most_per_30_days,
        until_ts: stored.until_ts,
    })
}

pub fn config(env: &Env) -> MandatesConfig {
    MandatesConfig {
        admin: admin::config(env),
        deals: storage::deals(env),
        escrow: storage::escrow(env),
    }
}
