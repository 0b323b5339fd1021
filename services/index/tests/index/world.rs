//! A local network with the contracts and people who use them.

use flash_base::settings::Settings;
use flash_client::{
    classic_asset,
    types::{BookReports, Meter},
    Call, Client, FromScVal, Job, Market, Signer,
};
use flash_deploy::{deploy, find_wasm_dir, Plan, StableAsset};
use flash_index::{config::Config, follow::Follower, snapshot::Snapshot};
use flash_localnet::Localnet;
use std::path::{Path, PathBuf};
use stellar_xdr::{AccountFlags, OperationBody, SetOptionsOp};
use tempfile::TempDir;

pub const DAY: u64 = 86_400;
pub const USD: u128 = 10_000_000;
/// 2 USD per GB and month, 0.5 USD per GB: small deals that pay something.
const STORAGE_PRICE: u128 = 20_000_000;
const EGRESS_PRICE: u128 = 5_000_000;

pub struct World {
    pub network: Localnet,
    pub client: Client,
    pub market: Market,
    pub owner: Signer,
    pub issuer: Signer,
    pub oracle: Signer,
    pub provider: Signer,
    pub consumer: Signer,
    pub folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(flash_localnet::Config::of_environment()).await
    }

    pub async fn with(config: flash_localnet::Config) -> Self {
        let network = Localnet::start(&config).unwrap();
        let client = Client::connect(&network.url()).await.unwrap();
        let people = ["deployer", "issuer", "oracle", "provider", "consumer"];
        let [owner, issuer, oracle, provider, consumer] = people.map(Signer::named);
        for one in [&owner, &issuer, &oracle, &provider, &consumer] {
            client.fund(&one.account()).await.unwrap();
        }
        let wasm = find_wasm_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
        let wasm = wasm.unwrap_or_else(|error| panic!("{error}"));
        let mut plan = Plan::new("local", owner.clone(), issuer.clone(), wasm);
        plan.oracle = Some(oracle.address());
        // The issuer can take the asset back from whoever holds it, and keeps its contract.
        client.run(&issuer, &[], &with_clawback()).await.unwrap();
        plan.asset = StableAsset::Issued {
            code: "USDC".to_owned(),
            issuer: issuer.clone(),
            faucet: false,
        };
        let deployment = deploy(&client, &plan, None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        deployment.save(&folder.path().join("local.json")).unwrap();
        let asset = classic_asset("USDC", issuer.account()).unwrap();
        for one in [&provider, &consumer] {
            client.run(one, &[], &Job::trust(&asset)).await.unwrap();
        }
        let pay = Job::pay(&asset, &consumer.account(), 10_000_000_000_000);
        client.run(&issuer, &[], &pay).await.unwrap();
        Self {
            network,
            client,
            market: deployment.market().unwrap(),
            owner,
            issuer,
            oracle,
            provider,
            consumer,
            folder,
        }
    }

    pub async fn call<T: FromScVal>(&self, who: &Signer, call: Call<T>) -> T {
        let done = self.client.invoke(who, &call).await;
        done.unwrap_or_else(|error| panic!("{}: {error}", call.function))
            .answer
    }

    pub async fn register(&self) {
        let registry = &self.market.registry;
        let provider = self.provider.address();
        self.call(
            &self.provider,
            registry.register_provider(provider, "disks".to_owned()),
        )
        .await;
        let consumer = self.consumer.address();
        self.call(
            &self.consumer,
            registry.register_consumer(consumer, "files".to_owned()),
        )
        .await;
    }

    pub async fn describe(&self, words: &str) {
        let id = self.provider.address();
        let change = self.market.registry.update_provider(id, words.to_owned());
        self.call(&self.provider, change).await;
    }

    /// A bucket that many deals share.
    pub async fn bucket(&self, name: &str) -> u32 {
        let (registry, id) = (&self.market.registry, self.provider.address());
        let create = registry.create_bucket(
            id.clone(),
            name.to_owned(),
            "eu".to_owned(),
            name.to_owned(),
            "S3".to_owned(),
            STORAGE_PRICE,
            EGRESS_PRICE,
            200,
            9_990,
        );
        let bucket = self.call(&self.provider, create).await;
        let capacity = registry.set_bucket_capacity(id, bucket, 1 << 20, 1 << 20);
        self.call(&self.provider, capacity).await;
        bucket
    }

    pub async fn asked(&self, bucket: u32, repo: &str, days: u64, mb: u64) -> u32 {
        let create = self.market.deals.create_deal(
            self.consumer.address(),
            self.provider.address(),
            bucket,
            repo.to_owned(),
            days * DAY,
            mb,
            mb / 10,
            "S3".to_owned(),
        );
        self.call(&self.consumer, create).await
    }

    /// Of 1024 GB for 30 days; `amount` or the whole quote.
    pub async fn funded(&self, bucket: u32, repo: &str, amount: Option<u128>) -> u32 {
        let deals = &self.market.deals;
        let mb = 100 << 10;
        let id = self.asked(bucket, repo, 30, mb).await;
        let (consumer, provider) = (self.consumer.address(), self.provider.address());
        let accept = deals.set_deal_accepted(provider.clone(), consumer.clone(), id);
        self.call(&self.provider, accept).await;
        let quote = deals.get_quote(bucket, 30 * DAY, mb, mb / 10);
        let quote = self.client.read(&quote).await.unwrap();
        let amount = amount.unwrap_or(quote.price.try_into().unwrap());
        let amount = amount.max(quote.min_fund.try_into().unwrap());
        let fund = deals.set_deal_funded(consumer, provider, id, amount, repo.to_owned());
        self.call(&self.consumer, fund).await;
        id
    }

    pub async fn meter(&self, deal: u32) -> Meter {
        let meters = self.market.deals.get_meters(vec![deal]);
        self.client.read(&meters).await.unwrap().remove(0).unwrap()
    }

    /// The oracle reports `mb` stored since the last report until now, and settles.
    pub async fn report(&self, deal: u32, mb: u64, latency_ms: u32, uptime_bps: u32) {
        let meter = self.meter(deal).await;
        let now = self.now().await;
        let limit = if meter.close_ts > 0 {
            meter.close_ts
        } else {
            meter.end_ts
        };
        let through = now.min(limit);
        let secs = through - meter.through_ts;
        let stored = meter.storage_mb_secs + u128::from(mb) * u128::from(secs);
        let report = (
            deal,
            stored,
            meter.egress_mb + 5,
            latency_ms,
            uptime_bps,
            through,
        );
        let books = vec![BookReports {
            provider: meter.provider,
            asset: meter.asset,
            page: meter.page,
            reports: vec![report],
        }];
        let codes = self
            .call(&self.oracle, self.market.deals.report_and_settle(books))
            .await;
        assert_eq!(codes, [0], "the report of deal {deal}");
    }

    pub async fn advance(&self, secs: u64) {
        let url = format!("{}/admin/advance", self.network.url());
        let body = serde_json::json!({ "secs": secs, "ledgers": 1 });
        let moved =
            tokio::task::spawn_blocking(move || ureq::post(&url).send_json(body).map(|_| ()));
        moved.await.unwrap().unwrap();
    }

    pub async fn now(&self) -> u64 {
        let chain = self.follower("sqlite::memory:", &[]).await.chain;
        chain.range().await.unwrap().latest_ts.try_into().unwrap()
    }

    pub fn config_file(&self, database: &str) -> PathBuf {
        let name: String = database
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let path = self.folder.path().join(format!("{name}.toml"));
        let text = format!(
            "database = \"{database}\"\nlisten = \"127.0.0.1:0\"\n[log]\nlevel = \"warn\"\n\
             [network]\nrpc_url = \"{}\"\ndeployment = \"{}\"\n[follow]\npoll_ms = 10\n",
            self.network.url(),
            self.folder.path().join("local.json").display()
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    pub async fn follower(&self, database: &str, set: &[&str]) -> Follower {
        let set: Vec<_> = set.iter().map(|one| (*one).to_owned()).collect();
        let path = self.config_file(database);
        let config = Config::load(&path, std::iter::empty(), &set).unwrap();
        Follower::open(config).await.unwrap()
    }
}

fn with_clawback() -> Job {
    let flags = AccountFlags::RevocableFlag as u32 | AccountFlags::ClawbackEnabledFlag as u32;
    let options = SetOptionsOp {
        inflation_dest: None,
        clear_flags: None,
        set_flags: Some(flags),
        master_weight: None,
        low_threshold: None,
        med_threshold: None,
        high_threshold: None,
        home_domain: None,
        signer: None,
    };
    Job::from(OperationBody::SetOptions(options))
}

/// Reads pages until nothing is left.
pub async fn catch_up(follower: &Follower) {
    while !follower.round().await.unwrap().at_tip {}
}

/// The tables are what the queries say.
pub async fn assert_same(follower: &Follower, what: &str) {
    let found = follower.check(&|_, _, _| ()).await.unwrap();
    assert!(found.is_empty(), "after {what}:\n{}", found.join("\n"));
}

pub async fn tables(follower: &Follower) -> Snapshot {
    let mut connection = follower.db.pool().acquire().await.unwrap();
    Snapshot::of_tables(&mut connection).await.unwrap()
}

/// All rows of a table as text, in order.
pub async fn rows<T: flash_index::table::Table>(follower: &Follower) -> Vec<Vec<String>> {
    let mut connection = follower.db.pool().acquire().await.unwrap();
    let rows: Vec<T> = flash_index::table::all(&mut connection).await.unwrap();
    let mut rows: Vec<_> = rows.iter().map(T::cells).collect();
    rows.sort();
    rows
}
