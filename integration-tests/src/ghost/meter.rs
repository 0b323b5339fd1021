//! The meter of a funded deal: each formula of the design is one function.

use super::{
    deal::{Deal, Terms},
    model::{ensure, Answer},
    policy::Policy,
};
use crate::DAY;

pub const NOT_MEASURED: u32 = u32::MAX;

/// Reported, paid and locked amounts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Meter {
    pub start_ts: u64,
    pub end_ts: u64,
    /// 0 while live.
    pub close_ts: u64,
    /// When the closing call came: never before `close_ts`.
    pub closed_at_ts: u64,
    pub through_ts: u64,
    /// S, U, E.
    pub stored: i128,
    pub payable: i128,
    pub egress_mb: u64,
    pub rate_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub strikes: u32,
    /// When the strikes first reached the limit.
    pub breached_at: Option<u64>,
    /// Whole windows in a row in which more was used than is agreed.
    pub clipped_in_row: u32,
    pub notice: bool,
    pub silent: bool,
    pub overused: bool,
    pub measured: bool,
    pub paid_total: i128,
    pub locked: i128,
    pub first_deposit: i128,
    pub arrears_since: Option<u64>,
    /// A report came late, or nobody closed in time after the grace.
    pub neglected: bool,
    /// Watermark, S and E at the last settlement.
    pub settled: (u64, i128, u64),
}

/// The totals of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    pub deal: u32,
    pub stored: u128,
    pub egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub through_ts: u64,
}

/// The result of a settlement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Settlement {
    pub pay: i128,
    pub arrears: i128,
}

impl Meter {
    pub fn new(now: u64, duration_secs: u64, locked: i128) -> Self {
        Self {
            start_ts: now,
            end_ts: now + duration_secs,
            close_ts: 0,
            closed_at_ts: 0,
            through_ts: now,
            stored: 0,
            payable: 0,
            egress_mb: 0,
            rate_mb: 0,
            latency_ms: NOT_MEASURED,
            uptime_bps: NOT_MEASURED,
            strikes: 0,
            breached_at: None,
            clipped_in_row: 0,
            notice: false,
            silent: false,
            overused: false,
            measured: false,
            paid_total: 0,
            locked,
            first_deposit: locked,
            arrears_since: None,
            neglected: false,
            settled: (now, 0, 0),
        }
    }

    pub fn is_closed(&self) -> bool {
        self.close_ts != 0
    }

    /// Whether the final report has come.
    pub fn is_final(&self) -> bool {
        self.is_closed() && self.through_ts == self.close_ts
    }

    /// Whether nothing is left to report or to pay.
    pub fn is_complete(&self, terms: &Terms) -> bool {
        self.is_final() && self.locked >= self.owed(terms)
    }

    pub fn final_until_ts(&self, policy: &Policy) -> u64 {
        if self.is_closed() {
            self.closed_at_ts + policy.final_window_secs
        } else {
            0
        }
    }

    /// min(now, end, close)
    pub fn latest_ts(&self, now: u64) -> u64 {
        let until_ts = if self.is_closed() {
            self.close_ts
        } else {
            self.end_ts
        };
        now.min(until_ts)
    }

    pub fn takes_reports(&self, policy: &Policy, now: u64) -> bool {
        !self.is_closed() || now <= self.final_until_ts(policy)
    }

    pub fn charged(&self, terms: &Terms) -> i128 {
        terms.prices().net(self.payable, self.egress_mb.into())
    }

    pub fn credited(&self, terms: &Terms) -> i128 {
        terms.prices().charge(self.stored, self.egress_mb.into()) - self.charged(terms)
    }

    pub fn owed(&self, terms: &Terms) -> i128 {
        self.charged(terms) - self.paid_total
    }

    pub fn reserve(&self, terms: &Terms) -> i128 {
        if self.is_closed() {
            return 0;
        }
        let prices = terms.prices();
        prices.egress(terms.egress_mb.into()) - prices.egress(self.egress_mb.into())
    }

