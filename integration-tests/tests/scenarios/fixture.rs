//! The fixture itself: deployment, time, exact signatures.

use flash_integration_tests::{
    clock::{SECS_PER_LEDGER, START_TS},
    deploy::wasm_dir,
    unauthorised, Answer, World, DAY,
};
use soroban_sdk::xdr::LedgerEntryData;

#[test]
fn the_contracts_run_on_wasm_or_natively_as_configured() {
    let world = World::new();
    let code = world.ledger_entries().into_iter().filter(|(_, (entry, _))| {
        matches!(&entry.data, LedgerEntryData::ContractCode(code) if code.code.len() > 1_000)
    });
    let expected = if wasm_dir().is_some() { 5 } else { 0 };
    assert_eq!(code.count(), expected);
}

#[test]
fn the_contracts_know_each_other() {
    let world = World::new();
    let at = &world.at;
    let deals = world.deals().get_config();
    assert_eq!(
        (deals.registry, deals.escrow, deals.reputation),
        (
            at.registry.clone(),
            at.escrow.clone(),
            at.reputation.clone()
        )
    );
    let registry = world.registry().get_config();
    assert_eq!(
        (registry.deals, registry.reputation),
        (at.deals.clone(), at.reputation.clone())
    );
    assert_eq!(world.escrow().get_config().deals, at.deals);
    assert_eq!(world.reputation().get_config().deals, at.deals);
    let mandates = world.mandates().get_config();
    assert_eq!(
        (mandates.deals, mandates.escrow),
        (at.deals.clone(), at.escrow.clone())
    );
    let owner = Some(world.owner.address.clone());
    for admin in [
        deals.admin,
        registry.admin,
        world.escrow().get_config().admin,
        world.reputation().get_config().admin,
        mandates.admin,
    ] {
        assert_eq!(admin.owner, owner);
        assert_eq!(admin.upgrade_delay_secs, 21 * DAY);
    }
}

#[test]
fn timestamp_and_sequence_move_together() {
    let world = World::new();
    let sequence = world.env.ledger().sequence();
    assert!(sequence > 1_000_000 && START_TS > 1_700_000_000);
    world.advance(1);
    assert_eq!(world.env.ledger().sequence(), sequence + 1);
    world.advance(DAY);
    world.advance_to(START_TS + 2 * DAY);
    assert_eq!(world.now(), START_TS + 2 * DAY);
    let ledgers = u32::try_from(2 * DAY / SECS_PER_LEDGER).expect("small");
    let passed = world.env.ledger().sequence() - sequence;
    assert!((ledgers..=ledgers + 2).contains(&passed));
}

#[test]
fn a_signature_is_for_one_call_of_one_person() {
    let world = World::new();
    let deal = world.deal().created();
    let args = (&deal.provider.address, &deal.consumer.address, deal.id);
    let accept = "set_deal_accepted";
    // Ada is a classic account with a real key; Dan has a contract address.
    for stranger in [&world.carol, &world.dan, &world.owner] {
        let answer: Answer = world.by(stranger).deals(accept, args);
        assert!(unauthorised(&answer), "{}", stranger.name);
    }
    let unsigned: Answer = world.unsigned().deals(accept, args);
    assert!(unauthorised(&unsigned));
    world.accept(&deal).expect("signed by Ada");
    // The signature must cover the transfer, otherwise the funding is refused.
    let amount = deal.agreed.quote();
    let fund: Answer = world.by(&deal.consumer).deals(
        "set_deal_funded",
        (
            &deal.consumer.address,
            &deal.provider.address,
            deal.id,
            u128::try_from(amount).expect("positive"),
            &deal.repo_id,
        ),
    );
    assert!(fund.is_err());
    world.fund(&deal, amount).expect("signed with its transfer");
}
