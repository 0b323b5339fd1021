//! What the provider of a deal signs.

use flash_interfaces::deals::{DealsError, ProviderCommands};
use soroban_sdk::{contractimpl, Address, Env};

use super::{
    begin::{begin, begin_obligation},
    Deals, DealsArgs, DealsClient,
};
use crate::{accept, notice};

#[contractimpl]
impl ProviderCommands for Deals {
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
}
