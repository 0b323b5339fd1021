//! A consumer asks for a deal. Prices, SLA, asset and policy are copied into it.

use flash_common::{ensure, text::same_api};
use flash_interfaces::{
    deals::{DealCreated, DealRequest, DealStatus, DealsError, EndReason, Terms},
    registry::{Listing, RegistryClient},
};
use flash_money::{
    units::{self, MAX_MONEY},
    Agreed, Prices,
};
use soroban_sdk::{Address, Env};

use crate::{
    policy,
    query::asset_of,
    record::{DealRecord, Progress},
    storage::{self, Links, Side},
    succeed,
};

/// No limit on the price.
pub const NO_PRICE_LIMIT: u128 = u128::MAX;

/// `signed_revision`: the bucket's offer that the consumer's signature covers, if it covers one.
pub fn create(
    env: &Env,
    consumer: &Address,
    request: DealRequest,
    signed_revision: Option<u32>,
) -> Result<u32, DealsError> {
    check_request(env, consumer, &request)?;
    let replaced_mb = match request.succeeds {
        Some(replaced_id) => Some(succeed::check(env, replaced_id, consumer, &request)?),
        None => None,
    };
    let links = storage::links(env)?;
    let listing = RegistryClient::new(env, &links.registry).get_listing(
        &request.bucket_id,
        &request.provider_id,
        consumer,
        &request.agreed_storage_mb,
        &request.agreed_egress_mb,
        &replaced_mb,
    );
    check_listing(&request, &listing)?;
    ensure!(
        signed_revision.is_none_or(|revision| revision == listing.offer_revision),
        DealsError::OfferRevisionMismatch
    );
    let asset = asset_of(env, &links.escrow);
    check_parties(env, &links, consumer, &request.provider_id, &asset)?;

    let deal_id = storage::next_deal_id(env)?;
    let record = new_record(env, consumer, &request, listing, asset);
    storage::set_deal(env, deal_id, &record);
    storage::add_to_index(env, Side::Consumer, consumer, deal_id)?;
    storage::add_to_index(env, Side::Provider, &request.provider_id, deal_id)?;
    DealCreated {
        deal_id,
        consumer: consumer.clone(),
        provider: request.provider_id,
        terms: record.terms,
        fb_repo_id: request.fb_repo_id,
        accepted: record.progress.accepted_by_bucket,
    }
    .publish(env);
    Ok(deal_id)
}

fn check_request(env: &Env, consumer: &Address, request: &DealRequest) -> Result<(), DealsError> {
    ensure!(*consumer != request.provider_id, DealsError::SelfDeal);
    ensure!(
        units::duration_in_bounds(request.duration_secs),
        DealsError::DurationOutOfBounds
    );
    ensure!(
        units::sizes_in_bounds(request.agreed_storage_mb, request.agreed_egress_mb),
        DealsError::SizeOutOfBounds
    );
    // It may be empty until funding.
    policy::check_repo_id(&request.fb_repo_id)?;
    let in_force = storage::policy_version(env);
    ensure!(
        request.policy_version == in_force,
        DealsError::PolicyVersionMismatch
    );
    Ok(())
}

fn check_listing(request: &DealRequest, listing: &Listing) -> Result<(), DealsError> {
    ensure!(
        same_api(&request.api_compatibility, &listing.api_compatibility),
        DealsError::ApiMismatch
    );
    ensure!(
        listing.price_per_gb_storage <= request.max_price_storage,
        DealsError::StoragePriceAboveLimit
    );
    ensure!(
        listing.price_per_gb_egress <= request.max_price_egress,
        DealsError::EgressPriceAboveLimit
    );
    let prices = Prices::published(listing.price_per_gb_storage, listing.price_per_gb_egress)
        .ok_or(DealsError::Overflow)?;
    let quote = prices.quote(&Agreed {
        storage_mb: request.agreed_storage_mb,
        egress_mb: request.agreed_egress_mb,
        duration_secs: request.duration_secs,
    });
    ensure!(
        quote.is_some_and(|quote| quote <= MAX_MONEY),
        DealsError::QuoteTooLarge
    );
    Ok(())
}

/// Refuses the system's own contracts and the asset as parties: they would pay themselves.
fn check_parties(
    env: &Env,
    links: &Links,
    consumer: &Address,
    provider: &Address,
    asset: &Address,
) -> Result<(), DealsError> {
    let own = env.current_contract_address();
    let barred = [
        &own,
        &links.registry,
        &links.escrow,
        &links.reputation,
        asset,
    ];
    ensure!(
        !barred.contains(&consumer) && !barred.contains(&provider),
        DealsError::PartyNotAllowed
    );
    Ok(())
}

fn new_record(
    env: &Env,
    consumer: &Address,
    request: &DealRequest,
    listing: Listing,
    asset: Address,
) -> DealRecord {
    let now = env.ledger().timestamp();
    // The provider is bound by no policy and paid in no asset that it did not name.
    let accepted = listing.auto_accept_policy == request.policy_version
        && listing.auto_accept_asset.as_ref() == Some(&asset);
    let (status, accepted_ts) = if accepted {
        (DealStatus::Accepted, now)
    } else {
        (DealStatus::Pending, 0)
    };
    DealRecord {
        terms: Terms {
            consumer_id: consumer.clone(),
            provider_id: request.provider_id.clone(),
            bucket_id: request.bucket_id,
            api_compatibility: listing.api_compatibility,
            duration_secs: request.duration_secs,
            agreed_storage_mb: request.agreed_storage_mb,
            agreed_egress_mb: request.agreed_egress_mb,
            price_per_gb_storage: listing.price_per_gb_storage,
            price_per_gb_egress: listing.price_per_gb_egress,
            sla_avg_latency_ms: listing.sla_avg_latency_ms,
            sla_avg_uptime_pct: listing.sla_avg_uptime_pct,
            asset,
            policy_version: request.policy_version,
            created_ts: now,
            metering: listing.metering,
            offer_revision: listing.offer_revision,
            succeeds: request.succeeds,
        },
        progress: Progress {
            status,
            reason: EndReason::Open,
            fb_repo_id: request.fb_repo_id.clone(),
            accepted_ts,
            accepted_by_bucket: accepted,
            page: None,
            last_slot: None,
            capacity_freed: false,
            outcome_written: false,
            deleted: false,
        },
    }
}
