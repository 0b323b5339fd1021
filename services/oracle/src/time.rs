//! The wall clock, and times as text.

pub use flash_base::clock::now_ms;
use time::{format_description::well_known::Rfc3339, OffsetDateTime};

/// `2026-11-25T15:48:08Z` or with an offset, as milliseconds since 1970. A leap second counts as the one
/// before it.
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let mut usual = text.to_owned();
    // `2016-12-31T23:59` has 16 bytes.
    if usual.get(16..19) == Some(":60") {
        usual.replace_range(16..19, ":59");
    }
    let time = OffsetDateTime::parse(&usual, &Rfc3339).ok()?;
    u64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}
