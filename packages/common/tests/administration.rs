//! Ownership, announced upgrades, migration and the pause, on a contract that has nothing else.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "a test may panic"
)]

use flash_common::{
    admin::{self, Administered, MAX_UPGRADE_DELAY_SECS, UPGRADE_WINDOW_SECS},
    pause::{ExpiringPause, MAX_PAUSE_SECS},
};
use flash_interfaces::admin::{
    AdminConfig, AdminError, Migrated, Paused, Unpaused, UpgradeCancelled, UpgradeScheduled,
    Upgraded,
};
use soroban_sdk::{
    contract, contractimpl,
    testutils::{
        Address as _, EnvTestConfig, Events as _, Ledger, MockAuth, MockAuthInvoke, Register,
    },
    Address, BytesN, ConversionError, Env, Event, IntoVal, InvokeError, String, Symbol, Val, Vec,
};

const DELAY_SECS: u64 = 21 * 86_400;

mod first {
    use super::*;

    #[contract]
    pub struct First;

    #[contractimpl]
    impl First {
        pub fn __constructor(env: Env, owner: Address, delay_secs: u64) -> Result<(), AdminError> {
            admin::init(&env, &owner, delay_secs, 1)
        }

        pub fn migrate(env: Env) -> Result<(), AdminError> {
            admin::enforce_owner(&env);
            admin::finish_migration(&env, 1)
        }

        pub fn get_config(env: Env) -> AdminConfig {
            admin::config(&env)
        }
    }

    #[contractimpl(contracttrait)]
    impl Administered for First {}

    #[contractimpl(contracttrait)]
    impl ExpiringPause for First {}
}

/// The next version: another schema, and a function that the first one lacks.
mod second {
    use super::*;

    #[contract]
    pub struct Second;

    #[contractimpl]
    impl Second {
        pub fn migrate(env: Env) -> Result<(), AdminError> {
            admin::enforce_owner(&env);
            admin::finish_migration(&env, 2)
        }

        pub fn get_config(env: Env) -> AdminConfig {
            admin::config(&env)
        }

        pub fn is_second(_env: Env) -> bool {
            true
        }
    }

    #[contractimpl(contracttrait)]
    impl Administered for Second {}
}

use first::{First, FirstClient};
use second::{Second, SecondClient};

type Answer<T> = Result<Result<T, ConversionError>, Result<AdminError, InvokeError>>;

struct World {
    env: Env,
    id: Address,
    owner: Address,
    stranger: Address,
}

impl World {
    fn new() -> Self {
        let env = Env::new_with_config(EnvTestConfig {
            capture_snapshot_at_drop: false,
        });
        env.ledger().with_mut(|ledger| {
            ledger.sequence_number = 1_000_001;
            ledger.timestamp = 1_700_000_001;
        });
        let (owner, stranger) = (Address::generate(&env), Address::generate(&env));
        let id = env.register(First, (&owner, DELAY_SECS));
        Self {
            env,
            id,
            owner,
            stranger,
        }
    }

