//! The asset and the fees.

use flash_integration_tests::{world::POCKET, Usage, World, USD};
use soroban_sdk::{Address, String, Vec};

use super::{args, query, val};

#[test]
fn the_escrow_returns_its_asset_uses_its_faucet_and_sends_fees() {
    let world = World::new();
    let escrow = world.at.escrow.clone();
    let none = Vec::new(&world.env);
    let asset: Address = query(&world, &escrow, "get_stable_asset_address", none.clone());
    assert_eq!(asset, world.asset.address());
    let name: String = query(&world, &escrow, "get_stable_asset_name", none);
    assert_eq!(name, world.token().name());

    world.as_issuer(|issuer| issuer.set_admin(&escrow));
    let faucet = args(
        &world,
        [val(&world, &world.dan.address), val(&world, 5 * USD)],
    );
    world
        .by(&world.dan)
        .escrow::<()>("test_faucet", faucet)
        .expect("a test network");
    assert_eq!(world.balance(&world.dan), POCKET + 5 * USD);
    let admin = args(&world, [val(&world, &world.mallory.address)]);
    world
        .as_owner()
        .escrow::<()>("change_asset_admin", admin)
        .expect("a test network");

    let deal = world.deal().storage_gb(1_000).funded();
    world.days(&deal, 1, Usage::stored_gb(1_000));
    let fees = world.fees();
    assert!(fees > 0);
    let to_mallory = args(
        &world,
        [val(&world, &world.mallory.address), val(&world, fees)],
    );
    world
        .as_owner()
        .escrow::<()>("send_funds_owner", to_mallory)
        .expect("the owner");
    assert_eq!(world.balance(&world.mallory), POCKET + fees);
    let address = args(&world, [val(&world, world.asset.address())]);
    world
        .as_owner()
        .escrow::<()>("set_stable_asset_address", address)
        .expect("the owner");
}
