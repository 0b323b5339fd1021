//! What the API reads. Buckets, providers and policies are kept in memory; everything else is read from
//! the tables when it is asked for. Nothing here writes.

pub mod catalogue;
pub mod changes;
mod deal_row;
mod deals;
pub mod follow;
mod load;
mod market;
mod market_view;
mod parties;
mod row;
pub mod text;
mod words;

use crate::{
    api::{
        types::{Bucket, BucketPage, Page, Quotes, Status},
        ApiError, QuoteQuery, Result, Search,
    },
    status::Heard,
};
use catalogue::Catalogue;
use deal_row::PolicyRow;
use market::Summed;
use row::Row;
use sqlx::{any::AnyArguments, query::Query, Any, AnyPool};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// A read that takes longer is given up: somebody else may be served meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);
/// Windows that a bucket's page shows.
const RECENT_WINDOWS: i64 = 50;

/// What is in memory.
#[derive(Default)]
struct Kept {
    catalogue: Catalogue,
    policies: HashMap<u32, PolicyRow>,
    /// In force for new deals.
    policy_version: u32,
    /// Everything up to this ledger is in.
    ledger: u32,
    rebuilds: i64,
}

/// Reads for the API.
pub struct Reads {
    pool: AnyPool,
    kept: Arc<RwLock<Kept>>,
    summed: RwLock<Option<Summed>>,
    pub heard: Arc<Heard>,
    /// What does not change while this program runs; ledgers are filled in.
    about: Status,
}

impl Reads {
    /// `pool` is for reading; `about` is who this index follows.
    pub fn new(pool: AnyPool, about: Status) -> Self {
        Self {
            pool,
            kept: Arc::default(),
            summed: RwLock::default(),
            heard: Arc::default(),
            about,
        }
    }

    async fn rows<'q>(&'q self, query: Query<'q, Any, AnyArguments<'q>>) -> Result<Vec<Row>> {
        let rows = tokio::time::timeout(PATIENCE, query.fetch_all(&self.pool)).await;
        let rows = rows.map_err(|_| ApiError::unavailable("the database takes too long"))??;
        Ok(rows.into_iter().map(Row).collect())
    }

    async fn row<'q>(&'q self, query: Query<'q, Any, AnyArguments<'q>>) -> Result<Option<Row>> {
        Ok(self.rows(query).await?.into_iter().next())
    }

    /// Asks what is in memory; a pass over all buckets keeps no other request waiting.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Kept) -> T + Send + 'static,
    ) -> Result<T> {
        let kept = self.kept.clone();
        let answer = tokio::task::spawn_blocking(move || {
            question(&kept.read().unwrap_or_else(PoisonError::into_inner))
        });
        answer.await.map_err(|_| ApiError::internal())
    }

    /// A quick look at what is in memory.
    fn peek<T>(&self, question: impl FnOnce(&Kept) -> T) -> T {
        question(&self.kept.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn summed<T>(&self, question: impl FnOnce(&Summed) -> T) -> Option<T> {
        let summed = self.summed.read();
        summed
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(question)
    }

    fn set_summed(&self, summed: Summed) {
        let mut place = self.summed.write().unwrap_or_else(PoisonError::into_inner);
        *place = Some(summed);
    }

    pub async fn buckets(&self, search: Search) -> Result<Page<Bucket>> {
        self.ask(move |kept| market_view::search(&kept.catalogue, &search))
            .await?
    }

    pub async fn quotes(&self, query: QuoteQuery) -> Result<Quotes> {
        let quotes = self.ask(move |kept| {
            let policy = kept.policies.get(&kept.policy_version)?;
            Some(market_view::quotes(&kept.catalogue, &query, policy))
        });
        let none = || ApiError::unavailable("the policy in force is not known yet");
        quotes.await?.ok_or_else(none)
    }

    fn bucket_of(&self, bucket_id: u32) -> Option<Bucket> {
        self.peek(|kept| {
            let entry = kept.catalogue.get(bucket_id)?;
            Some(market_view::bucket(&kept.catalogue, entry))
        })
    }

    pub async fn bucket(&self, bucket_id: u32) -> Result<BucketPage> {
        let bucket = self.bucket_of(bucket_id);
        let bucket = bucket.ok_or_else(|| ApiError::not_found("no such bucket"))?;
        let provider = self.provider(&bucket.provider).await?;
        let provider = provider.ok_or_else(|| ApiError::not_found("no such provider"))?;
        let recent_service = self
            .windows_where("w.bucket_id = $1", i64::from(bucket_id), RECENT_WINDOWS)
            .await?;
        Ok(BucketPage {
            bucket,
            provider,
            recent_service,
        })
    }

    /// A policy, by its version.
    fn policy(&self, version: u32) -> Result<PolicyRow> {
        let policy = self.peek(|kept| kept.policies.get(&version).copied());
        let unknown = || ApiError::unavailable(format!("policy {version} is not known yet"));
        policy.ok_or_else(unknown)
    }
}
