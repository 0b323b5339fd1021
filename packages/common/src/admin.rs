//! Ownership in two steps and upgrades that are announced: the same in all contracts.
//!
//! An upgrade is scheduled with its hash, waits for the delay fixed at construction, and is void
//! 14 days after its time. In production the delay is at least 21 days, longer than any way out of
//! a deal (14 + 5 days), so nobody is held by code that they did not agree to.

use flash_interfaces::admin::{
    AdminConfig, AdminError, Migrated, PendingUpgrade, UpgradeCancelled, UpgradeScheduled, Upgraded,
};
use soroban_sdk::{contracttrait, contracttype, Address, BytesN, Env, String};
use stellar_access::ownable::{self, enforce_owner_auth};
use stellar_contract_utils::upgradeable;

use crate::{ensure, pause, ttl};
use flash_money::units::SECS_PER_DAY;

/// Least delay of an upgrade. Test networks may choose any.
#[cfg(not(feature = "testnet"))]
pub const MIN_UPGRADE_DELAY_SECS: u64 = 21 * SECS_PER_DAY;
#[cfg(feature = "testnet")]
pub const MIN_UPGRADE_DELAY_SECS: u64 = 0;
/// Longest delay, so that a typing error cannot lock the code for ever.
pub const MAX_UPGRADE_DELAY_SECS: u64 = 90 * SECS_PER_DAY;
/// An upgrade is void this long after it became executable.
pub const UPGRADE_WINDOW_SECS: u64 = 14 * SECS_PER_DAY;

#[contracttype]
enum AdminKey {
    UpgradeDelaySecs,
    PendingUpgrade,
}

/// First lines of every constructor: owner, delay, schema.
pub fn init(
    env: &Env,
    owner: &Address,
    upgrade_delay_secs: u64,
    schema: u32,
) -> Result<(), AdminError> {
    #[allow(
        clippy::absurd_extreme_comparisons,
        reason = "on test networks the least delay is 0 and this is always true"
    )]
    let long_enough = upgrade_delay_secs >= MIN_UPGRADE_DELAY_SECS;
    ensure!(long_enough, AdminError::UpgradeDelayTooShort);
    ensure!(
        upgrade_delay_secs <= MAX_UPGRADE_DELAY_SECS,
        AdminError::UpgradeDelayTooLong
    );
    ownable::set_owner(env, owner);
    env.storage()
        .instance()
        .set(&AdminKey::UpgradeDelaySecs, &upgrade_delay_secs);
    upgradeable::set_schema_version(env, schema);
    ttl::extend_instance(env);
    Ok(())
}

/// The owner, whose signature the call must carry.
pub fn enforce_owner(env: &Env) -> Address {
    enforce_owner_auth(env)
}

/// The part of `get_config` that all contracts share.
pub fn config(env: &Env) -> AdminConfig {
    let pending = pending_upgrade(env);
    AdminConfig {
        owner: ownable::get_owner(env),
        schema: upgradeable::get_schema_version(env),
        upgrade_delay_secs: upgrade_delay_secs(env),
        upgrade_wasm_hash: pending.as_ref().map(|pending| pending.wasm_hash.clone()),
        upgrade_ready_ts: pending.as_ref().map_or(0, |pending| pending.ready_ts),
        upgrade_void_ts: pending.as_ref().map_or(0, |pending| pending.void_ts),
        paused_until_ts: pause::paused_until_ts(env),
    }
}

/// Records that the stored shapes are those of schema `to`. A contract calls it after converting.
pub fn finish_migration(env: &Env, to: u32) -> Result<(), AdminError> {
    let from = upgradeable::get_schema_version(env);
    ensure!(from < to, AdminError::NothingToMigrate);
    upgradeable::set_schema_version(env, to);
    Migrated {
        from_schema: from,
        to_schema: to,
    }
    .publish(env);
    Ok(())
}

fn upgrade_delay_secs(env: &Env) -> u64 {
    // Absent only where the constructor never ran. Then the longest delay holds.
    env.storage()
        .instance()
        .get(&AdminKey::UpgradeDelaySecs)
        .unwrap_or(MAX_UPGRADE_DELAY_SECS)
}

fn pending_upgrade(env: &Env) -> Option<PendingUpgrade> {
    env.storage().instance().get(&AdminKey::PendingUpgrade)
}

