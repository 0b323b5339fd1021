//! The consumer funds an accepted deal: capacity is reserved, the deposit locked, metering starts.

use flash_common::ensure;
use flash_interfaces::{
    deals::{DealFunded, DealStatus, DealsError, Policy},
    escrow::{EscrowClient, OpenAccount},
    registry::RegistryClient,
};
use flash_money::units;
use soroban_sdk::{Address, Env, String};

use crate::{
    policy,
    record::DealRecord,
    slot::{DealPage, DealSlot},
    storage::{self, PageKey},
    succeed::{self, Replaced},
};

pub fn fund(
    env: &Env,
    consumer: &Address,
    provider: &Address,
    deal_id: u32,
    amount_usd: u128,
    fb_repo_id: String,
) -> Result<(), DealsError> {
    let mut record = storage::deal(env, deal_id)?;
    record.ensure_parties(consumer, provider)?;
    record.ensure_status(DealStatus::Accepted, DealsError::NotAccepted)?;
    let policy = storage::policy(env, record.terms.policy_version)?;
    let now = env.ledger().timestamp();
    let fund_until_ts = record
        .progress
        .accepted_ts
        .saturating_add(policy.fund_window_secs);
    ensure!(now <= fund_until_ts, DealsError::FundWindowPassed);
    let amount = checked_amount(&record, &policy, amount_usd)?;
    ensure!(!fb_repo_id.is_empty(), DealsError::RepoIdLength);
    policy::check_repo_id(&fb_repo_id)?;

    let replaced = match record.terms.succeeds {
        Some(replaced_id) => Some(succeed::replace(env, replaced_id, deal_id, &fb_repo_id)?),
        None => None,
    };
    let mut page = DealPage::default();
    let key = load_page_with_room(env, &record, &mut page)?;
    let slot =
        DealSlot::new(deal_id, &record.terms, &policy, amount, now).ok_or(DealsError::Overflow)?;
    page.push(&slot).ok_or(DealsError::Overflow)?;
    storage::set_page(env, &key, &page);
    record.progress.status = DealStatus::Funded;
    record.progress.fb_repo_id = fb_repo_id.clone();
    record.progress.page = Some(key.page);
    storage::set_deal(env, deal_id, &record);
    DealFunded {
        deal_id,
        consumer: consumer.clone(),
        provider: provider.clone(),
        amount,
        fb_repo_id,
        page: key.page,
        start_ts: slot.meter.start_ts,
        end_ts: slot.meter.end_ts,
    }
    .publish(env);
    let links = storage::links(env)?;
    reserve(env, &links.registry, deal_id, &record, replaced);
    lock(
        env,
        &links.escrow,
        deal_id,
        &record,
        &key,
        policy.fee_bps,
        amount,
    );
    Ok(())
}

fn checked_amount(
    record: &DealRecord,
    policy: &Policy,
    amount_usd: u128,
) -> Result<i128, DealsError> {
    let amount = units::payment(amount_usd).ok_or(DealsError::AmountOutOfBounds)?;
    let min_fund = policy::min_fund(policy, &record.terms).ok_or(DealsError::Overflow)?;
    ensure!(amount >= min_fund, DealsError::BelowMinimum);
    Ok(amount)
}

/// The page on which the provider's new deals are entered. A full page never gets new deals again:
/// its deals leave one by one, and no exit depends on another page.
fn load_page_with_room(
    env: &Env,
    record: &DealRecord,
    page: &mut DealPage,
) -> Result<PageKey, DealsError> {
    let (provider, asset) = (&record.terms.provider_id, &record.terms.asset);
    let head = storage::book_head(env, provider, asset);
    let key = PageKey::new(env, provider, asset, head);
    storage::load_page(env, &key, page)?;
    if !page.is_full() {
        return Ok(key);
    }
    let next = head.checked_add(1).ok_or(DealsError::Overflow)?;
    storage::set_book_head(env, provider, asset, next);
    let key = PageKey::new(env, provider, asset, next);
    storage::load_page(env, &key, page)?;
    Ok(key)
}

/// Takes the capacity of the bucket, or that of the deal that was replaced.
fn reserve(
    env: &Env,
    registry: &Address,
    deal_id: u32,
    record: &DealRecord,
    replaced: Option<Replaced>,
) {
    let terms = &record.terms;
    let registry = RegistryClient::new(env, registry);
    let accepted_by_bucket = record.progress.accepted_by_bucket;
    let offer_revision = accepted_by_bucket.then_some(terms.offer_revision);
    match replaced {
        None => registry.reserve(
            &terms.bucket_id,
            &deal_id,
            &record.progress.fb_repo_id,
            &terms.consumer_id,
            &terms.agreed_storage_mb,
            &terms.agreed_egress_mb,
            &offer_revision,
        ),
        Some(replaced) => registry.replace(
            &terms.bucket_id,
            &replaced.deal_id,
            &replaced.agreed_mb,
            &replaced.paid,
            &deal_id,
            &record.progress.fb_repo_id,
            &terms.agreed_storage_mb,
            &terms.agreed_egress_mb,
            &offer_revision,
        ),
    }
}

fn lock(
    env: &Env,
    escrow: &Address,
    deal_id: u32,
    record: &DealRecord,
    key: &PageKey,
    fee_bps: u32,
    amount: i128,
) {
    let terms = &record.terms;
    EscrowClient::new(env, escrow).open(&OpenAccount {
        deal_id,
        consumer: terms.consumer_id.clone(),
        provider: terms.provider_id.clone(),
        asset: terms.asset.clone(),
        page: key.page,
        fee_bps,
        amount,
    });
}
