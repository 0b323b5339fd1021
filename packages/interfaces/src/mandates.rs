//! Mandates: standing top-ups of a consumer's own deals, within a limit, apart from the escrow.

use soroban_sdk::{contractclient, contracterror, contractevent, contracttype, Address, Env};

use crate::admin::AdminConfig;

/// A standing top-up of one deal.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mandate {
    pub deal_id: u32,
    pub consumer: Address,
    /// The deal's asset.
    pub asset: Address,
    /// What one draw adds to the deal.
    pub top_up: i128,
    /// Most that is drawn in any 30 days.
    pub most_per_30_days: i128,
    /// Last time (seconds) at which it may be drawn.
    pub until_ts: u64,
    /// What counts against `most_per_30_days` now. A draw counts for 30 to 33 days.
    pub drawn: i128,
}

#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MandatesConfig {
    pub admin: AdminConfig,
    pub deals: Address,
    /// Where the deposits of `deals` are: the only receiver of what is drawn.
    pub escrow: Address,
}

#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum MandatesError {
    /// The deal has no mandate.
    MandateNotFound = 3500,
    /// There is no deal with this number.
    DealNotFound = 3501,
    /// The caller, or who set the mandate, is not the deal's consumer.
    NotTheConsumer = 3502,
    /// The deal is not funded, or is closed.
    DealNotLive = 3503,
    /// The top-up is not between 1 and 2^62.
    TopUpOutOfBounds = 3504,
    /// The limit for 30 days is below one top-up or above 2^62.
    LimitOutOfBounds = 3505,
    /// The last time is not in the future, or more than five years away.
    UntilOutOfBounds = 3506,
    /// The mandate's last time has passed.
    MandateExpired = 3507,
    /// The deal has the minimum runway and needs no money.
    NothingDue = 3508,
    /// One more top-up would exceed the limit for 30 days.
    LimitReached = 3509,
    /// The deal's asset is not the one that the mandate was set for.
    AssetChanged = 3510,
    /// The token refused the draw: no approval, an expired or used one, or too little money.
    TokenRefused = 3511,
    /// What arrived is not what was drawn.
    TransferNotWhole = 3512,
}

/// A consumer set or replaced the mandate of a deal.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MandateSet {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    pub asset: Address,
    pub top_up: i128,
    pub most_per_30_days: i128,
    pub until_ts: u64,
}

/// A consumer ended the mandate of a deal.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MandateRevoked {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
}

/// A deal was topped up from its consumer's wallet.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MandateDrawn {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    pub asset: Address,
    pub amount: i128,
    /// What counts against the limit for 30 days afterwards.
    pub drawn: i128,
}

#[contractclient(name = "MandatesClient")]
pub trait MandatesInterface {
    /// Sets or replaces the mandate of a funded deal. It can draw only what the consumer also approves
    /// to this contract, by the token's `approve`. What was drawn under the mandate that it replaces
    /// counts against the new limit.
    ///
    /// # Arguments
    /// * `top_up` - what one draw adds to the deal: 1 to 2^62.
    /// * `most_per_30_days` - most that is drawn in any 30 days: at least one `top_up`.
    /// * `until_ts` - last time (seconds) at which it may be drawn, at most five years ahead.
    ///
    /// # Errors
    /// [`MandatesError::TopUpOutOfBounds`], [`MandatesError::LimitOutOfBounds`],
    /// [`MandatesError::UntilOutOfBounds`], [`MandatesError::DealNotFound`],
    /// [`MandatesError::NotTheConsumer`], [`MandatesError::DealNotLive`]
    ///
    /// # Events
    /// [`MandateSet`]
    ///
    /// Authorisation: `consumer_id`.
    fn set_mandate(
        env: Env,
        consumer_id: Address,
        deal_id: u32,
        top_up: i128,
        most_per_30_days: i128,
        until_ts: u64,
    ) -> Result<(), MandatesError>;

    /// Ends a mandate, at once and for any deal of whatever status.
    ///
    /// # Errors
    /// [`MandatesError::MandateNotFound`], [`MandatesError::NotTheConsumer`]
    ///
    /// # Events
    /// [`MandateRevoked`]
    ///
    /// Authorisation: `consumer_id`.
    fn revoke_mandate(env: Env, consumer_id: Address, deal_id: u32) -> Result<(), MandatesError>;

    /// Tops the deal up by `top_up` from its consumer's wallet, if it has less than the minimum runway
    /// (the levels Critical and Grace of its health). Returns what was drawn. The money goes to the
    /// deal's account and nowhere else.
    ///
    /// # Errors
    /// [`MandatesError::MandateNotFound`], [`MandatesError::MandateExpired`],
    /// [`MandatesError::DealNotFound`], [`MandatesError::NotTheConsumer`],
    /// [`MandatesError::AssetChanged`], [`MandatesError::DealNotLive`], [`MandatesError::NothingDue`],
    /// [`MandatesError::LimitReached`], [`MandatesError::TokenRefused`],
    /// [`MandatesError::TransferNotWhole`], and those of `deals.sponsor_deal`
    ///
    /// # Events
    /// [`MandateDrawn`]
    ///
    /// Authorisation: none, anyone may call.
    fn draw(env: Env, deal_id: u32) -> Result<i128, MandatesError>;

    /// The mandate of a deal, expired or not; `None` where there is none.
    fn get_mandate(env: Env, deal_id: u32) -> Option<Mandate>;

    fn get_config(env: Env) -> MandatesConfig;
}
