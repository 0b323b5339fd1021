//! Every function of the contracts, each with what one simulation said.

use super::market::{Stage, DAY, GB, UPGRADE_DELAY_SECS, USD};
use flash_client::{
    types::*, Address, Call, Deals, Escrow, Job, Mandates, Registry, Reputation, Signer, Text,
};
use flash_deploy::default_policy;
use flash_localnet::Config;
use sha2::{Digest, Sha256};

async fn parties(stage: &Stage) {
    let (r, paula, carl) = (&stage.at.registry, &stage.paula, &stage.carl);
    stage
        .once(
            paula,
            &r.register_provider(paula.address(), "Paula".to_owned()),
        )
        .await;
    stage
        .once(
            paula,
            &r.update_provider(paula.address(), "Paula's disks".to_owned()),
        )
        .await;
    stage
        .once(
            carl,
            &r.register_consumer(carl.address(), "Carl".to_owned()),
        )
        .await;
    stage
        .once(
            carl,
            &r.update_consumer(carl.address(), "Carl & Co".to_owned()),
        )
        .await;
    for name in ["Fay", "Gus"] {
        let person = stage.person(name).await;
        stage
            .once(
                &person,
                &r.register_full_user(person.address(), name.to_owned()),
            )
            .await;
        if name == "Fay" {
            stage
                .once(&person, &r.delete_provider(person.address()))
                .await;
            stage
                .once(&person, &r.delete_consumer(person.address()))
                .await;
        } else {
            stage
                .once(&stage.owner, &r.remove_provider(person.address()))
                .await;
            stage
                .once(&stage.owner, &r.remove_consumer(person.address()))
                .await;
            stage
                .once(&stage.owner, &r.readmit_provider(person.address()))
                .await;
            stage
                .once(&stage.owner, &r.readmit_consumer(person.address()))
                .await;
        }
    }
}

async fn buckets(stage: &Stage) -> u32 {
    let (r, paula, p) = (&stage.at.registry, &stage.paula, stage.paula.address());
    let bucket = stage.bucket(paula, "main").await;
    let name = |text: &str| Some(Text::from(text));
    stage
        .once(
            paula,
            &r.update_bucket_basic(p.clone(), bucket, name("b"), name("us"), name("US")),
        )
        .await;
    let prices = (Some(USD / 40), Some(USD / 90));
    let call = r.update_bucket_conditions(
        p.clone(),
        bucket,
        name("main"),
        None,
        prices.0,
        prices.1,
        Some(250),
        Some(9_900),
    );
    stage.once(paula, &call).await;
    let features = BucketFeatures {
        access_scope: "private".into(),
        auto_accept_asset: None,
        auto_accept_policy: 0,
        encryption_at_rest: true,
        encryption_in_transit: true,
        object_locking: true,
        tags: vec!["fast".into(), "cold".into()],
        versioning_enabled: true,
    };
    stage
        .once(paula, &r.set_bucket_features(p.clone(), bucket, features))
        .await;
    let endpoint = "https://s3.example".to_owned();
    let service = r.set_bucket_service(p.clone(), bucket, endpoint, Metering::Gateway);
    stage.once(paula, &service).await;
    for status in [BucketStatus::Inactive, BucketStatus::Active] {
        stage
            .once(paula, &r.set_bucket_status(p.clone(), bucket, status))
            .await;
    }
    stage.once(paula, &r.lock_bucket(p.clone(), bucket)).await;
    stage.once(paula, &r.unlock_bucket(p.clone(), bucket)).await;
    let gone = stage.bucket(paula, "gone").await;
    stage.once(paula, &r.delete_bucket(p, gone)).await;
    let removed = stage.bucket(paula, "removed").await;
    stage.once(&stage.owner, &r.remove_bucket(removed)).await;
    bucket
}

