//! A deal's money as the contract computes it: docs/money.md. For whoever shows a deal or a quote
//! without asking the contract for each; tests hold the answers against the contract's own.
//!
//! `None` means out of range.

use crate::{
    bounds::{Prices, Reading, Standing},
    NOT_MEASURED,
};

const BPS: u128 = 10_000;
const MB_PER_GB: u128 = 1_024;
const SECS_PER_MONTH: u128 = 2_592_000;
/// Largest payment, and the most that a deal may cost.
pub const MAX_MONEY: i128 = 1 << 62;
/// With less than this a deal is low on money.
pub const LOW_RUNWAY_SECS: u64 = 7 * 86_400;
/// A deal lasts for 1 hour to 5 years of 365 days.
pub const DURATION_SECS: std::ops::RangeInclusive<u64> = 3_600..=5 * 365 * 86_400;

impl Prices {
    /// What storage of `mb_secs` costs.
    pub fn storage_cost(&self, mb_secs: u128) -> Option<i128> {
        let cost = mb_secs.checked_mul(self.storage.into())? / (MB_PER_GB * SECS_PER_MONTH);
        i128::try_from(cost).ok()
    }

    /// What egress costs.
    pub fn egress_cost(&self, egress_mb: u64) -> Option<i128> {
        let cost = u128::from(egress_mb).checked_mul(self.egress.into())? / MB_PER_GB;
        i128::try_from(cost).ok()
    }

    /// `charge(S, E)`: what usage costs before SLA credit.
    pub fn charge(&self, mb_secs: u128, egress_mb: u64) -> Option<i128> {
        self.storage_cost(mb_secs)?
            .checked_add(self.egress_cost(egress_mb)?)
    }

    /// Seconds for which `money` pays for `rate_mb`; `u64::MAX` where that costs nothing.
    pub fn runway_secs(&self, money: i128, rate_mb: u64) -> Option<u64> {
        let per_sec = u128::from(rate_mb).checked_mul(self.storage.into())?;
        if per_sec == 0 {
            return Some(u64::MAX);
        }
        let money = u128::try_from(money.max(0)).ok()?;
        let secs = money.checked_mul(MB_PER_GB * SECS_PER_MONTH)? / per_sec;
        Some(u64::try_from(secs).unwrap_or(u64::MAX))
    }
}

/// What somebody wants stored, and for how long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wish {
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub duration_secs: u64,
}

/// What a wish would cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Quote {
    /// The most that the deal can cost, fee included.
    pub total: i128,
    pub storage: i128,
    pub egress: i128,
    /// Least first deposit.
    pub min_fund: i128,
}

/// The contract's `get_quote`. Bounds of the wish are the caller's to check.
pub fn quote(prices: &Prices, wish: &Wish, min_runway_secs: u64, min_fund: i128) -> Option<Quote> {
    let mb_secs = |secs: u64| u128::from(wish.storage_mb).checked_mul(secs.into());
    let storage = prices.storage_cost(mb_secs(wish.duration_secs)?)?;
    let egress = prices.egress_cost(wish.egress_mb)?;
    let runway_secs = min_runway_secs.min(wish.duration_secs);
    let first = prices.charge(mb_secs(runway_secs)?, wish.egress_mb)?;
    Some(Quote {
        total: storage.checked_add(egress)?,
        storage,
        egress,
        min_fund: first.max(min_fund),
    })
}

/// The platform's part of all that a deal has paid.
pub fn fee_total(paid_total: i128, fee_bps: u32) -> Option<i128> {
    Some(paid_total.checked_mul(fee_bps.into())? / 10_000)
}

/// What a deal is held to: the policy of its creation and the SLA of its bucket.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Rules {
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub min_window_secs: u64,
    pub min_runway_secs: u64,
    pub grace_secs: u64,
    pub critical_limit: u32,
    pub minor_uptime_bps: u32,
    pub minor_latency_bps: u32,
    pub major_uptime_bps: u32,
    pub minor_credit_bps: u32,
    pub major_credit_bps: u32,
    pub critical_credit_bps: u32,
}

/// How well a window was served.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Verdict {
    Met,
    Minor,
    Major,
    Critical,
}

