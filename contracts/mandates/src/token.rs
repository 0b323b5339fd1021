//! Every call to a token. A token is foreign code: each call is a `try_` call, and whatever it refuses
//! is [`MandatesError::TokenRefused`].
//!
//! The host forbids re-entry at any depth: while the token runs, no function of this contract can be
//! entered.

use flash_common::ensure;
use flash_interfaces::mandates::MandatesError;
use soroban_sdk::{
    auth::{ContractContext, InvokerContractAuthEntry, SubContractInvocation},
    symbol_short,
    token::TokenClient,
    vec, Address, Env, IntoVal,
};

/// Pulls `amount` of what `from` approved to this contract. The balance must grow by exactly that.
pub fn pull(env: &Env, token: &Address, from: &Address, amount: i128) -> Result<(), MandatesError> {
    let this = env.current_contract_address();
    let client = TokenClient::new(env, token);
    let before = balance(&client, &this)?;
    client
        .try_transfer_from(&this, from, &this, &amount)
        .map_err(|_| MandatesError::TokenRefused)?
        .map_err(|_| MandatesError::TokenRefused)?;
    let after = balance(&client, &this)?;
    ensure!(
        after.checked_sub(before) == Some(amount),
        MandatesError::TransferNotWhole
    );
    Ok(())
}

/// Signs, for the next call that this contract makes, one transfer of its own money: `amount` to `to`.
pub fn allow_transfer_to(env: &Env, token: &Address, to: &Address, amount: i128) {
    let this = env.current_contract_address();
    let transfer = SubContractInvocation {
        context: ContractContext {
            contract: token.clone(),
            fn_name: symbol_short!("transfer"),
            args: (this, to.clone(), amount).into_val(env),
        },
        sub_invocations: vec![env],
    };
    env.authorize_as_current_contract(vec![env, InvokerContractAuthEntry::Contract(transfer)]);
}

fn balance(token: &TokenClient, who: &Address) -> Result<i128, MandatesError> {
    match token.try_balance(who) {
        Ok(Ok(balance)) => Ok(balance),
        _ => Err(MandatesError::TokenRefused),
    }
}
