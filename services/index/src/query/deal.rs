//! A deal as its table has it, and as it is shown: with its money for the newest ledger, computed by
//! the contract's own formulas.

use super::policy::Policy;
use crate::answers::{
    Deal, DealStatus, EndReason, Health, HealthLevel, MbSecs, Money, Stroops, Terms, Usage,
};
use anyhow::{Context, Result};
use flash_meter::{
    bounds::Prices,
    money::{fee_total, quote, Funded, HealthLevel as Level, Rules, Stage, Wish},
    NOT_MEASURED,
};

/// The part of a deal that there is from funding on.
#[derive(Clone, Debug)]
pub struct Metered {
    pub funded: Funded,
    pub start_ts: u64,
    pub refunded: i128,
    /// Last measured; [`NOT_MEASURED`] when never.
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub stage: Option<Stage>,
}

/// A deal with the names of its parties.
#[derive(Clone, Debug)]
pub struct DealRow {
    pub deal_id: u32,
    pub consumer: String,
    pub consumer_name: String,
    pub provider: String,
    pub provider_name: String,
    pub bucket_id: u32,
    pub bucket_name: String,
    pub repo_id: String,
    pub api: String,
    pub status: DealStatus,
    pub reason: EndReason,
    pub released: bool,
    pub created_ts: u64,
    /// 0 until accepted.
    pub fund_until_ts: u64,
    pub wish: Wish,
    pub prices: Prices,
    pub sla_latency_ms: u32,
    pub sla_uptime_bps: u32,
    pub asset: String,
    pub policy_version: u32,
    pub metered: Option<Metered>,
}

fn some(ts: u64) -> Option<u64> {
    (ts > 0).then_some(ts)
}

fn measured(value: u32) -> Option<u32> {
    (value != NOT_MEASURED).then_some(value)
}

impl DealRow {
    /// As it is shown at `now`, the close time of the newest ledger.
    ///
    /// # Errors
    /// Where an amount is out of the contract's own range.
    pub fn shown(self, policy: &Policy, now: u64) -> Result<Deal> {
        let deal_id = self.deal_id;
        let out_of_range = || format!("deal {deal_id} is out of range");
        self.show(policy, now).with_context(out_of_range)
    }

    fn show(self, policy: &Policy, now: u64) -> Option<Deal> {
        let rules = Rules {
            latency_ms: self.sla_latency_ms,
            uptime_bps: self.sla_uptime_bps,
            ..policy.rules
        };
        let terms = self.terms(policy)?;
        let metered = self.metered.as_ref();
        let standing = metered.map(|metered| metered.funded.standing);
        // A row may be of a later ledger than the one that the index is at.
        let now = standing.map_or(now, |standing| now.max(standing.through_ts));
        let live = self.status == DealStatus::Funded;
        let health = match metered.filter(|_| live) {
            Some(metered) => Some(health(metered, &rules, now)?),
            None => None,
        };
        let (usage, money) = match metered {
            Some(metered) => (
                Some(usage(metered, &rules)?),
                Some(money(metered, policy, self.released)?),
            ),
            None => (None, None),
        };
        let pending = self.status == DealStatus::Pending;
        let accepted = self.status == DealStatus::Accepted;
        let accept_until_ts = self.created_ts.saturating_add(policy.accept_window_secs);
        Some(Deal {
            accept_until_ts: pending.then_some(accept_until_ts),
            fund_until_ts: some(self.fund_until_ts).filter(|_| accepted),
            start_ts: metered.map(|metered| metered.start_ts),
            end_ts: standing.map(|standing| standing.end_ts),
            close_ts: standing.and_then(|standing| some(standing.close_ts)),
            final_until_ts: standing.and_then(|standing| some(standing.final_until_ts)),
            through_ts: standing.map(|standing| standing.through_ts),
            deal_id: self.deal_id,
            consumer: self.consumer,
            consumer_name: self.consumer_name,
            provider: self.provider,
            provider_name: self.provider_name,
            bucket_id: self.bucket_id,
            bucket_name: self.bucket_name,
            repo_id: self.repo_id,
            api: self.api,
            status: self.status,
            reason: self.reason,
            released: self.released,
            created_ts: self.created_ts,
            terms,
            usage,
            money,
            health,
            as_of_ts: now,
        })
    }

    fn terms(&self, policy: &Policy) -> Option<Terms> {
        let min_runway_secs = policy.rules.min_runway_secs;
        let cost = quote(&self.prices, &self.wish, min_runway_secs, policy.min_fund)?;
        Some(Terms {
            storage_mb: self.wish.storage_mb,
            egress_mb: self.wish.egress_mb,
            duration_secs: self.wish.duration_secs,
            storage_price_stroops: Stroops(self.prices.storage.into()),
            egress_price_stroops: Stroops(self.prices.egress.into()),
            latency_ms: self.sla_latency_ms,
            uptime_bps: self.sla_uptime_bps,
            asset: self.asset.clone(),
            policy_version: self.policy_version,
            fee_bps: policy.fee_bps,
            total_stroops: Stroops(cost.total),
            min_fund_stroops: Stroops(cost.min_fund),
        })
    }
}

fn health(metered: &Metered, rules: &Rules, now: u64) -> Option<Health> {
    let found = metered.funded.health(rules, metered.stage.as_ref(), now)?;
    Some(Health {
        level: match found.level {
            Level::Ok => HealthLevel::Ok,
            Level::Low => HealthLevel::Low,
            Level::Critical => HealthLevel::Critical,
            Level::Grace => HealthLevel::Grace,
        },
        runway_secs: (found.runway_secs != u64::MAX).then_some(found.runway_secs),
        arrears_stroops: Stroops(found.arrears),
        grace_until_ts: some(found.grace_until_ts),
        refund_if_closed_now_stroops: Stroops(found.refund_at_close),
        refund_at_release_stroops: Stroops(found.refund_at_release),
    })
}

fn usage(metered: &Metered, rules: &Rules) -> Option<Usage> {
    let standing = &metered.funded.standing;
    let secs = standing.through_ts.saturating_sub(metered.start_ts);
    let average = standing.storage_mb_secs.checked_div(secs.into());
    Some(Usage {
        storage_mb_secs: MbSecs(standing.storage_mb_secs),
        average_storage_mb: u64::try_from(average.unwrap_or(0)).ok()?,
        last_storage_mb: metered.funded.rate_mb,
        egress_mb: standing.egress_mb,
        egress_left_mb: standing.agreed_egress_mb.saturating_sub(standing.egress_mb),
        latency_ms: measured(metered.latency_ms),
        uptime_bps: measured(metered.uptime_bps),
        strikes: metered.funded.strikes,
        critical_limit: rules.critical_limit,
    })
}

fn money(metered: &Metered, policy: &Policy, released: bool) -> Option<Money> {
    let funded = &metered.funded;
    let fee = fee_total(funded.paid_total, policy.fee_bps)?;
    // A deal that is over owes nothing: what could not be paid is lost.
    let owed = if released { 0 } else { funded.owed()? };
    Some(Money {
        locked_stroops: Stroops(funded.locked),
        paid_stroops: Stroops(funded.paid_total),
        paid_net_stroops: Stroops(funded.paid_total.checked_sub(fee)?),
        fee_stroops: Stroops(fee),
        credited_stroops: Stroops(funded.credited()?),
        refunded_stroops: Stroops(metered.refunded),
        owed_stroops: Stroops(owed),
        reserve_stroops: Stroops(funded.reserve()?),
    })
}
