//! Who may call: TTL, pause, signature, one call. Nothing else happens here.

use flash_common::{
    admin::{self, Administered},
    ensure,
    pause::{self, ExpiringPause},
    ttl,
    units::PAGE_JOINED,
};
use flash_interfaces::{
    admin::AdminError,
    deals::{
        BookDeals, BookPage, BookReports, Deal, DealInfo, DealRequest, DealsConfig, DealsError,
        DealsInterface, Health, Meter, Policy, PolicyAdded, Quote, Stage, Terms,
    },
};
use soroban_sdk::{contract, contractimpl, contractmeta, Address, BytesN, Env, String, Vec};

use crate::{
    accept, advance, batch, close, create, fund, notice, oracle, policy, query, settle,
    signed::Reports,
    slot::DealPage,
    stage,
    storage::{self, Links, OracleState, PageKey, Side},
    sync, topup, view,
};

contractmeta!(
    key = "Description",
    val = "FlashOnStellar deals: terms, metering, settlement"
);
contractmeta!(key = "binver", val = env!("CARGO_PKG_VERSION"));
contractmeta!(
    key = "source_repo",
    val = "github:flashbacknetwork/FlashOnStellar"
);

/// Version of the stored shapes.
const SCHEMA: u32 = 1;

#[contract]
pub struct Deals;

#[contractimpl]
impl Deals {
    /// Fixes owner, counterparts and upgrade delay; adds the first policy.
    ///
    /// # Arguments
    /// * `oracle` - who reports; without one the owner does until an oracle is scheduled
    /// * `upgrade_delay_secs` - at least 21 days in a build for mainnet
    ///
    /// # Errors
    /// [`AdminError`] for the delay, [`DealsError::PolicyOutOfBounds`]
    pub fn __constructor(
        env: Env,
        owner: Address,
        oracle: Option<Address>,
        registry: Address,
        escrow: Address,
        reputation: Address,
        policy: Policy,
        upgrade_delay_secs: u64,
    ) -> Result<(), DealsError> {
        admin::init(&env, &owner, upgrade_delay_secs, SCHEMA)
            .unwrap_or_else(|error| soroban_sdk::panic_with_error!(&env, error));
        storage::set_links(
            &env,
            &Links {
                registry,
                escrow,
                reputation,
            },
        );
        let state = OracleState {
            ever_set: oracle.is_some(),
            current: oracle,
            next: None,
            next_from_ts: 0,
            epoch: 0,
        };
        storage::set_oracle(&env, &state);
        put_policy(&env, policy)?;
        Ok(())
    }

    /// Brings the stored configuration to the schema of this code. Deals are converted when they
    /// are next written, so every way out works before and after.
    ///
    /// # Errors
    /// [`AdminError::NothingToMigrate`]
    ///
    /// Authorisation: owner.
    pub fn migrate(env: Env) -> Result<(), AdminError> {
        ttl::extend_instance(&env);
        admin::enforce_owner(&env);
        admin::finish_migration(&env, SCHEMA)
    }
}

