//! The example that integrators paste, on a network with the contracts.

#[path = "../../examples/list_bucket.rs"]
mod list_bucket;

use flash_client::{Client, Signer};
use flash_deploy::{deploy, find_wasm_dir, Plan};
use flash_localnet::{Config, Localnet};
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn the_example_lists_a_bucket() {
    let network = Localnet::start(&Config::of_environment()).unwrap();
    let client = Client::connect(&network.url()).await.unwrap();
    let [deployer, issuer, provider] = ["deployer", "issuer", "provider"].map(Signer::named);
    for signer in [&deployer, &issuer, &provider] {
        client.fund(&signer.account()).await.unwrap();
    }
    let wasm = find_wasm_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let plan = Plan::new("local", deployer, issuer, wasm);
    let deployment = deploy(&client, &plan, None).await.unwrap();
    let market = deployment.market().unwrap();
    let bucket = list_bucket::list_bucket(&client, &market, &provider).await;
    let bucket = client
        .read(&market.registry.get_bucket(bucket.unwrap()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(bucket.name, "photos");
    assert_eq!(bucket.provider_id, provider.address());
}