    fn client(&self) -> FirstClient<'_> {
        FirstClient::new(&self.env, &self.id)
    }

    /// Signs exactly one call.
    fn signed(
        &self,
        who: &Address,
        fn_name: &str,
        args: impl IntoVal<Env, Vec<Val>>,
    ) -> FirstClient<'_> {
        self.env.mock_auths(&[MockAuth {
            address: who,
            invoke: &MockAuthInvoke {
                contract: &self.id,
                fn_name,
                args: args.into_val(&self.env),
                sub_invokes: &[],
            },
        }]);
        self.client()
    }

    fn schedule(&self, hash: &BytesN<32>) -> Answer<u64> {
        let answer = self
            .signed(&self.owner, "schedule_upgrade", (hash,))
            .try_schedule_upgrade(hash);
        answer.map(|inner| inner.map_err(|_| ConversionError))
    }

    fn upgrade_by(&self, who: &Address, hash: &BytesN<32>) -> Answer<()> {
        self.signed(who, "upgrade", (hash, who))
            .try_upgrade(hash, who)
    }

    fn upgrade(&self, hash: &BytesN<32>) -> Answer<()> {
        self.upgrade_by(&self.owner, hash)
    }

    fn cancel(&self) -> Answer<()> {
        self.signed(&self.owner, "cancel_upgrade", ())
            .try_cancel_upgrade()
    }

    fn pass(&self, secs: u64) {
        self.env.ledger().with_mut(|ledger| {
            ledger.timestamp += secs;
            ledger.sequence_number += u32::try_from(secs / 5).expect("fits");
        });
    }

    fn second(&self) -> BytesN<32> {
        self.env.upload(Second)
    }

    fn is_second(&self) -> bool {
        let name = Symbol::new(&self.env, "is_second");
        let args = Vec::new(&self.env);
        self.env
            .try_invoke_contract::<bool, soroban_sdk::Error>(&self.id, &name, args)
            .is_ok()
    }

    fn assert_event(&self, event: &impl Event) {
        let events = self.env.events().all().filter_by_contract(&self.id);
        assert_eq!(events, [event.to_xdr(&self.env, &self.id)]);
    }
}

fn refused<T>(error: AdminError) -> Answer<T> {
    Err(Ok(error))
}

fn unauthorised<T>(answer: &Answer<T>) -> bool {
    matches!(answer, Err(Err(InvokeError::Abort)))
}

#[test]
fn an_upgrade_waits_for_its_delay_and_then_replaces_the_code_once() {
    let w = World::new();
    let hash = w.second();
    let ready_ts = w.env.ledger().timestamp() + DELAY_SECS;
    let void_ts = ready_ts + UPGRADE_WINDOW_SECS;
    assert_eq!(w.schedule(&hash), Ok(Ok(ready_ts)));
    w.assert_event(&UpgradeScheduled {
        wasm_hash: hash.clone(),
        ready_ts,
        void_ts,
    });
    let config = w.client().get_config();
    assert_eq!(config.upgrade_wasm_hash, Some(hash.clone()));
    assert_eq!(
        (config.upgrade_ready_ts, config.upgrade_void_ts),
        (ready_ts, void_ts)
    );
    w.pass(DELAY_SECS - 1);
    assert_eq!(w.upgrade(&hash), refused(AdminError::UpgradeTooEarly));
    assert!(!w.is_second());
    w.pass(1);
    assert_eq!(w.upgrade(&hash), Ok(Ok(())));
    w.assert_event(&Upgraded {
        wasm_hash: hash.clone(),
        operator: w.owner.clone(),
    });
    assert!(w.is_second());
    assert_eq!(w.client().get_config().upgrade_wasm_hash, None);
    assert_eq!(w.upgrade(&hash), refused(AdminError::NoUpgradePending));
}

#[test]
fn state_is_migrated_once_by_the_owner() {
    let w = World::new();
    let nothing = w.signed(&w.owner, "migrate", ()).try_migrate();
    assert_eq!(nothing, refused(AdminError::NothingToMigrate));
    let hash = w.second();
    w.schedule(&hash).expect("scheduled").expect("a time");
    w.pass(DELAY_SECS);
    assert_eq!(w.upgrade(&hash), Ok(Ok(())));
    let client = SecondClient::new(&w.env, &w.id);
    // Between upgrade and migration everything reads as it was.
    let config = client.get_config();
    assert_eq!((config.schema, config.owner), (1, Some(w.owner.clone())));
    assert_eq!(config.upgrade_delay_secs, DELAY_SECS);
    w.signed(&w.stranger, "migrate", ());
    assert!(unauthorised(&client.try_migrate()));
    w.signed(&w.owner, "migrate", ());
    assert_eq!(client.try_migrate(), Ok(Ok(())));
    w.assert_event(&Migrated {
        from_schema: 1,
        to_schema: 2,
    });
    assert_eq!(client.get_config().schema, 2);
    w.signed(&w.owner, "migrate", ());
    assert_eq!(client.try_migrate(), refused(AdminError::NothingToMigrate));
}

