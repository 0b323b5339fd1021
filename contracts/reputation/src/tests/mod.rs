//! Tests of the contract through its client; the arithmetic is tested in `math.rs`.

extern crate std;

mod auth;
mod decay;
mod evidence;
mod losses;
mod outcomes;
mod pair;
mod points;

use flash_interfaces::reputation::{Ending, Outcome, Role};
use flash_money::units::{ONE_USD, SECS_PER_DAY};
use soroban_sdk::{
    testutils::{Address as _, EnvTestConfig, Ledger, MockAuth, MockAuthInvoke},
    Address, Env, IntoVal, Val, Vec,
};

use crate::{Reputation, ReputationArgs, ReputationClient};

pub const START_TS: u64 = 1_750_000_000;
pub const UPGRADE_DELAY_SECS: u64 = 21 * SECS_PER_DAY;
/// A deal of full weight, whose fee is as much as the largest gain.
pub const VOLUME: i128 = 100 * ONE_USD;

pub const ALL_OUTCOMES: [Outcome; 9] = [
    Outcome::CompletedClean,
    Outcome::CompletedUnmeasured,
    Outcome::CompletedMinorCredit,
    Outcome::CompletedMajorCredit,
    Outcome::CancelledByNotice,
    Outcome::CancelledBySilence,
    Outcome::BreachedProvider,
    Outcome::BreachedConsumer,
    Outcome::CancelledForOveruse,
];

/// A deal that was charged and paid `amount`, with a platform fee of 2 %.
pub fn ending(outcome: Outcome, amount: i128) -> Ending {
    Ending {
        outcome,
        closed_in_grace: false,
        volume: amount,
        fee: amount / 50,
        weight: amount,
    }
}

/// The contract with an owner, a `deals` that may write, and two parties.
pub struct World {
    pub env: Env,
    pub owner: Address,
    pub deals: Address,
    pub ada: Address,
    pub carol: Address,
    pub contract: ReputationClient<'static>,
}

impl World {
    pub fn new() -> Self {
        let env = Env::new_with_config(EnvTestConfig {
            capture_snapshot_at_drop: false,
        });
        env.ledger().with_mut(|ledger| {
            ledger.sequence_number = 1_000_001;
            ledger.timestamp = START_TS;
        });
        let owner = Address::generate(&env);
        let deals = Address::generate(&env);
        let id = env.register(
            Reputation,
            ReputationArgs::__constructor(&owner, &deals, &UPGRADE_DELAY_SECS),
        );
        Self {
            owner,
            deals,
            ada: Address::generate(&env),
            carol: Address::generate(&env),
            contract: ReputationClient::new(&env, &id),
            env,
        }
    }

    /// The next call carries exactly this signature.
    pub fn sign(&self, who: &Address, fn_name: &str, args: impl IntoVal<Env, Vec<Val>>) {
        self.env.mock_auths(&[MockAuth {
            address: who,
            invoke: &MockAuthInvoke {
                contract: &self.contract.address,
                fn_name,
                args: args.into_val(&self.env),
                sub_invokes: &[],
            },
        }]);
    }

    /// `deals` writes an outcome between any two parties.
    pub fn record_ending(&self, provider: &Address, consumer: &Address, ending: &Ending) {
        self.sign(
            &self.deals,
            "record",
            (7_u32, provider, consumer, ending.clone()),
        );
        self.contract.record(&7, provider, consumer, ending);
        self.env.set_auths(&[]);
    }

    pub fn record_for(
        &self,
        provider: &Address,
        consumer: &Address,
        outcome: Outcome,
        amount: i128,
    ) {
        self.record_ending(provider, consumer, &ending(outcome, amount));
    }

    /// `deals` writes an outcome of full weight between Ada and Carol.
    pub fn record(&self, outcome: Outcome) {
        self.record_for(&self.ada, &self.carol, outcome, VOLUME);
    }

    /// An outcome of full weight between each of Ada and Carol and somebody new, so that no counterparty's bound holds.
    pub fn record_with_strangers(&self, outcome: Outcome) {
        let stranger = || Address::generate(&self.env);
        self.record_for(&self.ada, &stranger(), outcome, VOLUME);
        self.record_for(&stranger(), &self.carol, outcome, VOLUME);
    }

    /// Ada's score as a provider, Carol's as a consumer.
    pub fn scores(&self) -> (u32, u32) {
        (
            self.contract.get_score(&self.ada, &Role::Provider),
            self.contract.get_score(&self.carol, &Role::Consumer),
        )
    }

    pub fn advance(&self, secs: u64) {
        self.env.ledger().with_mut(|ledger| {
            ledger.timestamp += secs;
            ledger.sequence_number += u32::try_from(secs / 5).expect("a test's jump");
        });
    }
}