async fn unfunded(stage: &Stage, bucket: u32) {
    let (d, paula, carl) = (&stage.at.deals, &stage.paula, &stage.carl);
    let (p, c) = (paula.address(), carl.address());
    let listed = stage.read(&stage.at.registry.get_bucket(bucket)).await;
    let offer_revision = listed.expect("listed").offer_revision;
    let request = DealRequest {
        provider_id: p.clone(),
        bucket_id: bucket,
        fb_repo_id: "repo".into(),
        duration_secs: DAY,
        agreed_storage_mb: GB,
        agreed_egress_mb: GB,
        api_compatibility: "S3".into(),
        max_price_storage: USD,
        max_price_egress: USD,
        policy_version: 1,
        offer_revision,
        succeeds: None,
    };
    let deal = stage
        .once(carl, &d.create_deal_at(c.clone(), request))
        .await;
    stage.once(carl, &d.withdraw_deal(c.clone(), deal)).await;
    let deal = stage.ask(carl, bucket).await;
    stage
        .once(paula, &d.set_deal_rejected(p.clone(), c.clone(), deal))
        .await;
    let deal = stage.ask(carl, bucket).await;
    stage.once(paula, &d.set_deal_cancelled(p, c, deal)).await;
}

/// A deal from funding to its outcome, by batches and by single calls.
async fn funded(stage: &Stage, bucket: u32) -> u32 {
    let (d, paula, carl, oracle) = (&stage.at.deals, &stage.paula, &stage.carl, &stage.oracle);
    let (p, c) = (paula.address(), carl.address());
    let deal = stage.running(carl, bucket).await;
    let second = stage.running(carl, bucket).await;
    stage
        .once(
            carl,
            &d.deposit_to_deal(c.clone(), p.clone(), deal, 5 * USD),
        )
        .await;
    stage
        .once(
            &stage.owner,
            &d.sponsor_deal(sponsor(stage).await, deal, USD),
        )
        .await;
    stage
        .once(carl, &d.reduce_deposit(c.clone(), deal, USD))
        .await;
    stage
        .once(&stage.owner, &d.schedule_oracle(oracle.address()))
        .await;
    stage.pass(DAY).await;
    let report = stage.report_of(deal, 5 * GB, 10_000).await;
    assert_eq!(stage.once(oracle, &d.report(vec![report])).await, [0]);
    let book = stage.book_of(deal).await;
    assert_eq!(stage.once(carl, &d.settle(vec![book])).await, [0]);
    stage.pass(DAY).await;
    let report = stage.report_of(deal, 5 * GB, 9_000).await;
    assert_eq!(
        stage.once(oracle, &d.report_and_settle(vec![report])).await,
        [0]
    );
    stage.pass(DAY).await;
    let staged = d.update_deal_consumption(p.clone(), c.clone(), deal, 5 * GB, GB);
    stage.once(oracle, &staged).await;
    let service = d.update_deal_sla(p.clone(), c.clone(), deal, 60, 9_990);
    stage.once(oracle, &service).await;
    stage
        .once(
            oracle,
            &d.pay_pending_consumption(p.clone(), c.clone(), deal),
        )
        .await;
    stage
        .once(carl, &d.set_deal_completed(c.clone(), p.clone(), deal))
        .await;
    stage.once(carl, &d.close_deal(c.clone(), second)).await;
    stage.pass(4 * DAY).await;
    // Released, capacity freed, outcome written; the first had its capacity freed when it closed.
    for deal in [deal, second] {
        while stage.once(oracle, &d.advance_deal(deal)).await != 0 {}
    }
    succeeded(stage, bucket).await;
    topped_up(stage, bucket).await;
    let next = d.schedule_oracle(p.clone());
    stage.once(&stage.owner, &next).await;
    stage.once(&stage.owner, &d.cancel_oracle()).await;
    stage.once(&stage.owner, &d.suspend_oracle()).await;
    stage.once(&stage.owner, &d.delete_deal(c, p, second)).await;
    deal
}

