//! The administration that all contracts share, as this one exports it.

use flash_common::admin::UPGRADE_WINDOW_SECS;
use flash_interfaces::admin::AdminError;
use soroban_sdk::{testutils::Ledger as _, InvokeError, String, Symbol, Val};

use super::fixture::*;
use crate::Escrow;

#[test]
fn the_configuration_is_what_the_constructor_was_told() {
    let w = World::new();
    let config = w.client().get_config();
    assert_eq!(config.deals, w.deals);
    assert_eq!(config.stable_asset, w.asset);
    assert_eq!(config.admin.owner, Some(w.owner.clone()));
    assert_eq!(config.admin.schema, 1);
    assert_eq!(config.admin.upgrade_delay_secs, UPGRADE_DELAY_SECS);
    assert_eq!(config.admin.upgrade_wasm_hash, None);
    assert_eq!(config.admin.paused_until_ts, None);
    let version = String::from_str(&w.env, env!("CARGO_PKG_VERSION"));
    assert_eq!(w.client().version(), version);
}

#[test]
fn there_is_no_pause() {
    let w = World::new();
    let answer: RawAnswer<Val> = {
        let name = Symbol::new(&w.env, "pause");
        let client = w.signed(&w.owner, "pause", ());
        let args = soroban_sdk::vec![&w.env];
        w.env.try_invoke_contract(&client.address, &name, args)
    };
    assert!(answer.is_err());
}

#[test]
fn ownership_goes_over_in_two_steps() {
    let w = World::new();
    let until = w.env.ledger().sequence() + 100;
    w.signed(&w.owner, "transfer_ownership", (&w.stranger, until))
        .transfer_ownership(&w.stranger, &until);
    assert_eq!(w.client().get_owner(), Some(w.owner.clone()));
    w.signed(&w.stranger, "accept_ownership", ())
        .accept_ownership();
    assert_eq!(w.client().get_owner(), Some(w.stranger.clone()));
    let old = w
        .signed(&w.owner, "withdraw_fees", (&w.asset, &w.owner, 1_i128))
        .try_withdraw_fees(&w.asset, &w.owner, &1);
    assert!(unauthorised(&old));
}

#[test]
fn an_announced_upgrade_keeps_the_money_and_migrates_once() {
    let w = World::new();
    w.open(1, USD);
    let hash = w.env.upload(Escrow);
    w.signed(&w.owner, "schedule_upgrade", (&hash,))
        .schedule_upgrade(&hash);
    let early = w
        .signed(&w.owner, "upgrade", (&hash, &w.owner))
        .try_upgrade(&hash, &w.owner);
    assert_eq!(early, Err(Ok(AdminError::UpgradeTooEarly)));
    w.env
        .ledger()
        .with_mut(|ledger| ledger.timestamp += UPGRADE_DELAY_SECS + UPGRADE_WINDOW_SECS);
    w.signed(&w.owner, "upgrade", (&hash, &w.owner))
        .upgrade(&hash, &w.owner);
    assert_eq!(w.get(1).locked, USD);
    assert_eq!(w.client().get_config().deals, w.deals);
    let migrated = w.signed(&w.owner, "migrate", ()).try_migrate();
    assert_eq!(migrated, Err(Ok(AdminError::NothingToMigrate)));
    w.env.set_auths(&[]);
    assert_eq!(
        w.client().try_migrate(),
        Err(Err(InvokeError::Abort)),
        "unsigned"
    );
    assert_eq!(w.try_close(1, (100, 0), true, true), Ok(Ok(())));
}
