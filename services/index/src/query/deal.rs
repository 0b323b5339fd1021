//! A deal as its table has it, and as it is shown: with its money for the newest ledger, computed by
//! the contract's own formulas.

use super::policy::Policy;
use crate::answers::{
    Deal, DealStatus, EndReason, Health, HealthLevel, MbSecs, Metering, Money, Stroops, Terms,
    Usage,
};
use anyhow::{Context, Result};
use flash_money::{
    fee_total, health::Level, report::Window, sla::Sla, units::NOT_MEASURED, Agreed, Meter, Prices,
};

/// The part of a deal that there is from funding on.
#[derive(Clone, Debug)]
pub struct Metered {
    /// Without its SLA and its minimum runway, which are the policy's.
    pub meter: Meter,
    pub refunded: i128,
    pub staged: Option<Window>,
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
    pub agreed: Agreed,
    pub prices: Prices,
    pub sla_latency_ms: u32,
    pub sla_uptime_bps: u32,
    pub asset: String,
    pub policy_version: u32,
    pub metering: Metering,
    pub succeeds: Option<u32>,
    pub succeeded_by: Option<u32>,
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
        let terms = self.terms(policy)?;
        let metered = self.metered.as_ref();
        let meter = metered.map(|metered| self.meter(metered, policy));
        // A row may be of a later ledger than the one that the index is at.
        let now = meter.map_or(now, |meter| now.max(meter.through_ts));
        let live = self.status == DealStatus::Funded;
        let (mut shown_health, mut shown_usage, mut shown_money) = (None, None, None);
        if let Some((metered, meter)) = metered.zip(meter.as_ref()) {
            if live {
                shown_health = Some(health(metered, meter, policy, now)?);
            }
            shown_usage = Some(usage(meter)?);
            shown_money = Some(money(metered, meter, policy, self.released)?);
        }
        let pending = self.status == DealStatus::Pending;
        let accepted = self.status == DealStatus::Accepted;
        let accept_until_ts = self.created_ts.saturating_add(policy.accept_window_secs);
        Some(Deal {
            accept_until_ts: pending.then_some(accept_until_ts),
            fund_until_ts: some(self.fund_until_ts).filter(|_| accepted),
            start_ts: meter.map(|meter| meter.start_ts),
            end_ts: meter.map(|meter| meter.end_ts),
            close_ts: meter.and_then(|meter| some(meter.close_ts)),
            final_until_ts: meter.and_then(|meter| some(meter.final_until_ts)),
            through_ts: meter.map(|meter| meter.through_ts),
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
            succeeded_by: self.succeeded_by,
            terms,
            usage: shown_usage,
            money: shown_money,
            health: shown_health,
            as_of_ts: now,
        })
    }

    /// The meter with what it is held to.
    fn meter(&self, metered: &Metered, policy: &Policy) -> Meter {
        Meter {
            sla: Sla {
                latency_ms: self.sla_latency_ms,
                uptime_bps: self.sla_uptime_bps,
                ..policy.sla
            },
            min_runway_secs: policy.min_runway_secs,
            ..metered.meter
        }
    }

    fn terms(&self, policy: &Policy) -> Option<Terms> {
        let total = self.prices.quote(&self.agreed)?;
        let min_fund =
            self.prices
                .min_fund(&self.agreed, policy.min_runway_secs, policy.min_fund)?;
        Some(Terms {
            storage_mb: self.agreed.storage_mb,
            egress_mb: self.agreed.egress_mb,
            duration_secs: self.agreed.duration_secs,
            storage_price_stroops: Stroops(self.prices.storage.into()),
            egress_price_stroops: Stroops(self.prices.egress.into()),
            latency_ms: self.sla_latency_ms,
            uptime_bps: self.sla_uptime_bps,
            asset: self.asset.clone(),
            policy_version: self.policy_version,
            metering: self.metering,
            succeeds: self.succeeds,
            fee_bps: policy.fee_bps,
            total_stroops: Stroops(total),
            min_fund_stroops: Stroops(min_fund),
        })
    }
}

fn health(metered: &Metered, meter: &Meter, policy: &Policy, now: u64) -> Option<Health> {
    let staged = metered.staged.and_then(|window| meter.reading(&window));
    let health = meter.health(policy.grace_secs, staged.as_ref(), now)?;
    Some(Health {
        level: match health.level {
            Level::Ok => HealthLevel::Ok,
            Level::Low => HealthLevel::Low,
            Level::Critical => HealthLevel::Critical,
            Level::Grace => HealthLevel::Grace,
        },
        runway_secs: (health.runway_secs != u64::MAX).then_some(health.runway_secs),
        arrears_stroops: Stroops(health.arrears),
        grace_until_ts: some(health.grace_until_ts),
        refund_if_closed_now_stroops: Stroops(health.refund_at_close),
        refund_at_release_stroops: Stroops(health.refund_at_release),
    })
}

fn usage(meter: &Meter) -> Option<Usage> {
    let secs = meter.through_ts.saturating_sub(meter.start_ts);
    let average = meter.storage_mb_secs.checked_div(secs.into());
    Some(Usage {
        storage_mb_secs: MbSecs(meter.storage_mb_secs),
        average_storage_mb: u64::try_from(average.unwrap_or(0)).ok()?,
        last_storage_mb: meter.rate_mb,
        egress_mb: meter.egress_mb,
        egress_left_mb: meter.agreed_egress_mb.saturating_sub(meter.egress_mb),
        latency_ms: measured(meter.latency_ms),
        uptime_bps: measured(meter.uptime_bps),
        strikes: meter.strikes,
        critical_limit: meter.sla.critical_limit,
    })
}

fn money(metered: &Metered, meter: &Meter, policy: &Policy, released: bool) -> Option<Money> {
    let fee = fee_total(meter.paid_total, policy.fee_bps)?;
    // A deal that is over owes nothing: what could not be paid is lost.
    let owed = if released { 0 } else { meter.owed()? };
    Some(Money {
        locked_stroops: Stroops(meter.locked),
        paid_stroops: Stroops(meter.paid_total),
        paid_net_stroops: Stroops(meter.paid_total.checked_sub(fee)?),
        fee_stroops: Stroops(fee),
        credited_stroops: Stroops(meter.credited()?),
        refunded_stroops: Stroops(metered.refunded),
        owed_stroops: Stroops(owed),
        reserve_stroops: Stroops(meter.reserve()?),
    })
}
