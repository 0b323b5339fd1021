//! Who may call: every command with no signature, with every wrong role, and with the right one.

extern crate std;

use flash_interfaces::escrow::EscrowError;
use soroban_sdk::{vec, Address, IntoVal, InvokeError, Symbol, Val, Vec};

use super::fixture::*;

struct Command {
    name: &'static str,
    args: Vec<Val>,
    role: Address,
}

/// Every command but `push`, `open` and `deposit`, which are tested below, with arguments that
/// succeed.
fn commands(w: &World) -> std::vec::Vec<Command> {
    let env = &w.env;
    let second = env
        .register_stellar_asset_contract_v2(w.owner.clone())
        .address();
    let books = vec![env, w.book(0, &[(1, 10)])];
    let command = |name, role: &Address, args| Command {
        name,
        args,
        role: role.clone(),
    };
    std::vec![
        command("settle", &w.deals, (books, false).into_val(env)),
        command("refund", &w.deals, (1_u32, 10_i128).into_val(env)),
        command(
            "close",
            &w.deals,
            (1_u32, 10_i128, 10_i128, false, false).into_val(env)
        ),
        command(
            "withdraw",
            &w.provider,
            (&w.provider, &w.asset, &w.stranger, 1_i128, 1_i128).into_val(env)
        ),
        command(
            "send_funds_owner",
            &w.owner,
            (&w.owner, 1_i128).into_val(env)
        ),
        command(
            "withdraw_fees",
            &w.owner,
            (&w.asset, &w.owner, 1_i128).into_val(env)
        ),
        command(
            "set_stable_asset_address",
            &w.owner,
            (second,).into_val(env)
        ),
    ]
}

fn funded() -> World {
    let w = World::new();
    w.open(1, USD);
    w.settle(1, 10_000);
    w.env.set_auths(&[]);
    w
}

fn call(w: &World, command: &Command) -> Result<(), Result<EscrowError, InvokeError>> {
    let name = Symbol::new(&w.env, command.name);
    w.env
        .try_invoke_contract::<Val, EscrowError>(&w.escrow, &name, command.args.clone())
        .map(|_| ())
}

#[test]
fn every_command_needs_its_own_role_and_exactly_its_signature() {
    let n = commands(&funded()).len();
    for i in 0..n {
        let w = funded();
        let command = &commands(&w)[i];
        w.env.set_auths(&[]);
        let unsigned = call(&w, command);
        assert_eq!(unsigned, Err(Err(InvokeError::Abort)), "{}", command.name);
        for role in [&w.owner, &w.deals, &w.consumer, &w.provider, &w.stranger] {
            w.signed(role, command.name, command.args.clone());
            let answer = call(&w, command);
            if *role == command.role {
                assert_eq!(answer, Ok(()), "{}", command.name);
                w.assert_only_auth(role, command.name, command.args.clone());
            } else {
                assert_eq!(answer, Err(Err(InvokeError::Abort)), "{}", command.name);
            }
        }
    }
}

#[test]
fn opening_and_adding_need_deals_and_the_payer() {
    let w = World::new();
    let account = w.account(1, USD);
    w.mint(&w.consumer, 2 * USD);
    // The payer alone: a signature for the token is worth nothing outside its call.
    w.env.set_auths(&[]);
    assert!(unauthorised(&w.client().try_open(&account)));
    for role in [&w.owner, &w.consumer, &w.provider, &w.stranger] {
        let client = w.signed(role, "open", (&account,));
        assert!(unauthorised(&client.try_open(&account)));
    }
    // `deals` alone: the payer did not sign.
    let client = w.signed(&w.deals, "open", (&account,));
    assert_eq!(
        client.try_open(&account),
        refused(EscrowError::TokenRefused)
    );
    assert_eq!(w.try_open(&account), Ok(Ok(())));

    let add = || w.client().try_deposit(&1, &w.consumer, &USD);
    w.env.set_auths(&[]);
    assert!(unauthorised(&add()));
    for role in [&w.owner, &w.consumer, &w.provider, &w.stranger] {
        w.signed(role, "deposit", (1_u32, &w.consumer, USD));
        assert!(unauthorised(&add()));
    }
    w.signed(&w.deals, "deposit", (1_u32, &w.consumer, USD));
    assert_eq!(add(), refused(EscrowError::TokenRefused));
    assert_eq!(w.try_deposit(1, &w.consumer, USD), Ok(Ok(())));
    assert_eq!(w.get(1).deposited, 2 * USD);
}

#[test]
fn another_payer_cannot_be_named_without_their_signature() {
    let w = World::new();
    w.open(1, USD);
    w.mint(&w.stranger, USD);
    // The consumer signs, the stranger's money is named.
    let mut account = w.account(2, USD);
    account.consumer = w.stranger.clone();
    let client = w.signed(&w.deals, "open", (&account,));
    assert_eq!(
        client.try_open(&account),
        refused(EscrowError::TokenRefused)
    );
    assert_eq!(w.token().balance(&w.stranger), USD);
}

#[test]
fn push_needs_nobody() {
    let w = funded();
    w.env.set_auths(&[]);
    assert_eq!(w.client().try_push(&w.provider, &w.asset), Ok(Ok(9_800)));
    assert!(w.env.auths().is_empty());
    assert_eq!(w.token().balance(&w.provider), 9_800);
}

#[test]
fn the_constructor_cannot_be_called_again() {
    let w = funded();
    w.env.mock_all_auths();
    let args: Vec<Val> = (&w.stranger, &w.stranger, &w.asset, 0_u64).into_val(&w.env);
    let name = Symbol::new(&w.env, "__constructor");
    let answer = w
        .env
        .try_invoke_contract::<Val, soroban_sdk::Error>(&w.escrow, &name, args);
    assert!(answer.is_err());
    assert_eq!(w.client().get_config().deals, w.deals);
}

#[test]
fn queries_need_nobody_and_write_nothing() {
    let w = funded();
    w.env.set_auths(&[]);
    let client = w.client();
    client.get_account(&1);
    assert_eq!(w.env.cost_estimate().resources().write_entries, 0);
    client.get_claimable(&w.provider, &w.asset);
    assert_eq!(w.env.cost_estimate().resources().write_entries, 0);
    client.get_solvency(&w.asset);
    assert_eq!(w.env.cost_estimate().resources().write_entries, 0);
    client.get_config();
    assert_eq!(w.env.cost_estimate().resources().write_entries, 0);
    client.get_stable_asset_name();
    assert_eq!(w.env.cost_estimate().resources().write_entries, 0);
    client.get_stable_asset_address();
    assert_eq!(w.env.cost_estimate().resources().write_entries, 0);
}