/// A deal that is replaced by its successor.
async fn succeeded(stage: &Stage, bucket: u32) {
    let (d, carl) = (&stage.at.deals, &stage.carl);
    let (p, c) = (stage.paula.address(), carl.address());
    let old = stage.running(carl, bucket).await;
    let listed = stage.read(&stage.at.registry.get_bucket(bucket)).await;
    let request = DealRequest {
        provider_id: p.clone(),
        bucket_id: bucket,
        fb_repo_id: "".into(),
        duration_secs: 30 * DAY,
        agreed_storage_mb: 20 * GB,
        agreed_egress_mb: GB,
        api_compatibility: "S3".into(),
        max_price_storage: USD,
        max_price_egress: USD,
        policy_version: 1,
        offer_revision: listed.expect("listed").offer_revision,
        succeeds: Some(old),
    };
    let new = stage
        .once(carl, &d.create_deal_at(c.clone(), request))
        .await;
    stage.accept(carl, new).await;
    let repo = format!("repo-{old}");
    let fund = d.set_deal_funded(c, p, new, 5 * USD, repo);
    stage.once(carl, &fund).await;
    let (was, is) = (stage.meter(old).await, stage.meter(new).await);
    assert_eq!(was.close_ts, is.start_ts);
}

/// A deal on the minimum deposit that is topped up from its consumer's wallet.
async fn topped_up(stage: &Stage, bucket: u32) {
    let (d, m, carl, oracle) = (
        &stage.at.deals,
        &stage.at.mandates,
        &stage.carl,
        &stage.oracle,
    );
    let (p, c, stored) = (stage.paula.address(), carl.address(), 1_000 * GB);
    let quote = stage.read(&d.get_quote(bucket, 30 * DAY, stored, GB)).await;
    let ask = d.create_deal(
        c.clone(),
        p.clone(),
        bucket,
        String::new(),
        30 * DAY,
        stored,
        GB,
        "s3".to_owned(),
    );
    let deal = stage.once(carl, &ask).await;
    stage.accept(carl, deal).await;
    let least = u128::try_from(quote.min_fund).unwrap();
    let fund = d.set_deal_funded(c.clone(), p, deal, least, format!("repo-{deal}"));
    stage.once(carl, &fund).await;

    let top_up = 10 * USD as i128;
    let until_ts = stage.now() + 30 * DAY;
    let set = m.set_mandate(c.clone(), deal, top_up, 2 * top_up, until_ts);
    stage.once(carl, &set).await;
    let until = stage.network.view().sequence() + 100_000;
    let spender = m.address();
    let approve = Call::<()>::new(&stage.at.asset, "approve", &[&c, &spender, &top_up, &until]);
    stage.once(carl, &approve).await;
    stage.pass(DAY).await;
    let report = stage.report_of(deal, stored, 10_000).await;
    assert_eq!(
        stage.once(oracle, &d.report_and_settle(vec![report])).await,
        [0]
    );
    let locked = stage.meter(deal).await.locked;
    assert_eq!(stage.once(oracle, &m.draw(deal)).await, top_up);
    assert_eq!(stage.meter(deal).await.locked, locked + top_up);
    let mandate = stage.once(oracle, &m.get_mandate(deal)).await.unwrap();
    assert_eq!(mandate.drawn, top_up);
    stage.once(carl, &m.revoke_mandate(c, deal)).await;
    stage.once(oracle, &m.get_config()).await;
}

/// The owner, with money of their own.
async fn sponsor(stage: &Stage) -> Address {
    stage
        .client
        .run(&stage.owner, &[], &Job::trust(&stage.usdc))
        .await
        .unwrap();
    let mint = stage
        .at
        .escrow
        .test_faucet(stage.owner.address(), 100 * USD as i128);
    stage.once(&stage.owner, &mint).await;
    stage.owner.address()
}

