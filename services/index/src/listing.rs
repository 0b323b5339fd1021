//! Listings: what the search compares, derived from buckets and their providers.

use crate::{
    migrations,
    rows::{Bucket, Listing, Provider},
    table::{load, upsert},
    words::words,
};
use anyhow::Result;
use flash_base::db::Db;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// How many buckets are listed at a time.
const CHUNK: i64 = 5_000;
const MB_PER_GB: i64 = 1_024;

/// Bits of `listings.features`, with the names of the API.
pub const FEATURES: [(&str, i64); 5] = [
    ("versioning", 1),
    ("encryption_at_rest", 2),
    ("encryption_in_transit", 4),
    ("object_locking", 8),
    ("auto_accept", 16),
];

/// Opens the index's database; creates it if missing.
///
/// # Errors
/// It cannot be opened, or belongs to a newer version of this program.
pub async fn open(url: &str) -> Result<Db> {
    let db = Db::open_replica(url, migrations(url)).await?;
    let mut write = db.write().await?;
    list_missing(write.connection()).await?;
    write.commit().await?;
    Ok(db)
}

/// Creates missing listings: after a rebuild, and in a database older than listings.
///
/// # Errors
/// The database's.
pub async fn list_missing(to: &mut AnyConnection) -> Result<()> {
    let missing = format!(
        "SELECT b.bucket_id FROM buckets b LEFT JOIN listings l ON l.bucket_id = b.bucket_id
         WHERE l.bucket_id IS NULL ORDER BY b.bucket_id LIMIT {CHUNK}"
    );
    loop {
        let ids: Vec<i64> = sqlx::query_scalar(&missing).fetch_all(&mut *to).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let buckets: Vec<Bucket> = load(to, "bucket_id", &ids).await?;
        list(to, &buckets).await?;
    }
}

/// Writes the listings of these buckets, which equal those in the tables.
///
/// # Errors
/// The database's.
pub async fn list<'b>(
    to: &mut AnyConnection,
    buckets: impl IntoIterator<Item = &'b Bucket>,
) -> Result<()> {
    let buckets: Vec<_> = buckets.into_iter().collect();
    let addresses: BTreeSet<_> = buckets
        .iter()
        .map(|bucket| bucket.provider.clone())
        .collect();
    let providers: Vec<Provider> = load(to, "address", &Vec::from_iter(addresses)).await?;
    let providers: BTreeMap<_, _> = providers
        .iter()
        .map(|provider| (&*provider.address, provider))
        .collect();
    let listings: Vec<_> = buckets
        .into_iter()
        .map(|bucket| Listing::of(bucket, providers.get(&*bucket.provider).copied()))
        .collect();
    upsert(to, &listings).await
}

/// The providers whose name or score differs from the tables. Their buckets need new listings once
/// they are written.
///
/// # Errors
/// The database's.
pub async fn changed_providers(
    from: &mut AnyConnection,
    providers: &[&Provider],
) -> Result<Vec<String>> {
    let addresses: Vec<_> = providers
        .iter()
        .map(|provider| provider.address.clone())
        .collect();
    let stored: Vec<Provider> = load(from, "address", &addresses).await?;
    let shown = |provider: &Provider| (provider.description.clone(), provider.reputation);
    let stored: BTreeMap<_, _> = stored
        .iter()
        .map(|provider| (&*provider.address, shown(provider)))
        .collect();
    let changed = providers
        .iter()
        .filter(|provider| stored.get(&*provider.address) != Some(&shown(provider)));
    Ok(changed.map(|provider| provider.address.clone()).collect())
}

/// The free capacity of a bucket, in MB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// One deal takes the whole bucket.
    pub exclusive: bool,
    /// `i64::MAX` if the bucket is exclusive and free.
    pub storage_mb: i64,
    pub egress_mb: i64,
}

impl Capacity {
    pub fn of(bucket: &Bucket) -> Self {
        let exclusive = bucket.max_storage_gb == 0 && bucket.max_egress_gb == 0;
        let taken = bucket.reserved_storage_mb > 0 || bucket.reserved_egress_mb > 0;
        let left = |max_gb: i64, reserved_mb: i64| match (exclusive, taken) {
            (true, true) => 0,
            (true, false) => i64::MAX,
            (false, _) => max_gb
                .saturating_mul(MB_PER_GB)
                .saturating_sub(reserved_mb)
                .max(0),
        };
        Self {
            exclusive,
            storage_mb: left(bucket.max_storage_gb, bucket.reserved_storage_mb),
            egress_mb: left(bucket.max_egress_gb, bucket.reserved_egress_mb),
        }
    }
}

impl Bucket {
    /// `tags` is a JSON array of texts.
    pub fn tag_list(&self) -> Vec<String> {
        serde_json::from_str(&self.tags).unwrap_or_default()
    }
}

/// The feature bits of a bucket.
pub fn features(bucket: &Bucket) -> i64 {
    let has = [
        bucket.versioning,
        bucket.encryption_at_rest,
        bucket.encryption_in_transit,
        bucket.object_locking,
        bucket.auto_accept,
    ];
    let bits = FEATURES.iter().zip(has).filter(|(_, has)| *has != 0);
    bits.map(|((_, bit), _)| bit).sum()
}

impl Listing {
    fn of(bucket: &Bucket, provider: Option<&Provider>) -> Self {
        let left = Capacity::of(bucket);
        let name = provider.map_or("", |provider| &provider.description);
        let texts = [
            &*bucket.name,
            &bucket.region,
            &bucket.country,
            &bucket.api,
            &bucket.external_id,
            name,
        ];
        let tags = bucket.tag_list();
        let texts = texts.into_iter().chain(tags.iter().map(String::as_str));
        let all: BTreeSet<_> = texts.flat_map(words).collect();
        Self {
            bucket_id: bucket.bucket_id,
            status: bucket.status.clone(),
            price_storage: bucket.price_storage,
            price_egress: bucket.price_egress,
            left_storage_mb: left.storage_mb,
            left_egress_mb: left.egress_mb,
            sla_latency_ms: bucket.sla_latency_ms,
            sla_uptime_bps: bucket.sla_uptime_bps,
            reputation: provider.map_or(0, |provider| provider.reputation),
            features: features(bucket),
            exclusive: left.exclusive.into(),
            locked: bucket.locked,
            region: bucket.region.to_lowercase(),
            country: bucket.country.to_lowercase(),
            api: bucket.api.to_lowercase(),
            provider: bucket.provider.clone(),
            words: Vec::from_iter(all).join(" "),
        }
    }
}
