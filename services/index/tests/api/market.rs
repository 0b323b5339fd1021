//! The API against a network: what it tells is what the contracts answer.

use crate::served::{settings, Served};
use flash_base::settings::Settings;
use flash_client::{
    classic_asset,
    types::{BookReports, HealthLevel},
    Client, Job, Market, Signer,
};
use flash_deploy::{deploy, find_wasm_dir, Plan};
use flash_index::{api, config::Config, follow::Follower, query::Reads};
use flash_localnet::{Config as NetworkConfig, Localnet};
use serde_json::Value;
use std::{path::Path, time::Duration};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const DAY: u64 = 86_400;
const GB: u64 = 1_024;
const PURSE: i64 = 10_000_000_000;
/// 2 cents a GB and month, 5 cents a GB; the exclusive one is cheaper and slower.
const PRICES: [(u128, u128); 2] = [(20_0000, 50_0000), (15_0001, 33_3333)];

struct World {
    runtime: Runtime,
    network: Localnet,
    client: Client,
    market: Market,
    oracle: Signer,
    provider: Signer,
    consumer: Signer,
    follower: Follower,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let network = Localnet::start(&NetworkConfig::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("local.json");
        let people = ["deployer", "issuer", "oracle", "provider", "consumer"];
        let [deployer, issuer, oracle, provider, consumer] = people.map(Signer::named);
        let (client, market, follower) = runtime.block_on(async {
            let client = Client::connect(&network.url()).await.unwrap();
            for one in [&deployer, &issuer, &oracle, &provider, &consumer] {
                client.fund(&one.account()).await.unwrap();
            }
            let wasm = find_wasm_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
            let mut plan = Plan::new("local", deployer, issuer.clone(), wasm.unwrap());
            plan.oracle = Some(oracle.address());
            let deployment = deploy(&client, &plan, None).await.unwrap();
            deployment.save(&file).unwrap();
            let market = deployment.market().unwrap();
            let asset = classic_asset("USDC", issuer.account()).unwrap();
            for one in [&provider, &consumer] {
                client.run(one, &[], &Job::trust(&asset)).await.unwrap();
            }
            let pay = Job::pay(&asset, &consumer.account(), PURSE);
            client.run(&issuer, &[], &pay).await.unwrap();
            let follower = Follower::open(config(&network.url(), folder.path()));
            (client, market, follower.await.unwrap())
        });
        Self {
            runtime,
            network,
            client,
            market,
            oracle,
            provider,
            consumer,
            follower,
            folder,
        }
    }

