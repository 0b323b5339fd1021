//! What nobody touched for long is archived; whoever needs it brings it back, and nothing is lost.

use super::market::{Stage, DAY, GB, USD};
use flash_client::{instance_key, types::Role, Call, Job, Signer};
use flash_localnet::{settings::Preset, state::is_temporary, Config};
use stellar_xdr::LedgerKey;

/// How many entries of our contracts there are, code included, and how many of them are archived.
fn entries(stage: &Stage) -> (usize, usize) {
    let view = stage.network.view();
    let ours = [
        stage.at.deals.address(),
        stage.at.escrow.address(),
        stage.at.registry.address(),
        stage.at.reputation.address(),
    ];
    let is_ours = |key: &LedgerKey| match key {
        LedgerKey::ContractData(data) => ours.contains(&data.contract) && !is_temporary(key),
        LedgerKey::ContractCode(_) => true,
        _ => false,
    };
    let found: Vec<_> = view
        .entries
        .iter()
        .filter(|(key, _)| is_ours(key))
        .collect();
    let archived = found
        .iter()
        .filter(|(_, entry)| !entry.is_live(view.sequence()))
        .count();
    (found.len(), archived)
}

/// What the contracts tell, as far as it does not change by itself with time.
async fn told(stage: &Stage, bucket: u32, deal: Option<u32>) -> String {
    let at = &stage.at;
    let (paula, carl, usdc) = (
        stage.paula.address(),
        stage.carl.address(),
        at.asset_address(),
    );
    let mut told = vec![
        format!("{:?}", stage.read(&at.registry.get_bucket(bucket)).await),
        format!("{:?}", stage.read(&at.deals.get_deal_count()).await),
        format!("{:?}", stage.read(&at.deals.get_config()).await),
        format!("{:?}", stage.read(&at.escrow.get_config()).await),
        format!(
            "{:?}",
            stage.read(&at.escrow.get_solvency(usdc.clone())).await
        ),
    ];
    for who in [&paula, &carl] {
        let claimable = at.escrow.get_claimable(who.clone(), usdc.clone());
        told.push(format!("{:?}", stage.read(&claimable).await));
    }
    if let Some(deal) = deal {
        let whole = at.deals.get_deal(carl, paula, deal);
        told.push(format!("{:?}", stage.read(&whole).await));
        told.push(format!(
            "{:?}",
            stage.read(&at.deals.get_meters(vec![deal])).await
        ));
        told.push(format!(
            "{:?}",
            stage.read(&at.escrow.get_account(deal)).await
        ));
    }
    told.join("\n")
}

/// Two days without anybody, on a network where that is longer than anything lives.
async fn sleep(stage: &Stage, bucket: u32, deal: Option<u32>) {
    let before = told(stage, bucket, deal).await;
    stage.pass(2 * DAY).await;
    let (all, archived) = entries(stage);
    assert!(all > 10, "only {all} entries");
    assert_eq!(archived, all);
    assert_eq!(told(stage, bucket, deal).await, before);
}

async fn balance(stage: &Stage, who: &Signer) -> i128 {
    stage
        .read(&Call::new(&stage.at.asset, "balance", &[&who.address()]))
        .await
}

fn fast() -> Config {
    Config {
        settings: Preset::Fast.settings(),
        ..Config::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deal_that_is_archived_before_every_step_loses_nothing() {
    let stage = Stage::open(&fast()).await;
    let (at, paula, carl) = (&stage.at, &stage.paula, &stage.carl);
    let (had_paula, had_carl) = (balance(&stage, paula).await, balance(&stage, carl).await);
    let register = at
        .registry
        .register_provider(paula.address(), "Paula".to_owned());
    stage.once(paula, &register).await;
    let register = at
        .registry
        .register_consumer(carl.address(), "Carl".to_owned());
    stage.once(carl, &register).await;
    let bucket = stage.bucket(paula, "sleepy").await;
    sleep(&stage, bucket, None).await;
    let deal = stage.ask(carl, bucket).await;
    sleep(&stage, bucket, Some(deal)).await;
    stage.accept(carl, deal).await;
    sleep(&stage, bucket, Some(deal)).await;
    stage.fund(carl, deal).await;
    for day in 1..=3_u64 {
        sleep(&stage, bucket, Some(deal)).await;
        let report = stage.report_of(deal, day * GB, 10_000).await;
        let codes = stage
            .once(&stage.owner, &at.deals.report_and_settle(vec![report]))
            .await;
        assert_eq!(codes, [0]);
    }
    sleep(&stage, bucket, Some(deal)).await;
    let more = at
        .deals
        .deposit_to_deal(carl.address(), paula.address(), deal, USD);
    stage.once(carl, &more).await;
    sleep(&stage, bucket, Some(deal)).await;
    stage
        .once(carl, &at.deals.close_deal(carl.address(), deal))
        .await;
    sleep(&stage, bucket, Some(deal)).await;
    stage.pass(2 * DAY).await;
    for step in [3, 4, 5] {
        assert_eq!(stage.once(carl, &at.deals.advance_deal(deal)).await, step);
        sleep(&stage, bucket, Some(deal)).await;
    }
    let account = stage.read(&at.escrow.get_account(deal)).await.unwrap();
    assert_eq!(account.deposited, 6 * USD as i128);
    assert_eq!(
        account.deposited,
        account.paid + account.fee + account.refunded
    );
    assert!(account.released && account.paid > 0 && account.fee > 0 && account.refunded > 0);
    for (who, gets) in [(paula, account.paid), (carl, account.refunded)] {
        let push = at.escrow.push(who.address(), at.asset_address());
        assert_eq!(stage.once(&stage.owner, &push).await, gets);
        sleep(&stage, bucket, Some(deal)).await;
    }
    assert_eq!(balance(&stage, paula).await - had_paula, account.paid);
    assert_eq!(
        had_carl - balance(&stage, carl).await,
        account.paid + account.fee
    );
    let record = at.reputation.get_record(paula.address(), Role::Provider);
    let record = stage.read(&record).await.unwrap();
    assert_eq!(record.volume, account.paid + account.fee);
    assert!(record.completed_milli > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_is_restored_by_hand() {
    let stage = Stage::open(&fast()).await;
    let config = stage.read(&stage.at.escrow.get_config()).await;
    stage.pass(2 * DAY).await;
    let key = instance_key(&stage.at.escrow.id);
    stage
        .job_once(&stage.carl, &[], &Job::restore(vec![key.clone()]).unwrap())
        .await;
    let view = stage.network.view();
    assert!(view.entries[&key].is_live(view.sequence()));
    let extend = Job::extend(vec![key.clone()], 10_000).unwrap();
    stage.job_once(&stage.carl, &[], &extend).await;
    let view = stage.network.view();
    assert_eq!(
        view.entries[&key].live_until(),
        Some(view.sequence() + 10_000)
    );
    let (all, archived) = entries(&stage);
    assert_eq!(archived, all - 1, "the rest sleeps on");
    assert_eq!(stage.read(&stage.at.escrow.get_config()).await, config);
}