async fn money(stage: &Stage) {
    let (e, paula, owner) = (&stage.at.escrow, &stage.paula, &stage.owner);
    let (p, usdc) = (paula.address(), stage.at.asset_address());
    // The provider's share was pushed; what the second deal left is still to be taken.
    let claimable = stage.read(&e.get_claimable(p.clone(), usdc.clone())).await;
    if claimable > 1 {
        let withdraw = e.withdraw(p.clone(), usdc.clone(), p.clone(), 1, 1);
        assert_eq!(stage.once(paula, &withdraw).await, 1);
    }
    let consumer = stage.carl.address();
    let left = stage
        .read(&e.get_claimable(consumer.clone(), usdc.clone()))
        .await;
    assert!(left > 1, "{left}");
    let withdraw = e.withdraw(consumer.clone(), usdc.clone(), p, 1, 1);
    assert_eq!(stage.once(&stage.carl, &withdraw).await, 1);
    assert_eq!(
        stage.once(owner, &e.push(consumer, usdc.clone())).await,
        left - 1
    );
    stage
        .once(owner, &e.withdraw_fees(usdc.clone(), owner.address(), 1))
        .await;
    stage
        .once(owner, &e.send_funds_owner(owner.address(), 1))
        .await;
    stage.once(owner, &e.set_stable_asset_address(usdc)).await;
    stage
        .once(owner, &e.change_asset_admin(owner.address()))
        .await;
}

async fn queries(stage: &Stage, bucket: u32, deal: u32) {
    let (r, d, e, s) = (
        &stage.at.registry,
        &stage.at.deals,
        &stage.at.escrow,
        &stage.at.reputation,
    );
    let (p, c, usdc) = (
        stage.paula.address(),
        stage.carl.address(),
        stage.at.asset_address(),
    );
    let by = &stage.carl;
    stage.once(by, &r.get_bucket(bucket)).await.unwrap();
    stage.once(by, &r.get_bucket_count()).await;
    stage.once(by, &r.get_buckets(0, 20)).await;
    stage.once(by, &r.get_buckets_by_provider(p.clone())).await;
    stage
        .once(by, &r.get_buckets_by_provider_page(p.clone(), 0, 50))
        .await;
    stage.once(by, &r.get_consumer(c.clone())).await.unwrap();
    stage.once(by, &r.get_consumer_count()).await;
    stage.once(by, &r.get_consumer_list(0, 20)).await;
    stage.once(by, &r.get_consumers(0, 20)).await;
    stage.once(by, &r.get_provider(p.clone())).await.unwrap();
    stage.once(by, &r.get_provider_count()).await;
    stage.once(by, &r.get_provider_list(0, 20)).await;
    stage.once(by, &r.get_providers(0, 20)).await;
    stage
        .once(
            by,
            &r.get_listing(bucket, p.clone(), c.clone(), GB, GB, None),
        )
        .await;
    let of = PartiesQuery {
        bucket_id: bucket,
        provider: p.clone(),
        consumer: c.clone(),
    };
    stage.once(by, &r.get_parties(vec![of])).await;
    stage
        .once(by, &d.get_deal(c.clone(), p.clone(), deal))
        .await
        .unwrap();
    stage.once(by, &d.get_deal_count()).await;
    stage.once(by, &d.get_deals(0, 50)).await;
    stage.once(by, &d.get_active_deals(0, 50)).await;
    stage.once(by, &d.get_deals_by_consumer(c.clone())).await;
    stage.once(by, &d.get_deals_by_provider(p.clone())).await;
    stage
        .once(by, &d.get_deals_by_consumer_page(c.clone(), 0, 20))
        .await;
    stage
        .once(by, &d.get_deals_by_provider_page(p.clone(), 0, 20))
        .await;
    stage.once(by, &d.get_meters(vec![deal])).await;
    stage.once(by, &d.get_deal_terms(deal)).await.unwrap();
    stage.once(by, &d.get_deal_health(deal)).await;
    stage.once(by, &d.get_stage(deal)).await;
    stage.once(by, &d.get_quote(bucket, DAY, GB, GB)).await;
    stage.once(by, &d.get_policy(1)).await.unwrap();
    stage
        .once(by, &d.get_book(p.clone(), usdc.clone(), 0))
        .await;
    stage.once(by, &d.get_deal_page(deal)).await;
    stage.once(by, &e.get_account(deal)).await.unwrap();
    stage
        .once(by, &e.get_claimable(p.clone(), usdc.clone()))
        .await;
    stage.once(by, &e.get_solvency(usdc)).await;
    stage.once(by, &e.get_stable_asset_address()).await;
    stage.once(by, &e.get_stable_asset_name()).await;
    stage
        .once(by, &s.get_score(p.clone(), Role::Provider))
        .await;
    stage
        .once(
            by,
            &s.get_scores(vec![(p.clone(), Role::Provider), (c, Role::Consumer)]),
        )
        .await;
    stage
        .once(by, &s.get_record(p, Role::Provider))
        .await
        .unwrap();
    let points = stage.once(by, &s.get_points()).await;
    stage.once(&stage.owner, &s.set_points(points)).await;
    stage.once(by, &r.get_config()).await;
    stage.once(by, &d.get_config()).await;
    stage.once(by, &e.get_config()).await;
    stage.once(by, &s.get_config()).await;
}

