//! A draw: from the consumer's wallet to the deal's account, in one call.

use flash_common::ensure;
use flash_interfaces::{
    deals::{DealsClient, HealthLevel},
    mandates::{MandateDrawn, MandatesError},
};
use soroban_sdk::Env;

use crate::{set, storage, storage::StoredMandate, token};

/// Tops a deal up by what its mandate says, if it has less than the minimum runway.
pub fn draw(env: &Env, deal_id: u32) -> Result<i128, MandatesError> {
    let now = env.ledger().timestamp();
    let mut mandate = storage::mandate(env, deal_id).ok_or(MandatesError::MandateNotFound)?;
    ensure!(now <= mandate.until_ts, MandatesError::MandateExpired);
    let deals = DealsClient::new(env, &storage::deals(env));
    check_deal(&deals, deal_id, &mandate)?;

    let most = mandate.most_per_30_days;
    mandate
        .drawn
        .add(now, mandate.top_up, most)
        .ok_or(MandatesError::LimitReached)?;
    storage::set_mandate(env, deal_id, &mandate);
    MandateDrawn {
        deal_id,
        consumer: mandate.consumer.clone(),
        asset: mandate.asset.clone(),
        amount: mandate.top_up,
        drawn: mandate.drawn.total(now),
    }
    .publish(env);

    token::pull(env, &mandate.asset, &mandate.consumer, mandate.top_up)?;
    token::allow_transfer_to(env, &mandate.asset, &storage::escrow(env), mandate.top_up);
    let amount = u128::try_from(mandate.top_up).map_err(|_| MandatesError::TopUpOutOfBounds)?;
    deals.sponsor_deal(&env.current_contract_address(), &deal_id, &amount);
    Ok(mandate.top_up)
}

/// The deal is still the consumer's and in the same asset, it is live, and it has less than the
/// minimum runway.
fn check_deal(
    deals: &DealsClient,
    deal_id: u32,
    mandate: &StoredMandate,
) -> Result<(), MandatesError> {
    let terms = set::terms_of(deals, deal_id, &mandate.consumer)?;
    ensure!(terms.asset == mandate.asset, MandatesError::AssetChanged);
    let health = deals
        .get_deal_health(&deal_id)
        .ok_or(MandatesError::DealNotLive)?;
    let is_due = matches!(health.level, HealthLevel::Critical | HealthLevel::Grace);
    ensure!(is_due, MandatesError::NothingDue);
    Ok(())
}
