//! Queries: they never write.

use flash_common::{admin, ensure};
use flash_interfaces::reputation::{Record, ReputationConfig, ReputationError, Role};
use soroban_sdk::{Address, Env, Vec};

use crate::{policy, storage};

pub fn score(env: &Env, who: &Address, role: Role) -> u32 {
    storage::standing(env, who, role).map_or(policy::NEUTRAL_MILLI / policy::MILLI, |standing| {
        standing
            .anchored()
            .decayed(env.ledger().timestamp())
            .score()
    })
}

pub fn scores(env: &Env, of: &Vec<(Address, Role)>) -> Result<Vec<u32>, ReputationError> {
    ensure!(
        of.len() <= policy::MAX_SCORES,
        ReputationError::TooManyScores
    );
    let mut scores = Vec::new(env);
    for (who, role) in of.iter() {
        scores.push_back(score(env, &who, role));
    }
    Ok(scores)
}

pub fn record(env: &Env, who: &Address, role: Role) -> Option<Record> {
    let standing = storage::standing(env, who, role)?;
    Some(standing.record(env.ledger().timestamp()))
}

pub fn config(env: &Env) -> ReputationConfig {
    ReputationConfig {
        admin: admin::config(env),
        deals: storage::deals(env),
    }
}