impl Rules {
    /// The worst of latency and uptime; `None` when neither was measured.
    pub fn verdict(&self, latency_ms: u32, uptime_bps: u32) -> Option<Verdict> {
        let uptime = (uptime_bps != NOT_MEASURED).then(|| self.judge_uptime(uptime_bps));
        let latency = (latency_ms != NOT_MEASURED).then(|| self.judge_latency(latency_ms));
        uptime.max(latency)
    }

    fn judge_uptime(&self, uptime_bps: u32) -> Verdict {
        match self.uptime_bps.saturating_sub(uptime_bps) {
            0 => Verdict::Met,
            short if short <= self.minor_uptime_bps => Verdict::Minor,
            short if short <= self.major_uptime_bps => Verdict::Major,
            _ => Verdict::Critical,
        }
    }

    fn judge_latency(&self, latency_ms: u32) -> Verdict {
        let minor_limit = u64::from(self.latency_ms) * u64::from(self.minor_latency_bps);
        if latency_ms <= self.latency_ms {
            Verdict::Met
        } else if u64::from(latency_ms) * 10_000 <= minor_limit {
            Verdict::Minor
        } else {
            Verdict::Major
        }
    }

    /// The credit on a window's storage, in basis points.
    pub fn credit_bps(&self, verdict: Verdict) -> u32 {
        match verdict {
            Verdict::Met => 0,
            Verdict::Minor => self.minor_credit_bps,
            Verdict::Major => self.major_credit_bps,
            Verdict::Critical => self.critical_credit_bps,
        }
    }
}

/// What the single-deal calls have staged, with consumption in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stage {
    pub from_ts: u64,
    pub through_ts: u64,
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
}

/// A funded deal with its money.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Funded {
    pub standing: Standing,
    pub prices: Prices,
    pub payable_mb_secs_bps: u128,
    /// Average of the last window, MB.
    pub rate_mb: u64,
    /// Critical windows in a row.
    pub strikes: u32,
    /// Gross, the fee in it.
    pub paid_total: i128,
    pub locked: i128,
    /// 0 when there are none.
    pub arrears_since_ts: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HealthLevel {
    Ok,
    Low,
    Critical,
    Grace,
}

/// The contract's `get_deal_health`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Health {
    pub level: HealthLevel,
    pub runway_secs: u64,
    pub egress_left_mb: u64,
    pub arrears: i128,
    /// 0 without arrears.
    pub grace_until_ts: u64,
    pub refund_at_close: i128,
    pub refund_at_release: i128,
}

impl Funded {
    /// What the usage so far costs with the SLA credit taken off.
    pub fn charged(&self) -> Option<i128> {
        self.prices
            .net(self.payable_mb_secs_bps, self.standing.egress_mb)
    }

    /// SLA credit so far.
    pub fn credited(&self) -> Option<i128> {
        let standing = &self.standing;
        let usage = self
            .prices
            .charge(standing.storage_mb_secs, standing.egress_mb);
        usage?.checked_sub(self.charged()?)
    }

    pub fn owed(&self) -> Option<i128> {
        self.charged()?.checked_sub(self.paid_total)
    }

    /// Ring-fenced for egress while the deal is live.
    pub fn reserve(&self) -> Option<i128> {
        if self.standing.close_ts != 0 {
            return Some(0);
        }
        let agreed = self.prices.egress_cost(self.standing.agreed_egress_mb)?;
        agreed.checked_sub(self.prices.egress_cost(self.standing.egress_mb)?)
    }

    fn available(&self) -> Option<i128> {
        self.locked.checked_sub(self.reserve()?)
    }

    /// How the deal stands at `now`, the close time of the newest ledger.
    pub fn health(&self, rules: &Rules, stage: Option<&Stage>, now: u64) -> Option<Health> {
        let spare = self.available()?.checked_sub(self.owed()?)?;
        let runway_secs = self.prices.runway_secs(spare, self.rate_mb)?;
        let (refund_at_close, refund_at_release) = self.refunds(rules, stage, now)?;
        Some(Health {
            level: self.level(rules, runway_secs),
            runway_secs,
            egress_left_mb: self
                .standing
                .agreed_egress_mb
                .saturating_sub(self.standing.egress_mb),
            arrears: spare.checked_neg()?.max(0),
            grace_until_ts: match self.arrears_since_ts {
                0 => 0,
                since_ts => since_ts.saturating_add(rules.grace_secs),
            },
            refund_at_close,
            refund_at_release,
        })
    }

