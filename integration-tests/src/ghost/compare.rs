//! Compares every field that a public query returns with the ghost.

use std::fmt::Debug;

use flash_interfaces::{
    admin::AdminConfig, deals::SlaTiers, registry::Metering, reputation::Role as PublishedRole,
};
use soroban_sdk::{Address, Vec as HostVec};

use super::{
    deal::{Deal, Status},
    deals,
    driver::Real,
    meter::NOT_MEASURED,
    order::HOLDERS,
    policy::Policy,
    registry::Bucket,
    reputation::Role,
    step::{Asset, Contract, Who},
    token::ASSETS,
    Ghost,
};
use crate::{deploy::UPGRADE_DELAY_SECS, DAY};

/// The differences, by name.
pub struct Comparison<'a> {
    ghost: &'a Ghost,
    real: &'a Real,
    differences: Vec<String>,
}

/// Compares everything.
pub fn compare(ghost: &Ghost, real: &Real) -> Vec<String> {
    let mut comparison = Comparison {
        ghost,
        real,
        differences: vec![],
    };
    comparison.money();
    comparison.all_deals();
    for id in ghost.deals.keys() {
        comparison.deal(*id);
    }
    comparison.parties();
    comparison.buckets();
    comparison.reputation();
    comparison.configuration();
    comparison.policies();
    comparison.lists();
    comparison.differences
}

fn int(value: u128) -> i128 {
    i128::try_from(value).expect("within the units")
}

