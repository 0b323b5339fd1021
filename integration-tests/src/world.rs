//! The world: a network with the marketplace and its people.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
};

use flash_interfaces::{
    deals::{DealsClient, Policy},
    escrow::{Account, EscrowClient, Solvency},
    mandates::MandatesClient,
    registry::RegistryClient,
    reputation::{ReputationClient, Role},
};
use soroban_sdk::{
    testutils::{EnvTestConfig, IssuerFlags, StellarAssetContract},
    token::{StellarAssetClient, TokenClient},
    xdr::{LedgerEntry, LedgerKey},
    Env, String,
};

use crate::{
    clock,
    deploy::{self, Addresses, Plan},
    invariants::{self, History},
    people::Person,
    USD,
};

/// A ledger entry with its key and its live-until ledger.
pub type LedgerItem = (Box<LedgerKey>, (Box<LedgerEntry>, Option<u32>));

/// The initial balance of everybody who needs money.
pub const POCKET: i128 = 100_000 * USD;

/// Options of a world.
pub struct WorldBuilder {
    policy: Policy,
    oracle: bool,
    clawback: bool,
    checked_each: bool,
    wasm_dir: Option<PathBuf>,
}

impl WorldBuilder {
    /// Deploys the contracts from the Wasm in this directory, whatever the test run uses.
    pub fn wasm(mut self, dir: &Path) -> Self {
        self.wasm_dir = Some(dir.to_owned());
        self
    }

    /// The first policy.
    pub fn policy(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(&mut self.policy);
        self
    }

    /// Names no oracle at construction, so the owner reports.
    pub fn without_oracle(mut self) -> Self {
        self.oracle = false;
        self
    }

    /// The issuer can claw back the asset, as most issuers of stable assets can.
    pub fn clawback_enabled(mut self) -> Self {
        self.clawback = true;
        self
    }

    /// Checks the invariants only when the world is dropped, not after every operation. For long
    /// tests that call [`World::check`] themselves.
    pub fn checked_at_the_end(mut self) -> Self {
        self.checked_each = false;
        self
    }

    pub fn build(self) -> World {
        World::from(self)
    }
}

/// A marketplace with its people. Checks the invariants after every operation.
pub struct World {
    pub env: Env,
    pub at: Addresses,
    pub asset: StellarAssetContract,
    pub owner: Person,
    pub oracle: Person,
    /// A provider with a classic account.
    pub ada: Person,
    /// A provider with a contract address.
    pub bert: Person,
    /// A consumer with a classic account.
    pub carol: Person,
    /// A consumer with a contract address.
    pub dan: Person,
    /// A person with money but without any deal; a classic account.
    pub mallory: Person,
    /// Money that reached the escrow by direct transfers.
    pub donated: Cell<i128>,
    pub history: RefCell<History>,
    expect_broken: Cell<bool>,
    checked_each: bool,
}

impl World {
    pub fn builder() -> WorldBuilder {
        WorldBuilder {
            policy: deploy::default_policy(),
            oracle: true,
            clawback: false,
            checked_each: true,
            wasm_dir: deploy::wasm_dir(),
        }
    }

    /// The default world: Ada and Bert are registered as providers, Carol and Dan as consumers.
    pub fn new() -> Self {
        Self::builder().build()
    }

    fn from(builder: WorldBuilder) -> Self {
        let env = Env::new_with_config(EnvTestConfig {
            capture_snapshot_at_drop: false,
        });
        clock::start(&env);
        let issuer = Person::contract(&env, "issuer");
        let asset = env.register_stellar_asset_contract_v2(issuer.address);
        if builder.clawback {
            asset.issuer().set_flag(IssuerFlags::RevocableFlag);
            asset.issuer().set_flag(IssuerFlags::ClawbackEnabledFlag);
        }
        let owner = Person::contract(&env, "owner");
        let oracle = Person::contract(&env, "oracle");
        let at = deploy::deploy(
            &env,
            &Plan {
                owner: &owner.address,
                oracle: builder.oracle.then_some(&oracle.address),
                asset: &asset.address(),
                policy: &builder.policy,
                wasm_dir: builder.wasm_dir.as_deref(),
            },
        );
        let world = Self {
            ada: Person::classic(&env, "Ada", 1, &asset),
            bert: Person::contract(&env, "Bert"),
            carol: Person::classic(&env, "Carol", 2, &asset),
            dan: Person::contract(&env, "Dan"),
            mallory: Person::classic(&env, "Mallory", 3, &asset),
            env,
            at,
            asset,
            owner,
            oracle,
            donated: Cell::new(0),
            history: RefCell::default(),
            expect_broken: Cell::new(false),
            checked_each: builder.checked_each,
        };
        world.settle_in();
        world
    }

