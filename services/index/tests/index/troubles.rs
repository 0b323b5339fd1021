//! What goes wrong in a market, and what its owner does: after each the tables are what the contracts'
//! queries say, and say what happened.

use crate::{
    stage::Stage,
    world::{rows, tables, DAY},
};
use flash_client::{Call, Job};
use flash_index::rows::{ContractRow, Deal, Window, Withdrawal};
use sha2::{Digest, Sha256};

/// In a report: not measured.
const NOT_MEASURED: u32 = u32::MAX;

impl Stage {
    async fn deal(&self, id: u32) -> Vec<Deal> {
        let mut found = Vec::new();
        for follower in &self.followers {
            let deals = tables(follower).await.deals;
            let own = deals.into_iter().find(|one| one.deal_id == i64::from(id));
            found.push(own.unwrap());
        }
        found
    }

    async fn ended(&self, id: u32, status: &str, reason: &str) {
        let (world, deals) = (&self.world, &self.world.market.deals);
        // Anybody may close seven days after a breach; release and outcome are steps of their own.
        for _ in 0..6 {
            world.call(&world.consumer, deals.advance_deal(id)).await;
            self.check("advancing a breached deal").await;
            world.advance(4 * DAY).await;
        }
        for deal in self.deal(id).await {
            assert_eq!((&*deal.status, &*deal.reason), (status, reason), "{deal:?}");
        }
    }

    async fn strikes(&self, bucket: u32) {
        let world = &self.world;
        let deal = world.funded(bucket, "badly served", None).await;
        for (latency_ms, uptime_bps) in [(100, 10_000), (NOT_MEASURED, NOT_MEASURED)] {
            world.advance(DAY).await;
            world.report(deal, 10 << 10, latency_ms, uptime_bps).await;
            self.check("a report").await;
        }
        for strike in 1..=flash_deploy::default_policy().critical_limit {
            world.advance(DAY).await;
            world.report(deal, 10 << 10, NOT_MEASURED, 0).await;
            self.check("a strike").await;
            for row in self.deal(deal).await {
                assert_eq!(row.strikes, i64::from(strike));
                assert_eq!((row.latency_ms, row.uptime_bps), (None, Some(0)));
            }
        }
        // 0 is 0, and a gap is a gap: also where the deal keeps what was measured before it.
        for follower in &self.followers {
            let mut connection = follower.db.pool().acquire().await.unwrap();
            let mut windows: Vec<Window> = flash_index::table::all(&mut connection).await.unwrap();
            windows.sort_by_key(|window| window.through_ts);
            let service = windows
                .iter()
                .map(|window| (window.latency_ms, window.uptime_bps));
            let service: Vec<_> = service.take(4).collect();
            let outage = (None, Some(0));
            assert_eq!(
                service,
                [(Some(100), Some(10_000)), (None, None), outage, outage]
            );
        }
        self.ended(deal, "breached_provider", "strikes").await;
        for follower in &self.followers {
            let providers = tables(follower).await.providers;
            assert!(providers[0].breached_by_provider_milli > 0);
        }
    }

    async fn grace(&self, bucket: u32) {
        let world = &self.world;
        let deal = world.funded(bucket, "not paid", Some(1)).await;
        // Nothing is reported for longer than the deposit lasts: only so is anything owed at the end.
        world.advance(12 * DAY).await;
        world.report(deal, 100 << 10, 100, 10_000).await;
        self.check("arrears").await;
        for row in self.deal(deal).await {
            assert!(
                row.arrears_since_ts > 0 && row.status == "funded",
                "{row:?}"
            );
        }
        world.advance(4 * DAY).await;
        self.ended(deal, "breached_consumer", "grace").await;
        for follower in &self.followers {
            let consumers = tables(follower).await.consumers;
            assert!(consumers[0].breached_by_consumer_milli > 0);
        }
    }

