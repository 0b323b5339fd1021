//! A pause stops what starts a new obligation, and ends by itself.

use flash_interfaces::admin::{AdminError, Paused, Unpaused};
use soroban_sdk::{contracttrait, contracttype, Env};
use stellar_access::ownable::enforce_owner_auth;

use crate::{ensure, ttl};
use flash_money::units::SECS_PER_DAY;

/// How long a pause lasts. It then ends by itself, even if nobody remembers it.
pub const MAX_PAUSE_SECS: u64 = 14 * SECS_PER_DAY;

#[contracttype]
enum PauseKey {
    PausedUntil,
}

/// When the pause ends; `None` when not paused.
pub fn paused_until_ts(env: &Env) -> Option<u64> {
    let until_ts: Option<u64> = env.storage().instance().get(&PauseKey::PausedUntil);
    until_ts.filter(|until_ts| env.ledger().timestamp() < *until_ts)
}

/// Whether new obligations are to be refused now.
pub fn is_paused(env: &Env) -> bool {
    paused_until_ts(env).is_some()
}

/// Exported by the contracts in which obligations start.
#[contracttrait]
pub trait ExpiringPause {
    /// Refuses new obligations for 14 days from now, or until `unpause`. Everything else works.
    ///
    /// Events: [`Paused`]. Authorisation: owner.
    fn pause(e: &Env) {
        ttl::extend_instance(e);
        enforce_owner_auth(e);
        let until_ts = e.ledger().timestamp().saturating_add(MAX_PAUSE_SECS);
        e.storage()
            .instance()
            .set(&PauseKey::PausedUntil, &until_ts);
        Paused { until_ts }.publish(e);
    }

    /// Ends the pause.
    ///
    /// Errors: [`AdminError::NotPaused`]. Events: [`Unpaused`]. Authorisation: owner.
    fn unpause(e: &Env) -> Result<(), AdminError> {
        ttl::extend_instance(e);
        enforce_owner_auth(e);
        ensure!(is_paused(e), AdminError::NotPaused);
        e.storage().instance().remove(&PauseKey::PausedUntil);
        Unpaused {}.publish(e);
        Ok(())
    }
}
