//! What the tables have after everything that can happen, beside what the contracts' queries say.

use crate::{
    stage::Stage,
    world::{assert_same, catch_up, rows, tables, World, DAY, USD},
};
use flash_client::types::{BucketFeatures, BucketStatus};
use flash_index::{
    apply::flags,
    chain::From,
    event::Event,
    page::ingest,
    place::Place,
    rows::{Deal, EventRow, Score, Settlement, Window, Withdrawal},
    snapshot::Snapshot,
};

impl Stage {
    async fn registry(&self) -> u32 {
        let world = &self.world;
        let (registry, provider) = (&world.market.registry, &world.provider);
        let id = provider.address();
        world.register().await;
        let change = registry.update_provider(id.clone(), "more disks".to_owned());
        world.call(provider, change).await;
        self.check("registering").await;
        let (bucket, other) = (world.bucket("one").await, world.bucket("two").await);
        let features = BucketFeatures {
            access_scope: "private".into(),
            auto_accept_asset: Some(provider.address()),
            auto_accept_policy: 7,
            encryption_at_rest: true,
            encryption_in_transit: true,
            object_locking: false,
            tags: vec!["fast".into(), "\"quoted\"".into()],
            versioning_enabled: true,
        };
        let change = registry.set_bucket_features(id.clone(), bucket, features);
        world.call(provider, change).await;
        let country = Some("DE".into());
        let change = registry.update_bucket_basic(id.clone(), bucket, None, None, country);
        world.call(provider, change).await;
        world
            .call(provider, registry.lock_bucket(id.clone(), other))
            .await;
        self.check("listing two buckets").await;
        world
            .call(provider, registry.unlock_bucket(id.clone(), other))
            .await;
        let change = registry.set_bucket_status(id.clone(), other, BucketStatus::Inactive);
        world.call(provider, change).await;
        self.check("taking a bucket off the list").await;
        world
            .call(provider, registry.delete_bucket(id, other))
            .await;
        self.check("deleting a bucket").await;
        bucket
    }

    async fn unfunded(&self, bucket: u32) {
        let world = &self.world;
        let (deals, provider, consumer) = (&world.market.deals, &world.provider, &world.consumer);
        let (p, c) = (provider.address(), consumer.address());
        let rejected = world.asked(bucket, "rejected", 30, 10_240).await;
        self.check("asking for a deal").await;
        let call = deals.set_deal_rejected(p.clone(), c.clone(), rejected);
        world.call(provider, call).await;
        let withdrawn = world.asked(bucket, "withdrawn", 30, 10_240).await;
        world
            .call(consumer, deals.withdraw_deal(c.clone(), withdrawn))
            .await;
        let accepted = world.asked(bucket, "accepted", 30, 10_240).await;
        world
            .call(provider, deals.set_deal_accepted(p, c, accepted))
            .await;
        self.check("accepting, rejecting and withdrawing").await;
        world.advance(4 * DAY).await;
        world.call(consumer, deals.advance_deal(accepted)).await;
        self.check("the time to fund passed").await;
    }

    /// Money in and out, clipped and bad service, arrears.
    async fn funded(&self, bucket: u32) -> (u32, u32) {
        let world = &self.world;
        let (deals, provider, consumer) = (&world.market.deals, &world.provider, &world.consumer);
        let (p, c) = (provider.address(), consumer.address());
        let rich = world.funded(bucket, "rich", None).await;
        self.check("funding").await;
        let call = deals.deposit_to_deal(c.clone(), p.clone(), rich, 20 * USD);
        world.call(consumer, call).await;
        self.check("a top-up").await;
        world
            .call(consumer, deals.reduce_deposit(c.clone(), rich, 5 * USD))
            .await;
        self.check("taking surplus back").await;
        world.advance(DAY).await;
        world.report(rich, 50 << 10, 100, 10_000).await;
        self.check("a report").await;
        world.advance(DAY).await;
        world.report(rich, 1 << 20, 100, 10_000).await;
        self.check("a report that was clipped").await;
        world.advance(DAY).await;
        world.report(rich, 50 << 10, 230, 9_950).await;
        self.check("SLA credit").await;
        world.advance(DAY).await;
        let call = deals.update_deal_consumption(p.clone(), c.clone(), rich, 1_000, 3);
        world.call(&world.oracle, call).await;
        let call = deals.update_deal_sla(p.clone(), c.clone(), rich, 100, 10_000);
        world.call(&world.oracle, call).await;
        self.check("a staged window").await;
        let call = deals.pay_pending_consumption(p.clone(), c.clone(), rich);
        world.call(&world.oracle, call).await;
        self.check("paying the staged window").await;
        let poor = world.funded(bucket, "poor", Some(1)).await;
        world.advance(3 * DAY).await;
        world.report(poor, 100 << 10, 100, 10_000).await;
        self.check("arrears").await;
        let call = deals.sponsor_deal(c, poor, 100 * USD);
        world.call(consumer, call).await;
        self.check("a top-up that ends arrears").await;
        world.advance(DAY).await;
        world.report(poor, 100 << 10, 100, 10_000).await;
        (rich, poor)
    }