    /// Two buckets, and a funded deal on the first: 100 GB and 10 GB of egress for 30 days.
    async fn open(&self) -> u32 {
        let (registry, deals) = (&self.market.registry, &self.market.deals);
        let (provider, consumer) = (self.provider.address(), self.consumer.address());
        let call = registry.register_provider(provider.clone(), "Ada's disks".to_owned());
        self.client.invoke(&self.provider, &call).await.unwrap();
        let call = registry.register_consumer(consumer.clone(), "Carol".to_owned());
        self.client.invoke(&self.consumer, &call).await.unwrap();
        for (nth, (storage, egress)) in PRICES.into_iter().enumerate() {
            let name = format!("cold-archive-{nth}");
            let (region, api) = ("eu-central-1".to_owned(), "S3".to_owned());
            let create = registry.create_bucket(
                provider.clone(),
                name.clone(),
                region,
                name,
                api,
                storage,
                egress,
                200,
                9_990,
            );
            self.client.invoke(&self.provider, &create).await.unwrap();
        }
        let shared = registry.set_bucket_capacity(provider.clone(), 1, 1_000, 1_000);
        self.client.invoke(&self.provider, &shared).await.unwrap();
        let create = deals.create_deal(
            consumer.clone(),
            provider.clone(),
            1,
            "photos".to_owned(),
            30 * DAY,
            100 * GB,
            10 * GB,
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
        let fund = deals.set_deal_funded(consumer, provider, id, 1_5000000, "photos".to_owned());
        self.client.invoke(&self.consumer, &fund).await.unwrap();
        id
    }

    async fn advance(&self, secs: u64) {
        self.network.advance(secs, 1).await.unwrap();
    }

    /// Usage of all agreed storage until now, settled too.
    async fn report(&self, id: u32, egress_mb: u64, latency_ms: u32, uptime_bps: u32) {
        let deals = &self.market.deals;
        let meter = self.client.read(&deals.get_meters(vec![id])).await.unwrap();
        let meter = meter.into_iter().next().flatten().unwrap();
        let now = u64::try_from(self.follower.chain.range().await.unwrap().latest_ts).unwrap();
        let secs = u128::from(now - meter.start_ts);
        let report = (
            id,
            secs * u128::from(100 * GB),
            egress_mb,
            latency_ms,
            uptime_bps,
            now,
        );
        let books = BookReports {
            provider: meter.provider,
            asset: meter.asset,
            page: meter.page,
            reports: vec![report],
        };
        let call = deals.report_and_settle(vec![books]);
        let codes = self
            .client
            .invoke(&self.oracle, &call)
            .await
            .unwrap()
            .answer;
        assert_eq!(codes, [0]);
    }

    /// Lets the index read everything that there is.
    async fn index(&self) {
        while !self.follower.round().await.unwrap().at_tip {}
    }
}

fn config(rpc_url: &str, folder: &Path) -> Config {
    let folder = folder.display();
    let text = format!(
        "database = \"sqlite://{folder}/index.db\"\n[network]\nrpc_url = \"{rpc_url}\"\n\
         deployment = \"{folder}/local.json\"\n"
    );
    Config::of(&text, std::iter::empty(), &[]).unwrap()
}

fn stroops(value: &Value) -> i128 {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no amount: {value}"))
        .parse()
        .unwrap()
}

fn serve(world: &World) -> Served {
    let about = api::about(&world.follower.config, world.follower.deployment()).unwrap();
    let reads = Reads::new(world.follower.db.pool().clone(), about);
    let served = Served::start(Runtime::new().unwrap(), reads, &settings());
    wait(&served, "/readyz", |answer| answer.status == 200);
    served
}

/// What is added up in the background follows the tables within a moment.
fn wait(served: &Served, path: &str, done: impl Fn(&crate::served::Answer) -> bool) {
    for _ in 0..1_200 {
        if done(&served.get(path)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{path}: {}", served.get(path).text);
}

/// The deal's money for now, as the contract has it for the same ledger.
fn compare_health(world: &World, served: &Served, id: u32) -> HealthLevel {
    let deals = &world.market.deals;
    let health = world
        .runtime
        .block_on(world.client.read(&deals.get_deal_health(id)));
    let health = health.unwrap().unwrap();
    let meter = world
        .runtime
        .block_on(world.client.read(&deals.get_meters(vec![id])));
    let meter = meter.unwrap().remove(0).unwrap();
    let deal = served.get(&format!("/api/v1/deals/{id}")).json();
    let (told, money) = (&deal["health"], &deal["money"]);
    let level = format!("{:?}", health.level).to_lowercase();
    assert_eq!(told["level"], level, "{deal}");
    let runway_secs = told["runway_secs"].as_u64().unwrap_or(u64::MAX);
    assert_eq!(runway_secs, health.runway_secs, "{deal}");
    assert_eq!(stroops(&told["arrears_stroops"]), health.arrears);
    let at_close = stroops(&told["refund_if_closed_now_stroops"]);
    assert_eq!(at_close, health.refund_at_close, "{deal}");
    let at_release = stroops(&told["refund_at_release_stroops"]);
    assert_eq!(at_release, health.refund_at_release, "{deal}");
    assert_eq!(
        told["grace_until_ts"].as_u64().unwrap_or(0),
        health.grace_until_ts
    );
    assert_eq!(deal["usage"]["egress_left_mb"], health.egress_left_mb);
    assert_eq!(stroops(&money["locked_stroops"]), meter.locked);
    assert_eq!(stroops(&money["owed_stroops"]), meter.owed);
    assert_eq!(stroops(&money["reserve_stroops"]), meter.reserve);
    assert_eq!(stroops(&money["paid_stroops"]), meter.paid_total);
    assert_eq!(stroops(&money["credited_stroops"]), meter.credited);
    health.level
}

#[test]
fn what_the_api_tells_is_what_the_contracts_answer() {
    let world = World::new();
    let id = world.runtime.block_on(world.open());
    world.runtime.block_on(world.index());
    let served = serve(&world);
    compare_health(&world, &served, id);

    quotes_are_the_contracts(&world, &served);
    // A day well served, one badly, one nobody tells of, with a stage; then the money runs out.
    world.runtime.block_on(async {
        world.advance(DAY).await;
        world.report(id, GB, 50, 10_000).await;
        world.advance(DAY).await;
        world.report(id, 2 * GB, 50, 9_950).await;
        world.index().await;
    });
    compare_health(&world, &served, id);
    world.runtime.block_on(async {
        world.advance(DAY).await;
        let (provider, consumer) = (world.provider.address(), world.consumer.address());
        let deals = &world.market.deals;
        let stage =
            deals.update_deal_consumption(provider.clone(), consumer.clone(), id, 90 * GB, 7);
        world.client.invoke(&world.oracle, &stage).await.unwrap();
        let service = deals.update_deal_sla(provider, consumer, id, 250, 9_700);
        world.client.invoke(&world.oracle, &service).await.unwrap();
        world.index().await;
    });
    compare_health(&world, &served, id);
    world.runtime.block_on(async {
        world.advance(20 * DAY).await;
        world.report(id, 3 * GB, 50, 10_000).await;
        world.index().await;
    });
    assert_eq!(compare_health(&world, &served, id), HealthLevel::Grace);

    histories_are_told(&world, &served, id);
    market_is_told(&world, &served);
    drop(world.folder);
}

fn quotes_are_the_contracts(world: &World, served: &Served) {
    for (gb, months, monthly_gb) in [(500, 6, 50), (1, 1, 0), (0, 60, 3), (999_999, 7, 13)] {
        let path =
            format!("/api/v1/quotes?gb={gb}&months={months}&egress_gb_per_month={monthly_gb}");
        let quotes = served.get(&path).json();
        assert_eq!(quotes["matching"], 2, "{quotes}");
        for told in quotes["items"].as_array().unwrap() {
            let bucket = u32::try_from(told["bucket"]["bucket_id"].as_u64().unwrap()).unwrap();
            let (secs, egress_mb) = (months * 30 * DAY, monthly_gb * months * GB);
            let call = world
                .market
                .deals
                .get_quote(bucket, secs, gb * GB, egress_mb);
            let quote = world.runtime.block_on(world.client.read(&call)).unwrap();
            assert_eq!(stroops(&told["total_stroops"]), quote.price, "{path}");
            assert_eq!(stroops(&told["min_fund_stroops"]), quote.min_fund, "{path}");
            assert_eq!(quotes["wish"]["fee_bps"], quote.fee_bps);
            let fits = bucket == 2 || (gb <= 900 && monthly_gb * months <= 990);
            assert_eq!(told["fits"], fits, "{told}");
        }
    }
}

fn histories_are_told(world: &World, served: &Served, id: u32) {
    let timeline = served
        .get(&format!("/api/v1/deals/{id}/timeline?limit=100"))
        .json();
    let items = timeline["items"].as_array().unwrap();
    let names: Vec<_> = items
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    for name in [
        "deal_created",
        "deal_accepted",
        "deal_funded",
        "reported",
        "arrears_began",
    ] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    assert!(items
        .iter()
        .all(|item| item["tx_hash"].as_str().unwrap().len() == 64));
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = served
            .get(&format!("/api/v1/deals/{id}/timeline?limit=2{after}"))
            .json();
        let own = page["items"].as_array().unwrap();
        seen.extend(own.iter().map(|item| item["event_id"].clone()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let all: Vec<_> = items.iter().map(|item| item["event_id"].clone()).collect();
    assert_eq!(seen, all);
    let windows = served.get(&format!("/api/v1/deals/{id}/windows")).json();
    let windows = windows["items"].as_array().unwrap();
    let verdicts: Vec<_> = windows
        .iter()
        .map(|one| one["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["met", "minor", "met"], "newest first");
    assert_eq!(windows[1]["credit_bps"], 1_000);
    assert_eq!(windows[2]["average_storage_mb"], 100 * GB);
    let resumed = format!("{}/api/v1/live", served.url);
    let first = seen.last().unwrap().as_str().unwrap().to_owned();
    let lines = world.runtime.block_on(async move {
        tokio::task::spawn_blocking(move || {
            use std::io::{BufRead, BufReader};
            let call = ureq::get(&resumed).header("last-event-id", &first).call();
            let reader = BufReader::new(call.unwrap().into_body().into_reader());
            let lines = reader.lines().map_while(Result::ok);
            lines
                .take_while(|line| !line.contains("reset"))
                .take(6)
                .collect::<Vec<_>>()
        })
        .await
        .unwrap()
    });
    assert!(
        lines.iter().any(|line| line == "event: change"),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("\"kind\":\"deal\"")),
        "{lines:?}"
    );
}

fn market_is_told(world: &World, served: &Served) {
    let found = served
        .get("/api/v1/buckets?q=cold+ada&sort=storage_price")
        .json();
    let ids: Vec<_> = found["items"].as_array().unwrap().iter().collect();
    assert_eq!(ids.len(), 2, "{found}");
    assert_eq!(ids[0]["bucket_id"], 2);
    assert_eq!(ids[1]["left_storage_mb"], 900 * GB);
    let solvency = world
        .market
        .escrow
        .get_solvency(world.market.asset_address());
    let solvency = world
        .runtime
        .block_on(world.client.read(&solvency))
        .unwrap();
    let totals = served.get("/api/v1/totals").json();
    let told = &totals["solvency"][0];
    assert_eq!(stroops(&told["balance_stroops"]), solvency.balance);
    assert_eq!(stroops(&told["claimable_stroops"]), solvency.claimable);
    assert_eq!(
        (totals["live_deals"].as_u64(), totals["buckets"].as_u64()),
        (Some(1), Some(2))
    );
    let provider = world.provider.account().to_string();
    let page = served.get(&format!("/api/v1/providers/{provider}")).json();
    let claimable = world
        .market
        .escrow
        .get_claimable(world.provider.address(), world.market.asset_address());
    let claimable = world
        .runtime
        .block_on(world.client.read(&claimable))
        .unwrap();
    assert_eq!(stroops(&page["earnings"]["claimable_stroops"]), claimable);
    assert_eq!(stroops(&page["earnings"]["paid_net_stroops"]), claimable);
    assert_eq!(page["service"].as_array().unwrap().len(), 3);
    let consumer = world.consumer.account().to_string();
    let page = served.get(&format!("/api/v1/consumers/{consumer}")).json();
    assert_eq!(page["deals"].as_array().unwrap().len(), 1);
    let network = served.get("/api/v1/network").json();
    assert_eq!(network["contracts"].as_array().unwrap().len(), 5);
    assert_eq!(
        network["oracle"]["acting"],
        world.oracle.account().to_string()
    );
    let status = served.get("/api/v1/status").json();
    assert_eq!(status["asset"]["code"], "USDC");
    assert!(status["ledger"].as_u64().unwrap() > 0);
    assert_eq!(served.get("/api/v1/deals/99").status, 404);
    assert_eq!(served.get("/api/v1/buckets/99").status, 404);
    assert_eq!(
        served.get(&format!("/api/v1/providers/{consumer}")).status,
        404
    );
}