    /// Agreed storage for some seconds from the watermark on, or for the rest of the term if that is
    /// shorter.
    pub fn runway_cost(&self, terms: &Terms, secs: u64) -> i128 {
        let secs = secs.min(self.end_ts.saturating_sub(self.through_ts));
        let more = 10_000 * i128::from(terms.storage_mb) * i128::from(secs);
        let egress_mb = self.egress_mb.into();
        terms.prices().net(self.payable + more, egress_mb) - self.charged(terms)
    }

    /// The amount that must be available for the grace to end.
    pub fn clearing(&self, terms: &Terms, policy: &Policy) -> i128 {
        self.owed(terms) + self.runway_cost(terms, policy.min_runway_secs)
    }

    /// The amount that the consumer must leave in the deal.
    pub fn must_keep(&self, terms: &Terms, policy: &Policy, now: u64) -> i128 {
        let secs = (now - self.through_ts) + policy.min_runway_secs;
        self.owed(terms) + self.reserve(terms) + self.runway_cost(terms, secs)
    }

    /// The most that the unreported time can still cost; 0 once everything is reported.
    pub fn holdback(&self, terms: &Terms) -> i128 {
        if self.is_final() {
            return 0;
        }
        let tail_secs = i128::from(self.close_ts - self.through_ts);
        let tail = 10_000 * i128::from(terms.storage_mb) * tail_secs;
        let most = terms
            .prices()
            .net(self.payable + tail, terms.egress_mb.into());
        self.locked.min(most - self.charged(terms))
    }

    /// Applies a report, or returns why it cannot.
    pub fn report(
        &mut self,
        terms: &Terms,
        policy: &Policy,
        reading: &Reading,
        now: u64,
    ) -> Answer<()> {
        self.note_neglect(policy, now);
        ensure(self.takes_reports(policy, now), 3131)?;
        let stored = i128::try_from(reading.stored).unwrap_or(i128::MAX);
        let totals = (reading.through_ts, stored, reading.egress_mb);
        let same = totals == (self.through_ts, self.stored, self.egress_mb);
        ensure(!same, 3125)?;
        ensure(reading.through_ts > self.through_ts, 3126)?;
        ensure(reading.through_ts <= self.latest_ts(now), 3127)?;
        ensure(
            stored >= self.stored && reading.egress_mb >= self.egress_mb,
            3128,
        )?;
        let latency_fits = reading.latency_ms <= 3_600_000 || reading.latency_ms == NOT_MEASURED;
        let uptime_fits = reading.uptime_bps <= 10_000 || reading.uptime_bps == NOT_MEASURED;
        ensure(latency_fits && uptime_fits, 3129)?;

        let secs = reading.through_ts - self.through_ts;
        let most = i128::from(terms.storage_mb) * i128::from(secs);
        let window = (stored - self.stored).min(most);
        let credit_bps = self.judge(terms, policy, reading, secs);
        if self.strikes >= policy.critical_limit {
            self.breached_at = self.breached_at.or(Some(now));
        }
        let clipped = stored - self.stored > most || reading.egress_mb > terms.egress_mb;
        if secs >= policy.min_window_secs {
            self.clipped_in_row = if clipped { self.clipped_in_row + 1 } else { 0 };
        }
        self.stored += window;
        self.payable += window * (10_000 - credit_bps);
        self.egress_mb = reading.egress_mb.min(terms.egress_mb);
        self.rate_mb = u64::try_from(window / i128::from(secs)).expect("at most agreed");
        self.through_ts = reading.through_ts;
        self.review_grace(terms, policy, now);
        Ok(())
    }

