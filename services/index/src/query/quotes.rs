//! What a wish costs at every bucket.

use super::{
    bucket::{bucket, COLUMNS},
    row::Row,
    select::{Select, Value},
    Filter, Reads, Result,
};
use crate::answers::{Bucket, BucketStatus, Quote, Quotes, Stroops, Wish};
use flash_money::{
    mb_secs,
    units::{MAX_MONEY, MB_PER_GB, SECS_PER_MONTH},
    Agreed, Prices,
};

pub struct QuoteQuery {
    pub filter: Filter,
    /// In whole GB and whole months.
    pub wish: Agreed,
    pub months: u64,
    pub limit: usize,
}

/// The cost in double precision: exact for whole GB and months up to 2^53 stroops, as long as which two
/// are the same. What is shown is computed by the contract's formula.
const COST: &str = "(CAST(l.price_storage AS DOUBLE PRECISION) * ?
    + CAST(l.price_egress AS DOUBLE PRECISION) * ?)";

impl QuoteQuery {
    /// The buckets to show: those first that would take the wish, the cheapest first.
    #[allow(clippy::cast_precision_loss, reason = "exact below 2^53")]
    fn cheapest(&self, sqlite: bool) -> Select {
        let wish = &self.wish;
        let gb_months = (wish.storage_mb / MB_PER_GB) * (wish.duration_secs / SECS_PER_MONTH);
        let factors = [gb_months, wish.egress_mb / MB_PER_GB];
        let factors = factors.map(|factor| Value::Real(factor as f64));
        let sql = format!(
            "SELECT l.bucket_id, {COST} AS cost, CASE WHEN l.status <> 'active' OR l.locked <> 0
                OR (l.exclusive <> 0 AND l.left_storage_mb = 0) OR l.left_storage_mb < ?
                OR l.left_egress_mb < ? OR {COST} > ? THEN 1 ELSE 0 END AS refused
             FROM listings l"
        );
        let [storage, egress] = factors.clone();
        let capacity = [wish.storage_mb.into(), wish.egress_mb.into()];
        let most = Value::Real(MAX_MONEY as f64);
        let values = factors.into_iter().chain(capacity);
        let mut select = Select::with(&sql, values.chain([storage, egress, most]));
        self.filter.narrow(&mut select, sqlite);
        select.first("refused, cost, bucket_id", self.limit);
        select.sql = format!(
            "SELECT {COLUMNS} FROM ({}) l JOIN buckets b ON b.bucket_id = l.bucket_id
             LEFT JOIN providers p ON p.address = b.provider",
            select.sql
        );
        select
    }

    fn quote(&self, row: &Row, policy: &super::policy::Policy) -> anyhow::Result<Option<Quote>> {
        let locked = row.is("locked")?;
        let bucket = bucket(row)?;
        let prices = Prices {
            storage: row.number("price_storage")?,
            egress: row.number("price_egress")?,
        };
        let cost = Cost::of(&self.wish, &prices, policy);
        Ok(cost.map(|cost| {
            let reasons = refusals(&bucket, locked, &self.wish, &cost);
            Quote {
                bucket,
                total_stroops: Stroops(cost.total),
                storage_stroops: Stroops(cost.storage),
                egress_stroops: Stroops(cost.egress),
                per_month_stroops: Stroops(cost.total / i128::from(self.months.max(1))),
                min_fund_stroops: Stroops(cost.min_fund),
                fits: reasons.is_empty(),
                reasons: reasons.into_iter().map(str::to_owned).collect(),
            }
        }))
    }
}

/// What a wish costs at a bucket, its parts apart.
struct Cost {
    total: i128,
    storage: i128,
    egress: i128,
    min_fund: i128,
}

impl Cost {
    fn of(wish: &Agreed, prices: &Prices, policy: &super::policy::Policy) -> Option<Self> {
        Some(Self {
            total: prices.quote(wish)?,
            storage: prices.storage_cost(mb_secs(wish.storage_mb, wish.duration_secs)?)?,
            egress: prices.egress_cost(wish.egress_mb)?,
            min_fund: prices.min_fund(wish, policy.min_runway_secs, policy.min_fund)?,
        })
    }
}

impl Reads {
    pub async fn quotes(&self, query: QuoteQuery) -> Result<Quotes> {
        let policy = self.policy_in_force().await?;
        let mut count = Select::new("SELECT COUNT(*) AS matching FROM listings l");
        query.filter.narrow(&mut count, self.is_sqlite());
        let cheapest = query.cheapest(self.is_sqlite());
        let (rows, count) = tokio::try_join!(self.rows(cheapest.query()), self.row(count.query()))?;
        let items: anyhow::Result<Vec<Option<Quote>>> =
            rows.iter().map(|row| query.quote(row, &policy)).collect();
        let mut items: Vec<_> = items?.into_iter().flatten().collect();
        items.sort_by_key(|item| (!item.fits, item.total_stroops, item.bucket.bucket_id));
        let wish = &query.wish;
        Ok(Quotes {
            wish: Wish {
                storage_mb: wish.storage_mb,
                egress_mb: wish.egress_mb,
                duration_secs: wish.duration_secs,
                policy_version: policy.version,
                fee_bps: policy.fee_bps,
            },
            items,
            matching: count.map_or(Ok(0), |row| row.number("matching"))?,
        })
    }
}

/// Why the contract would not take the deal now. `locked`: by the provider.
fn refusals(bucket: &Bucket, locked: bool, wish: &Agreed, cost: &Cost) -> Vec<&'static str> {
    let less = |left_mb: Option<u64>, wanted_mb| left_mb.is_some_and(|left| left < wanted_mb);
    let taken = bucket.reserved_storage_mb > 0 || bucket.reserved_egress_mb > 0;
    let reasons = [
        (
            bucket.status != BucketStatus::Active,
            "the bucket is not listed",
        ),
        (locked, "the bucket is locked by its provider"),
        (
            bucket.exclusive && taken,
            "the bucket is exclusive and taken",
        ),
        (
            less(bucket.left_storage_mb, wish.storage_mb),
            "not enough storage is left",
        ),
        (
            less(bucket.left_egress_mb, wish.egress_mb),
            "not enough egress is left",
        ),
        (
            cost.total > MAX_MONEY,
            "the deal could cost more than the contract holds",
        ),
    ];
    let true_ones = reasons.into_iter().filter(|(refused, _)| *refused);
    true_ones.map(|(_, reason)| reason).collect()
}