    fn level(&self, rules: &Rules, runway_secs: u64) -> HealthLevel {
        if self.arrears_since_ts != 0 {
            HealthLevel::Grace
        } else if runway_secs < rules.min_runway_secs {
            HealthLevel::Critical
        } else if runway_secs < LOW_RUNWAY_SECS {
            HealthLevel::Low
        } else {
            HealthLevel::Ok
        }
    }

    /// What the consumer gets when closing at `now`: at once, and at most later.
    fn refunds(&self, rules: &Rules, stage: Option<&Stage>, now: u64) -> Option<(i128, i128)> {
        let mut deal = *self;
        if let Some(stage) = stage {
            deal.apply_stage(rules, stage, now);
        }
        deal.standing.close_ts = now.min(deal.standing.end_ts);
        let pay = deal.owed()?.min(deal.available()?).max(0);
        deal.paid_total = deal.paid_total.checked_add(pay)?;
        deal.locked = deal.locked.checked_sub(pay)?;
        let held = if deal.strikes >= rules.critical_limit {
            0
        } else {
            deal.holdback()?
        };
        Some((deal.locked.checked_sub(held)?, held))
    }

    /// A stage on another watermark is gone; one that cannot be applied is dropped by closing too.
    fn apply_stage(&mut self, rules: &Rules, stage: &Stage, now: u64) {
        let on_watermark = stage.from_ts == self.standing.through_ts;
        if on_watermark && stage.through_ts > stage.from_ts {
            if let Some(applied) = self.with_stage(rules, stage, now) {
                *self = applied;
            }
        }
    }

    fn with_stage(&self, rules: &Rules, stage: &Stage, now: u64) -> Option<Self> {
        let window_secs = stage.through_ts.checked_sub(stage.from_ts)?;
        let stored = u128::from(stage.storage_mb).checked_mul(window_secs.into())?;
        let before = &self.standing;
        let reading = Reading {
            storage_mb_secs: before.storage_mb_secs.checked_add(stored)?,
            egress_mb: before.egress_mb.saturating_add(stage.egress_mb),
            latency_ms: stage.latency_ms,
            uptime_bps: stage.uptime_bps,
            through_ts: stage.through_ts,
        };
        let applied = before.apply(&reading, now).ok()?;
        let long_enough = window_secs >= rules.min_window_secs;
        let verdict = rules
            .verdict(stage.latency_ms, stage.uptime_bps)
            .filter(|_| long_enough);
        let credit_bps = verdict.map_or(0, |verdict| rules.credit_bps(verdict));
        let stored = applied
            .storage_mb_secs
            .checked_sub(before.storage_mb_secs)?;
        let payable = stored.checked_mul(BPS.checked_sub(credit_bps.into())?)?;
        let mut deal = *self;
        deal.payable_mb_secs_bps = deal.payable_mb_secs_bps.checked_add(payable)?;
        deal.rate_mb = u64::try_from(stored / u128::from(window_secs)).ok()?;
        deal.strikes = match verdict {
            None => deal.strikes,
            Some(Verdict::Critical) => deal.strikes.saturating_add(1),
            Some(_) => 0,
        };
        deal.standing.storage_mb_secs = applied.storage_mb_secs;
        deal.standing.egress_mb = applied.egress_mb;
        deal.standing.through_ts = stage.through_ts;
        Some(deal)
    }