#[test]
fn an_upgrade_is_void_14_days_after_its_time() {
    let w = World::new();
    let hash = w.second();
    w.schedule(&hash).expect("scheduled").expect("a time");
    w.pass(DELAY_SECS + UPGRADE_WINDOW_SECS);
    // Its last second still blocks another announcement.
    assert_eq!(w.schedule(&hash), refused(AdminError::UpgradePending));
    w.pass(1);
    assert_eq!(w.upgrade(&hash), refused(AdminError::UpgradeExpired));
    let ready_ts = w.env.ledger().timestamp() + DELAY_SECS;
    assert_eq!(w.schedule(&hash), Ok(Ok(ready_ts)));
    assert_eq!(w.upgrade(&hash), refused(AdminError::UpgradeTooEarly));
    w.pass(DELAY_SECS + UPGRADE_WINDOW_SECS);
    assert_eq!(w.upgrade(&hash), Ok(Ok(())));
}

#[test]
fn only_the_announced_hash_is_executed() {
    let w = World::new();
    let (hash, other) = (w.second(), w.second());
    assert_ne!(hash, other);
    assert_eq!(w.upgrade(&hash), refused(AdminError::NoUpgradePending));
    w.schedule(&hash).expect("scheduled").expect("a time");
    assert_eq!(w.schedule(&other), refused(AdminError::UpgradePending));
    w.pass(DELAY_SECS);
    assert_eq!(w.upgrade(&other), refused(AdminError::UpgradeHashMismatch));
    assert!(!w.is_second());
    assert_eq!(w.upgrade(&hash), Ok(Ok(())));
}

#[test]
fn a_cancelled_upgrade_is_not_executed() {
    let w = World::new();
    let hash = w.second();
    assert_eq!(w.cancel(), refused(AdminError::NoUpgradePending));
    w.schedule(&hash).expect("scheduled").expect("a time");
    assert_eq!(w.cancel(), Ok(Ok(())));
    w.assert_event(&UpgradeCancelled {
        wasm_hash: hash.clone(),
    });
    w.pass(DELAY_SECS);
    assert_eq!(w.upgrade(&hash), refused(AdminError::NoUpgradePending));
    assert_eq!(w.cancel(), refused(AdminError::NoUpgradePending));
    assert!(!w.is_second());
}

#[test]
fn nobody_but_the_owner_upgrades() {
    let w = World::new();
    let hash = w.second();
    let by_stranger = w
        .signed(&w.stranger, "schedule_upgrade", (&hash,))
        .try_schedule_upgrade(&hash);
    assert!(matches!(by_stranger, Err(Err(InvokeError::Abort))));
    w.schedule(&hash).expect("scheduled").expect("a time");
    let by_stranger = w
        .signed(&w.stranger, "cancel_upgrade", ())
        .try_cancel_upgrade();
    assert!(unauthorised(&by_stranger));
    w.pass(DELAY_SECS);
    assert_eq!(
        w.upgrade_by(&w.stranger, &hash),
        refused(AdminError::NotOwner)
    );
    w.env.set_auths(&[]);
    assert!(unauthorised(&w.client().try_upgrade(&hash, &w.owner)));
    // The owner named, another's signature.
    let forged = w.signed(&w.stranger, "upgrade", (&hash, &w.owner));
    assert!(unauthorised(&forged.try_upgrade(&hash, &w.owner)));
    assert!(!w.is_second());
}

#[test]
fn a_wasm_that_nobody_uploaded_cannot_be_executed() {
    let w = World::new();
    let hash = BytesN::from_array(&w.env, &[9; 32]);
    w.schedule(&hash).expect("scheduled").expect("a time");
    w.pass(DELAY_SECS);
    assert!(w.upgrade(&hash).is_err());
    assert!(!w.is_second());
    assert_eq!(
        w.client().get_config().upgrade_wasm_hash,
        Some(hash),
        "the failed call changed nothing"
    );
}

