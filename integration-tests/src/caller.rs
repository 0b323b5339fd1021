//! Calls with exactly one signature, and calls with none.

use flash_interfaces::escrow::EscrowClient;
use soroban_sdk::{
    testutils::{AuthorizedFunction, AuthorizedInvocation, MockAuthInvoke},
    xdr::ScErrorType,
    Address, Env, Error, IntoVal, Symbol, TryFromVal, Val, Vec,
};

use crate::{people::Person, signed::signed_args, World};

/// The result of a command. An error is the contract's or the host's.
pub type Answer<T = ()> = Result<T, Error>;

/// The error of a refused command.
pub fn refused<T>(error: impl Into<Error>) -> Answer<T> {
    Err(error.into())
}

/// Whether a command failed because a signature was missing: an error of the host, not of a
/// contract.
pub fn unauthorised<T>(answer: &Answer<T>) -> bool {
    answer
        .as_ref()
        .is_err_and(|error| error.is_type(ScErrorType::Context) || error.is_type(ScErrorType::Auth))
}

/// A caller. Each call is signed for exactly itself.
pub struct Caller<'a> {
    pub world: &'a World,
    /// `None` signs nothing.
    pub person: Option<&'a Person>,
}

impl World {
    /// Calls signed by this person.
    pub fn by<'a>(&'a self, person: &'a Person) -> Caller<'a> {
        Caller {
            world: self,
            person: Some(person),
        }
    }

    /// Calls without a signature.
    pub fn unsigned(&self) -> Caller<'_> {
        Caller {
            world: self,
            person: None,
        }
    }

    pub fn as_owner(&self) -> Caller<'_> {
        self.by(&self.owner)
    }

    pub fn as_oracle(&self) -> Caller<'_> {
        self.by(&self.oracle)
    }
}

