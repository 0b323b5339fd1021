//! The RPC server forgets, goes away, or is another network's.

use crate::world::{assert_same, catch_up, rows, World, DAY};
use flash_base::settings::Settings;
use flash_base_testkit::databases;
use flash_index::{
    config::Config,
    follow::Follower,
    rows::{Gap, Window},
};

/// Ledgers that the network keeps events of.
const RETENTION: u32 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_noted_and_the_state_is_read_from_the_queries() {
    let config = flash_localnet::Config {
        retention: RETENTION,
        ..flash_localnet::Config::default()
    };
    let world = World::with(config).await;
    world.register().await;
    for _ in 0..RETENTION {
        world.advance(5).await;
    }
    for database in databases() {
        let follower = world.follower(&database.url, &[]).await;
        // What was before it is forgotten already.
        catch_up(&follower).await;
        assert_same(&follower, "the first gap").await;
        let first = rows::<Gap>(&follower).await.len();
        assert_eq!(first, 1, "{}", database.kind);
        let bucket = world.bucket(database.kind).await;
        let deal = world.funded(bucket, database.kind, None).await;
        catch_up(&follower).await;
        assert_eq!(rows::<Gap>(&follower).await.len(), 1);
        for _ in 0..8 {
            world.advance(DAY).await;
            world.report(deal, 10 << 10, 100, 9_900).await;
        }
        catch_up(&follower).await;
        assert_same(&follower, "the second gap").await;
        assert_eq!(rows::<Gap>(&follower).await.len(), 2);
        // Windows of the gap are not known; the next one goes on where the last known one ended, so
        // that their sum is the deal's.
        world.advance(DAY).await;
        world.report(deal, 10 << 10, 100, 9_900).await;
        catch_up(&follower).await;
        assert_same(&follower, "what follows a gap").await;
        let mut connection = follower.db.pool().acquire().await.unwrap();
        let windows: Vec<Window> = flash_index::table::all(&mut connection).await.unwrap();
        let own = windows.iter().filter(|one| one.deal_id == i64::from(deal));
        let stored: i128 = own.map(|one| one.storage_mb_secs.0).sum();
        let meter = world.meter(deal).await;
        assert_eq!(stored, i128::try_from(meter.storage_mb_secs).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_a_round_fails_and_writes_nothing() {
    let world = World::new().await;
    let follower = world
        .follower("sqlite::memory:", &["network.rpc_url=http://127.0.0.1:1"])
        .await;
    assert!(follower.round().await.is_err());
    let sql = "SELECT ledger FROM cursor";
    let ledger: i64 = sqlx::query_scalar(sql)
        .fetch_one(follower.db.pool())
        .await
        .unwrap();
    assert_eq!(ledger, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_network_and_another_deployment_are_refused() {
    let world = World::new().await;
    let config = flash_localnet::Config {
        passphrase: flash_localnet::Passphrase::Testnet,
        ..flash_localnet::Config::default()
    };
    let other = flash_localnet::Localnet::start(&config).unwrap();
    let url = format!("network.rpc_url={}", other.url());
    let follower = world.follower("sqlite::memory:", &[&*url]).await;
    let told = format!("{:#}", follower.round().await.unwrap_err());
    assert!(told.contains("is of the network \"Test SDF"), "{told}");
    // A database keeps to its contracts.
    let database = format!("sqlite://{}", world.folder.path().join("i.db").display());
    drop(world.follower(&database, &[]).await);
    let path = world.config_file(&database);
    let file = world.folder.path().join("local.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let (deals, escrow) = (world.market.deals.address(), world.market.escrow.address());
    let swapped = text.replace(&deals.to_string(), &escrow.to_string());
    std::fs::write(&file, swapped).unwrap();
    let config = Config::load(&path, std::iter::empty(), &[]).unwrap();
    let told = match Follower::open(config).await {
        Ok(_) => String::new(),
        Err(error) => format!("{error:#}"),
    };
    assert!(told.contains("use a database of its own"), "{told}");
}
