//! The expected amounts: the money formulas written a second time, without any code of the
//! contracts.

use flash_interfaces::deals::Policy;

use crate::DAY;

const MONTH: i128 = 30 * DAY as i128;
const MB_PER_GB: i128 = 1_024;

/// Money per GB per month, and per GB of egress.
#[derive(Clone, Copy, Debug)]
pub struct Prices {
    pub storage: i128,
    pub egress: i128,
}

impl Prices {
    /// `charge(S, E)`: the cost of usage. `S` in MB × seconds, `E` in MB.
    pub fn charge(&self, mb_secs: i128, egress_mb: i128) -> i128 {
        mb_secs * self.storage / (MB_PER_GB * MONTH) + self.egress(egress_mb)
    }

    /// `net(U, E)`: the cost minus SLA credit. `U` in basis points × MB × seconds.
    pub fn net(&self, payable_bps: i128, egress_mb: i128) -> i128 {
        payable_bps * self.storage / (10_000 * MB_PER_GB * MONTH) + self.egress(egress_mb)
    }

    pub fn egress(&self, egress_mb: i128) -> i128 {
        egress_mb * self.egress / MB_PER_GB
    }
}

/// The terms of a deal that determine money.
#[derive(Clone, Debug)]
pub struct Agreed {
    pub prices: Prices,
    pub storage_mb: i128,
    pub egress_mb: i128,
    pub duration_secs: i128,
    pub fee_bps: i128,
    pub min_runway_secs: i128,
    pub min_fund: i128,
}

impl Agreed {
    pub fn new(
        prices: Prices,
        storage_mb: u64,
        egress_mb: u64,
        secs: u64,
        policy: &Policy,
    ) -> Self {
        Self {
            prices,
            storage_mb: storage_mb.into(),
            egress_mb: egress_mb.into(),
            duration_secs: secs.into(),
            fee_bps: policy.fee_bps.into(),
            min_runway_secs: policy.min_runway_secs.into(),
            min_fund: policy.min_fund,
        }
    }

    /// The maximum cost of the deal.
    pub fn quote(&self) -> i128 {
        let whole = self.storage_mb * self.duration_secs;
        self.prices.charge(whole, self.egress_mb)
    }

    /// The minimum first deposit.
    pub fn min_fund(&self) -> i128 {
        let secs = self.min_runway_secs.min(self.duration_secs);
        let usage = self.prices.charge(self.storage_mb * secs, self.egress_mb);
        usage.max(self.min_fund)
    }

    /// The platform's fee on what was paid.
    pub fn fee(&self, paid_total: i128) -> i128 {
        paid_total * self.fee_bps / 10_000
    }

    /// The provider's part of what was paid.
    pub fn earned(&self, paid_total: i128) -> i128 {
        paid_total - self.fee(paid_total)
    }

    pub fn bill(&self) -> Bill<'_> {
        Bill {
            agreed: self,
            stored: 0,
            payable: 0,
            egress_mb: 0,
        }
    }
}

/// The usage of a deal, window by window.
#[derive(Clone, Debug)]
pub struct Bill<'a> {
    agreed: &'a Agreed,
    /// S
    pub stored: i128,
    /// U
    pub payable: i128,
    /// E
    pub egress_mb: i128,
}

impl Bill<'_> {
    /// Adds a window: its seconds, average MB stored, and SLA credit.
    pub fn window(&mut self, secs: u64, storage_mb: u64, egress_mb: u64, credit_bps: i128) {
        let stored = i128::from(storage_mb) * i128::from(secs);
        self.stored += stored;
        self.payable += stored * (10_000 - credit_bps);
        self.egress_mb += i128::from(egress_mb);
    }

    /// The cost of all usage, minus credit.
    pub fn charged(&self) -> i128 {
        self.agreed.prices.net(self.payable, self.egress_mb)
    }

    /// SLA credit.
    pub fn credited(&self) -> i128 {
        self.agreed.prices.charge(self.stored, self.egress_mb) - self.charged()
    }

    /// The reserve for agreed egress that is not used yet.
    pub fn reserve(&self) -> i128 {
        let prices = &self.agreed.prices;
        prices.egress(self.agreed.egress_mb) - prices.egress(self.egress_mb)
    }

    /// The holdback: the most that the unreported tail can still cost, at most what is locked.
    pub fn holdback(&self, tail_secs: u64, locked: i128) -> i128 {
        let tail = self.agreed.storage_mb * i128::from(tail_secs) * 10_000;
        let most = self
            .agreed
            .prices
            .net(self.payable + tail, self.agreed.egress_mb);
        (most - self.charged()).min(locked)
    }

    /// The amount that the consumer must leave in the deal, far from its end, if this many seconds are
    /// unreported.
    pub fn must_keep(&self, paid_total: i128, unreported_secs: u64) -> i128 {
        let secs = i128::from(unreported_secs) + self.agreed.min_runway_secs;
        let payable = self.payable + 10_000 * self.agreed.storage_mb * secs;
        let with_runway = self.agreed.prices.net(payable, self.egress_mb);
        with_runway - paid_total + self.reserve()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{deploy::default_policy, GB, USD};

    /// 100 GB for 30 days at 0.02 USD, 50 GB of egress at 0.01 USD.
    fn agreed() -> Agreed {
        let prices = Prices {
            storage: USD / 50,
            egress: USD / 100,
        };
        Agreed::new(prices, 100 * GB, 50 * GB, 30 * DAY, &default_policy())
    }

    #[test]
    fn amounts_worked_out_by_hand() {
        let agreed = agreed();
        assert_eq!(agreed.quote(), 2_5000000);
        // A week of storage costs 7/15 USD and the egress 0.50 USD, so the policy's minimum applies.
        assert_eq!(agreed.min_fund(), USD);
        let mut bill = agreed.bill();
        bill.window(15 * DAY, 50 * GB, 10 * GB, 0);
        assert_eq!(bill.charged(), 5000000 + 1000000);
        assert_eq!(bill.reserve(), 4000000);
        bill.window(15 * DAY, 100 * GB, 0, 2_500);
        assert_eq!(bill.charged(), 6000000 + 7500000);
        assert_eq!(bill.credited(), 2500000);
        assert_eq!(agreed.fee(bill.charged()), 270000);
        assert_eq!(agreed.earned(bill.charged()), 13230000);
        assert_eq!(bill.holdback(3 * DAY, 10 * USD), 2000000 + 4000000);
        assert_eq!(bill.holdback(3 * DAY, 5), 5);
    }

    #[test]
    fn fractions_are_dropped_once_and_from_the_total() {
        let agreed = agreed();
        let mut bill = agreed.bill();
        // One MB for a second costs far less than one stroop; a month of it does not.
        bill.window(1, 1, 0, 0);
        assert_eq!(bill.charged(), 0);
        for _ in 0..1_000 {
            bill.window(30 * DAY / 1_000, 1, 0, 0);
        }
        assert_eq!(bill.charged(), 200_000 / 1_024);
    }
}
