use flash_interfaces::{admin::AdminConfig, admin::AdminError, registry::RegistryConfig};
use soroban_sdk::vec;

use super::world::{World, UPGRADE_DELAY_SECS};
use crate::Registry;

#[test]
fn the_constructor_fixes_owner_links_and_delay() {
    let w = World::new();
    let expected = RegistryConfig {
        admin: AdminConfig {
            owner: Some(w.owner.clone()),
            schema: 1,
            upgrade_delay_secs: UPGRADE_DELAY_SECS,
            upgrade_wasm_hash: None,
            upgrade_ready_ts: 0,
            upgrade_void_ts: 0,
            paused_until_ts: None,
        },
        deals: w.deals.clone(),
        reputation: w.scores.address.clone(),
    };
    assert_eq!(w.registry.get_config(), expected);
    assert_eq!(w.registry.get_owner(), Some(w.owner.clone()));
    assert_eq!(w.registry.version(), w.text(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_fresh_registry_has_nothing_to_migrate() {
    let w = World::new();
    w.sign(&w.owner, "migrate", &vec![&w.env]);
    let answer = w.registry.try_migrate();
    assert_eq!(answer, Err(Ok(AdminError::NothingToMigrate)));
    w.env.set_auths(&[]);
    assert!(w.registry.try_migrate().unwrap_err().is_err());
}

#[test]
fn a_delay_above_90_days_is_not_deployed() {
    let w = World::new();
    let delay_secs = 90 * 86_400_u64;
    let links = (&w.owner, &w.deals, &w.scores.address, &delay_secs);
    w.env.register(Registry, links);
    let too_long = delay_secs + 1;
    let deployed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let links = (&w.owner, &w.deals, &w.scores.address, &too_long);
        w.env.register(Registry, links)
    }));
    assert!(deployed.is_err());
}
