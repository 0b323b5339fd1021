//! Requests of one address: a token bucket each.

use super::address::network_of;
use governor::{clock::Clock, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{net::IpAddr, num::NonZeroU32};

/// Addresses that are remembered before the idle ones are forgotten.
const MANY_ADDRESSES: usize = 10_000;

pub struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    pub per_sec: NonZeroU32,
}

impl RateLimit {
    /// So many requests in the long run, and at once.
    pub fn new(per_sec: NonZeroU32, burst: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_sec).allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota),
            per_sec,
        }
    }

    /// # Errors
    /// Seconds after which this client may ask again.
    pub fn check(&self, client: IpAddr) -> Result<(), u64> {
        if self.limiter.len() > MANY_ADDRESSES {
            self.limiter.retain_recent();
        }
        self.limiter
            .check_key(&network_of(client))
            .map_err(|until| {
                let wait = until.wait_time_from(self.limiter.clock().now());
                wait.as_secs().saturating_add(1)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_then_that_client_waits_alone() {
        let limit = RateLimit::new(NonZeroU32::MIN, NonZeroU32::new(2).unwrap());
        let (first, second) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        assert!(limit.check(first).is_ok() && limit.check(first).is_ok());
        assert_eq!(limit.check(first), Err(1));
        assert!(limit.check(second).is_ok());
    }
}
