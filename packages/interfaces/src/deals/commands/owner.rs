//! What the owner may call.

use soroban_sdk::{contractclient, Address, Env};

use crate::deals::*;

/// Commands that the owner signs.
#[contractclient(name = "DealsClient", impl_only = true)]
pub trait OwnerCommands {
    /// Deletes the record of a deal that is over in every respect; a tombstone stays.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotSynced`]
    ///
    /// # Events
    /// [`DealDeleted`]
    ///
    /// Authorisation: owner.
    fn delete_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Adds a policy and puts it in force for deals created afterwards. Returns its version.
    ///
    /// # Errors
    /// [`DealsError::PolicyOutOfBounds`]
    ///
    /// # Events
    /// [`PolicyAdded`]
    ///
    /// Authorisation: owner.
    fn add_policy(env: Env, policy: Policy) -> Result<u32, DealsError>;

    /// Names the next oracle: after a day, or at once where none was ever set.
    ///
    /// # Errors
    /// [`DealsError::OracleUnchanged`]
    ///
    /// # Events
    /// [`OracleScheduled`]
    ///
    /// Authorisation: owner.
    fn schedule_oracle(env: Env, oracle: Address) -> Result<u64, DealsError>;

    /// Calls off the oracle that is scheduled and not in office yet. The acting one goes on.
    ///
    /// # Errors
    /// [`DealsError::NoOracle`]
    ///
    /// # Events
    /// [`OracleCancelled`]
    ///
    /// Authorisation: owner.
    fn cancel_oracle(env: Env) -> Result<(), DealsError>;

    /// Takes the role from the acting oracle at once; reports stop until the next one.
    ///
    /// # Errors
    /// [`DealsError::NoOracle`]
    ///
    /// # Events
    /// [`OracleSuspended`]
    ///
    /// Authorisation: owner.
    fn suspend_oracle(env: Env) -> Result<(), DealsError>;
}
