//! A pause refuses what starts or changes an obligation, and nothing else.

use flash_interfaces::{
    admin::{AdminError, Paused, Unpaused},
    registry::{BucketStatus, RegistryError},
};
use soroban_sdk::String;

use super::world::{World, START_TS};

const NO_TEXT: Option<String> = None;
const NO_PRICE: Option<u128> = None;
const NO_SLA: Option<u32> = None;
const MAX_PAUSE_SECS: u64 = 14 * 86_400;

/// Everything that a pause refuses, each of which would succeed otherwise.
fn new_obligations(
    w: &World,
    anna: &soroban_sdk::Address,
    id: u32,
) -> [Result<(), RegistryError>; 10] {
    let [eve, fred, gina] = [w.someone(), w.someone(), w.someone()];
    let text = Some(w.text("x"));
    let basic = (anna, id, text.clone(), NO_TEXT, NO_TEXT);
    let conditions = (anna, id, text, NO_TEXT, NO_PRICE, NO_PRICE, NO_SLA, NO_SLA);
    let features = (anna, id, w.longest_features());
    [
        w.register_provider(&eve, "Eve"),
        w.register_consumer(&fred, "Fred"),
        w.call(&gina, "register_full_user", (&gina, w.text("Gina"))),
        w.create_bucket(anna).map(|_| ()),
        w.call(anna, "update_bucket_basic", basic),
        w.call(anna, "update_bucket_conditions", conditions),
        w.set_capacity(anna, id, 9, 9),
        w.call(anna, "set_bucket_features", features),
        w.call(anna, "set_bucket_status", (anna, id, BucketStatus::Active)),
        w.call(anna, "unlock_bucket", (anna, id)),
    ]
}

#[test]
fn new_obligations_are_refused_while_paused() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    w.call::<()>(&anna, "lock_bucket", (&anna, id)).unwrap();
    w.pause();
    let refused = new_obligations(&w, &anna, id);
    assert_eq!(refused, [Err(RegistryError::Paused); 10]);
    w.call::<()>(&w.owner, "unpause", ()).unwrap();
    assert_eq!(new_obligations(&w, &anna, id), [Ok(()); 10]);
}

#[test]
fn a_pause_is_looked_at_before_anything_else_but_the_signature() {
    let w = World::new();
    let anna = w.provider();
    w.pause();
    let refused = new_obligations(&w, &anna, 99);
    assert_eq!(refused, [Err(RegistryError::Paused); 10]);
}

#[test]
fn everything_else_works_while_paused() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    let (bert, carl, dora, eve) = (w.provider(), w.consumer(), w.consumer(), w.provider());
    let other = w.create_bucket(&anna).unwrap();
    w.reserve(id, 1, "films", (1, 1)).unwrap();
    w.pause();
    let asked = w.registry.try_get_listing(&id, &anna, &carl, &1, &1, &None);
    assert!(asked.is_ok());
    w.reserve(id, 2, "series", (1, 1)).unwrap();
    w.release(id, 1, "films", (1, 1)).unwrap();
    w.release(id, 2, "series", (1, 1)).unwrap();
    let text = w.text("still here");
    w.call::<()>(&anna, "update_provider", (&anna, text.clone()))
        .unwrap();
    w.call::<()>(&carl, "update_consumer", (&carl, text))
        .unwrap();
    w.call::<()>(&anna, "lock_bucket", (&anna, id)).unwrap();
    w.delete_bucket(&anna, id);
    w.call::<()>(&w.owner, "remove_bucket", (other,)).unwrap();
    w.call::<()>(&anna, "delete_provider", (&anna,)).unwrap();
    w.call::<()>(&carl, "delete_consumer", (&carl,)).unwrap();
    w.call::<()>(&w.owner, "remove_provider", (&bert,)).unwrap();
    w.call::<()>(&w.owner, "remove_consumer", (&dora,)).unwrap();
    assert_eq!(w.registry.get_provider_list(&0, &20).len(), 3);
    assert!(!w.registry.get_provider(&eve).unwrap().deleted);
}

#[test]
fn a_pause_ends_by_itself_after_14_days() {
    let w = World::new();
    let anna = w.provider();
    w.pause();
    let until_ts = START_TS + MAX_PAUSE_SECS;
    w.assert_event(&Paused { until_ts });
    let config = w.registry.get_config().admin;
    assert_eq!(config.paused_until_ts, Some(until_ts));
    w.wait(MAX_PAUSE_SECS - 1);
    assert_eq!(w.create_bucket(&anna), Err(RegistryError::Paused));
    w.wait(1);
    assert_eq!(w.create_bucket(&anna), Ok(1));
    assert_eq!(w.registry.get_config().admin.paused_until_ts, None);
    w.sign(&w.owner, "unpause", &soroban_sdk::vec![&w.env]);
    let answer = w.registry.try_unpause();
    assert_eq!(answer, Err(Ok(AdminError::NotPaused)));
}

#[test]
fn the_owner_ends_a_pause_early() {
    let w = World::new();
    w.pause();
    w.call::<()>(&w.owner, "unpause", ()).unwrap();
    w.assert_event(&Unpaused {});
    assert_eq!(w.registry.get_config().admin.paused_until_ts, None);
}