    /// What an oracle has staged is void when its role goes to another, and when it is taken away.
    async fn voided_stages(&self, bucket: u32) {
        let (world, deals) = (&self.world, &self.world.market.deals);
        let deal = world.funded(bucket, "staged", None).await;
        let (p, c) = (world.provider.address(), world.consumer.address());
        let next = world.consumer.address();
        let schedule = deals.schedule_oracle(next);
        world.call(&world.owner, schedule).await;
        world.advance(DAY / 2).await;
        for (oracle, voided) in [
            (&world.oracle, "a takeover"),
            (&world.consumer, "a suspension"),
        ] {
            let used = deals.update_deal_consumption(p.clone(), c.clone(), deal, 1_000, 3);
            world.call(oracle, used).await;
            let served = deals.update_deal_sla(p.clone(), c.clone(), deal, 100, 10_000);
            world.call(oracle, served).await;
            self.check("staging").await;
            for row in self.deal(deal).await {
                assert!(row.stage_through_ts.is_some(), "{row:?}");
            }
            match voided {
                // Without an event.
                "a takeover" => world.advance(DAY).await,
                _ => world.call(&world.owner, deals.suspend_oracle()).await,
            }
            self.check(voided).await;
            for row in self.deal(deal).await {
                assert_eq!(row.stage_through_ts, None, "after {voided}");
            }
        }
    }

    async fn upgrade(&self) {
        let (world, deals) = (&self.world, &self.world.market.deals);
        // The same contract under another hash: a custom section of four bytes says nothing.
        let path = flash_deploy::find_wasm_dir(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap();
        let mut wasm = std::fs::read(path.join("deals.wasm")).unwrap();
        wasm.extend([0, 2, 1, b'x']);
        let hash: [u8; 32] = Sha256::digest(&wasm).into();
        let upload = Job::upload(&wasm).unwrap();
        world.client.run(&world.owner, &[], &upload).await.unwrap();
        let ready_ts = world.call(&world.owner, deals.schedule_upgrade(hash)).await;
        self.check("an announced upgrade").await;
        world.advance(ready_ts - world.now().await + 1).await;
        let upgrade = deals.upgrade(hash, world.owner.address());
        world.call(&world.owner, upgrade).await;
        self.check("an executed upgrade").await;
        for follower in &self.followers {
            let contracts: Vec<ContractRow> = tables(follower).await.facts.contracts;
            let own = contracts.iter().find(|one| one.name == "deals").unwrap();
            let known = (own.wasm_hash.clone(), own.upgrade_wasm_hash.clone());
            assert_eq!(known, (hex::encode(hash), None));
        }
    }

    /// The issuer takes back half of what the escrow owes.
    async fn shortfall(&self) {
        let (world, escrow) = (&self.world, &self.world.market.escrow);
        let (asset, provider) = (world.market.asset_address(), &world.provider);
        let solvency = tables(&self.followers[0]).await.facts.solvency.remove(0);
        let owed = solvency.locked.0 + solvency.claimable.0 + solvency.fees.0;
        let taken: i128 = solvency.surplus.0 + owed / 2;
        assert!(owed > 0);
        let take = Call::<()>::new(
            &world.market.asset,
            "clawback",
            &[&escrow.address(), &taken],
        );
        world.call(&world.issuer, take).await;
        world.advance(2).await;
        self.check("a clawback").await;
        for follower in &self.followers {
            let solvency = tables(follower).await.facts.solvency.remove(0);
            assert_eq!(solvency.surplus.0, -(owed / 2));
        }
        let claimable = escrow.get_claimable(provider.address(), asset.clone());
        let claimable = world.client.read(&claimable).await.unwrap();
        assert!(claimable > 0);
        let (p, to) = (provider.address(), provider.address());
        let withdraw = escrow.withdraw(p, asset, to, claimable, 1);
        world.call(provider, withdraw).await;
        self.check("a withdrawal from an escrow that is short")
            .await;
        for follower in &self.followers {
            let mut connection = follower.db.pool().acquire().await.unwrap();
            let all: Vec<Withdrawal> = flash_index::table::all(&mut connection).await.unwrap();
            let last = all.iter().max_by_key(|one| &*one.event_id).unwrap();
            assert_eq!(last.amount.0, claimable);
            assert!(last.paid.0 > 0 && last.paid.0 < claimable, "{last:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_are_what_the_contracts_say_after_breaches_an_upgrade_and_a_shortfall() {
    let stage = Stage::open().await;
    stage.world.register().await;
    let bucket = stage.world.bucket("one").await;
    stage.strikes(bucket).await;
    stage.grace(bucket).await;
    stage.voided_stages(bucket).await;
    stage.upgrade().await;
    stage.shortfall().await;
    let kept: Vec<_> = rows::<Deal>(&stage.followers[0]).await;
    for follower in &stage.followers {
        follower.rebuild(None, &|_, _, _| ()).await.unwrap();
        assert_eq!(rows::<Deal>(follower).await.len(), kept.len());
        stage.check("a rebuild").await;
    }
}
