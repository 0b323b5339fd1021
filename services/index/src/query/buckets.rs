//! Search. The database filters, sorts, matches words and cuts pages.

use super::{
    bucket::{bucket, COLUMNS},
    cursor,
    select::{page, Select, Value},
    Error, Filter, Reads, Result, Sort,
};
use crate::answers::{Bucket, BucketPage, Page};

/// How many windows the page of a bucket shows.
const RECENT_WINDOWS: usize = 50;
/// How many buckets the page of a provider shows.
const PROVIDER_BUCKETS: usize = 100;

pub struct BucketSearch {
    pub filter: Filter,
    pub sort: Sort,
    pub descending: bool,
    pub limit: usize,
    pub after: Option<String>,
}

impl BucketSearch {
    fn order(&self) -> (&'static str, &'static str) {
        (
            self.sort.column(),
            if self.descending { "DESC" } else { "ASC" },
        )
    }

    /// The ids of a page's buckets, ordered by the sort column and then by id.
    fn ids(&self, list: &str, sqlite: bool) -> Result<Select> {
        let (column, direction) = self.order();
        let sql = format!("SELECT l.bucket_id, {column} AS sort_key FROM listings l");
        let mut select = Select::new(&sql);
        self.filter.narrow(&mut select, sqlite);
        if let Some(after) = &self.after {
            let [key, id] = cursor::read(list, after)?;
            let (key, id) = (cursor::number::<i64>(&key)?, cursor::number::<u32>(&id)?);
            let beyond = if self.descending { "<" } else { ">" };
            let after = format!("({column} {beyond} ? OR ({column} = ? AND l.bucket_id > ?))");
            select.and_all(&after, [key.into(), key.into(), id.into()]);
        }
        select.first(
            &format!("{column} {direction}, l.bucket_id"),
            self.limit + 1,
        );
        Ok(select)
    }
}

impl Reads {
    pub async fn buckets(&self, search: BucketSearch) -> Result<Page<Bucket>> {
        let list = format!("buckets-{:?}-{}", search.sort, search.descending);
        let mut select = search.ids(&list, self.is_sqlite())?;
        let (_, direction) = search.order();
        select.sql = format!(
            "SELECT {COLUMNS}, l.sort_key FROM ({}) l JOIN buckets b ON b.bucket_id = l.bucket_id
             LEFT JOIN providers p ON p.address = b.provider
             ORDER BY l.sort_key {direction}, l.bucket_id",
            select.sql
        );
        let rows = self.rows(select.query()).await?;
        let keyed: anyhow::Result<Vec<(i64, Bucket)>> = rows
            .iter()
            .map(|row| Ok((row.number("sort_key")?, bucket(row)?)))
            .collect();
        let (keys, items): (Vec<_>, Vec<_>) = keyed?.into_iter().unzip();
        let last_key = search.limit.checked_sub(1).and_then(|last| keys.get(last));
        let key = last_key.copied().unwrap_or_default().to_string();
        let next = |last: &Bucket| cursor::write(&list, &[&key, &last.bucket_id.to_string()]);
        Ok(page(items, search.limit, next))
    }

    pub async fn bucket(&self, bucket_id: u32) -> Result<BucketPage> {
        let mut buckets = self
            .buckets_where("b.bucket_id = ?", bucket_id.into())
            .await?;
        let bucket = buckets.pop().ok_or(Error::NotFound("no such bucket"))?;
        let provider = self.provider(&bucket.provider).await?;
        let provider = provider.ok_or(Error::NotFound("no such provider"))?;
        let recent_service = self
            .windows_where("w.bucket_id = ?", bucket_id.into(), RECENT_WINDOWS)
            .await?;
        Ok(BucketPage {
            bucket,
            provider,
            recent_service,
        })
    }

    /// A provider's buckets, listed or not, except deleted ones.
    pub(super) async fn buckets_of(&self, provider: &str) -> Result<Vec<Bucket>> {
        let condition = "b.status <> 'deleted' AND b.provider = ?";
        self.buckets_where(condition, provider.into()).await
    }

    async fn buckets_where(&self, condition: &str, value: Value) -> Result<Vec<Bucket>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM buckets b LEFT JOIN providers p ON p.address = b.provider"
        );
        let mut select = Select::new(&sql);
        select.and_all(condition, [value]);
        select.first("b.bucket_id DESC", PROVIDER_BUCKETS);
        let rows = self.rows(select.query()).await?;
        let buckets: anyhow::Result<_> = rows.iter().map(bucket).collect();
        Ok(buckets?)
    }
}
