//! What anyone may read.

use flash_common::{admin, limits::PAGE_JOINED};
use flash_interfaces::deals::{
    BookPage, Deal, DealInfo, DealsConfig, DealsError, Health, Meter, Policy, Queries, Quote,
    Stage, Terms,
};
use soroban_sdk::{contractimpl, Address, Env, Vec};

use super::{Deals, DealsArgs, DealsClient};
use crate::{
    oracle, query,
    slot::DealPage,
    stage,
    storage::{self, Links, PageKey, Side},
    view,
};

#[contractimpl]
impl Queries for Deals {
    /// One deal, when the parties are its own.
    fn get_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
    ) -> Option<Deal> {
        query::deal(&env, &consumer_id, &provider_id, deal_id)
    }

    /// All ever created.
    fn get_deal_count(env: Env) -> u32 {
        storage::deal_count(&env)
    }

    /// Newest first, at most 50.
    fn get_deals(env: Env, skip: u32, take: u32) -> Vec<Deal> {
        query::deals(&env, skip, take, false)
    }

    /// The funded ones among a window of at most 50 ids.
    fn get_active_deals(env: Env, skip: u32, take: u32) -> Vec<Deal> {
        query::deals(&env, skip, take, true)
    }

    /// The newest 20 of a consumer.
    fn get_deals_by_consumer(env: Env, consumer_id: Address) -> Vec<DealInfo> {
        query::deals_of(&env, Side::Consumer, &consumer_id, 0, PAGE_JOINED)
    }

    /// The newest 20 of a provider.
    fn get_deals_by_provider(env: Env, provider_id: Address) -> Vec<DealInfo> {
        query::deals_of(&env, Side::Provider, &provider_id, 0, PAGE_JOINED)
    }

    /// A page of a consumer's deals, at most 20.
    fn get_deals_by_consumer_page(
        env: Env,
        consumer_id: Address,
        skip: u32,
        take: u32,
    ) -> Vec<DealInfo> {
        query::deals_of(&env, Side::Consumer, &consumer_id, skip, take)
    }

    /// A page of a provider's deals, at most 20.
    fn get_deals_by_provider_page(
        env: Env,
        provider_id: Address,
        skip: u32,
        take: u32,
    ) -> Vec<DealInfo> {
        query::deals_of(&env, Side::Provider, &provider_id, skip, take)
    }

    /// Meters of at most 100 deals.
    fn get_meters(env: Env, deal_ids: Vec<u32>) -> Result<Vec<Option<Meter>>, DealsError> {
        query::meters(&env, &deal_ids)
    }

    /// What is agreed.
    fn get_deal_terms(env: Env, deal_id: u32) -> Option<Terms> {
        storage::deal(&env, deal_id).ok().map(|record| record.terms)
    }

    /// How a funded deal stands.
    fn get_deal_health(env: Env, deal_id: u32) -> Option<Health> {
        view::health(&env, deal_id)
    }

    /// What is staged on the deal's present watermark.
    fn get_stage(env: Env, deal_id: u32) -> Option<Stage> {
        let record = storage::deal(&env, deal_id).ok()?;
        stage::staged(&env, &storage::read_slot(&env, deal_id, &record)?)
    }

    /// What a deal on this bucket would cost.
    fn get_quote(
        env: Env,
        bucket_id: u32,
        duration_secs: u64,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<Quote, DealsError> {
        query::quote(&env, bucket_id, duration_secs, storage_mb, egress_mb)
    }

    /// A policy by its version.
    fn get_policy(env: Env, version: u32) -> Option<Policy> {
        storage::read_policy(&env, version)
    }

    /// Live deals on a page of a provider's book.
    fn get_book(env: Env, provider: Address, asset: Address, page: u32) -> Vec<u32> {
        let key = PageKey::new(&env, &provider, &asset, page);
        let mut page = DealPage::default();
        // A page that cannot be read is empty: nothing is live there.
        storage::load_page(&env, &key, &mut page).ok();
        view::ids(&env, &page)
    }

    /// Where a deal's live part is stored.
    fn get_deal_page(env: Env, deal_id: u32) -> Option<BookPage> {
        let record = storage::deal(&env, deal_id)
            .ok()
            .filter(|record| !record.is_released())?;
        let PageKey {
            provider,
            asset,
            page,
            ..
        } = storage::page_key(&env, &record)?;
        Some(BookPage {
            provider,
            asset,
            page,
        })
    }

    /// Links, role holders, policy, pause, pending upgrade.
    fn get_config(env: Env) -> Result<DealsConfig, DealsError> {
        let Links {
            registry,
            escrow,
            reputation,
        } = storage::links(&env)?;
        Ok(DealsConfig {
            admin: admin::config(&env),
            registry,
            escrow,
            reputation,
            oracle: oracle::config(&env),
            policy_version: storage::policy_version(&env),
        })
    }
}
