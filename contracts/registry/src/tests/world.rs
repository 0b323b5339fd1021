//! A registry at a realistic ledger, and calls that carry exactly one signature.

use std::vec::Vec as StdVec;

use flash_interfaces::registry::{Bucket, BucketFeatures, BucketStatus, Metering, RegistryError};
use soroban_sdk::{
    testutils::{
        Address as _, AuthorizedFunction, AuthorizedInvocation, EnvTestConfig, Events as _,
        Ledger as _, MockAuth, MockAuthInvoke,
    },
    vec, xdr, Address, Env, Event, IntoVal, InvokeError, String, Symbol, TryFromVal, Val, Vec,
};

use super::scores::{Scores, ScoresClient};
use crate::{Registry, RegistryClient};

pub const START_TS: u64 = 1_750_000_000;
pub const START_SEQUENCE: u32 = 55_000_000;
/// Settings of mainnet.
pub const MIN_PERSISTENT_TTL: u32 = 2_073_600;
pub const MAX_TTL: u32 = 3_110_400;
pub const UPGRADE_DELAY_SECS: u64 = 21 * 86_400;

/// What a call answers that is not carried out.
#[derive(Debug, Eq, PartialEq)]
pub enum Refusal {
    Typed(RegistryError),
    /// The host stopped it: a signature is missing.
    Host,
}

pub struct World {
    pub env: Env,
    pub id: Address,
    pub owner: Address,
    pub deals: Address,
    /// In whose name `deals` reserves.
    pub renter: Address,
    pub scores: ScoresClient<'static>,
    pub registry: RegistryClient<'static>,
}

impl World {
    pub fn new() -> Self {
        let env = Env::new_with_config(EnvTestConfig {
            capture_snapshot_at_drop: false,
        });
        env.ledger().with_mut(|ledger| {
            ledger.timestamp = START_TS;
            ledger.sequence_number = START_SEQUENCE;
            ledger.min_persistent_entry_ttl = MIN_PERSISTENT_TTL;
            ledger.max_entry_ttl = MAX_TTL;
        });
        let owner = Address::generate(&env);
        let deals = Address::generate(&env);
        let scores = env.register(Scores, ());
        let links = (&owner, &deals, &scores, &UPGRADE_DELAY_SECS);
        let id = env.register(Registry, links);
        Self {
            registry: RegistryClient::new(&env, &id),
            scores: ScoresClient::new(&env, &scores),
            renter: Address::generate(&env),
            env,
            id,
            owner,
            deals,
        }
    }

    pub fn someone(&self) -> Address {
        Address::generate(&self.env)
    }

    pub fn text(&self, text: &str) -> String {
        String::from_str(&self.env, text)
    }

    /// A text of so many bytes.
    pub fn text_of(&self, len: usize) -> String {
        self.text(&"x".repeat(len))
    }

    pub fn wait(&self, secs: u64) {
        self.env.ledger().with_mut(|ledger| {
            ledger.timestamp += secs;
            ledger.sequence_number += u32::try_from(secs / 5).unwrap();
        });
    }

    // ---- calls ----

    /// Calls with the signature of `signer` for exactly this. A success must have needed that
    /// signature and no other; a failure must leave the ledger as it was.
    pub fn call<T: TryFromVal<Env, Val>>(
        &self,
        signer: &Address,
        command: &str,
        args: impl IntoVal<Env, Vec<Val>>,
    ) -> Result<T, RegistryError> {
        let args = args.into_val(&self.env);
        self.sign(signer, command, &args);
        match self.invoke(command, &args) {
            Ok(value) => {
                assert_eq!(self.env.auths(), [self.signature(signer, command, &args)]);
                Ok(value)
            }
            Err(Refusal::Typed(error)) => Err(error),
            Err(Refusal::Host) => panic!("{command} was not refused with an error of its own"),
        }
    }

    /// A signature for exactly this call, and no other from now on.
    pub fn sign(&self, signer: &Address, command: &str, args: &Vec<Val>) {
        self.env.mock_auths(&[MockAuth {
            address: signer,
            invoke: &MockAuthInvoke {
                contract: &self.id,
                fn_name: command,
                args: args.clone(),
                sub_invokes: &[],
            },
        }]);
    }

