//! Actions of the asset's issuer on the escrow: claw-back, donation, freezing; and parties with
//! broken trustlines.

use flash_escrow::testutils::Trust;
use flash_integration_tests::{refused, Usage, World, DAY, USD};
use flash_interfaces::{deals::DealStatus, escrow::EscrowError};

#[test]
fn a_donation_is_surplus() {
    let world = World::new();
    let deal = world.deal().funded();
    world.donate(7 * USD);
    assert_eq!(world.solvency().surplus, 7 * USD);
    world.days(&deal, 1, Usage::stored_gb(100));
    world.close(&deal).expect("live");
    world.check();
    assert_eq!(world.solvency().surplus, 7 * USD);
}

#[test]
fn after_a_claw_back_everybody_gets_the_same_share_in_any_order() {
    let world = World::builder().clawback_enabled().build();
    let deals = [&world.carol, &world.dan].map(|consumer| {
        let deal = world.deal().consumer(consumer).deposit_usd(10).funded();
        world.days(&deal, 1, Usage::stored_gb(100));
        deal
    });
    for deal in &deals {
        world.close(deal).expect("live");
        assert_eq!(world.status(deal), DealStatus::Completed);
    }
    let owed = world.solvency();
    let liabilities = owed.locked + owed.claimable;
    let claims = [&world.carol, &world.ada, &world.dan].map(|who| (who, world.claimable(who)));
    world.expect_broken();
    // Fees rank last: half of what the parties are owed is left.
    world.claw_back(owed.balance - liabilities / 2);
    assert_eq!(
        world
            .unsigned()
            .escrow::<i128>("push", (&world.carol.address, world.asset.address())),
        refused(EscrowError::EscrowShort)
    );
    let late = world.deal().provider(&world.bert).accepted();
    assert_eq!(
        world.fund(&late, 5 * USD),
        refused(EscrowError::EscrowShort)
    );
    for (who, claim) in &claims {
        assert_eq!(
            world.by(who).withdraw_at_least(who, *claim, *claim),
            refused(EscrowError::BelowMinPaid)
        );
    }
    for (who, claim) in claims {
        let sent = world.by(who).withdraw_all();
        assert!((claim / 2 - 1..=claim / 2).contains(&sent), "{}", who.name);
    }
}

#[test]
fn neither_partys_trustline_blocks_the_other() {
    let world = World::new();
    let deal = world.deal().storage_gb(1_000).days(90).funded();
    let unusable = Trust {
        limit: 0,
        authorized: false,
        ..Trust::default()
    };
    world.ada.set_trustline(&world.asset, unusable);
    world.advance(DAY);
    world
        .stage_consumption(&deal, 1_000 * 1_024, 0)
        .expect("live");
    world
        .pay_pending(&deal)
        .expect("the payout waits, not the round");
    let mut bill = deal.agreed.bill();
    bill.window(DAY, 1_000 * 1_024, 0, 0);
    let earned = deal.agreed.earned(bill.charged());
    assert_eq!(world.claimable(&world.ada), earned);

    world.carol.set_trustline(&world.asset, unusable);
    world.complete(&deal).expect("live");
    assert_eq!(world.status(&deal), DealStatus::Completed);
    let refund = deal.agreed.quote() - bill.charged();
    assert_eq!(world.claimable(&world.carol), refund);
    assert_eq!(
        world.by(&world.carol).withdraw(refund),
        refused(EscrowError::TokenRefused)
    );
    // It can be withdrawn to another address at once.
    assert_eq!(
        world.by(&world.carol).withdraw_to(&world.dan, refund),
        Ok(refund)
    );
    world.ada.set_trustline(&world.asset, Trust::default());
    let pushed = world
        .unsigned()
        .escrow::<i128>("push", (&world.ada.address, world.asset.address()));
    assert_eq!(pushed, Ok(earned));
    assert_eq!(world.balance(&world.ada), earned);
}