    async fn ends(&self, (rich, poor): (u32, u32), bucket: u32) {
        let world = &self.world;
        let (deals, provider, consumer) = (&world.market.deals, &world.provider, &world.consumer);
        let (p, c) = (provider.address(), consumer.address());
        world.advance(60).await;
        let call = deals.set_deal_completed(c.clone(), p.clone(), rich);
        world.call(consumer, call).await;
        self.check("completing").await;
        world.report(rich, 1_000, 100, 10_000).await;
        self.check("the final report").await;
        for _ in 0..2 {
            world.call(consumer, deals.advance_deal(rich)).await;
            self.check("advancing what ended").await;
        }
        let call = deals.set_deal_cancelled(p.clone(), c.clone(), poor);
        world.call(provider, call).await;
        self.check("notice").await;
        world.advance(8 * DAY).await;
        for _ in 0..2 {
            world.call(consumer, deals.advance_deal(poor)).await;
            self.check("the end of the notice").await;
            world.advance(4 * DAY).await;
        }
        for _ in 0..2 {
            world.call(consumer, deals.advance_deal(poor)).await;
        }
        self.check("writing the outcome").await;
        let closed = world.funded(bucket, "closed", None).await;
        world.advance(60).await;
        world
            .call(consumer, deals.close_deal(c.clone(), closed))
            .await;
        self.check("closing").await;
        let (escrow, asset) = (&world.market.escrow, world.market.asset_address());
        let claimable = escrow.get_claimable(c.clone(), asset.clone());
        let claimable = world.client.read(&claimable).await.unwrap();
        assert!(claimable > 0);
        let call = escrow.withdraw(c.clone(), asset, c.clone(), claimable / 3, claimable / 3);
        world.call(consumer, call).await;
        self.check("a withdrawal").await;
        world
            .call(&world.owner, deals.delete_deal(c, p, rich))
            .await;
        self.check("deleting the record of a deal").await;
    }

    async fn owner(&self) {
        let world = &self.world;
        let (deals, registry, owner) = (&world.market.deals, &world.market.registry, &world.owner);
        let mut policy = flash_deploy::default_policy();
        policy.fee_bps = 300;
        world.call(owner, deals.add_policy(policy)).await;
        let next = world.consumer.address();
        world.call(owner, deals.schedule_oracle(next)).await;
        self.check("a new policy and a scheduled oracle").await;
        world.call(owner, registry.pause()).await;
        self.check("a pause").await;
        world.call(owner, registry.unpause()).await;
        world.call(owner, deals.suspend_oracle()).await;
        world.call(owner, deals.schedule_upgrade([7; 32])).await;
        self.check("an announced upgrade").await;
        world.call(owner, deals.cancel_upgrade()).await;
        let consumer = world.consumer.address();
        world
            .call(&world.consumer, registry.delete_consumer(consumer))
            .await;
        self.check("leaving").await;
    }

    /// What was paid and given back is in the histories, once.
    async fn histories(&self) {
        for follower in &self.followers {
            let mut connection = follower.db.pool().acquire().await.unwrap();
            let deals: Vec<Deal> = flash_index::table::all(&mut connection).await.unwrap();
            let settled: Vec<Settlement> = flash_index::table::all(&mut connection).await.unwrap();
            let windows: Vec<Window> = flash_index::table::all(&mut connection).await.unwrap();
            assert!(deals.len() >= 4 && windows.len() >= 6);
            for deal in deals {
                let own = settled.iter().filter(|one| one.deal_id == deal.deal_id);
                let sums = own.fold((0, 0), |sums, one| {
                    (sums.0 + one.paid.0, sums.1 + one.refund.0)
                });
                assert_eq!(sums, (deal.paid_total.0, deal.refunded.0), "{deal:?}");
                let own = windows.iter().filter(|one| one.deal_id == deal.deal_id);
                let stored: i128 = own.clone().map(|one| one.storage_mb_secs.0).sum();
                let egress: i64 = own.clone().map(|one| one.egress_mb).sum();
                let metered = (deal.storage_mb_secs.0, deal.egress_mb);
                // Without a final report the release bills a tail that nobody reported.
                let mut reported = own.clone();
                let is_final = reported.any(|one| one.flags & flags::RELEASED != 0);
                match deal.released == 1 && !is_final {
                    true => assert!(stored <= metered.0 && egress == metered.1, "{deal:?}"),
                    false => assert_eq!((stored, egress), metered, "{deal:?}"),
                }
                let measured = own.filter(|one| one.through_ts == deal.through_ts);
                assert!(measured
                    .into_iter()
                    .all(|one| one.latency_ms == deal.latency_ms));
            }
            // Pushes are withdrawals too.
            let told = rows::<EventRow>(follower).await;
            let told = told.iter().filter(|row| row[5] == "withdrawn").count();
            assert!(told > 1 && rows::<Withdrawal>(follower).await.len() == told);
            assert!(!rows::<Score>(follower).await.is_empty());
        }
    }