    /// The credit of a window in basis points. Counts critical windows in a row.
    fn judge(&mut self, terms: &Terms, policy: &Policy, reading: &Reading, secs: u64) -> i128 {
        if reading.latency_ms != NOT_MEASURED {
            self.latency_ms = reading.latency_ms;
        }
        if reading.uptime_bps != NOT_MEASURED {
            self.uptime_bps = reading.uptime_bps;
        }
        let unmeasured = (reading.latency_ms, reading.uptime_bps) == (NOT_MEASURED, NOT_MEASURED);
        if unmeasured || secs < policy.min_window_secs {
            return 0;
        }
        self.measured = true;
        let sla = &policy.sla;
        let mut tier = 0;
        if reading.uptime_bps != NOT_MEASURED {
            let short = terms.uptime_bps.saturating_sub(reading.uptime_bps);
            tier = match short {
                0 => 0,
                short if short <= sla.minor_uptime_bps => 1,
                short if short <= sla.major_uptime_bps => 2,
                _ => 3,
            };
        }
        if reading.latency_ms != NOT_MEASURED && reading.latency_ms > terms.latency_ms {
            let share = u64::from(reading.latency_ms) * 10_000;
            let minor = share <= u64::from(terms.latency_ms) * u64::from(sla.minor_latency_bps);
            tier = tier.max(if minor { 1 } else { 2 });
        }
        self.strikes = if tier == 3 { self.strikes + 1 } else { 0 };
        let credits = [
            0,
            sla.minor_credit_bps,
            sla.major_credit_bps,
            sla.critical_credit_bps,
        ];
        credits[tier].into()
    }

    /// Pays what is owed, as far as there is money.
    pub fn settle(&mut self, terms: &Terms) -> Settlement {
        let owed = self.owed(terms);
        let pay = owed.min(self.locked - self.reserve(terms)).max(0);
        self.paid_total += pay;
        self.locked -= pay;
        self.settled = (self.through_ts, self.stored, self.egress_mb);
        Settlement {
            pay,
            arrears: owed - pay,
        }
    }

    /// The grace of a live deal begins while there is still money for all of it, and ends with the minimum
    /// runway.
    pub fn review_grace(&mut self, terms: &Terms, policy: &Policy, now: u64) {
        if self.is_closed() {
            return;
        }
        let available = self.locked - self.reserve(terms);
        let grace = self.owed(terms) + self.runway_cost(terms, policy.grace_runway_secs());
        self.arrears_since = match self.arrears_since {
            None if available < grace => Some(now),
            Some(_) if available >= self.clearing(terms, policy) => None,
            since => since,
        };
    }

    /// E8: what the provider may rely on was kept so far: no report came late, and the deal was not left
    /// open after its grace.
    pub fn note_neglect(&mut self, policy: &Policy, now: u64) {
        let window_secs = policy.min_window_secs.max(DAY);
        let late = now.min(self.end_ts) - self.through_ts > 2 * window_secs;
        let grace_over = |since: u64| now > since + policy.grace_secs + DAY;
        self.neglected |= !self.is_closed() && (late || self.arrears_since.is_some_and(grace_over));
    }

    /// Unreported storage: billed at the last rate, for at most the policy's silence. A provider in
    /// breach gets nothing for it.
    pub fn add_tail(&mut self, policy: &Policy) {
        if self.breached_at.is_some() {
            return;
        }
        let secs = (self.close_ts - self.through_ts).min(policy.silence_secs);
        let tail = i128::from(self.rate_mb) * i128::from(secs);
        self.stored += tail;
        self.payable += 10_000 * tail;
    }

    /// Whether anyone may close.
    pub fn is_due(&self, policy: &Policy, now: u64) -> bool {
        let passed = |since: Option<u64>, secs: u64| since.is_some_and(|since| now >= since + secs);
        now >= self.end_ts
            || passed(self.breached_at, policy.notice_secs)
            || passed(self.arrears_since, policy.grace_secs)
    }
}

impl Deal {
    /// The staged window as totals; `None` without consumption.
    pub fn staged_reading(&self, id: u32) -> Option<Reading> {
        let stage = self
            .staged()
            .filter(|stage| stage.through_ts > stage.from_ts)?;
        let secs = stage.through_ts - stage.from_ts;
        let meter = self.meter();
        Some(Reading {
            deal: id,
            stored: u128::try_from(meter.stored).expect("not negative")
                + u128::from(stage.storage_mb) * u128::from(secs),
            egress_mb: meter.egress_mb.saturating_add(stage.egress_mb),
            latency_ms: stage.latency_ms,
            uptime_bps: stage.uptime_bps,
            through_ts: stage.through_ts,
        })
    }
}

/// The code of a refusal.
pub fn code(answer: Answer<()>) -> u32 {
    match answer {
        Ok(()) => 0,
        Err(super::Refusal::Code(code)) => code,
        Err(super::Refusal::Unsigned) => unreachable!("items are not signed"),
    }
}
