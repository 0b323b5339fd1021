//! Lists and quotes. Nothing here writes or extends a TTL.

use flash_common::{
    ensure,
    units::{MAX_MONEY, MAX_REPORTS, PAGE_JOINED, PAGE_PLAIN},
};
use flash_interfaces::{
    deals::{Deal, DealInfo, DealStatus, DealsError, Meter, Quote},
    escrow::EscrowClient,
    registry::{PartiesQuery, RegistryClient},
    reputation::{ReputationClient, Role},
};
use soroban_sdk::{Address, Env, Vec};

use crate::{
    policy,
    storage::{self, Side},
    view,
};

pub fn deal(env: &Env, consumer: &Address, provider: &Address, deal_id: u32) -> Option<Deal> {
    let record = storage::deal(env, deal_id).ok()?;
    record.ensure_parties(consumer, provider).ok()?;
    view::deal(env, deal_id, &record)
}

/// Newest first over all ids; with `only_funded` a filter over the same window.
pub fn deals(env: &Env, skip: u32, take: u32, only_funded: bool) -> Vec<Deal> {
    let mut found = Vec::new(env);
    for deal_id in newest_first(storage::deal_count(env), skip, take.min(PAGE_PLAIN)) {
        let Ok(record) = storage::deal(env, deal_id) else {
            continue;
        };
        if only_funded && record.progress.status != DealStatus::Funded {
            continue;
        }
        if let Some(deal) = view::deal(env, deal_id, &record) {
            found.push_back(deal);
        }
    }
    found
}

/// A page of one party's deals, joined with what `registry` and `reputation` know, one call each.
pub fn deals_of(env: &Env, side: Side, who: &Address, skip: u32, take: u32) -> Vec<DealInfo> {
    let mut found = Vec::new(env);
    let count = storage::index_count(env, side, who);
    for nth in newest_first(count, skip, take.min(PAGE_JOINED)) {
        // Ids count from 1, places in the index from 0.
        let deal = storage::index_item(env, side, who, nth.saturating_sub(1)).and_then(|id| {
            let record = storage::deal(env, id).ok()?;
            view::deal(env, id, &record)
        });
        if let Some(deal) = deal {
            found.push_back(deal);
        }
    }
    join(env, found)
}

fn join(env: &Env, deals: Vec<Deal>) -> Vec<DealInfo> {
    let mut infos = Vec::new(env);
    let Ok(links) = storage::links(env) else {
        return infos;
    };
    if deals.is_empty() {
        return infos;
    }
    let mut parties = Vec::new(env);
    let mut scored = Vec::new(env);
    for deal in deals.iter() {
        scored.push_back((deal.provider_id.clone(), Role::Provider));
        scored.push_back((deal.consumer_id.clone(), Role::Consumer));
        parties.push_back(PartiesQuery {
            bucket_id: deal.bucket_id,
            provider: deal.provider_id,
            consumer: deal.consumer_id,
        });
    }
    let parties = RegistryClient::new(env, &links.registry).get_parties(&parties);
    let mut scores = ReputationClient::new(env, &links.reputation)
        .get_scores(&scored)
        .iter();
    for (deal, parties) in deals.iter().zip(parties.iter()) {
        infos.push_back(DealInfo {
            deal,
            bucket: parties.bucket,
            provider_name: parties.provider_name,
            provider_reputation: scores.next().unwrap_or(0),
            consumer_name: parties.consumer_name,
            consumer_reputation: scores.next().unwrap_or(0),
        });
    }
    infos
}

/// The numbers `count ..= 1` from the newest on, `skip` left out, at most `take`.
fn newest_first(count: u32, skip: u32, take: u32) -> impl Iterator<Item = u32> {
    let newest = count.saturating_sub(skip);
    let oldest = newest.saturating_sub(take);
    (oldest..newest).rev().map(|below| below.saturating_add(1))
}

pub fn meters(env: &Env, deal_ids: &Vec<u32>) -> Result<Vec<Option<Meter>>, DealsError> {
    ensure!(deal_ids.len() <= MAX_REPORTS, DealsError::TooManyItems);
    Ok(Vec::from_iter(
        env,
        deal_ids.iter().map(|deal_id| view::meter(env, deal_id)),
    ))
}

/// What a deal on a bucket would cost under the policy in force.
pub fn quote(
    env: &Env,
    bucket_id: u32,
    duration_secs: u64,
    storage_mb: u64,
    egress_mb: u64,
) -> Result<Quote, DealsError> {
    ensure!(
        policy::duration_in_bounds(duration_secs),
        DealsError::DurationOutOfBounds
    );
    ensure!(
        policy::sizes_in_bounds(storage_mb, egress_mb),
        DealsError::SizeOutOfBounds
    );
    let links = storage::links(env)?;
    let bucket = RegistryClient::new(env, &links.registry)
        .get_bucket(&bucket_id)
        .ok_or(DealsError::BucketNotFound)?;
    let policy_version = storage::policy_version(env);
    let policy = storage::read_policy(env, policy_version).ok_or(DealsError::PolicyNotFound)?;
    let prices = policy::prices_of(bucket.price_per_gb_storage, bucket.price_per_gb_egress)
        .ok_or(DealsError::Overflow)?;
    let price = policy::quote(&prices, storage_mb, egress_mb, duration_secs)
        .filter(|price| *price <= MAX_MONEY)
        .ok_or(DealsError::QuoteTooLarge)?;
    let min_fund = policy::min_fund(&policy, &prices, storage_mb, egress_mb, duration_secs)
        .ok_or(DealsError::Overflow)?;
    let asset = EscrowClient::new(env, &links.escrow).get_stable_asset_address();
    Ok(Quote {
        price,
        min_fund,
        asset,
        fee_bps: policy.fee_bps,
        policy_version,
    })
}
