extern crate std;

use soroban_sdk::{
    testutils::{Address as _, EnvTestConfig, Ledger, MockAuth, MockAuthInvoke},
    token::TokenClient,
    Address, Env, IntoVal, String, Symbol, Vec,
};

use super::*;

struct World<'a> {
    env: Env,
    id: Address,
    sep41: TokenClient<'a>,
    token: HostileTokenClient<'a>,
    ada: Address,
    bob: Address,
}

impl World<'_> {
    fn new() -> Self {
        let env = Env::new_with_config(EnvTestConfig {
            capture_snapshot_at_drop: false,
        });
        env.ledger().with_mut(|ledger| {
            ledger.sequence_number = 1_000_001;
            ledger.timestamp = 1_700_000_001;
        });
        let text = |s: &str| String::from_str(&env, s);
        let id = env.register(HostileToken, (text("Hostile"), text("HOST")));
        let (ada, bob) = (Address::generate(&env), Address::generate(&env));
        let token = HostileTokenClient::new(&env, &id);
        token.mint(&ada, &100);
        Self {
            sep41: TokenClient::new(&env, &id),
            token,
            id,
            ada,
            bob,
            env,
        }
    }

    fn transfer(&self, amount: i128) -> bool {
        let auth = MockAuth {
            address: &self.ada,
            invoke: &MockAuthInvoke {
                contract: &self.id,
                fn_name: "transfer",
                args: (&self.ada, &self.bob, amount).into_val(&self.env),
                sub_invokes: &[],
            },
        };
        let token = self.sep41.mock_auths(core::slice::from_ref(&auth));
        token.try_transfer(&self.ada, &self.bob, &amount).is_ok()
    }

    fn balances(&self) -> (i128, i128) {
        (self.sep41.balance(&self.ada), self.sep41.balance(&self.bob))
    }
}

#[test]
fn an_honest_token_is_a_sep41_token() {
    let w = World::new();
    let text = |s: &str| String::from_str(&w.env, s);
    assert_eq!(w.sep41.decimals(), 7);
    assert_eq!(w.sep41.name(), text("Hostile"));
    assert_eq!(w.sep41.symbol(), text("HOST"));
    assert!(w.transfer(30));
    assert_eq!(w.balances(), (70, 30));
    assert!(!w.transfer(71));
    assert!(!w.transfer(-1));
    assert_eq!(w.balances(), (70, 30));
    assert!(
        w.sep41.try_transfer(&w.ada, &w.bob, &1).is_err(),
        "unsigned"
    );
}

#[test]
fn an_allowance_is_spent_and_ends() {
    let w = World::new();
    w.env.mock_all_auths();
    let until = w.env.ledger().sequence() + 10;
    w.sep41.approve(&w.ada, &w.bob, &50, &until);
    w.sep41.transfer_from(&w.bob, &w.ada, &w.bob, &20);
    w.sep41.burn_from(&w.bob, &w.ada, &5);
    assert_eq!(w.sep41.allowance(&w.ada, &w.bob), 25);
    assert!(w.sep41.try_burn_from(&w.bob, &w.ada, &26).is_err());
    w.sep41.burn(&w.ada, &5);
    assert_eq!(w.balances(), (70, 20));
    w.env
        .ledger()
        .with_mut(|ledger| ledger.sequence_number = until + 1);
    assert_eq!(w.sep41.allowance(&w.ada, &w.bob), 0);
    assert!(w.sep41.try_approve(&w.ada, &w.bob, &1, &until).is_err());
}

#[test]
fn transfers_are_as_wrong_as_the_mode_says() {
    for (mode, figure, succeeds, balances) in [
        (Mode::FeeOnTransfer, 1, true, (90, 9)),
        (Mode::FeeOnTransfer, -1, true, (90, 11)),
        (Mode::TakesExtra, 2, true, (88, 10)),
        (Mode::SilentNoop, 0, true, (100, 0)),
        (Mode::TrapOnTransfer, 0, false, (100, 0)),
        (Mode::ForeignError, 0, false, (100, 0)),
        (Mode::InfiniteLoop, 0, false, (100, 0)),
        (Mode::LyingBalance, 0, true, (90, 10)),
        (Mode::WrongTypes, 0, false, (90, 10)),
    ] {
        let w = World::new();
        w.token.set_mode(&mode, &figure);
        if mode == Mode::InfiniteLoop {
            // The test environment has no limit by default.
            let mut budget = w.env.cost_estimate().budget();
            budget.reset_limits(100_000_000, 40_000_000);
            assert!(
                std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| w.transfer(10)))
                    .map_or(true, |ok| !ok)
            );
            continue;
        }
        let answered = w.transfer(10);
        // A call with a wrong return type completes, but its answer cannot be decoded.
        assert!(answered == succeeds || mode == Mode::WrongTypes, "{mode:?}");
        w.token.set_mode(&Mode::Honest, &0);
        assert_eq!(w.balances(), balances, "{mode:?}");
    }
}

#[test]
fn answers_are_as_wrong_as_the_mode_says() {
    let w = World::new();
    w.token.set_mode(&Mode::WrongDecimals, &6);
    assert_eq!(w.sep41.decimals(), 6);
    w.token.set_mode(&Mode::TrappingName, &0);
    assert!(w.sep41.try_name().is_err());
    w.token.set_mode(&Mode::LyingBalance, &-5);
    assert_eq!(w.sep41.balance(&w.ada), -5);
    w.token.set_mode(&Mode::TrapOnBalance, &0);
    assert!(w.sep41.try_balance(&w.ada).is_err());
    w.token.set_mode(&Mode::WrongTypes, &0);
    assert!(matches!(w.sep41.try_balance(&w.ada), Ok(Err(_))));
    assert!(matches!(w.sep41.try_decimals(), Ok(Err(_))));
    assert!(matches!(w.sep41.try_name(), Ok(Err(_))));
}

#[test]
fn a_re_entering_call_is_made_and_counted() {
    let w = World::new();
    let other = World::new_token(&w.env);
    let call = |contract: &Address| Reentry {
        contract: contract.clone(),
        function: Symbol::new(&w.env, "symbol"),
        args: Vec::new(&w.env),
    };
    w.token.set_mode(&Mode::ReenterQuietly, &0);
    w.token.set_reentry(&call(&other));
    assert!(w.transfer(10));
    assert_eq!(w.token.get_reentries(), (0, 1));
    w.token.set_reentry(&call(&w.id));
    assert!(w.transfer(10));
    assert_eq!(w.token.get_reentries(), (1, 1));
    w.token.set_mode(&Mode::Reenter, &0);
    assert!(!w.transfer(10));
    assert_eq!(w.balances(), (80, 20));
}

impl World<'_> {
    fn new_token(env: &Env) -> Address {
        let text = String::from_str(env, "Other");
        env.register(HostileToken, (text.clone(), text))
    }
}
