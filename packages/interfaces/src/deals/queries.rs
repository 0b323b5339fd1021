//! What anyone may read.

use soroban_sdk::{contractclient, Address, Env, Vec};

use crate::deals::*;

/// Lists are newest first: `skip` counts from the newest, `take` is clamped to 50,
/// or to 20 where each item joins other contracts. Queries never
/// write.
#[contractclient(name = "DealsClient", impl_only = true)]
pub trait Queries {
    /// `None` when the parties are not those of the deal.
    fn get_deal(env: Env, consumer_id: Address, provider_id: Address, deal_id: u32)
        -> Option<Deal>;

    /// All ever created.
    fn get_deal_count(env: Env) -> u32;

    /// At most 50, newest first; deleted ones are left out.
    fn get_deals(env: Env, skip: u32, take: u32) -> Vec<Deal>;

    /// The funded ones among a window of at most 50 ids.
    fn get_active_deals(env: Env, skip: u32, take: u32) -> Vec<Deal>;

    /// The newest 20.
    fn get_deals_by_consumer(env: Env, consumer_id: Address) -> Vec<DealInfo>;

    /// The newest 20.
    fn get_deals_by_provider(env: Env, provider_id: Address) -> Vec<DealInfo>;

    /// At most 20 a page.
    fn get_deals_by_consumer_page(
        env: Env,
        consumer_id: Address,
        skip: u32,
        take: u32,
    ) -> Vec<DealInfo>;

    /// At most 20 a page.
    fn get_deals_by_provider_page(
        env: Env,
        provider_id: Address,
        skip: u32,
        take: u32,
    ) -> Vec<DealInfo>;

    /// At most 100; `None` for a deal that was never funded.
    ///
    /// # Errors
    /// [`DealsError::TooManyItems`]
    fn get_meters(env: Env, deal_ids: Vec<u32>) -> Result<Vec<Option<Meter>>, DealsError>;

    fn get_deal_terms(env: Env, deal_id: u32) -> Option<Terms>;

    /// `None` unless the deal is funded.
    fn get_deal_health(env: Env, deal_id: u32) -> Option<Health>;

    /// What is staged on the deal's present watermark.
    fn get_stage(env: Env, deal_id: u32) -> Option<Stage>;

    /// What a deal on this bucket would cost under the policy in force.
    ///
    /// # Errors
    /// [`DealsError::DurationOutOfBounds`], [`DealsError::SizeOutOfBounds`],
    /// [`DealsError::QuoteTooLarge`], [`DealsError::BucketNotFound`]
    fn get_quote(
        env: Env,
        bucket_id: u32,
        duration_secs: u64,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<Quote, DealsError>;

    fn get_policy(env: Env, version: u32) -> Option<Policy>;

    /// Ids of the live deals on a page of a provider's book.
    fn get_book(env: Env, provider: Address, asset: Address, page: u32) -> Vec<u32>;

    /// Where a funded deal's live part is stored; `None` before funding and after release.
    fn get_deal_page(env: Env, deal_id: u32) -> Option<BookPage>;

    /// # Errors
    /// [`DealsError::NotConstructed`]
    fn get_config(env: Env) -> Result<DealsConfig, DealsError>;
}