#[contractimpl]
impl DealsInterface for Deals {
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
        };
        create::create(&env, &consumer_id, request)
    }

    /// Asks for a deal with limits on price and policy. Signed by the consumer.
    fn create_deal_at(
        env: Env,
        consumer_id: Address,
        request: DealRequest,
    ) -> Result<u32, DealsError> {
        begin_obligation(&env, &consumer_id)?;
        create::create(&env, &consumer_id, request)
    }

    /// Accepts a deal. Signed by the provider.
    fn set_deal_accepted(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError> {
        begin_obligation(&env, &provider_id)?;
        accept::accept(&env, &provider_id, &consumer_id, deal_id)
    }

    /// Rejects an unfunded deal. Signed by the provider.
    fn set_deal_rejected(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError> {
        begin(&env, &provider_id);
        accept::reject(&env, &provider_id, &consumer_id, deal_id)
    }

    /// Ends an unfunded deal, or gives notice on a funded one. Signed by the provider.
    fn set_deal_cancelled(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError> {
        begin(&env, &provider_id);
        notice::cancel(&env, &provider_id, &consumer_id, deal_id)
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

    /// Adds the consumer's money to a funded deal. Signed by the consumer.
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
        topup::top_up(&env, &consumer_id, deal_id, &record, amount_usd)
    }

    /// Adds anyone's money to a funded deal. Signed by `from`.
    fn sponsor_deal(env: Env, from: Address, deal_id: u32, amount: u128) -> Result<(), DealsError> {
        begin(&env, &from);
        let record = storage::deal(&env, deal_id)?;
        topup::top_up(&env, &from, deal_id, &record, amount)
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

    /// Takes the first step that is due. Anyone.
    fn advance_deal(env: Env, deal_id: u32) -> Result<u32, DealsError> {
        ttl::extend_instance(&env);
        Ok(advance::advance(&env, deal_id)? as u32)
    }

    /// Stages consumption. Signed by the oracle.
    fn update_deal_consumption(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<(), DealsError> {
        begin_as_oracle(&env)?;
        stage::stage_consumption(
            &env,
            &provider_id,
            &consumer_id,
            deal_id,
            storage_mb,
            egress_mb,
        )
    }

    /// Stages service. Signed by the oracle.
    fn update_deal_sla(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
        latency_ms: u32,
        uptime: u32,
    ) -> Result<(), DealsError> {
        begin_as_oracle(&env)?;
        stage::stage_service(
            &env,
            &provider_id,
            &consumer_id,
            deal_id,
            latency_ms,
            uptime,
        )
    }

    /// Reports the stage, settles, pays out. Signed by the oracle.
    fn pay_pending_consumption(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError> {
        begin_as_oracle(&env)?;
        settle::pay_pending(&env, &provider_id, &consumer_id, deal_id)
    }

    /// Applies reports; a code an item. Signed by the oracle.
    fn report(env: Env, books: Vec<BookReports>) -> Result<Vec<u32>, DealsError> {
        report_as_oracle(&env, &books, false)
    }

    /// Settles deals; a code an item. Anyone.
    fn settle(env: Env, books: Vec<BookDeals>) -> Result<Vec<u32>, DealsError> {
        ttl::extend_instance(&env);
        settle::settle(&env, &books)
    }

    /// Applies reports and settles; a code an item. Signed by the oracle.
    fn report_and_settle(env: Env, books: Vec<BookReports>) -> Result<Vec<u32>, DealsError> {
        report_as_oracle(&env, &books, true)
    }

    /// Deletes the record of a deal that is over. Signed by the owner.
    fn delete_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError> {
        begin_as_owner(&env);
        sync::delete(&env, &consumer_id, &provider_id, deal_id)
    }

    /// Adds a policy for deals created afterwards. Signed by the owner.
    fn add_policy(env: Env, policy: Policy) -> Result<u32, DealsError> {
        begin_as_owner(&env);
        put_policy(&env, policy)
    }

    /// Names the next oracle. Signed by the owner.
    fn schedule_oracle(env: Env, oracle: Address) -> Result<u64, DealsError> {
        begin_as_owner(&env);
        oracle::schedule(&env, oracle)
    }

    /// Takes the role from the oracle at once. Signed by the owner.
    fn suspend_oracle(env: Env) -> Result<(), DealsError> {
        begin_as_owner(&env);
        oracle::suspend(&env)
    }

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

#[contractimpl(contracttrait)]
impl Administered for Deals {}

#[contractimpl(contracttrait)]
impl ExpiringPause for Deals {}

/// Opens a command that always works.
fn begin(env: &Env, signer: &Address) {
    ttl::extend_instance(env);
    signer.require_auth();
}

/// Opens a command that starts a new obligation.
fn begin_obligation(env: &Env, signer: &Address) -> Result<(), DealsError> {
    begin(env, signer);
    ensure!(!pause::is_paused(env), DealsError::Paused);
    Ok(())
}

fn begin_as_oracle(env: &Env) -> Result<(), DealsError> {
    ttl::extend_instance(env);
    oracle::enforce(env)
}

/// Opens a batch and applies it. Signed are its books by name and a digest of its reports.
fn report_as_oracle(
    env: &Env,
    books: &Vec<BookReports>,
    settling: bool,
) -> Result<Vec<u32>, DealsError> {
    ttl::extend_instance(env);
    let mut reports = Reports::default();
    let signed = reports.read(env, books)?;
    oracle::enforce_for(env, signed)?;
    batch::report(env, books, reports.as_slice(), settling)
}

fn begin_as_owner(env: &Env) {
    ttl::extend_instance(env);
    admin::enforce_owner(env);
}

fn put_policy(env: &Env, policy: Policy) -> Result<u32, DealsError> {
    ensure!(
        policy::policy_in_bounds(&policy),
        DealsError::PolicyOutOfBounds
    );
    let version = storage::add_policy(env, &policy)?;
    PolicyAdded { version, policy }.publish(env);
    Ok(version)
}