#[test]
fn the_delay_has_bounds() {
    let w = World::new();
    let deployed = |delay_secs: u64| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let id = Address::generate(&w.env);
            First.register(&w.env, &id, (&w.owner, delay_secs));
        }))
        .is_ok()
    };
    assert!(deployed(DELAY_SECS));
    assert!(deployed(MAX_UPGRADE_DELAY_SECS));
    assert!(!deployed(MAX_UPGRADE_DELAY_SECS + 1));
    assert!(!deployed(u64::MAX));
    // Test networks choose any; the live networks not below 21 days.
    let short_allowed = cfg!(feature = "testnet");
    assert_eq!(deployed(DELAY_SECS - 1), short_allowed);
    assert_eq!(deployed(0), short_allowed);
}

#[test]
fn ownership_is_offered_and_taken() {
    let w = World::new();
    let until = w.env.ledger().sequence() + 100;
    let offer = |who: &Address, until: u32| {
        w.signed(who, "transfer_ownership", (&w.stranger, until))
            .try_transfer_ownership(&w.stranger, &until)
    };
    let accept = |who: &Address| w.signed(who, "accept_ownership", ()).try_accept_ownership();
    assert!(accept(&w.stranger).is_err(), "nothing offered");
    assert!(
        offer(&w.stranger, until).is_err(),
        "not the owner's to give"
    );
    assert!(offer(&w.owner, until).is_ok());
    assert!(accept(&w.owner).is_err(), "offered to somebody else");
    assert_eq!(w.client().get_owner(), Some(w.owner.clone()));
    assert!(accept(&w.stranger).is_ok());
    assert_eq!(w.client().get_owner(), Some(w.stranger.clone()));
    let hash = w.second();
    assert!(unauthorised(&w.schedule(&hash)), "the old owner");
}

#[test]
fn an_offer_of_ownership_ends_and_can_be_taken_back() {
    let w = World::new();
    let until = w.env.ledger().sequence() + 100;
    let offer = |until: u32| {
        w.signed(&w.owner, "transfer_ownership", (&w.stranger, until))
            .try_transfer_ownership(&w.stranger, &until)
    };
    let accept = || {
        w.signed(&w.stranger, "accept_ownership", ())
            .try_accept_ownership()
    };
    assert!(offer(until).is_ok());
    assert!(offer(0).is_ok());
    assert!(accept().is_err(), "taken back");
    assert!(offer(until).is_ok());
    w.pass(101 * 5);
    assert!(accept().is_err(), "too late");
    assert_eq!(w.client().get_owner(), Some(w.owner.clone()));
}

#[test]
fn a_pause_ends_by_itself() {
    let w = World::new();
    let until_ts = w.env.ledger().timestamp() + MAX_PAUSE_SECS;
    let paused = || w.client().get_config().paused_until_ts;
    assert_eq!(paused(), None);
    w.signed(&w.owner, "pause", ()).pause();
    w.assert_event(&Paused { until_ts });
    assert_eq!(paused(), Some(until_ts));
    w.pass(MAX_PAUSE_SECS - 1);
    assert_eq!(paused(), Some(until_ts));
    w.pass(1);
    assert_eq!(paused(), None);
    let unpaused = w.signed(&w.owner, "unpause", ()).try_unpause();
    assert_eq!(unpaused, refused(AdminError::NotPaused));
}

#[test]
fn the_owner_alone_pauses_and_ends_the_pause() {
    let w = World::new();
    let stranger = w.signed(&w.stranger, "pause", ()).try_pause();
    assert!(stranger.is_err());
    let unpaused = w.signed(&w.owner, "unpause", ()).try_unpause();
    assert_eq!(unpaused, refused(AdminError::NotPaused));
    w.signed(&w.owner, "pause", ()).pause();
    let stranger = w.signed(&w.stranger, "unpause", ()).try_unpause();
    assert!(unauthorised(&stranger));
    assert_eq!(w.signed(&w.owner, "unpause", ()).try_unpause(), Ok(Ok(())));
    w.assert_event(&Unpaused {});
    assert_eq!(w.client().get_config().paused_until_ts, None);
}

#[test]
fn the_version_is_the_workspaces() {
    let w = World::new();
    let version = String::from_str(&w.env, env!("CARGO_PKG_VERSION"));
    assert_eq!(w.client().version(), version);
}
