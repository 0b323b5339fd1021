//! What a provider may call.

use soroban_sdk::{contractclient, Address, Env};

use crate::deals::*;

/// Commands that the provider signs.
#[contractclient(name = "DealsClient", impl_only = true)]
pub trait ProviderCommands {
    /// # Errors
    /// [`DealsError::Paused`], [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`],
    /// [`DealsError::NotPending`], [`DealsError::AcceptWindowPassed`]
    ///
    /// # Events
    /// [`DealAccepted`]
    ///
    /// Authorisation: `provider_id`.
    fn set_deal_accepted(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Ends a deal that was not funded.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotUnfunded`]
    ///
    /// # Events
    /// [`DealDropped`]
    ///
    /// Authorisation: `provider_id`.
    fn set_deal_rejected(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Unfunded: ends the deal. Funded: notice, the deal ends after the policy's `notice_secs`, or
    /// at once when nothing was reported for `silence_secs`; closing is then anyone's step.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`] when it
    /// has ended, [`DealsError::NoticeGiven`]
    ///
    /// # Events
    /// [`DealDropped`] or [`NoticeGiven`]
    ///
    /// Authorisation: `provider_id`.
    fn set_deal_cancelled(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;
}