/// The owner's affairs, which are the same in every contract.
async fn administration(stage: &Stage) {
    let (owner, heir) = (&stage.owner, Signer::named("heir"));
    stage.client.fund(&heir.account()).await.unwrap();
    let d = &stage.at.deals;
    assert_eq!(stage.once(owner, &d.add_policy(default_policy())).await, 2);
    stage.once(owner, &d.pause()).await;
    stage.once(owner, &d.unpause()).await;
    stage.once(owner, &stage.at.registry.pause()).await;
    stage.once(owner, &stage.at.registry.unpause()).await;
    let all = [
        &d.id,
        &stage.at.escrow.id,
        &stage.at.mandates.id,
        &stage.at.registry.id,
        &stage.at.reputation.id,
    ];
    for (contract, wasm) in all.into_iter().zip(&stage.wasm) {
        let hash: [u8; 32] = Sha256::digest(wasm).into();
        let address = owner.address();
        stage
            .once(
                owner,
                &Call::<u64>::new(contract, "schedule_upgrade", &[&hash]),
            )
            .await;
        stage
            .once(owner, &Call::<()>::new(contract, "cancel_upgrade", &[]))
            .await;
        stage
            .once(
                owner,
                &Call::<u64>::new(contract, "schedule_upgrade", &[&hash]),
            )
            .await;
        stage.pass(UPGRADE_DELAY_SECS + 1).await;
        stage
            .once(
                owner,
                &Call::<()>::new(contract, "upgrade", &[&hash, &address]),
            )
            .await;
        let migrate = Call::<()>::new(contract, "migrate", &[]);
        assert_eq!(stage.refused(owner, &migrate).await, "NothingToMigrate");
        stage
            .once(owner, &Call::<Text>::new(contract, "version", &[]))
            .await;
        stage
            .once(
                owner,
                &Call::<Option<Address>>::new(contract, "get_owner", &[]),
            )
            .await;
        let until = stage.network.view().sequence() + 1_000;
        let hand_over = Call::<()>::new(contract, "transfer_ownership", &[&heir.address(), &until]);
        stage.once(owner, &hand_over).await;
        stage
            .once(&heir, &Call::<()>::new(contract, "accept_ownership", &[]))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_simulation_declares_suffices_for_every_function() {
    let stage = Stage::open(&Config::default()).await;
    parties(&stage).await;
    let bucket = buckets(&stage).await;
    unfunded(&stage, bucket).await;
    let deal = funded(&stage, bucket).await;
    queries(&stage, bucket, deal).await;
    money(&stage).await;
    administration(&stage).await;
    let called = stage.called.lock().unwrap().clone();
    let at = &stage.at;
    for (contract, functions, within) in [
        (&at.deals.id, Deals::FUNCTIONS, &[][..]),
        (
            &at.escrow.id,
            Escrow::FUNCTIONS,
            &["close", "deposit", "open", "refund", "settle"][..],
        ),
        (&at.mandates.id, Mandates::FUNCTIONS, &[][..]),
        (
            &at.registry.id,
            Registry::FUNCTIONS,
            &["release", "replace", "reserve"][..],
        ),
        (&at.reputation.id, Reputation::FUNCTIONS, &["record"][..]),
    ] {
        for function in functions {
            // What only another contract may call ran within its calls.
            let was_called = called.contains(&(contract.clone(), *function));
            assert!(
                was_called != within.contains(function),
                "{function} of {contract}"
            );
        }
    }
}
