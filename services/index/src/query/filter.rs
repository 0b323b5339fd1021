//! Filters and order of buckets, as SQL conditions on `listings`.

use super::select::Select;

/// The filters of a search.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words in lower case, of letters and digits. Each must be the prefix of a word of the bucket.
    pub words: Vec<String>,
    pub region: Option<String>,
    pub country: Option<String>,
    pub api: Option<String>,
    pub max_storage_price: Option<u64>,
    pub max_egress_price: Option<u64>,
    pub min_uptime_bps: Option<u32>,
    pub max_latency_ms: Option<u32>,
    pub min_capacity_gb: Option<u64>,
    pub min_reputation: Option<u32>,
    /// Bits of `listing::FEATURES`, all of which are required.
    pub features: i64,
    /// `None` for any.
    pub status: Option<&'static str>,
    pub provider: Option<String>,
}

const MB_PER_GB: u64 = 1_024;

/// An index of SQLite's FTS5 and one of PostgreSQL: `migrations/*/0003_words.sql`.
const WORDS_SQLITE: &str =
    "l.bucket_id IN (SELECT rowid FROM listing_words WHERE listing_words MATCH ?)";
const WORDS_POSTGRESQL: &str =
    "array_to_tsvector(string_to_array(l.words, ' ')) @@ CAST(? AS tsquery)";

impl Filter {
    pub(super) fn narrow(&self, select: &mut Select, sqlite: bool) {
        let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        if !self.words.is_empty() {
            let begin = |word: &String| match sqlite {
                true => format!("\"{word}\"*"),
                false => format!("'{word}':*"),
            };
            let words: Vec<_> = self.words.iter().map(begin).collect();
            match sqlite {
                true => select.and(WORDS_SQLITE, words.join(" AND ")),
                false => select.and(WORDS_POSTGRESQL, words.join(" & ")),
            }
        }
        if self.features != 0 {
            let features = self.features;
            select.and(&format!("(l.features & {features}) = ?"), features);
        }
        let capacity_mb = self.min_capacity_gb.map(|gb| gb.saturating_mul(MB_PER_GB));
        select.and_some("l.status = ?", self.status);
        select.and_some("l.provider = ?", self.provider.as_deref());
        select.and_some("l.region = ?", lower(&self.region));
        select.and_some("l.country = ?", lower(&self.country));
        select.and_some("l.api = ?", lower(&self.api));
        select.and_some("l.price_storage <= ?", self.max_storage_price);
        select.and_some("l.price_egress <= ?", self.max_egress_price);
        select.and_some("l.sla_uptime_bps >= ?", self.min_uptime_bps);
        select.and_some("l.sla_latency_ms <= ?", self.max_latency_ms);
        select.and_some("l.left_storage_mb >= ?", capacity_mb);
        select.and_some("l.reputation >= ?", self.min_reputation);
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Sort {
    StoragePrice,
    EgressPrice,
    Reputation,
    Capacity,
    #[default]
    Newest,
}

impl Sort {
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::StoragePrice => "l.price_storage",
            Self::EgressPrice => "l.price_egress",
            Self::Reputation => "l.reputation",
            Self::Capacity => "l.left_storage_mb",
            Self::Newest => "l.bucket_id",
        }
    }
}
