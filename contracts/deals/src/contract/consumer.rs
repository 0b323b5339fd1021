//! What the consumer of a deal signs.

use flash_interfaces::deals::{ConsumerCommands, DealRequest, DealsError};
use soroban_sdk::{contractimpl, Address, Env, String};

use super::{
    begin::{begin, begin_obligation},
    Deals, DealsArgs, DealsClient,
};
use crate::{accept, close, create, fund, storage, topup};

#[contractimpl]
impl ConsumerCommands for Deals {
    /// Asks for a deal on a bucket. Signed by the consumer.
    fn create_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        bucket_id: u32,
        fb_repo_id: String,
        duration_secs: u64,
        agreed_storage_mb: u64,
        agreed_egress_mb: u64,
        api_compatibility: String,
    ) -> Result<u32, DealsError> {
        begin_obligation(&env, &consumer_id)?;
        let request = DealRequest {
            provider_id,
            bucket_id,
            fb_repo_id,
            duration_secs,
            agreed_storage_mb,
            agreed_egress_mb,
            api_compatibility,
            max_price_storage: create::NO_PRICE_LIMIT,
            max_price_egress: create::NO_PRICE_LIMIT,
            policy_version: storage::policy_version(&env),
            offer_revision: 0,
            succeeds: None,
        };
        create::create(&env, &consumer_id, request, None)
    }

    /// Asks for a deal on one offer, with limits on price and policy. Signed by the consumer.
    fn create_deal_at(
        env: Env,
        consumer_id: Address,
        request: DealRequest,
    ) -> Result<u32, DealsError> {
        begin_obligation(&env, &consumer_id)?;
        let signed_revision = Some(request.offer_revision);
        create::create(&env, &consumer_id, request, signed_revision)
    }

    /// Withdraws an unfunded deal. Signed by the consumer.
    fn withdraw_deal(env: Env, consumer_id: Address, deal_id: u32) -> Result<(), DealsError> {
        begin(&env, &consumer_id);
        accept::withdraw(&env, &consumer_id, deal_id)
    }

    /// Funds an accepted deal; metering starts. Signed by the consumer, the transfer included.
    fn set_deal_funded(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
        amount_usd: u128,
        fb_repo_id: String,
    ) -> Result<(), DealsError> {
        begin_obligation(&env, &consumer_id)?;
        fund::fund(
            &env,
            &consumer_id,
            &provider_id,
            deal_id,
            amount_usd,
            fb_repo_id,
        )
    }

    /// Adds the consumer's money until the deal is released. Signed by the consumer.
    fn deposit_to_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
        amount_usd: u128,
    ) -> Result<(), DealsError> {
        begin(&env, &consumer_id);
        let record = storage::deal(&env, deal_id)?;
        record.ensure_parties(&consumer_id, &provider_id)?;
        topup::top_up(&env, &consumer_id, deal_id, record, amount_usd)
    }

    /// Takes surplus back. Signed by the consumer.
    fn reduce_deposit(
        env: Env,
        consumer_id: Address,
        deal_id: u32,
        amount: u128,
    ) -> Result<(), DealsError> {
        begin(&env, &consumer_id);
        topup::reduce(&env, &consumer_id, deal_id, amount)
    }

    /// Closes, frees the capacity, writes the outcome, pays out. Signed by the consumer.
    fn set_deal_completed(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError> {
        begin(&env, &consumer_id);
        close::complete(&env, &consumer_id, &provider_id, deal_id)
    }

    /// The bare way out. Signed by the consumer.
    fn close_deal(env: Env, consumer_id: Address, deal_id: u32) -> Result<(), DealsError> {
        begin(&env, &consumer_id);
        close::close_by_consumer(&env, &consumer_id, deal_id)
    }
}