impl Caller<'_> {
    pub fn registry<T>(&self, command: &str, args: impl IntoVal<Env, Vec<Val>>) -> Answer<T>
    where
        T: TryFromVal<Env, Val>,
    {
        self.call(&self.world.at.registry, command, args, 0)
    }

    pub fn deals<T>(&self, command: &str, args: impl IntoVal<Env, Vec<Val>>) -> Answer<T>
    where
        T: TryFromVal<Env, Val>,
    {
        self.call(&self.world.at.deals, command, args, 0)
    }

    /// A call of `deals` that pulls money from the caller. The signature covers the transfer.
    pub fn deals_pulling<T>(
        &self,
        command: &str,
        args: impl IntoVal<Env, Vec<Val>>,
        amount: i128,
    ) -> Answer<T>
    where
        T: TryFromVal<Env, Val>,
    {
        self.call(&self.world.at.deals, command, args, amount)
    }

    pub fn reputation<T>(&self, command: &str, args: impl IntoVal<Env, Vec<Val>>) -> Answer<T>
    where
        T: TryFromVal<Env, Val>,
    {
        self.call(&self.world.at.reputation, command, args, 0)
    }

    /// A command of the asset.
    pub fn token_command<T>(&self, command: &str, args: impl IntoVal<Env, Vec<Val>>) -> Answer<T>
    where
        T: TryFromVal<Env, Val>,
    {
        self.call(&self.world.asset.address(), command, args, 0)
    }

    pub fn mandates<T>(&self, command: &str, args: impl IntoVal<Env, Vec<Val>>) -> Answer<T>
    where
        T: TryFromVal<Env, Val>,
    {
        self.call(&self.world.at.mandates, command, args, 0)
    }

    pub fn escrow<T>(&self, command: &str, args: impl IntoVal<Env, Vec<Val>>) -> Answer<T>
    where
        T: TryFromVal<Env, Val>,
    {
        self.call(&self.world.at.escrow, command, args, 0)
    }

    /// Calls a contract. A successful call must have required exactly the given signature; a failed
    /// call must leave the ledger unchanged (E5).
    fn call<T>(
        &self,
        contract: &Address,
        command: &str,
        args: impl IntoVal<Env, Vec<Val>>,
        pulled: i128,
    ) -> Answer<T>
    where
        T: TryFromVal<Env, Val>,
    {
        self.world.check_operation();
        let env = &self.world.env;
        let args: Vec<Val> = args.into_val(env);
        let to_sign = signed_args(env, command, &args);
        self.sign(contract, command, &to_sign, pulled);
        let before = self.world.ledger_entries();
        let answer =
            env.try_invoke_contract::<T, Error>(contract, &Symbol::new(env, command), args);
        let signed = env.auths();
        env.set_auths(&[]);
        match answer {
            Ok(value) => {
                assert_eq!(signed, self.signatures(contract, command, to_sign, pulled));
                Ok(value.unwrap_or_else(|_| panic!("{command} answered in another type")))
            }
            Err(error) => {
                let same = before == self.world.ledger_entries();
                assert!(same, "E5: {command} failed and left the ledger changed");
                Err(error.expect("every error is an Error"))
            }
        }
    }

    fn sign(&self, contract: &Address, fn_name: &str, args: &Vec<Val>, pulled: i128) {
        let Some(person) = self.person else {
            return self.world.env.set_auths(&[]);
        };
        let transfer = MockAuthInvoke {
            contract: &self.world.asset.address(),
            fn_name: "transfer",
            args: self.transfer_args(person, pulled),
            sub_invokes: &[],
        };
        let sub_invokes = [transfer];
        let entry = person.sign(&MockAuthInvoke {
            contract,
            fn_name,
            args: args.clone(),
            sub_invokes: if pulled > 0 { &sub_invokes } else { &[] },
        });
        self.world.env.set_auths(&[entry]);
    }

    fn signatures(
        &self,
        contract: &Address,
        command: &str,
        args: Vec<Val>,
        pulled: i128,
    ) -> std::vec::Vec<(Address, AuthorizedInvocation)> {
        let Some(person) = self.person else {
            return vec![];
        };
        let call = |contract: &Address, name: &str, args| {
            let name = Symbol::new(&self.world.env, name);
            AuthorizedFunction::Contract((contract.clone(), name, args))
        };
        let transfer = AuthorizedInvocation {
            function: call(
                &self.world.asset.address(),
                "transfer",
                self.transfer_args(person, pulled),
            ),
            sub_invocations: vec![],
        };
        let whole = AuthorizedInvocation {
            function: call(contract, command, args),
            sub_invocations: if pulled > 0 { vec![transfer] } else { vec![] },
        };
        vec![(person.address.clone(), whole)]
    }

    fn transfer_args(&self, person: &Person, amount: i128) -> Vec<Val> {
        (&person.address, &self.world.at.escrow, amount).into_val(&self.world.env)
    }

    // ---- what people do ----

    /// Withdraws from the escrow to the caller's own address.
    pub fn withdraw(&self, amount: i128) -> Answer<i128> {
        let person = self.person.expect("somebody");
        self.withdraw_to(person, amount)
    }

    /// Withdraws from the escrow to any address, whatever share there is.
    pub fn withdraw_to(&self, to: &Person, amount: i128) -> Answer<i128> {
        self.withdraw_at_least(to, amount, 0)
    }

    /// Withdraws from the escrow, but not for less than `min_paid`.
    pub fn withdraw_at_least(&self, to: &Person, amount: i128, min_paid: i128) -> Answer<i128> {
        let who = &self.person.expect("somebody").address;
        let asset = self.world.asset.address();
        self.escrow("withdraw", (who, asset, &to.address, amount, min_paid))
    }

    /// Withdraws everything claimable; returns the amount.
    pub fn withdraw_all(&self) -> i128 {
        let who = &self.person.expect("somebody").address;
        let claimable = EscrowClient::new(&self.world.env, &self.world.at.escrow)
            .get_claimable(who, &self.world.asset.address());
        self.withdraw(claimable)
            .expect("what is claimable can be withdrawn")
    }
}
