//! A local network with the contracts, a provider, consumers and funded deals.

use flash_client::{classic_asset, types::Meter, Client, Job, Market, Signer};
use flash_deploy::{deploy, find_wasm_dir, Plan};
use flash_localnet::{Config, Localnet};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const DAY: u64 = 86_400;
/// 0.02 USD per GB and month, 0.05 USD per GB.
const STORAGE_PRICE: u128 = 20_0000;
const EGRESS_PRICE: u128 = 50_0000;
const PURSE: i64 = 10_000_000_000_000;

pub struct World {
    pub network: Localnet,
    pub client: Client,
    pub market: Market,
    pub oracle: Signer,
    pub provider: Signer,
    pub consumer: Signer,
    pub folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(Config::of_environment()).await
    }

    pub async fn with(config: Config) -> Self {
        let network = Localnet::start(&config).unwrap();
        let client = Client::connect(&network.url()).await.unwrap();
        let people = ["deployer", "issuer", "oracle", "provider", "consumer"];
        let [deployer, issuer, oracle, provider, consumer] = people.map(Signer::named);
        for one in [&deployer, &issuer, &oracle, &provider, &consumer] {
            client.fund(&one.account()).await.unwrap();
        }
        let wasm = find_wasm_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
        let wasm = wasm.unwrap_or_else(|error| panic!("{error}"));
        let mut plan = Plan::new("local", deployer, issuer.clone(), wasm);
        plan.oracle = Some(oracle.address());
        let deployment = deploy(&client, &plan, None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        deployment.save(&folder.path().join("local.json")).unwrap();
        let market = deployment.market().unwrap();
        let asset = classic_asset("USDC", issuer.account()).unwrap();
        for one in [&provider, &consumer] {
            client.run(one, &[], &Job::trust(&asset)).await.unwrap();
        }
        let pay = Job::pay(&asset, &consumer.account(), PURSE);
        client.run(&issuer, &[], &pay).await.unwrap();
        let world = Self {
            network,
            client,
            market,
            oracle,
            provider,
            consumer,
            folder,
        };
        world.register().await;
        world
    }

    async fn register(&self) {
        let registry = &self.market.registry;
        let call = registry.register_provider(self.provider.address(), "disks".to_owned());
        self.client.invoke(&self.provider, &call).await.unwrap();
        let call = registry.register_consumer(self.consumer.address(), "files".to_owned());
        self.client.invoke(&self.consumer, &call).await.unwrap();
    }

    pub fn deployment_file(&self) -> PathBuf {
        self.folder.path().join("local.json")
    }

    pub fn provider_text(&self) -> String {
        self.provider.account().to_string()
    }

    /// A bucket that many deals share.
    pub async fn bucket(&self, external_id: &str) -> u32 {
        bucket(&self.client, &self.market, &self.provider, external_id).await
    }

    /// A funded deal whose whole quote is paid.
    pub async fn deal(
        &self,
        bucket: u32,
        repo: &str,
        days: u64,
        storage_mb: u64,
        egress_mb: u64,
    ) -> u32 {
        let deals = &self.market.deals;
        let (consumer, provider) = (self.consumer.address(), self.provider.address());
        let quote = deals.get_quote(bucket, days * DAY, storage_mb, egress_mb);
        let quote = self.client.read(&quote).await.unwrap();
        let create = deals.create_deal(
            consumer.clone(),
            provider.clone(),
            bucket,
            repo.to_owned(),
            days * DAY,
            storage_mb,
            egress_mb,
            "S3".to_owned(),
        );
        let id = self
            .client
            .invoke(&self.consumer, &create)
            .await
            .unwrap()
            .answer;
        let accept = deals.set_deal_accepted(provider.clone(), consumer.clone(), id);
        self.client.invoke(&self.provider, &accept).await.unwrap();
        let amount = u128::try_from(quote.price.max(quote.min_fund)).unwrap();
        let fund = deals.set_deal_funded(consumer, provider, id, amount, repo.to_owned());
        self.client.invoke(&self.consumer, &fund).await.unwrap();
        id
    }

    pub async fn meter(&self, deal: u32) -> Meter {
        let meters = self
            .client
            .read(&self.market.deals.get_meters(vec![deal]))
            .await;
        meters.unwrap().remove(0).expect("a funded deal")
    }

    /// Moves the network's clock.
    pub async fn advance(&self, secs: u64) {
        advance(&self.network.url(), secs).await;
    }

    pub async fn now(&self) -> u64 {
        let chain = flash_oracle::chain::Chain {
            client: self.client.clone(),
            market: self.market.clone(),
            oracle: self.oracle.clone(),
        };
        chain.tip().await.unwrap().close_ts
    }
}

pub async fn advance(url: &str, secs: u64) {
    let url = format!("{url}/admin/advance");
    let body = serde_json::json!({ "secs": secs, "ledgers": 1 });
    let moved = tokio::task::spawn_blocking(move || ureq::post(&url).send_json(body).map(|_| ()));
    moved.await.unwrap().unwrap();
}

/// A bucket of any provider.
pub async fn bucket(client: &Client, market: &Market, provider: &Signer, external_id: &str) -> u32 {
    let id = provider.address();
    let create = market.registry.create_bucket(
        id.clone(),
        external_id.to_owned(),
        "eu".to_owned(),
        external_id.to_owned(),
        "S3".to_owned(),
        STORAGE_PRICE,
        EGRESS_PRICE,
        200,
        9_990,
    );
    let bucket = client.invoke(provider, &create).await.unwrap().answer;
    let capacity = market
        .registry
        .set_bucket_capacity(id, bucket, 1 << 20, 1 << 20);
    client.invoke(provider, &capacity).await.unwrap();
    bucket
}
