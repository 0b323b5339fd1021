//! Requests per address: a token bucket each.

use super::{error::ApiError, Shared};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{clock::Clock, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
};

/// Addresses that are remembered before the idle ones are forgotten.
const MANY_ADDRESSES: usize = 10_000;

pub struct Limits {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    per_sec: NonZeroU32,
    behind_proxy: bool,
}

impl Limits {
    pub fn new(per_sec: NonZeroU32, burst: NonZeroU32, behind_proxy: bool) -> Self {
        let quota = Quota::per_second(per_sec).allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota),
            per_sec,
            behind_proxy,
        }
    }

    fn check(&self, from: IpAddr) -> Result<(), ApiError> {
        if self.limiter.len() > MANY_ADDRESSES {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&network_of(from)).map_err(|until| {
            let wait = until.wait_time_from(self.limiter.clock().now());
            let secs = wait.as_secs().saturating_add(1);
            ApiError::too_many(secs, format!("{} a second", self.per_sec))
        })
    }
}

/// An IPv6 customer has a whole /64.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// Behind a proxy, the address that the proxy saw: it appends to `X-Forwarded-For`, so what is
/// before the last comma is the client's own claim.
fn client_of(headers: &HeaderMap, peer: IpAddr, behind_proxy: bool) -> IpAddr {
    if !behind_proxy {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
    last.and_then(|text| text.trim().parse().ok())
        .unwrap_or(peer)
}

pub async fn limit(
    State(shared): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let limits = &shared.limits;
    let from = client_of(request.headers(), peer.ip(), limits.behind_proxy);
    match limits.check(from) {
        Ok(()) => next.run(request).await,
        Err(error) => {
            metrics::counter!("index_api_refused_total").increment(1);
            error.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: NonZeroU32 = NonZeroU32::new(2).unwrap();

    #[test]
    fn a_burst_is_taken_and_then_the_address_waits_alone() {
        let limits = Limits::new(NonZeroU32::MIN, TWO, false);
        let (one, other) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        assert!(limits.check(one).is_ok() && limits.check(one).is_ok());
        assert!(limits.check(one).is_err());
        assert!(limits.check(other).is_ok());
    }

    #[test]
    fn a_v6_network_counts_as_one_address() {
        let limits = Limits::new(NonZeroU32::MIN, NonZeroU32::MIN, false);
        assert!(limits.check("2001:db8::1".parse().unwrap()).is_ok());
        assert!(limits.check("2001:db8::2".parse().unwrap()).is_err());
        assert!(limits.check("2001:db8:0:1::1".parse().unwrap()).is_ok());
    }

    #[test]
    fn only_what_the_proxy_appended_is_believed() {
        let peer = [127, 0, 0, 1].into();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.1.1.1, 2.2.2.2".parse().unwrap());
        assert_eq!(client_of(&headers, peer, false), peer);
        assert_eq!(client_of(&headers, peer, true), IpAddr::from([2, 2, 2, 2]));
        headers.insert("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(client_of(&headers, peer, true), peer);
    }
}