/// Exported by every contract.
#[contracttrait]
pub trait Administered {
    /// Version of the running code.
    fn version(e: &Env) -> String {
        String::from_str(e, env!("CARGO_PKG_VERSION"))
    }

    /// Who may configure, pause and upgrade.
    fn get_owner(e: &Env) -> Option<Address> {
        ownable::get_owner(e)
    }

    /// Offers the ownership; the new owner takes it with `accept_ownership` until the ledger
    /// `live_until_ledger`. 0 takes an offer back.
    ///
    /// Events: `OwnershipTransfer`. Authorisation: owner.
    fn transfer_ownership(e: &Env, new_owner: Address, live_until_ledger: u32) {
        ttl::extend_instance(e);
        ownable::transfer_ownership(e, &new_owner, live_until_ledger);
    }

    /// Takes an offered ownership.
    ///
    /// Events: `OwnershipTransferCompleted`. Authorisation: the new owner.
    fn accept_ownership(e: &Env) {
        ttl::extend_instance(e);
        ownable::accept_ownership(e);
    }

    /// Announces an upgrade to an uploaded Wasm. Returns the time (seconds) from which it may be
    /// executed.
    ///
    /// Errors: [`AdminError::UpgradePending`] while another one is neither executed, cancelled nor
    /// void. Events: [`UpgradeScheduled`]. Authorisation: owner.
    fn schedule_upgrade(e: &Env, wasm_hash: BytesN<32>) -> Result<u64, AdminError> {
        ttl::extend_instance(e);
        enforce_owner_auth(e);
        let now = e.ledger().timestamp();
        let blocked = pending_upgrade(e).is_some_and(|pending| now <= pending.void_ts);
        ensure!(!blocked, AdminError::UpgradePending);
        let ready_ts = now.saturating_add(upgrade_delay_secs(e));
        let void_ts = ready_ts.saturating_add(UPGRADE_WINDOW_SECS);
        let pending = PendingUpgrade {
            wasm_hash: wasm_hash.clone(),
            ready_ts,
            void_ts,
        };
        e.storage()
            .instance()
            .set(&AdminKey::PendingUpgrade, &pending);
        UpgradeScheduled {
            wasm_hash,
            ready_ts,
            void_ts,
        }
        .publish(e);
        Ok(ready_ts)
    }

    /// Calls an announced upgrade off.
    ///
    /// Errors: [`AdminError::NoUpgradePending`]. Events: [`UpgradeCancelled`]. Authorisation: owner.
    fn cancel_upgrade(e: &Env) -> Result<(), AdminError> {
        ttl::extend_instance(e);
        enforce_owner_auth(e);
        let pending = pending_upgrade(e).ok_or(AdminError::NoUpgradePending)?;
        e.storage().instance().remove(&AdminKey::PendingUpgrade);
        UpgradeCancelled {
            wasm_hash: pending.wasm_hash,
        }
        .publish(e);
        Ok(())
    }

    /// Executes an announced upgrade (SEP-49). The executable is always a Wasm of its own, never a
    /// reference to another contract's.
    ///
    /// Errors: [`AdminError::NotOwner`], [`AdminError::NoUpgradePending`],
    /// [`AdminError::UpgradeHashMismatch`], [`AdminError::UpgradeTooEarly`],
    /// [`AdminError::UpgradeExpired`]. Events: [`Upgraded`]. Authorisation: `operator`, the owner.
    fn upgrade(e: &Env, new_wasm_hash: BytesN<32>, operator: Address) -> Result<(), AdminError> {
        ttl::extend_instance(e);
        operator.require_auth();
        ensure!(
            ownable::get_owner(e) == Some(operator.clone()),
            AdminError::NotOwner
        );
        let pending = pending_upgrade(e).ok_or(AdminError::NoUpgradePending)?;
        ensure!(
            pending.wasm_hash == new_wasm_hash,
            AdminError::UpgradeHashMismatch
        );
        let now = e.ledger().timestamp();
        ensure!(now >= pending.ready_ts, AdminError::UpgradeTooEarly);
        ensure!(now <= pending.void_ts, AdminError::UpgradeExpired);
        e.storage().instance().remove(&AdminKey::PendingUpgrade);
        Upgraded {
            wasm_hash: new_wasm_hash.clone(),
            operator,
        }
        .publish(e);
        upgradeable::upgrade(e, &new_wasm_hash);
        Ok(())
    }
}
