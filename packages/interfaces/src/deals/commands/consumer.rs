//! What a consumer may call.

use soroban_sdk::{contractclient, Address, Env, String};

use crate::deals::*;

/// Commands that the consumer signs.
#[contractclient(name = "DealsClient", impl_only = true)]
pub trait ConsumerCommands {
    /// Asks for a deal on a bucket. The bucket's prices and SLA, the asset and the policy in force
    /// are copied into it.
    ///
    /// # Arguments
    /// * `fb_repo_id` - may be empty until funding; at most 128 bytes
    /// * `duration_secs` - 1 h – 5 years
    /// * `agreed_storage_mb`, `agreed_egress_mb` - at most 2^40 each, their sum above 0
    /// * `api_compatibility` - the bucket's; compared as ASCII without case
    ///
    /// # Errors
    /// [`DealsError::Paused`], [`DealsError::SelfDeal`], [`DealsError::PartyNotAllowed`],
    /// [`DealsError::DurationOutOfBounds`], [`DealsError::SizeOutOfBounds`],
    /// [`DealsError::RepoIdLength`], [`DealsError::ApiMismatch`], [`DealsError::QuoteTooLarge`], and
    /// those of `registry.get_listing`
    ///
    /// # Events
    /// [`DealCreated`]
    ///
    /// Authorisation: `consumer_id`.
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
    ) -> Result<u32, DealsError>;

    /// As [`ConsumerCommands::create_deal`], with limits on what may have changed since the consumer
    /// looked. With `succeeds` the deal is to replace a funded one: a renewal, an extension, another size
    /// or another price. Listing, lock and a full bucket do not stand in its way; only the difference in size has
    /// to fit.
    ///
    /// # Errors
    /// Also [`DealsError::StoragePriceAboveLimit`], [`DealsError::EgressPriceAboveLimit`],
    /// [`DealsError::PolicyVersionMismatch`], [`DealsError::OfferRevisionMismatch`],
    /// [`DealsError::SuccessorMismatch`], [`DealsError::NotSucceedable`]
    fn create_deal_at(
        env: Env,
        consumer_id: Address,
        request: DealRequest,
    ) -> Result<u32, DealsError>;

    /// Ends a deal that was not funded.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotUnfunded`]
    ///
    /// # Events
    /// [`DealDropped`]
    ///
    /// Authorisation: `consumer_id`.
    fn withdraw_deal(env: Env, consumer_id: Address, deal_id: u32) -> Result<(), DealsError>;

    /// Funds an accepted deal: reserves the capacity, locks the deposit, starts metering. A successor replaces its
    /// deal at the same time: that one closes now, and its capacity and repository id pass on.
    ///
    /// # Arguments
    /// * `amount_usd` - the deposit in the asset's smallest unit
    /// * `fb_repo_id` - 1 to 128 bytes, unique among funded deals of the bucket; a successor keeps that of its deal
    ///
    /// # Errors
    /// [`DealsError::Paused`], [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`],
    /// [`DealsError::NotAccepted`], [`DealsError::FundWindowPassed`], [`DealsError::AmountOutOfBounds`],
    /// [`DealsError::BelowMinimum`], [`DealsError::RepoIdLength`], [`DealsError::NotSucceedable`],
    /// [`DealsError::SuccessorRepoId`], and those of `registry.reserve` or `registry.replace`,
    /// `escrow.close` and `escrow.open`
    ///
    /// # Events
    /// [`DealFunded`]; of a successor also [`DealClosed`], [`DealReleased`], [`DealSynced`] of its deal and
    /// [`DealSucceeded`]
    ///
    /// Authorisation: `consumer_id`, with the token transfer as a sub-invocation.
    fn set_deal_funded(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
        amount_usd: u128,
        fb_repo_id: String,
    ) -> Result<(), DealsError>;

    /// Adds money of the consumer until the deal is released. To a closed deal of which everything is
    /// reported, the deposit that covers what is owed releases it.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`],
    /// [`DealsError::AmountOutOfBounds`], and those of `escrow.deposit`
    ///
    /// # Events
    /// [`DealToppedUp`], [`ArrearsCleared`], [`DealReleased`]
    ///
    /// Authorisation: `consumer_id`, with the token transfer as a sub-invocation.
    fn deposit_to_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
        amount_usd: u128,
    ) -> Result<(), DealsError>;

    /// Takes surplus back; it becomes claimable in the escrow. What is owed stays, and the egress
    /// reserve, and the agreed storage up to now and for `min_runway_secs`, at most to the end.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`],
    /// [`DealsError::AmountOutOfBounds`], [`DealsError::LeavesTooLittle`]
    ///
    /// # Events
    /// [`DepositReduced`]
    ///
    /// Authorisation: `consumer_id`.
    fn reduce_deposit(
        env: Env,
        consumer_id: Address,
        deal_id: u32,
        amount: u128,
    ) -> Result<(), DealsError>;

    /// Closes the deal, frees the bucket's capacity, writes the outcome where the last money is
    /// settled, and sends both parties what they may claim: [`ConsumerCommands::close_deal`] with
    /// every convenience. Where one of them fails, `close_deal` still works.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`]
    ///
    /// # Events
    /// [`DealClosed`], [`DealReleased`], [`DealSynced`]
    ///
    /// Authorisation: `consumer_id`.
    fn set_deal_completed(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Closes the deal: touches `deals` and `escrow` and nothing else. The status is provisional until
    /// the deal is released, which happens at once if everything is reported and nothing is owed.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`]
    ///
    /// # Events
    /// [`DealClosed`], [`DealReleased`]
    ///
    /// Authorisation: `consumer_id`.
    fn close_deal(env: Env, consumer_id: Address, deal_id: u32) -> Result<(), DealsError>;
}