    /// Calls with the signatures that there are.
    pub fn invoke<T: TryFromVal<Env, Val>>(
        &self,
        command: &str,
        args: &Vec<Val>,
    ) -> Result<T, Refusal> {
        let before = self.env.to_ledger_snapshot().ledger_entries;
        let command = Symbol::new(&self.env, command);
        let answer =
            self.env
                .try_invoke_contract::<T, RegistryError>(&self.id, &command, args.clone());
        let refusal = match answer {
            Ok(value) => return Ok(value.ok().unwrap()),
            Err(Ok(error)) => Refusal::Typed(error),
            Err(Err(InvokeError::Abort)) => Refusal::Host,
            Err(Err(InvokeError::Contract(code))) => panic!("an unknown error {code}"),
        };
        assert!(self.events().is_empty());
        assert_eq!(before, self.env.to_ledger_snapshot().ledger_entries);
        Err(refusal)
    }

    fn signature(
        &self,
        signer: &Address,
        command: &str,
        args: &Vec<Val>,
    ) -> (Address, AuthorizedInvocation) {
        let command = Symbol::new(&self.env, command);
        let function = AuthorizedFunction::Contract((self.id.clone(), command, args.clone()));
        let invocation = AuthorizedInvocation {
            function,
            sub_invocations: StdVec::new(),
        };
        (signer.clone(), invocation)
    }

    /// Events of the last call.
    pub fn events(&self) -> StdVec<xdr::ContractEvent> {
        self.env.events().all().events().to_vec()
    }

    pub fn assert_event(&self, event: &impl Event) {
        assert_eq!(self.events(), [event.to_xdr(&self.env, &self.id)]);
    }

    // ---- worlds with people and buckets ----

    pub fn provider(&self) -> Address {
        let id = self.someone();
        self.register_provider(&id, "Anna's disks").unwrap();
        id
    }

    pub fn consumer(&self) -> Address {
        let id = self.someone();
        self.register_consumer(&id, "Carl's films").unwrap();
        id
    }

    pub fn register_provider(&self, id: &Address, name: &str) -> Result<(), RegistryError> {
        self.call(id, "register_provider", (id, self.text(name)))
    }

    pub fn register_consumer(&self, id: &Address, name: &str) -> Result<(), RegistryError> {
        self.call(id, "register_consumer", (id, self.text(name)))
    }

    pub fn create_bucket(&self, provider_id: &Address) -> Result<u32, RegistryError> {
        self.call(provider_id, "create_bucket", self.new_bucket(provider_id))
    }

    /// Arguments of `create_bucket`, with an external id of its own.
    pub fn new_bucket(&self, provider_id: &Address) -> Vec<Val> {
        let number = self.registry.get_bucket_count() + 1;
        let terms = (1_5000000_u128, 2000000_u128, 120_u32, 9_990_u32);
        let (storage, egress, latency_ms, uptime_bps) = terms;
        (
            provider_id,
            self.text("films"),
            self.text("eu-west"),
            self.text(&std::format!("net-bucket-{number}")),
            self.text("S3"),
            storage,
            egress,
            latency_ms,
            uptime_bps,
        )
            .into_val(&self.env)
    }

    /// The bucket that `new_bucket` makes.
    pub fn plain_bucket(&self, bucket_id: u32, provider_id: &Address) -> Bucket {
        Bucket {
            bucket_id,
            name: self.text("films"),
            region: self.text("eu-west"),
            country: self.text(""),
            provider_id: provider_id.clone(),
            fb_bucket_id: self.text(&std::format!("net-bucket-{bucket_id}")),
            price_per_gb_storage: 1_5000000,
            price_per_gb_egress: 2000000,
            max_storage_gb: 0,
            max_egress_gb: 0,
            versioning_enabled: false,
            encryption_at_rest: false,
            encryption_in_transit: false,
            object_locking: false,
            api_compatibility: self.text("S3"),
            sla_avg_latency_ms: 120,
            sla_avg_uptime_pct: 9_990,
            access_scope: self.text(""),
            tags: Vec::new(&self.env),
            created_ts: self.env.ledger().timestamp(),
            status: BucketStatus::Active,
            locked: false,
            auto_accept: false,
            auto_accept_asset: None,
            auto_accept_policy: 0,
            reserved_storage_mb: 0,
            reserved_egress_mb: 0,
            endpoint: self.text(""),
            metering: Metering::Gateway,
            offer_revision: 1,
        }
    }

