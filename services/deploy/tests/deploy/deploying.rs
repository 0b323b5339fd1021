//! A deployment: once, again, broken off, wrong.

use crate::setup::{network, person};
use flash_deploy::{
    classic_asset, contract_ids, deploy, Address, Deployment, Error, Job, Signer, StableAsset,
    CONTRACTS,
};

#[tokio::test(flavor = "multi_thread")]
async fn contracts_are_where_they_were_computed_to_be() {
    let (_network, client, plan) = network().await;
    let ids = contract_ids(&plan.deployer.account(), &plan.salt, client.network_id());
    let deployment = deploy(&client, &plan, None).await.unwrap();
    for name in CONTRACTS {
        assert_eq!(deployment.id(name).unwrap(), ids[name]);
        assert!(deployment.contracts[name].transaction.is_some());
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
    for name in CONTRACTS {
        assert_eq!(found.contracts[name].id, first.contracts[name].id);
        assert_eq!(found.contracts[name].transaction, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_broken_off_after_any_step_goes_on() {
    let (_network, client, plan) = network().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("local.json");
    let wasm = tempfile::tempdir().unwrap();
    // Wasm that is not there yet breaks the deployment off after one more contract each time.
    for (done, name) in CONTRACTS.iter().enumerate() {
        let mut broken = plan.clone();
        broken.salt = "broken".to_owned();
        broken.wasm_dir = wasm.path().to_owned();
        for name in CONTRACTS {
            let good = std::fs::read(plan.wasm_dir.join(format!("{name}.wasm"))).unwrap();
            let at = CONTRACTS.iter().position(|other| *other == name).unwrap();
            let content = if at < done { good } else { b"no Wasm".to_vec() };
            std::fs::write(wasm.path().join(format!("{name}.wasm")), content).unwrap();
        }
        deploy(&client, &broken, Some(&file)).await.unwrap_err();
        if done > 0 {
            let so_far = Deployment::load(&file).unwrap();
            assert_eq!(so_far.contracts.len(), done);
            assert!(!so_far.contracts.contains_key(*name));
            so_far.market().unwrap_err();
        }
    }
    let mut whole = plan.clone();
    whole.salt = "broken".to_owned();
    let deployment = deploy(&client, &whole, Some(&file)).await.unwrap();
    assert!(CONTRACTS
        .iter()
        .all(|name| deployment.contracts[*name].transaction.is_some()));
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
    assert!(
        refused.to_string().contains("is of another deployment"),
        "{refused}"
    );
    // Without the file, the ledger tells.
    let refused = deploy(&client, &other, None).await.unwrap_err();
    assert!(
        refused.to_string().starts_with("deals.owner is G"),
        "{refused}"
    );

    let changed = folder.path().join("wasm");
    std::fs::create_dir(&changed).unwrap();
    for name in CONTRACTS {
        let source = if name == "deals" { "escrow" } else { name };
        let from = plan.wasm_dir.join(format!("{source}.wasm"));
        std::fs::copy(from, changed.join(format!("{name}.wasm"))).unwrap();
    }
    let mut other = plan.clone();
    other.wasm_dir = changed;
    let refused = deploy(&client, &other, None).await.unwrap_err();
    assert!(refused.to_string().contains("upgrade it"), "{refused}");

    let mut wrong = deployment.clone();
    wrong.upgrade_delay_secs += 1;
    let market = deployment.market().unwrap();
    let refused = market.verify(&client, &wrong).await.unwrap_err();
    assert!(matches!(refused, Error::Mismatch(_)), "{refused}");
    let mut crossed = market.clone();
    crossed.asset = market.deals.id.clone();
    let refused = crossed.verify(&client, &deployment).await.unwrap_err();
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
    let balance = flash_deploy::Call::<i128>::new(&market.asset, "balance", &[&alice.address()]);
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
    plan.salt = "second".to_owned();
    plan.asset = StableAsset::Existing(deployment.asset.contract.clone());
    let second = deploy(&client, &plan, None).await.unwrap();
    assert_eq!(second.asset.code, None);
    let market = second.market().unwrap();
    let asset = client
        .read(&market.escrow.get_stable_asset_address())
        .await
        .unwrap();
    assert_eq!(asset, Address::Contract(deployment.asset.contract));
    // Its administrator is the first escrow: a second faucet cannot be.
    let mut third = plan.clone();
    third.salt = "third".to_owned();
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