    fn settle_in(&self) {
        for person in [&self.ada, &self.bert] {
            self.register(person, "register_provider");
        }
        for person in [&self.carol, &self.dan] {
            self.register(person, "register_consumer");
            self.mint(person, POCKET);
        }
        self.mint(&self.mallory, POCKET);
    }

    fn register(&self, person: &Person, command: &str) {
        let args = (&person.address, self.text(person.name));
        self.by(person)
            .registry::<()>(command, args)
            .expect("a new name");
    }

    /// Registers another provider with a contract address.
    pub fn new_provider(&self, name: &'static str) -> Person {
        let person = Person::contract(&self.env, name);
        self.register(&person, "register_provider");
        person
    }

    pub fn text(&self, text: &str) -> String {
        String::from_str(&self.env, text)
    }

    // ---- the contracts, for their queries ----

    pub fn registry(&self) -> RegistryClient<'_> {
        RegistryClient::new(&self.env, &self.at.registry)
    }

    pub fn deals(&self) -> DealsClient<'_> {
        DealsClient::new(&self.env, &self.at.deals)
    }

    pub fn escrow(&self) -> EscrowClient<'_> {
        EscrowClient::new(&self.env, &self.at.escrow)
    }

    pub fn reputation(&self) -> ReputationClient<'_> {
        ReputationClient::new(&self.env, &self.at.reputation)
    }

    pub fn mandates(&self) -> MandatesClient<'_> {
        MandatesClient::new(&self.env, &self.at.mandates)
    }

    pub fn token(&self) -> TokenClient<'_> {
        TokenClient::new(&self.env, &self.asset.address())
    }

    // ---- money ----

    /// Calls the asset's administrator, whose signature is not tested here.
    pub fn as_issuer(&self, act: impl FnOnce(&StellarAssetClient)) {
        let client = StellarAssetClient::new(&self.env, &self.asset.address());
        act(&client.mock_all_auths());
        self.env.set_auths(&[]);
    }

    pub fn mint(&self, to: &Person, amount: i128) {
        self.as_issuer(|issuer| issuer.mint(&to.address, &amount));
    }

    /// Sends money to the escrow by direct transfer.
    pub fn donate(&self, amount: i128) {
        self.as_issuer(|issuer| issuer.mint(&self.at.escrow, &amount));
        self.donated.set(self.donated.get() + amount);
    }

    /// The issuer claws money back from the escrow.
    pub fn claw_back(&self, amount: i128) {
        self.as_issuer(|issuer| issuer.clawback(&self.at.escrow, &amount));
    }

    /// The asset balance of a person.
    pub fn balance(&self, person: &Person) -> i128 {
        self.token().balance(&person.address)
    }

    /// The claimable balance of a person.
    pub fn claimable(&self, person: &Person) -> i128 {
        self.escrow()
            .get_claimable(&person.address, &self.asset.address())
    }

    pub fn solvency(&self) -> Solvency {
        self.escrow().get_solvency(&self.asset.address())
    }

    /// The fees that the escrow holds.
    pub fn fees(&self) -> i128 {
        self.solvency().fees
    }

    /// The escrow account of a funded deal.
    pub fn account(&self, deal_id: u32) -> Account {
        self.escrow().get_account(&deal_id).expect("a funded deal")
    }

    pub fn score(&self, person: &Person, role: Role) -> u32 {
        self.reputation().get_score(&person.address, &role)
    }

    /// All entries of the ledger.
    pub fn ledger_entries(&self) -> Vec<LedgerItem> {
        self.env.to_ledger_snapshot().ledger_entries
    }

    // ---- invariants ----

    /// Checks the invariants after an operation, whether it failed or not.
    pub(crate) fn check_operation(&self) {
        if self.checked_each {
            self.check();
        }
    }

    /// Panics if an invariant is violated. Called after every operation and when the world is
    /// dropped.
    pub fn check(&self) {
        if self.expect_broken.get() {
            return;
        }
        let broken = invariants::check_invariants(self);
        assert!(broken.is_empty(), "broken: {broken:#?}");
    }

    /// Stops checking, for a world that is broken on purpose.
    pub fn expect_broken(&self) {
        self.expect_broken.set(true);
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}