impl Comparison<'_> {
    /// Records a difference unless both are equal.
    fn same<T: Debug + PartialEq>(&mut self, what: impl FnOnce() -> String, ghost: T, real: T) {
        if ghost != real {
            let line = format!("{}: ghost {ghost:?}, contracts {real:?}", what());
            self.differences.push(line);
        }
    }

    /// The same for enumerations, compared by name.
    fn alike(&mut self, what: impl FnOnce() -> String, ghost: impl Debug, real: impl Debug) {
        self.same(what, format!("{ghost:?}"), format!("{real:?}"));
    }

    fn address(&self, who: Who) -> Address {
        self.real.address(who)
    }

    // ---- money ----

    fn money(&mut self) {
        for asset in ASSETS {
            self.solvency(asset);
            for who in HOLDERS {
                let token = self.real.token(asset);
                let wallet = self.ghost.wallets.get(who, asset);
                if !wallet.missing {
                    let balance = token.balance(&self.address(who));
                    self.same(|| format!("{who:?}'s {asset:?}"), wallet.balance, balance);
                }
                let claimable = self
                    .real
                    .world
                    .escrow()
                    .get_claimable(&self.address(who), &self.real.asset(asset));
                let claim = self.ghost.escrow.claim(who, asset);
                self.same(|| format!("{who:?} may claim {asset:?}"), claim, claimable);
            }
        }
    }

    fn solvency(&mut self, asset: Asset) {
        let escrow = &self.ghost.escrow;
        let fees = escrow.totals(asset).fees;
        let balance = self.ghost.escrow_balance(asset);
        let expected = [
            balance,
            escrow.locked(asset),
            escrow.claimable(asset),
            fees,
            balance - escrow.liabilities(asset) - fees,
        ];
        let s = self
            .real
            .world
            .escrow()
            .get_solvency(&self.real.asset(asset));
        let shown = [s.balance, s.locked, s.claimable, s.fees, s.surplus];
        self.same(|| format!("solvency in {asset:?}"), expected, shown);
    }

    // ---- deals ----

    /// All deals in the published format, and all meters.
    fn all_deals(&mut self) {
        let count = u32::try_from(self.ghost.deals.len()).expect("few");
        let client = self.real.world.deals();
        self.same(|| "deals".to_owned(), count, client.get_deal_count());
        let shown: Vec<_> = client.get_deals(&0, &1_000).iter().collect();
        let expected = self.ghost.deals.iter().filter(|(_, deal)| !deal.deleted);
        let ids: Vec<u32> = expected.map(|(id, _)| *id).rev().take(50).collect();
        let shown_ids: Vec<u32> = shown.iter().map(|deal| deal.deal_id).collect();
        self.same(|| "ids of deals".to_owned(), ids, shown_ids);
        for deal in shown {
            let ghost = self.ghost.deals[&deal.deal_id].clone();
            self.published(deal.deal_id, &ghost, &deal);
        }
        let all: Vec<u32> = self.ghost.deals.keys().copied().collect();
        let meters = client.get_meters(&HostVec::from_slice(&self.real.world.env, &all));
        for (id, meter) in all.iter().zip(meters.iter()) {
            let ghost = self.ghost.deals[id].clone();
            self.meter(*id, &ghost, meter);
        }
    }

    fn published(&mut self, id: u32, ghost: &Deal, real: &flash_interfaces::deals::Deal) {
        let terms = &ghost.terms;
        let (consumer, provider) = (self.address(terms.consumer), self.address(terms.provider));
        let what = || format!("deal {id}");
        self.same(
            what,
            (consumer, provider),
            (real.consumer_id.clone(), real.provider_id.clone()),
        );
        self.alike(
            what,
            (ghost.status, ghost.reason),
            (real.status, real.reason),
        );
        self.same(
            what,
            (terms.bucket, ghost.repo.clone()),
            (real.bucket_id, real.fb_repo_id.to_string()),
        );
        self.same(what, terms.api.clone(), real.api_compatibility.to_string());
        let agreed = (terms.duration_secs, terms.storage_mb, terms.egress_mb);
        self.same(
            what,
            agreed,
            (
                real.duration_secs,
                real.agreed_storage_mb,
                real.agreed_egress_mb,
            ),
        );
        self.same(what, (0, 0), (real.slash_storage_mb, real.slash_egress_mb));
        let Some(meter) = &ghost.meter else {
            let zeros = (real.start_ts, real.last_settled_ts, real.balance_consumer);
            self.same(what, (0, 0, 0), zeros);
            let more = (
                real.balance_provider,
                real.slash_amount_usd,
                real.unpaid_storage_mb,
            );
            return self.same(what, (0, 0, 0), more);
        };
        self.same(
            what,
            (meter.start_ts, meter.through_ts),
            (real.start_ts, real.last_settled_ts),
        );
        let policy = self.ghost.policy_of(ghost);
        let fee = meter.paid_total * i128::from(policy.fee_bps) / 10_000;
        let money = (meter.locked, meter.paid_total - fee, meter.credited(terms));
        let shown = (
            real.balance_consumer,
            real.balance_provider,
            real.slash_amount_usd,
        );
        let shown = (int(shown.0), int(shown.1), int(shown.2));
        self.same(|| format!("money of deal {id}"), money, shown);
        let zero = |value: u32| if value == NOT_MEASURED { 0 } else { value };
        let service = (zero(meter.latency_ms), zero(meter.uptime_bps));
        self.same(
            what,
            service,
            (real.sla_avg_latency_ms, real.sla_avg_uptime_pct),
        );
        let (settled_ts, settled, settled_egress) = meter.settled;
        let average = |stored: i128, secs: u64| match secs {
            0 => 0,
            secs => u64::try_from(stored / i128::from(secs)).expect("at most agreed"),
        };
        let paid = (
            average(settled, settled_ts - meter.start_ts),
            settled_egress,
        );
        self.same(
            || format!("paid use of deal {id}"),
            paid,
            (real.paid_storage_mb, real.paid_egress_mb),
        );
        let unpaid = match ghost.staged().filter(|stage| stage.through_ts > 0) {
            Some(stage) => (stage.storage_mb, stage.egress_mb),
            None => (
                average(meter.stored - settled, meter.through_ts - settled_ts),
                meter.egress_mb - settled_egress,
            ),
        };
        self.same(
            || format!("unpaid use of deal {id}"),
            unpaid,
            (real.unpaid_storage_mb, real.unpaid_egress_mb),
        );
    }

    fn meter(&mut self, id: u32, ghost: &Deal, real: Option<flash_interfaces::deals::Meter>) {
        let expected = ghost.meter.as_ref().filter(|_| !ghost.deleted);
        let what = || format!("meter of deal {id}");
        self.same(what, expected.is_some(), real.is_some());
        let (Some(meter), Some(real)) = (expected, real) else {
            return;
        };
        let (terms, policy) = (&ghost.terms, self.ghost.policy_of(ghost));
        let whose = (self.address(terms.provider), self.real.asset(terms.asset));
        self.same(what, whose, (real.provider.clone(), real.asset.clone()));
        let place = (ghost.page, terms.bucket, ghost.repo.clone(), ghost.released);
        let shown = (
            Some(real.page),
            real.bucket_id,
            real.fb_repo_id.to_string(),
            real.released,
        );
        self.same(what, place, shown);
        self.alike(what, ghost.status, real.status);
        let totals = (meter.stored, meter.payable, meter.egress_mb, meter.rate_mb);
        let shown = (
            int(real.storage_mb_secs),
            int(real.payable_mb_secs_bps),
            real.egress_mb,
            real.rate_mb,
        );
        self.same(|| format!("totals of deal {id}"), totals, shown);
        let times = [
            meter.through_ts,
            meter.start_ts,
            meter.end_ts,
            meter.close_ts,
            meter.final_until_ts(&policy),
            meter.arrears_since.unwrap_or(0),
            meter.breached_at.unwrap_or(0),
            policy.min_window_secs,
        ];
        let shown = [
            real.through_ts,
            real.start_ts,
            real.end_ts,
            real.close_ts,
            real.final_until_ts,
            real.arrears_since_ts,
            real.breach_ts,
            real.min_window_secs,
        ];
        self.same(|| format!("times of deal {id}"), times, shown);
        let sizes = (
            terms.storage_mb,
            terms.egress_mb,
            terms.price_storage,
            terms.price_egress,
        );
        let shown = (
            real.agreed_storage_mb,
            real.agreed_egress_mb,
            int(real.price_per_gb_storage),
            int(real.price_per_gb_egress),
        );
        self.same(what, sizes, shown);
        self.same(
            || format!("strikes and clipped windows of deal {id}"),
            (meter.strikes, meter.clipped_in_row),
            (real.strikes, real.clipped_windows),
        );
        let money = [
            meter.owed(terms),
            meter.reserve(terms),
            meter.paid_total,
            meter.locked,
            meter.credited(terms),
        ];
        let shown = [
            real.owed,
            real.reserve,
            real.paid_total,
            real.locked,
            real.credited,
        ];
        self.same(|| format!("money of the meter of deal {id}"), money, shown);
    }

    /// Data that only a query by id returns.
    fn deal(&mut self, id: u32) {
        let ghost = self.ghost.deals[&id].clone();
        self.account(id);
        self.terms(id, &ghost);
        self.stage(id, &ghost);
        self.health(id, &ghost);
        self.page(id, &ghost);
        self.mandate(id);
    }

    fn mandate(&mut self, id: u32) {
        let real = self.real.world.mandates().get_mandate(&id);
        let ghost = self.ghost.mandates.get(&id).cloned();
        let what = || format!("mandate of deal {id}");
        self.same(what, ghost.is_some(), real.is_some());
        let (Some(ghost), Some(real)) = (ghost, real) else {
            return;
        };
        let whose = (self.address(ghost.consumer), self.real.asset(ghost.asset));
        self.same(what, whose, (real.consumer.clone(), real.asset.clone()));
        let drawn = ghost.drawn(self.ghost.now);
        let money = [ghost.top_up, ghost.limit, drawn, ghost.until_ts.into()];
        let shown = [
            real.top_up,
            real.most_per_30_days,
            real.drawn,
            real.until_ts.into(),
        ];
        self.same(what, money, shown);
    }

    fn account(&mut self, id: u32) {
        let real = self.real.world.escrow().get_account(&id);
        let ghost = self.ghost.escrow.accounts.get(&id).cloned();
        let what = || format!("account of deal {id}");
        self.same(what, ghost.is_some(), real.is_some());
        let (Some(ghost), Some(real)) = (ghost, real) else {
            return;
        };
        let parties = (self.address(ghost.consumer), self.address(ghost.provider));
        self.same(
            what,
            parties,
            (real.consumer.clone(), real.provider.clone()),
        );
        self.same(what, self.real.asset(ghost.asset), real.asset.clone());
        let fixed = (id, ghost.page, ghost.fee_bps, ghost.released);
        self.same(
            what,
            fixed,
            (real.deal_id, real.page, real.fee_bps, real.released),
        );
        let money = [
            ghost.deposited,
            ghost.locked(),
            ghost.charged - ghost.fee(),
            ghost.fee(),
            ghost.refunded,
        ];
        let shown = [
            real.deposited,
            real.locked,
            real.paid,
            real.fee,
            real.refunded,
        ];
        self.same(what, money, shown);
    }

    fn terms(&mut self, id: u32, ghost: &Deal) {
        let real = self.real.world.deals().get_deal_terms(&id);
        let what = || format!("terms of deal {id}");
        self.same(what, !ghost.deleted, real.is_some());
        let Some(real) = real else { return };
        let terms = &ghost.terms;
        let parties = (self.address(terms.consumer), self.address(terms.provider));
        self.same(
            what,
            parties,
            (real.consumer_id.clone(), real.provider_id.clone()),
        );
        self.same(what, self.real.asset(terms.asset), real.asset.clone());
        self.same(what, terms.api.clone(), real.api_compatibility.to_string());
        let numbers = [
            terms.bucket.into(),
            terms.duration_secs,
            terms.storage_mb,
            terms.egress_mb,
            terms.latency_ms.into(),
            terms.uptime_bps.into(),
            terms.policy_version.into(),
            terms.created_ts,
            terms.offer_revision.into(),
        ];
        let shown = [
            real.bucket_id.into(),
            real.duration_secs,
            real.agreed_storage_mb,
            real.agreed_egress_mb,
            real.sla_avg_latency_ms.into(),
            real.sla_avg_uptime_pct.into(),
            real.policy_version.into(),
            real.created_ts,
            real.offer_revision.into(),
        ];
        let by_provider = real.metering == Metering::Provider;
        self.same(what, terms.by_provider, by_provider);
        self.same(what, terms.succeeds, real.succeeds);
        self.same(what, numbers, shown);
        let prices = (
            int(real.price_per_gb_storage),
            int(real.price_per_gb_egress),
        );
        self.same(what, (terms.price_storage, terms.price_egress), prices);
    }

    fn stage(&mut self, id: u32, ghost: &Deal) {
        let real = self.real.world.deals().get_stage(&id);
        let expected = ghost.staged().filter(|_| !ghost.deleted && !ghost.released);
        let tuple = expected.map(|stage| {
            let served = (stage.latency_ms, stage.uptime_bps);
            (
                stage.from_ts,
                stage.through_ts,
                stage.storage_mb,
                stage.egress_mb,
                served,
            )
        });
        let shown = real.map(|stage| {
            let served = (stage.latency_ms, stage.uptime_bps);
            (
                stage.from_ts,
                stage.through_ts,
                stage.storage_mb,
                stage.egress_mb,
                served,
            )
        });
        self.same(|| format!("stage of deal {id}"), tuple, shown);
    }

    fn health(&mut self, id: u32, ghost: &Deal) {
        let real = self.real.world.deals().get_deal_health(&id);
        let live = ghost.status == Status::Funded;
        let what = || format!("health of deal {id}");
        self.same(what, live, real.is_some());
        let Some(real) = real else { return };
        let (terms, policy, meter) = (&ghost.terms, self.ghost.policy_of(ghost), ghost.meter());
        let spare = meter.locked - meter.reserve(terms) - meter.owed(terms);
        let runway_secs = self.ghost.runway_secs(ghost);
        self.alike(what, self.ghost.level(ghost), real.level);
        let grace_until_ts = meter
            .arrears_since
            .map_or(0, |since| since + policy.grace_secs);
        let times = (
            runway_secs,
            terms.egress_mb - meter.egress_mb,
            grace_until_ts,
        );
        self.same(
            what,
            times,
            (real.runway_secs, real.egress_left_mb, real.grace_until_ts),
        );
        let closing = deals::shut(&mut ghost.clone(), id, &policy, true, self.ghost.now);
        let money = ((-spare).max(0), closing.refund, closing.held);
        let shown = (real.arrears, real.refund_at_close, real.refund_at_release);
        self.same(
            || format!("health of deal {id}: arrears, refunds"),
            money,
            shown,
        );
    }

    fn page(&mut self, id: u32, ghost: &Deal) {
        let client = self.real.world.deals();
        let real = client
            .get_deal_page(&id)
            .map(|page| (page.provider, page.asset, page.page));
        let expected = ghost.page.filter(|_| !ghost.released && !ghost.deleted);
        let (provider, asset) = (ghost.terms.provider, ghost.terms.asset);
        let (of, token) = (self.address(provider), self.real.asset(asset));
        let place = expected.map(|page| (of.clone(), token.clone(), page));
        self.same(|| format!("page of deal {id}"), place, real);
        if let Some(page) = ghost.page {
            let mut ids = self
                .ghost
                .books
                .get(&(provider, asset, page))
                .cloned()
                .unwrap_or_default();
            let mut shown: Vec<u32> = client.get_book(&of, &token, &page).iter().collect();
            ids.sort_unstable();
            shown.sort_unstable();
            self.same(|| format!("book of deal {id}"), ids, shown);
        }
    }

    // ---- registry ----

    fn parties(&mut self) {
        let client = self.real.world.registry();
        let providers = client.get_provider_list(&0, &1_000);
        let consumers = client.get_consumer_list(&0, &1_000);
        let counts = (client.get_provider_count(), client.get_consumer_count());
        let registry = &self.ghost.registry;
        let lens = (
            registry.providers.order.len(),
            registry.consumers.order.len(),
        );
        let small = |len: usize| u32::try_from(len).expect("few");
        self.same(
            || "counts of parties".to_owned(),
            (small(lens.0), small(lens.1)),
            counts,
        );
        type Row = (Address, String, u32, u64, u64, bool, u32);
        let row = |role: Role, units: bool| {
            let list = if role == Role::Provider {
                &registry.providers
            } else {
                &registry.consumers
            };
            let mut rows: Vec<Row> = list
                .order
                .iter()
                .rev()
                .map(|who| {
                    let party = &list.all[who];
                    let score = self.ghost.reputation.score(*who, role, self.ghost.now);
                    (
                        self.address(*who),
                        party.description.clone(),
                        u32::try_from(score).expect("positive"),
                        party.registered_ts,
                        party.last_update_ts,
                        party.deleted,
                        if units { registry.units(*who) } else { 0 },
                    )
                })
                .collect();
            rows.truncate(20);
            rows
        };
        let shown: Vec<Row> = providers
            .iter()
            .map(|p| {
                let text = p.description.to_string();
                let times = (p.registered_ts, p.last_update_ts);
                (
                    p.provider_id,
                    text,
                    p.reputation,
                    times.0,
                    times.1,
                    p.deleted,
                    p.units_count,
                )
            })
            .collect();
        let expected = row(Role::Provider, true);
        let consumers_expected = row(Role::Consumer, false);
        self.same(|| "providers".to_owned(), expected, shown);
        let shown: Vec<Row> = consumers
            .iter()
            .map(|c| {
                let text = c.description.to_string();
                let times = (c.registered_ts, c.last_update_ts);
                (
                    c.consumer_id,
                    text,
                    c.reputation,
                    times.0,
                    times.1,
                    c.deleted,
                    0,
                )
            })
            .collect();
        self.same(|| "consumers".to_owned(), consumers_expected, shown);
    }

    fn buckets(&mut self) {
        let client = self.real.world.registry();
        let count = u32::try_from(self.ghost.registry.buckets.len()).expect("few");
        self.same(|| "buckets".to_owned(), count, client.get_bucket_count());
        for (id, bucket) in &self.ghost.registry.buckets.clone() {
            let Some(real) = client.get_bucket(id) else {
                self.differences.push(format!("bucket {id} is gone"));
                continue;
            };
            self.bucket(*id, bucket, &real);
        }
        let expected: Vec<u32> = self
            .ghost
            .registry
            .buckets
            .iter()
            .filter(|(_, bucket)| !bucket.deleted)
            .map(|(id, _)| *id)
            .rev()
            .take(20)
            .collect();
        let listed: Vec<_> = client.get_buckets(&0, &1_000).iter().collect();
        // A page is a range of ids, and only short sequences fit one.
        if count <= 20 {
            let ids = listed.iter().map(|bucket| bucket.bucket_id).collect();
            self.same(|| "buckets listed".to_owned(), expected, ids);
        }
        for bucket in listed {
            let ghost = &self.ghost.registry.buckets[&bucket.bucket_id];
            let name = self.ghost.registry.providers.description(ghost.provider);
            let score = self
                .ghost
                .reputation
                .score(ghost.provider, Role::Provider, self.ghost.now);
            let shown = (bucket.provider_name.to_string(), bucket.provider_reputation);
            let score = u32::try_from(score).expect("positive");
            self.same(
                || "a listed bucket's provider".to_owned(),
                (name, score),
                shown,
            );
        }
    }

    fn bucket(&mut self, id: u32, ghost: &Bucket, real: &flash_interfaces::registry::Bucket) {
        let what = || format!("bucket {id}");
        self.same(what, self.address(ghost.provider), real.provider_id.clone());
        let texts = [
            &ghost.name,
            &ghost.region,
            &ghost.country,
            &ghost.fb_bucket_id,
            &ghost.api,
            &ghost.access_scope,
            &ghost.endpoint,
        ];
        let shown = [
            &real.name,
            &real.region,
            &real.country,
            &real.fb_bucket_id,
            &real.api_compatibility,
            &real.access_scope,
            &real.endpoint,
        ];
        let texts = texts.map(Clone::clone);
        self.same(what, texts, shown.map(|text| text.to_string()));
        let tags: Vec<String> = real.tags.iter().map(|tag| tag.to_string()).collect();
        self.same(what, ghost.tags.clone(), tags);
        let terms = (
            ghost.price_storage,
            ghost.price_egress,
            ghost.latency_ms,
            ghost.uptime_bps,
        );
        let shown = (
            real.price_per_gb_storage,
            real.price_per_gb_egress,
            real.sla_avg_latency_ms,
            real.sla_avg_uptime_pct,
        );
        self.same(what, terms, shown);
        let status = match (ghost.deleted, ghost.listed) {
            (true, _) => "Deleted",
            (false, true) => "Active",
            (false, false) => "Inactive",
        };
        self.same(what, status.to_owned(), format!("{:?}", real.status));
        let flags = [
            ghost.shows_locked(),
            ghost.auto_accept.is_some(),
            ghost.versioned,
            ghost.by_provider,
            false,
            false,
            false,
        ];
        let shown = [
            real.locked,
            real.auto_accept,
            real.versioning_enabled,
            real.metering == Metering::Provider,
            real.encryption_at_rest,
            real.encryption_in_transit,
            real.object_locking,
        ];
        self.same(|| format!("flags of bucket {id}"), flags, shown);
        let room = (ghost.capacity_gb, ghost.reserved_mb(), ghost.created_ts, id);
        let shown = (
            (real.max_storage_gb, real.max_egress_gb),
            (real.reserved_storage_mb, real.reserved_egress_mb),
            real.created_ts,
            real.bucket_id,
        );
        self.same(|| format!("room of bucket {id}"), room, shown);
        let accepted = ghost.auto_accept;
        let accepted = accepted.map_or((0, None), |(policy, asset)| {
            (policy, Some(self.real.asset(asset)))
        });
        let shown = (real.auto_accept_policy, real.auto_accept_asset.clone());
        self.same(|| format!("what bucket {id} accepts"), accepted, shown);
        let revision = (ghost.revision, real.offer_revision);
        self.same(|| format!("offer of bucket {id}"), revision.0, revision.1);
        if !ghost.deleted {
            self.quote(id, ghost);
        }
    }

    fn quote(&mut self, id: u32, bucket: &Bucket) {
        let (secs, storage_mb, egress_mb) = (30 * DAY, 1_000, 10);
        let (price, min_fund) = deals::quote(self.ghost, bucket, secs, storage_mb, egress_mb);
        let asset = self.real.asset(self.ghost.escrow.asset);
        let version = self.ghost.policy_version();
        let fee_bps = self.ghost.policies[self.ghost.policies.len() - 1].fee_bps;
        let real = self
            .real
            .world
            .deals()
            .get_quote(&id, &secs, &storage_mb, &egress_mb);
        let shown = (
            real.price,
            real.min_fund,
            real.asset,
            real.fee_bps,
            real.policy_version,
        );
        self.same(
            || format!("quote on bucket {id}"),
            (price, min_fund, asset, fee_bps, version),
            shown,
        );
    }

    // ---- reputation ----

    fn reputation(&mut self) {
        let client = self.real.world.reputation();
        let points = self.ghost.reputation.points;
        let real = client.get_points();
        let shown = (real.provider_clean, real.provider_notice, real.min_volume);
        self.same(
            || "points".to_owned(),
            (points.clean, points.notice, points.min_volume),
            shown,
        );
        for ((who, role), standing) in &self.ghost.reputation.standings.clone() {
            let published = match role {
                Role::Provider => PublishedRole::Provider,
                Role::Consumer => PublishedRole::Consumer,
            };
            let what = || format!("standing of {who:?} as {role:?}");
            let Some(real) = client.get_record(&self.address(*who), &published) else {
                self.differences.push(format!("no {}", what()));
                continue;
            };
            let score = u32::try_from(standing.score_at(self.ghost.now)).expect("positive");
            let parties = i64::try_from(standing.counterparties.len()).expect("few");
            let counts = [
                i64::from(score),
                standing.completed_milli,
                standing.completed_with_credit_milli,
                standing.cancelled_milli,
                standing.breached_by_provider_milli,
                standing.breached_by_consumer_milli,
                parties,
            ];
            let shown = [
                real.score,
                real.completed_milli,
                real.completed_with_credit_milli,
                real.cancelled_milli,
                real.breached_by_provider_milli,
                real.breached_by_consumer_milli,
                real.distinct_counterparties,
            ]
            .map(i64::from);
            self.same(what, counts, shown);
            let evidence = (standing.volume, standing.first_ts, standing.last_ts);
            self.same(
                what,
                evidence,
                (real.volume, real.first_outcome_ts, real.last_outcome_ts),
            );
        }
        for who in HOLDERS {
            for (role, published) in [
                (Role::Provider, PublishedRole::Provider),
                (Role::Consumer, PublishedRole::Consumer),
            ] {
                let expected = self.ghost.reputation.standings.contains_key(&(who, role));
                let record = client.get_record(&self.address(who), &published);
                self.same(|| format!("record of {who:?}"), expected, record.is_some());
            }
        }
    }

    // ---- configuration ----

    fn configuration(&mut self) {
        let at = self.real.world.at.clone();
        let deals = self.real.world.deals().get_config();
        self.admin(Contract::Deals, &deals.admin);
        let links = (deals.registry, deals.escrow, deals.reputation);
        self.same(
            || "links".to_owned(),
            (at.registry, at.escrow, at.reputation),
            links,
        );
        self.same(
            || "policy".to_owned(),
            self.ghost.policy_version(),
            deals.policy_version,
        );
        let next = self.ghost.matured().next;
        let oracle = (
            self.ghost.acting().map(|who| self.address(who)),
            next.map(|(who, _)| self.address(who)),
            next.map_or(0, |(_, from_ts)| from_ts),
        );
        let shown = (
            deals.oracle.acting,
            deals.oracle.next,
            deals.oracle.next_from_ts,
        );
        self.same(|| "oracle".to_owned(), oracle, shown);
        let registry = self.real.world.registry().get_config();
        self.admin(Contract::Registry, &registry.admin);
        self.same(
            || "registry's deals".to_owned(),
            at.deals.clone(),
            registry.deals,
        );
        let escrow = self.real.world.escrow().get_config();
        self.admin(Contract::Escrow, &escrow.admin);
        let asset = self.real.asset(self.ghost.escrow.asset);
        let shown = (escrow.deals, escrow.stable_asset);
        self.same(|| "escrow".to_owned(), (at.deals.clone(), asset), shown);
        let reputation = self.real.world.reputation().get_config();
        self.admin(Contract::Reputation, &reputation.admin);
        self.same(
            || "reputation's deals".to_owned(),
            at.deals,
            reputation.deals,
        );
    }

    fn admin(&mut self, contract: Contract, real: &AdminConfig) {
        let ghost = self.ghost.admin(contract);
        let paused = (ghost.paused_until_ts > self.ghost.now).then_some(ghost.paused_until_ts);
        let (hash, ready_ts, void_ts) = match ghost.upgrade {
            Some((hash, ready_ts, void_ts)) => (Some([hash; 32]), ready_ts, void_ts),
            None => (None, 0, 0),
        };
        let owner = Some(self.address(Who::Owner));
        let expected = (
            owner,
            1,
            UPGRADE_DELAY_SECS,
            hash,
            (ready_ts, void_ts),
            paused,
        );
        let shown = (
            real.owner.clone(),
            real.schema,
            real.upgrade_delay_secs,
            real.upgrade_wasm_hash.as_ref().map(|hash| hash.to_array()),
            (real.upgrade_ready_ts, real.upgrade_void_ts),
            real.paused_until_ts,
        );
        self.same(
            || format!("administration of {contract:?}"),
            expected,
            shown,
        );
    }

    fn policies(&mut self) {
        let client = self.real.world.deals();
        for (nth, ghost) in self.ghost.policies.iter().enumerate() {
            let version = u32::try_from(nth).expect("few") + 1;
            let real = client.get_policy(&version).map(|real| plain(&real));
            self.same(|| format!("policy {version}"), Some(ghost.clone()), real);
        }
        let next = self.ghost.policy_version() + 1;
        self.same(
            || "next policy".to_owned(),
            true,
            client.get_policy(&next).is_none(),
        );
    }

    /// Each party's deals, newest first, by pages of two.
    fn lists(&mut self) {
        let client = self.real.world.deals();
        for who in HOLDERS {
            let alive = |deal: &Deal| !deal.deleted;
            let of = |side: fn(&Deal) -> Who| -> Vec<u32> {
                let own = self
                    .ghost
                    .deals
                    .iter()
                    .filter(|(_, deal)| side(deal) == who);
                own.filter(|(_, deal)| alive(deal))
                    .map(|(id, _)| *id)
                    .rev()
                    .collect()
            };
            let expected = (
                of(|deal| deal.terms.consumer),
                of(|deal| deal.terms.provider),
            );
            let address = self.address(who);
            let consumed = client.get_deals_by_consumer(&address);
            let provided = client.get_deals_by_provider(&address);
            let ids = |list: HostVec<flash_interfaces::deals::DealInfo>| -> Vec<u32> {
                list.iter().map(|info| info.deal.deal_id).collect()
            };
            if expected.0.len() <= 20 && expected.1.len() <= 20 {
                let shown = (ids(consumed), ids(provided));
                self.same(|| format!("lists of {who:?}"), expected, shown);
            }
        }
    }
}

fn plain(real: &flash_interfaces::deals::Policy) -> Policy {
    let SlaTiers {
        minor_uptime_bps,
        minor_latency_bps,
        major_uptime_bps,
        minor_credit_bps,
        major_credit_bps,
        critical_credit_bps,
    } = real.sla;
    Policy {
        accept_window_secs: real.accept_window_secs,
        fund_window_secs: real.fund_window_secs,
        notice_secs: real.notice_secs,
        grace_secs: real.grace_secs,
        final_window_secs: real.final_window_secs,
        silence_secs: real.silence_secs,
        min_runway_secs: real.min_runway_secs,
        min_fund: real.min_fund,
        min_window_secs: real.min_window_secs,
        critical_limit: real.critical_limit,
        fee_bps: real.fee_bps,
        sla: super::policy::Sla {
            minor_uptime_bps,
            minor_latency_bps,
            major_uptime_bps,
            minor_credit_bps,
            major_credit_bps,
            critical_credit_bps,
        },
    }
}