    /// The most that the unreported time until closing can still cost.
    fn holdback(&self) -> Option<i128> {
        let standing = &self.standing;
        let tail_secs = standing.close_ts.checked_sub(standing.through_ts)?;
        if tail_secs == 0 {
            return Some(0);
        }
        let tail = u128::from(standing.agreed_storage_mb).checked_mul(tail_secs.into())?;
        let payable = self
            .payable_mb_secs_bps
            .checked_add(tail.checked_mul(BPS)?)?;
        let most = self.prices.net(payable, standing.agreed_egress_mb)?;
        Some(most.checked_sub(self.charged()?)?.min(self.locked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2 cents a GB and month, 1 cent a GB.
    const PRICES: Prices = Prices {
        storage: 20_0000,
        egress: 10_0000,
    };
    const GB: u64 = 1_024;
    const MONTH_SECS: u64 = 2_592_000;

    fn deal() -> Funded {
        Funded {
            standing: Standing {
                agreed_storage_mb: 100 * GB,
                agreed_egress_mb: 10 * GB,
                end_ts: 1_000 + MONTH_SECS,
                close_ts: 0,
                final_until_ts: 0,
                breached_provider: false,
                through_ts: 1_000 + MONTH_SECS / 2,
                storage_mb_secs: u128::from(50 * GB * MONTH_SECS),
                egress_mb: 0,
            },
            prices: PRICES,
            payable_mb_secs_bps: u128::from(50 * GB * MONTH_SECS) * 10_000,
            rate_mb: 100 * GB,
            strikes: 0,
            paid_total: 0,
            locked: 2_1000000,
            arrears_since_ts: 0,
        }
    }

    fn rules() -> Rules {
        Rules {
            latency_ms: 100,
            uptime_bps: 9_990,
            min_window_secs: 43_200,
            min_runway_secs: 86_400,
            grace_secs: 259_200,
            critical_limit: 3,
            minor_uptime_bps: 90,
            minor_latency_bps: 12_000,
            major_uptime_bps: 490,
            minor_credit_bps: 1_000,
            major_credit_bps: 2_500,
            critical_credit_bps: 10_000,
        }
    }

    #[test]
    fn a_quote_is_storage_over_the_term_and_all_egress() {
        let wish = Wish {
            storage_mb: 500 * GB,
            egress_mb: 300 * GB,
            duration_secs: 6 * MONTH_SECS,
        };
        let quote = quote(&PRICES, &wish, 86_400, 1_0000000).unwrap();
        assert_eq!(quote.storage, 60_0000000);
        assert_eq!(quote.egress, 3_0000000);
        assert_eq!(quote.total, 63_0000000);
        // A day of storage: 500 × 2 cents / 30.
        assert_eq!(quote.min_fund, 3_0000000 + 3333333);
    }

    #[test]
    fn half_way_the_other_half_is_left_and_the_reserve_is_not_spent() {
        let deal = deal();
        assert_eq!(deal.owed(), Some(1_0000000));
        assert_eq!(deal.reserve(), Some(1000000));
        let health = deal.health(&rules(), None, deal.standing.through_ts);
        let health = health.unwrap();
        assert_eq!(health.runway_secs, MONTH_SECS / 2);
        assert_eq!(health.level, HealthLevel::Ok);
        // Nothing is unreported, so nothing is held.
        assert_eq!(
            (health.refund_at_close, health.refund_at_release),
            (1_1000000, 0)
        );
    }

    #[test]
    fn an_unreported_day_is_held_back_with_all_the_egress() {
        let deal = deal();
        let now = deal.standing.through_ts + 86_400;
        let health = deal.health(&rules(), None, now).unwrap();
        assert_eq!(health.refund_at_release, 666666 + 1000000);
        let whole = health.refund_at_close + health.refund_at_release;
        assert_eq!(whole, 1_1000000);
    }

    #[test]
    fn a_staged_window_counts_when_closing() {
        let deal = deal();
        let now = deal.standing.through_ts + 86_400;
        let stage = Stage {
            from_ts: deal.standing.through_ts,
            through_ts: now,
            storage_mb: 100 * GB,
            egress_mb: 0,
            latency_ms: NOT_MEASURED,
            uptime_bps: 9_900,
        };
        let health = deal.health(&rules(), Some(&stage), now).unwrap();
        // A tenth is credited; all is reported, so nothing is held.
        assert_eq!(health.refund_at_release, 0);
        assert_eq!(health.refund_at_close, 1_1000000 - 600000);
        let stale = Stage {
            from_ts: 1,
            ..stage
        };
        let without = deal.health(&rules(), None, now);
        assert_eq!(deal.health(&rules(), Some(&stale), now), without);
    }
}