    /// Events alone give the same money and states, without any query.
    async fn events_alone(&self) {
        let follower = &self.followers[0];
        let blind = self.world.follower("sqlite::memory:", &[]).await;
        let mut events = Vec::new();
        let mut cursor = String::new();
        loop {
            let from = match cursor.is_empty() {
                true => From::Ledger(2),
                false => From::Cursor(&cursor),
            };
            let (page, _) = blind.chain.events(from, 1_000).await.unwrap();
            let items = page["events"].as_array().unwrap();
            let decoded = items
                .iter()
                .map(|item| Event::decode(item, &blind.chain.market));
            events.extend(decoded.map(|event| event.unwrap().unwrap()));
            cursor = page["cursor"].as_str().unwrap().to_owned();
            if items.len() < 1_000 {
                break;
            }
        }
        for part in events.chunks(7) {
            ingest(&blind.db, part, Place::default()).await.unwrap();
        }
        // Told again, nothing changes.
        assert_eq!(
            ingest(&blind.db, &events, Place::default()).await.unwrap(),
            0
        );
        let wanted = rows::<EventRow>(follower).await;
        assert_eq!(rows::<EventRow>(&blind).await, wanted);
        assert_eq!(
            rows::<Settlement>(&blind).await,
            rows::<Settlement>(follower).await
        );
        assert_eq!(rows::<Score>(&blind).await, rows::<Score>(follower).await);
        let (ours, theirs) = (tables(&blind).await, tables(follower).await);
        let lines = only_what_events_tell(ours).differences(&only_what_events_tell(theirs));
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }
}

fn only_what_events_tell(mut all: Snapshot) -> Snapshot {
    all.facts = Default::default();
    for one in &mut all.providers {
        (one.updated_ts, one.reputation) = (0, 0);
    }
    for one in &mut all.consumers {
        (one.updated_ts, one.reputation) = (0, 0);
    }
    for one in &mut all.buckets {
        one.locked = 0;
    }
    for one in &mut all.deals {
        (one.final_until_ts, one.strikes, one.rate_mb) = (0, 0, 0);
        (one.latency_ms, one.uptime_bps) = (None, None);
        one.payable_mb_secs_bps = Default::default();
        (one.owed, one.reserve, one.credited) = Default::default();
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_are_what_the_contracts_say_after_everything_that_happens() {
    let stage = Stage::open().await;
    stage.check("deploying").await;
    let bucket = stage.registry().await;
    stage.unfunded(bucket).await;
    let two = stage.funded(bucket).await;
    stage.ends(two, bucket).await;
    stage.owner().await;
    stage.histories().await;
    stage.events_alone().await;
    // A rebuild finds nothing to change, and changes no history.
    for follower in &stage.followers {
        let before = (tables(follower).await, rows::<Window>(follower).await);
        follower.rebuild(None, &|_, _, _| ()).await.unwrap();
        let after = (tables(follower).await, rows::<Window>(follower).await);
        let lines = before.0.differences(&after.0);
        assert!(
            lines.is_empty() && before.1 == after.1,
            "{}",
            lines.join("\n")
        );
        catch_up(follower).await;
        assert_same(follower, "a rebuild").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_what_differs() {
    let world = World::new().await;
    world.register().await;
    let follower = world.follower("sqlite::memory:", &[]).await;
    catch_up(&follower).await;
    assert_same(&follower, "registering").await;
    let spoil = "UPDATE providers SET description = 'else'";
    sqlx::query(spoil)
        .execute(follower.db.pool())
        .await
        .unwrap();
    let found = follower.check(&|_, _, _| ()).await.unwrap();
    let who = world.provider.address();
    let line = format!("providers {who} description: else in the tables, disks by the queries");
    assert_eq!(found, [line]);
    follower.rebuild(None, &|_, _, _| ()).await.unwrap();
    assert_same(&follower, "a rebuild").await;
}
