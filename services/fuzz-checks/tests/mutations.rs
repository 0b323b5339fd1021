//! Each check with inputs that are changed at random, FUZZ_SECS seconds each (5; 60 where CI is set). A seed plays
//! the same inputs again; a finding prints its own. `make fuzz` does the same with coverage, and for longer.

use flash_client::codec::XDR_LIMITS;
use flash_fuzz_checks::{event_stream, log_line, push_body};
use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    time::{Duration, Instant},
};
use stellar_xdr::{ReadXdr, ScVal};

const LOG: &str = include_str!("../../oracle/tests/fixtures/s3-access.log");
/// What the fuzzers look for in lines and bodies.
const WORDS: [&[u8]; 16] = [
    b"\0",
    b"\"",
    b" HTTP/1.1\"",
    b"-",
    b"[",
    b"]",
    b"\n",
    b"%252F",
    b"%2F",
    b"18446744073709551615",
    b"-9223372036854775808",
    b"REST.GET.OBJECT",
    b"S3.EXPIRE.OBJECT",
    b"\xff",
    b"[06/Feb/2019:23:59:60 +0000]",
    b"{\"timestamp\":",
];
const BODIES: [&str; 4] = [
    r#"{"timestamp": 1764000000000, "repoId": "r-1", "bucketId": "b-1", "upl_bytes": 0, "dwl_bytes": 1048576, "size_change": -5, "latency_ms": 12, "host": "node-1", "seq": 7}"#,
    r#"[{"timestamp": "2025-11-24T16:00:00Z", "repoId": "r", "bucketId": "b", "host": "h"}, {"timestamp": 1, "x": [[]]}]"#,
    "{\"nodeId\": \"n\", \"bucketId\": \"b\", \"nodeStatus\": \"online\", \"lastUpdated\": 1764000000000, \"latency_ms\": 3}\n{}\n",
    "{\n\"timestamp\": 1764000000000,\n\"repoId\": \"r\", \"bucketId\": \"b\", \"host\": \"h\"}",
];

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 1).unwrap() % limit.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// Some of a seed's bytes are removed, repeated, replaced, or give way to a word.
    fn mutate(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut input = seed.to_vec();
        for _ in 0..self.below(6) {
            let at = self.below(input.len() + 1);
            let end = (at + self.below(12)).min(input.len());
            let with = match self.below(4) {
                0 => vec![],
                1 => input[at..end].repeat(2),
                2 => vec![u8::try_from(self.below(256)).unwrap()],
                _ => self.pick(&WORDS).to_vec(),
            };
            input.splice(at..end, with);
        }
        input
    }

    fn bytes(&mut self) -> Vec<u8> {
        let count = self.below(1_500);
        (0..count).map(|_| self.next().to_le_bytes()[3]).collect()
    }
}

fn fuzz(name: &str, check: fn(&[u8]), mut input: impl FnMut(&mut Random) -> Vec<u8>) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let default = if std::env::var_os("CI").is_some() {
        60
    } else {
        5
    };
    let time = Duration::from_secs(number("FUZZ_SECS").unwrap_or(default));
    let mut random = Random(number("FUZZ_SEED").unwrap_or(1));
    let (begun, mut inputs) = (Instant::now(), 0_u64);
    while begun.elapsed() < time {
        let input = input(&mut random);
        let checked = catch_unwind(AssertUnwindSafe(|| check(&input)));
        assert!(checked.is_ok(), "{name}: {}", input.escape_ascii());
        inputs += 1;
    }
    println!(
        "{name}: {inputs} inputs in {} s, no finding",
        time.as_secs()
    );
}

#[test]
fn a_log_line() {
    let lines: Vec<&str> = LOG.lines().collect();
    fuzz("log_line", log_line, |random| {
        let line = random.pick(&lines);
        random.mutate(line.as_bytes())
    });
}

#[test]
fn a_push_body() {
    fuzz("push_body", push_body, |random| {
        let body = random.pick(&BODIES);
        random.mutate(body.as_bytes())
    });
}

#[test]
fn an_event_stream() {
    fuzz("event_stream", event_stream, Random::bytes);
}

/// Each level takes twelve bytes, and reading it used to take a piece of the stack.
#[test]
fn a_value_nested_a_hundred_thousand_times_is_refused() {
    let vector_of_one = [0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 1];
    let nested = [&vector_of_one[..]].concat().repeat(100_000);
    let read = <ScVal as ReadXdr>::from_xdr(nested, XDR_LIMITS);
    assert!(matches!(read, Err(stellar_xdr::Error::DepthLimitExceeded)));
}
