//! What the owner signs.

use flash_interfaces::deals::{DealsError, OwnerCommands, Policy};
use soroban_sdk::{contractimpl, Address, Env};

use super::{begin::begin_as_owner, put_policy, Deals, DealsArgs, DealsClient};
use crate::{oracle, sync};

#[contractimpl]
impl OwnerCommands for Deals {
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

    /// Calls off the scheduled oracle. Signed by the owner.
    fn cancel_oracle(env: Env) -> Result<(), DealsError> {
        begin_as_owner(&env);
        oracle::cancel(&env)
    }

    /// Takes the role from the oracle at once. Signed by the owner.
    fn suspend_oracle(env: Env) -> Result<(), DealsError> {
        begin_as_owner(&env);
        oracle::suspend(&env)
    }
}
