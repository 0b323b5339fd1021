//! A deployment: once, again, broken off, wrong.

use crate::setup::{network, person};
use flash_client::{classic_asset, Address, Contract, Deployment, Error, Job, Kind, Signer};
use flash_deploy::{contract_ids, deploy, verify, StableAsset, CONTRACTS};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};

#[tokio::test(flavor = "multi_thread")]
async fn contracts_are_where_they_were_computed_to_be() {
    let (_network, client, plan) = network().await;
    let ids = contract_ids(
        &plan.deployer.account(),
        &plan.salt_label,
        client.network_id(),
    );
    let deployment = deploy(&client, &plan, None).await.unwrap();
    for contract in CONTRACTS {
        let name = contract.name();
        assert_eq!(deployment.id(name).unwrap(), ids[&contract]);
        let contract = &deployment.contracts[name];
        assert!(contract.tx_hash.is_some() && contract.ledger.is_some());
        assert_eq!(contract.version, "0.1.0");
    }
    let market = deployment.market().unwrap();
    let policy = client.read(&market.deals.get_policy(1)).await.unwrap();
    assert_eq!(policy, Some(plan.policy.clone()));
    let config = client.read(&market.deals.get_config()).await.unwrap();
    assert_eq!(config.oracle.acting, Some(plan.owner.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn deploying_again_changes_nothing() {
    let (network, client, plan) = network().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deployments/local.json");
    let first = deploy(&client, &plan, Some(&file)).await.unwrap();
    let ledger = network.view().sequence();
    let second = deploy(&client, &plan, Some(&file)).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(network.view().sequence(), ledger, "nothing was sent");
    assert_eq!(Deployment::load(&file).unwrap(), first);

    // Without the file the contracts are found all the same; what made them is not known then.
    let found = deploy(&client, &plan, None).await.unwrap();
    for name in CONTRACTS.map(Contract::name) {
        assert_eq!(found.contracts[name].id, first.contracts[name].id);
        assert_eq!(found.contracts[name].tx_hash, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_broken_off_after_any_step_goes_on() {
    let (_network, client, plan) = network().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("local.json");
    let wasm = tempfile::tempdir().unwrap();
    // Wasm that is not there yet breaks the deployment off after one more contract each time.
    for (done, name) in CONTRACTS.into_iter().enumerate() {
        let mut broken = plan.clone();
        broken.salt_label = "broken".to_owned();
        broken.wasm_dir = wasm.path().to_owned();
        for name in CONTRACTS.map(Contract::name) {
            let good = std::fs::read(plan.wasm_dir.join(format!("{name}.wasm"))).unwrap();
            let at = CONTRACTS
                .iter()
                .position(|other| other.name() == name)
                .unwrap();
            let content = if at < done { good } else { b"no Wasm".to_vec() };
            std::fs::write(wasm.path().join(format!("{name}.wasm")), content).unwrap();
        }
        deploy(&client, &broken, Some(&file)).await.unwrap_err();
        assert!(!file.exists(), "readers never see a part of a deployment");
        if done > 0 {
            let so_far = Deployment::load(&folder.path().join(".local.json.part")).unwrap();
            assert_eq!(so_far.contracts.len(), done);
            assert!(!so_far.contracts.contains_key(name.name()));
            so_far.market().unwrap_err();
        }
    }
    let mut whole = plan.clone();
    whole.salt_label = "broken".to_owned();
    let deployment = deploy(&client, &whole, Some(&file)).await.unwrap();
    // What was made before it broke off is known, too.
    assert!(CONTRACTS
        .iter()
        .all(|contract| deployment.contracts[contract.name()].tx_hash.is_some()));
    assert!(deployment.asset.tx_hash.is_some());
    assert_eq!(Deployment::load(&file).unwrap(), deployment);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused() {
    let (_network, client, plan) = network().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("local.json");
    let deployment = deploy(&client, &plan, Some(&file)).await.unwrap();

    let mut other = plan.clone();
    other.owner = Signer::named("somebody else").address();
    let refused = deploy(&client, &other, Some(&file)).await.unwrap_err();
    let told =
        |refused: Error, what: &str| assert!(refused.to_string().contains(what), "{refused}");
    told(refused, "reputation.owner differs");
    // Without the file, the ledger tells.
    told(
        deploy(&client, &other, None).await.unwrap_err(),
        "reputation.owner is G",
    );
    let mut other = plan.clone();
    other.policy.fee_bps += 1;
    told(
        deploy(&client, &other, Some(&file)).await.unwrap_err(),
        "deals.policy differs",
    );
    let mut other = plan.clone();
    other.salt_label = "other".to_owned();
    told(
        deploy(&client, &other, Some(&file)).await.unwrap_err(),
        "salt_label differs",
    );
    let mut other = plan.clone();
    other.upgrade_delay_secs += 1;
    told(
        deploy(&client, &other, None).await.unwrap_err(),
        "upgrade_delay_secs is 1814400",
    );
    // Wasm with a faucet is for test networks.
    let mut other = plan.clone();
    other.kind = Kind::Main;
    told(
        deploy(&client, &other, None).await.unwrap_err(),
        "make build-mainnet",
    );

    let changed = folder.path().join("wasm");
    std::fs::create_dir(&changed).unwrap();
    for name in CONTRACTS.map(Contract::name) {
        let source = if name == "deals" { "escrow" } else { name };
        let from = plan.wasm_dir.join(format!("{source}.wasm"));
        std::fs::copy(from, changed.join(format!("{name}.wasm"))).unwrap();
    }
    let mut other = plan.clone();
    other.wasm_dir = changed;
    let refused = deploy(&client, &other, None).await.unwrap_err();
    assert!(refused.to_string().contains("upgrade it"), "{refused}");

    let market = deployment.market().unwrap();
    let mut crossed = market.clone();
    crossed.asset = market.deals.id.clone();
    let refused = verify(&client, &crossed, &deployment).await.unwrap_err();
    assert!(
        refused.to_string().starts_with("escrow.stable_asset"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_faucet_mints_the_test_asset() {
    let (_network, client, plan) = network().await;
    let deployment = deploy(&client, &plan, None).await.unwrap();
    let market = deployment.market().unwrap();
    let alice = person(&client, "alice").await;
    let asset = classic_asset("USDC", Signer::named("issuer").account()).unwrap();
    client.run(&alice, &[], &Job::trust(&asset)).await.unwrap();
    let mint = market.escrow.test_faucet(alice.address(), 5_0000000);
    client.invoke(&alice, &mint).await.unwrap();
    let balance = flash_client::Call::<i128>::new(&market.asset, "balance", &[&alice.address()]);
    assert_eq!(client.read(&balance).await.unwrap(), 5_0000000);
    // More than the faucet gives is refused, by name.
    let mint = market.escrow.test_faucet(alice.address(), i128::MAX);
    let refused = client.invoke(&alice, &mint).await.unwrap_err();
    assert_eq!(refused.contract_error_name(), Some("FaucetAmountTooLarge"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_that_exists_is_taken_as_it_is() {
    let (_network, client, mut plan) = network().await;
    let deployment = deploy(&client, &plan, None).await.unwrap();
    plan.salt_label = "second".to_owned();
    plan.asset = StableAsset::Existing(deployment.asset.contract_id.clone());
    let second = deploy(&client, &plan, None).await.unwrap();
    assert_eq!(second.asset.code, None);
    let market = second.market().unwrap();
    let asset = client
        .read(&market.escrow.get_stable_asset_address())
        .await
        .unwrap();
    assert_eq!(asset, Address::Contract(deployment.asset.contract_id));
    // Its administrator is the first escrow: a second faucet cannot be.
    let mut third = plan.clone();
    third.salt_label = "third".to_owned();
    third.asset = StableAsset::Issued {
        code: "USDC".to_owned(),
        issuer: Signer::named("issuer"),
        faucet: true,
    };
    let refused = deploy(&client, &third, None).await.unwrap_err();
    assert!(refused.to_string().contains("administrator"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_creations_at_the_same_time_both_get_an_id() {
    let (_network, client, plan) = network().await;
    let market = deploy(&client, &plan, None)
        .await
        .unwrap()
        .market()
        .unwrap();
    let mut runs = Vec::new();
    for number in 0..8 {
        let (client, market) = (client.clone(), market.clone());
        runs.push(tokio::spawn(async move {
            let alice = person(&client, &format!("provider {number}")).await;
            let call = market
                .registry
                .register_provider(alice.address(), "disks".to_owned());
            client.invoke(&alice, &call).await.unwrap();
            let call = market.registry.create_bucket(
                alice.address(),
                "bucket".to_owned(),
                "eu".to_owned(),
                format!("fb-{number}"),
                "S3".to_owned(),
                100_000,
                50_000,
                200,
                9_900,
            );
            client.invoke(&alice, &call).await.unwrap().answer
        }));
    }
    let mut ids = Vec::new();
    for run in runs {
        ids.push(run.await.unwrap());
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=8).collect::<Vec<u32>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn agreements_of_others_are_signed_apart() {
    let (_network, client, plan) = network().await;
    let market = deploy(&client, &plan, None)
        .await
        .unwrap()
        .market()
        .unwrap();
    let (payer, alice) = (person(&client, "payer").await, Signer::named("alice"));
    let call = market
        .registry
        .register_consumer(alice.address(), "Alice".to_owned());
    let refused = client.invoke(&payer, &call).await.unwrap_err();
    assert!(matches!(refused, Error::NoKey { .. }), "{refused}");
    // An account that does not exist cannot agree.
    client
        .invoke_as(&payer, &[&alice], &call)
        .await
        .unwrap_err();
    client.fund(&alice.account()).await.unwrap();
    client.invoke_as(&payer, &[&alice], &call).await.unwrap();
    let alice = client
        .read(&market.registry.get_consumer(alice.address()))
        .await;
    assert_eq!(alice.unwrap().unwrap().description, "Alice");
}

/// The keys of an object of the schema: those that must be there, and all that may.
fn keys(schema: &Value) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let required = schema["required"].as_array().unwrap();
    let may = schema["properties"].as_object().unwrap();
    (
        required.iter().map(|key| key.as_str().unwrap()).collect(),
        may.keys().map(String::as_str).collect(),
    )
}

fn assert_fits(value: &Value, schema: &Value) {
    let (must, may) = keys(schema);
    let found: BTreeSet<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert!(
        must.is_subset(&found) && found.is_subset(&may),
        "{found:?} is not {may:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_has_the_form_that_all_tools_share() {
    let (_network, client, mut plan) = network().await;
    plan.oracle = Some(Signer::named("oracle").address());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("local.json");
    deploy(&client, &plan, Some(&file)).await.unwrap();
    let read =
        |path: &Path| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let (written, schema) = (
        read(&file),
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/schema.json")),
    );
    assert_fits(&written, &schema);
    assert_fits(&written["asset"], &schema["properties"]["asset"]);
    for name in CONTRACTS.map(Contract::name) {
        assert_fits(&written["contracts"][name], &schema["$defs"]["contract"]);
    }
    let deals = &written["contracts"]["deals"]["constructor"];
    assert_eq!(
        deals["policy"]["min_fund"], "10000000",
        "large numbers are text"
    );
    assert_eq!(deals["oracle"], plan.oracle.unwrap().to_string());
    assert_eq!(
        written["contracts"]["escrow"]["wasm_hash"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
}