    pub fn set_capacity(
        &self,
        provider_id: &Address,
        bucket_id: u32,
        storage_gb: u64,
        egress_gb: u64,
    ) -> Result<(), RegistryError> {
        let args = (provider_id, bucket_id, storage_gb, egress_gb);
        self.call(provider_id, "set_bucket_capacity", args)
    }

    /// A provider with a bucket; both capacities 0: exclusive.
    pub fn bucket(&self, storage_gb: u64, egress_gb: u64) -> (Address, u32) {
        let provider = self.provider();
        let bucket_id = self.create_bucket(&provider).unwrap();
        self.set_capacity(&provider, bucket_id, storage_gb, egress_gb)
            .unwrap();
        (provider, bucket_id)
    }

    pub fn delete_bucket(&self, provider_id: &Address, bucket_id: u32) {
        let args = (provider_id, bucket_id);
        self.call::<()>(provider_id, "delete_bucket", args).unwrap();
    }

    pub fn reserve(
        &self,
        bucket_id: u32,
        deal_id: u32,
        repo: &str,
        size_mb: (u64, u64),
    ) -> Result<(), RegistryError> {
        self.reserve_at(bucket_id, deal_id, repo, size_mb, None)
    }

    /// For a deal that the bucket accepted by itself under an offer.
    pub fn reserve_at(
        &self,
        bucket_id: u32,
        deal_id: u32,
        repo: &str,
        size_mb: (u64, u64),
        offer_revision: Option<u32>,
    ) -> Result<(), RegistryError> {
        let renter = &self.renter;
        self.reserve_for(renter, bucket_id, deal_id, repo, size_mb, offer_revision)
    }

    pub fn reserve_for(
        &self,
        consumer: &Address,
        bucket_id: u32,
        deal_id: u32,
        repo: &str,
        size_mb: (u64, u64),
        offer_revision: Option<u32>,
    ) -> Result<(), RegistryError> {
        let (storage_mb, egress_mb) = size_mb;
        let repo = self.text(repo);
        let args = (
            bucket_id,
            deal_id,
            repo,
            consumer,
            storage_mb,
            egress_mb,
            offer_revision,
        );
        self.call(&self.deals, "reserve", args)
    }

    /// Of a deal that paid nothing.
    pub fn release(
        &self,
        bucket_id: u32,
        deal_id: u32,
        repo: &str,
        size_mb: (u64, u64),
    ) -> Result<(), RegistryError> {
        self.release_of(&self.renter, bucket_id, deal_id, repo, size_mb, false)
    }

    pub fn release_of(
        &self,
        consumer: &Address,
        bucket_id: u32,
        deal_id: u32,
        repo: &str,
        size_mb: (u64, u64),
        paid: bool,
    ) -> Result<(), RegistryError> {
        let (storage_mb, egress_mb) = size_mb;
        let repo = self.text(repo);
        let args = (
            bucket_id, deal_id, repo, consumer, storage_mb, egress_mb, paid,
        );
        self.call(&self.deals, "release", args)
    }

    pub fn pause(&self) {
        self.call::<()>(&self.owner, "pause", ()).unwrap();
    }

    /// The longest texts and the most tags.
    pub fn longest_features(&self) -> BucketFeatures {
        let mut tags = vec![&self.env];
        for n in 0..8 {
            let tag = std::format!("{}{n}", "t".repeat(31));
            tags.push_back(self.text(&tag));
        }
        BucketFeatures {
            versioning_enabled: true,
            encryption_at_rest: true,
            encryption_in_transit: true,
            object_locking: true,
            access_scope: self.text_of(32),
            auto_accept_asset: Some(self.deals.clone()),
            auto_accept_policy: u32::MAX,
            tags,
        }
    }
}
