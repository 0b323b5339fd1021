//! The owner replaces the points table.

use flash_interfaces::reputation::{Points, PointsChanged, ReputationError};
use soroban_sdk::Env;

use crate::{policy, storage};

/// Stores a table within its bounds; it holds for outcomes recorded afterwards.
pub fn set(env: &Env, points: Points) -> Result<(), ReputationError> {
    policy::check(&points)?;
    storage::set_points(env, &points);
    PointsChanged { points }.publish(env);
    Ok(())
}
