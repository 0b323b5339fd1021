//! Whose request it is.

use axum::http::HeaderMap;
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicBool, Ordering},
};

const FORWARDED: &str = "x-forwarded-for";

/// The client of a request, in its extensions. An IPv6 customer has a whole /64 and is one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The client behind `trusted_hops` proxies. Each appends the address that it saw to `X-Forwarded-For`;
/// what stands before those is the client's own claim. Without a readable entry there, it is the peer.
pub fn client_address(headers: &HeaderMap, peer: IpAddr, trusted_hops: usize) -> IpAddr {
    static WARNED: AtomicBool = AtomicBool::new(false);
    let Some(hop) = trusted_hops.checked_sub(1) else {
        if headers.contains_key(FORWARDED) {
            ignored(&WARNED, "requests come through a proxy, and http.trusted_hops is 0: all its clients share one limit");
        }
        return peer;
    };
    let lines = headers.get_all(FORWARDED).iter();
    let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
    let mut entries = lines.iter().flat_map(|line| line.split(',')).rev();
    entries.nth(hop).and_then(parse).unwrap_or_else(|| {
        ignored(&WARNED, "X-Forwarded-For has no readable address for http.trusted_hops: the peer's address counts");
        peer
    })
}

/// Counts each, and warns of the first.
fn ignored(warned: &AtomicBool, warning: &str) {
    metrics::counter!("daemon_forwarded_ignored_total").increment(1);
    if !warned.swap(true, Ordering::Relaxed) {
        tracing::warn!("{warning}");
    }
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn parse(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim().trim_matches('"');
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bare.unwrap_or(entry).parse::<IpAddr>().ok();
    let address = address.or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

/// What one customer has: an IPv4 address or an IPv6 /64.
pub(super) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn client(forwarded: &[&str], trusted_hops: usize) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, line.parse().unwrap());
        }
        client_address(&headers, PEER, trusted_hops).to_string()
    }

    #[test]
    fn an_address_is_read_with_port_and_brackets() {
        for (entry, address) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(client(&["198.51.100.9", entry], 1), address);
        }
    }

    #[test]
    fn only_what_trusted_proxies_appended_is_believed() {
        let chain = ["198.51.100.9, 192.0.2.1", "10.0.0.7"];
        assert_eq!(client(&chain, 0), "127.0.0.1");
        assert_eq!(client(&chain, 1), "10.0.0.7");
        assert_eq!(client(&chain, 2), "192.0.2.1");
        // Whoever comes around the outer proxy does not choose an address.
        assert_eq!(client(&["10.0.0.7"], 2), "127.0.0.1");
        assert_eq!(client(&["192.0.2.1, unknown"], 1), "127.0.0.1");
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        let network = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
    }
}
