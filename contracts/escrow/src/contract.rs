//! Who may call what: keep the instance alive, authenticate, one call. No business logic.

use flash_common::{
    admin::{self, Administered},
    ttl,
};
#[cfg(feature = "testnet")]
use flash_interfaces::escrow::EscrowFaucet;
use flash_interfaces::{
    admin::AdminError,
    escrow::{
        Account, BookPayments, EscrowConfig, EscrowError, EscrowInterface, OpenAccount, Solvency,
    },
};
use soroban_sdk::{contract, contractimpl, contractmeta, Address, BytesN, Env, String, Vec};

#[cfg(feature = "testnet")]
use crate::faucet;
use crate::{
    close::{self, Closing},
    config, fees, open, payout, policy, query, settle, storage, token,
};

contractmeta!(key = "name", val = "FlashOnStellar escrow");
contractmeta!(
    key = "Description",
    val = "Holds the money of storage deals: accounts, claimable balances, fees"
);
contractmeta!(key = "binver", val = env!("CARGO_PKG_VERSION"));
contractmeta!(
    key = "source_repo",
    val = "github:flashbacknetwork/FlashOnStellar"
);

#[contract]
pub struct Escrow;

/// Every command that moves the money of accounts comes from `deals`, fixed at construction.
fn enforce_deals(env: &Env) {
    ttl::extend_instance(env);
    storage::deals(env).require_auth();
}

/// Commands of the owner.
fn enforce_owner(env: &Env) {
    ttl::extend_instance(env);
    admin::enforce_owner(env);
}

#[contractimpl]
impl Escrow {
    /// Deploys the escrow of one `deals` contract, whose address is computed beforehand.
    ///
    /// # Arguments
    /// * `owner` - configures the asset of new deals, takes fees, upgrades.
    /// * `deals` - the only address that moves the money of accounts; fixed for ever.
    /// * `stable_asset` - a SEP-41 token of 7 decimals.
    /// * `upgrade_delay_secs` - seconds between the announcement and the execution of an upgrade.
    ///
    /// # Errors
    /// [`AdminError::UpgradeDelayTooShort`], [`AdminError::UpgradeDelayTooLong`],
    /// [`EscrowError::TokenRefused`], [`EscrowError::DecimalsNotSeven`]
    pub fn __constructor(
        env: Env,
        owner: Address,
        deals: Address,
        stable_asset: Address,
        upgrade_delay_secs: u64,
    ) -> Result<(), soroban_sdk::Error> {
        config::init(&env, &owner, &deals, &stable_asset, upgrade_delay_secs)
    }

    /// Brings the stored configuration to the schema of the running code.
    ///
    /// Errors: [`AdminError::NothingToMigrate`]. Events: `Migrated`. Authorisation: owner.
    pub fn migrate(env: Env) -> Result<(), AdminError> {
        enforce_owner(&env);
        admin::finish_migration(&env, policy::SCHEMA)
    }
}

#[contractimpl]
impl EscrowInterface for Escrow {
    /// Opens a deal's account and pulls the first deposit from the consumer. Authorisation: deals.
    fn open(env: Env, account: OpenAccount) -> Result<(), EscrowError> {
        enforce_deals(&env);
        open::open(&env, &account)
    }

    /// Adds money of anyone to a deal's account. Authorisation: deals.
    fn deposit(env: Env, deal_id: u32, from: Address, amount: i128) -> Result<(), EscrowError> {
        enforce_deals(&env);
        open::deposit(&env, deal_id, &from, amount)
    }

    /// Pays gross amounts out of accounts. Authorisation: deals.
    fn settle(env: Env, books: Vec<BookPayments>, push: bool) -> Result<(), EscrowError> {
        enforce_deals(&env);
        settle::settle(&env, &books, push)
    }

    /// Credits money of a live deal back to its consumer. Authorisation: deals.
    fn refund(env: Env, deal_id: u32, amount: i128) -> Result<(), EscrowError> {
        enforce_deals(&env);
        close::refund(&env, deal_id, amount)
    }

    /// Pays, refunds and, with `release`, ends a deal's account. Authorisation: deals.
    fn close(
        env: Env,
        deal_id: u32,
        pay: i128,
        refund: i128,
        release: bool,
        push: bool,
    ) -> Result<(), EscrowError> {
        enforce_deals(&env);
        let closing = Closing {
            pay,
            refund,
            release,
            push,
        };
        close::close(&env, deal_id, &closing)
    }

    /// Sends what `who` may claim to any address but the escrow. Authorisation: `who`.
    fn withdraw(
        env: Env,
        who: Address,
        token: Address,
        to: Address,
        amount: i128,
    ) -> Result<i128, EscrowError> {
        ttl::extend_instance(&env);
        who.require_auth();
        payout::withdraw(&env, &who, &token, &to, amount)
    }

    /// Sends all that `who` may claim to `who`. Anyone may call.
    fn push(env: Env, who: Address, token: Address) -> Result<i128, EscrowError> {
        ttl::extend_instance(&env);
        payout::push(&env, &who, &token)
    }

    /// The account of a deal, live or released.
    fn get_account(env: Env, deal_id: u32) -> Option<Account> {
        query::account(&env, deal_id)
    }

    /// What `who` may withdraw of a token.
    fn get_claimable(env: Env, who: Address, token: Address) -> i128 {
        storage::claimable(&env, &token, &who)
    }

    /// What the escrow holds and owes of a token, now.
    fn get_solvency(env: Env, token: Address) -> Result<Solvency, EscrowError> {
        query::solvency(&env, &token)
    }

    /// The name that the current asset gives itself.
    fn get_stable_asset_name(env: Env) -> Result<String, EscrowError> {
        token::name(&env, &storage::stable_asset(&env))
    }

    /// The asset of deals created from now on.
    fn get_stable_asset_address(env: Env) -> Address {
        storage::stable_asset(&env)
    }

    /// Sets the asset of deals created afterwards. Authorisation: owner.
    fn set_stable_asset_address(env: Env, addr: Address) -> Result<(), EscrowError> {
        enforce_owner(&env);
        config::set_stable_asset(&env, &addr)
    }

    /// Sends fees and surplus of the current asset. Authorisation: owner.
    fn send_funds_owner(env: Env, receiver: Address, amount: i128) -> Result<(), EscrowError> {
        enforce_owner(&env);
        fees::send_funds_owner(&env, &receiver, amount)
    }

    /// Sends fees of any token. Authorisation: owner.
    fn withdraw_fees(
        env: Env,
        token: Address,
        receiver: Address,
        amount: i128,
    ) -> Result<(), EscrowError> {
        enforce_owner(&env);
        fees::withdraw_fees(&env, &token, &receiver, amount)
    }

    /// Links, asset, owner, schema and pending upgrade.
    fn get_config(env: Env) -> EscrowConfig {
        config::get(&env)
    }
}

#[cfg(feature = "testnet")]
#[contractimpl]
impl EscrowFaucet for Escrow {
    /// Mints the stable asset, on test networks. Authorisation: `receiver`.
    fn test_faucet(env: Env, receiver: Address, amount: i128) -> Result<(), EscrowError> {
        ttl::extend_instance(&env);
        receiver.require_auth();
        faucet::mint(&env, &receiver, amount)
    }

    /// Hands the administration of the stable asset over, on test networks. Authorisation: owner.
    fn change_asset_admin(env: Env, new_admin: Address) -> Result<(), EscrowError> {
        enforce_owner(&env);
        faucet::change_asset_admin(&env, &new_admin)
    }
}

#[contractimpl(contracttrait)]
impl Administered for Escrow {}
