//! The policies of these worlds as plain numbers.

use crate::{DAY, HOUR, USD};

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sla {
    pub minor_uptime_bps: u32,
    pub minor_latency_bps: u32,
    pub major_uptime_bps: u32,
    pub minor_credit_bps: u32,
    pub major_credit_bps: u32,
    pub critical_credit_bps: u32,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    pub accept_window_secs: u64,
    pub fund_window_secs: u64,
    pub notice_secs: u64,
    pub grace_secs: u64,
    pub final_window_secs: u64,
    pub silence_secs: u64,
    pub min_runway_secs: u64,
    pub min_fund: i128,
    pub min_window_secs: u64,
    pub critical_limit: u32,
    pub fee_bps: u32,
    pub sla: Sla,
}

impl Policy {
    /// What must be paid for when the grace begins.
    pub fn grace_runway_secs(&self) -> u64 {
        self.grace_secs + 3 * self.min_window_secs.max(DAY)
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyKind {
    /// The first policy in production.
    Default,
    /// Every value at its lower bound.
    Least,
    /// Every value at its upper bound.
    Most,
    /// Unusual values: thirds of days and an odd fee.
    Odd,
    /// The n-th value just below (true) or above its bound.
    Broken(u8, bool),
}

pub fn policy(kind: PolicyKind) -> Policy {
    match kind {
        PolicyKind::Default => default(),
        PolicyKind::Least => least(),
        PolicyKind::Most => most(),
        PolicyKind::Odd => Policy {
            notice_secs: 26 * HOUR,
            silence_secs: 32 * HOUR,
            grace_secs: 40 * HOUR,
            min_runway_secs: 500_003,
            min_fund: 3,
            min_window_secs: 2 * HOUR,
            critical_limit: 2,
            fee_bps: 333,
            ..default()
        },
        PolicyKind::Broken(nth, below) => broken(nth, below),
    }
}

/// Whether every value is within the limits of the design.
pub fn in_bounds(p: &Policy) -> bool {
    let (low, high) = (least(), most());
    let within = |value: u64, a: u64, b: u64| a <= value && value <= b;
    let s = &p.sla;
    within(
        p.accept_window_secs,
        low.accept_window_secs,
        high.accept_window_secs,
    ) && within(
        p.fund_window_secs,
        low.fund_window_secs,
        high.fund_window_secs,
    ) && within(p.notice_secs, low.notice_secs, high.notice_secs)
        && within(p.grace_secs, low.grace_secs, high.grace_secs)
        && within(
            p.final_window_secs,
            low.final_window_secs,
            high.final_window_secs,
        )
        && within(p.silence_secs, low.silence_secs, high.silence_secs)
        && p.silence_secs <= p.grace_runway_secs()
        && within(
            p.min_runway_secs,
            p.grace_runway_secs() + p.min_window_secs.max(DAY),
            60 * DAY,
        )
        && within(p.min_window_secs, low.min_window_secs, high.min_window_secs)
        && p.min_fund >= low.min_fund
        && p.min_fund <= high.min_fund
        && p.critical_limit >= low.critical_limit
        && p.critical_limit <= high.critical_limit
        && p.fee_bps <= high.fee_bps
        && s.minor_credit_bps <= s.major_credit_bps
        && s.major_credit_bps <= s.critical_credit_bps
        && s.critical_credit_bps <= 10_000
}

fn default() -> Policy {
    Policy {
        accept_window_secs: 3 * DAY,
        fund_window_secs: 3 * DAY,
        notice_secs: 7 * DAY,
        grace_secs: 3 * DAY,
        final_window_secs: 3 * DAY,
        silence_secs: 3 * DAY,
        min_runway_secs: 7 * DAY,
        min_fund: USD,
        min_window_secs: 12 * HOUR,
        critical_limit: 3,
        fee_bps: 200,
        sla: Sla {
            minor_uptime_bps: 90,
            minor_latency_bps: 12_000,
            major_uptime_bps: 490,
            minor_credit_bps: 1_000,
            major_credit_bps: 2_500,
            critical_credit_bps: 10_000,
        },
    }
}

fn least() -> Policy {
    Policy {
        accept_window_secs: HOUR,
        fund_window_secs: HOUR,
        notice_secs: DAY,
        grace_secs: DAY,
        final_window_secs: 12 * HOUR,
        silence_secs: DAY,
        min_runway_secs: 5 * DAY,
        min_fund: 0,
        min_window_secs: HOUR,
        critical_limit: 2,
        fee_bps: 0,
        sla: Sla {
            minor_credit_bps: 0,
            major_credit_bps: 0,
            critical_credit_bps: 0,
            ..default().sla
        },
    }
}

fn most() -> Policy {
    Policy {
        accept_window_secs: 14 * DAY,
        fund_window_secs: 14 * DAY,
        notice_secs: 14 * DAY,
        grace_secs: 14 * DAY,
        final_window_secs: 5 * DAY,
        silence_secs: 14 * DAY,
        min_runway_secs: 60 * DAY,
        min_fund: 100 * USD,
        min_window_secs: 7 * DAY,
        critical_limit: 30,
        fee_bps: 1_000,
        sla: Sla {
            minor_credit_bps: 10_000,
            major_credit_bps: 10_000,
            critical_credit_bps: 10_000,
            ..default().sla
        },
    }
}

/// One value out of its bounds. Values that start at 0 cannot be too low.
fn broken(nth: u8, below: bool) -> Policy {
    let off = |policy: Policy| {
        let by = |value: u64| if below { value - 1 } else { value + 1 };
        let mut p = default();
        match nth % 11 {
            0 => p.accept_window_secs = by(policy.accept_window_secs),
            1 => p.fund_window_secs = by(policy.fund_window_secs),
            2 => p.notice_secs = by(policy.notice_secs),
            3 => p.grace_secs = by(policy.grace_secs),
            4 => p.final_window_secs = by(policy.final_window_secs),
            5 => p.silence_secs = by(policy.silence_secs),
            6 => p.min_runway_secs = by(policy.min_runway_secs),
            7 => p.min_fund = if below { -1 } else { policy.min_fund + 1 },
            8 => p.min_window_secs = by(policy.min_window_secs),
            9 => p.critical_limit = if below { 1 } else { 31 },
            _ if below => p.sla.minor_credit_bps = p.sla.major_credit_bps + 1,
            _ => p.fee_bps = 1_001,
        }
        p
    };
    off(if below { least() } else { most() })
}
