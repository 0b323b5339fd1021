//! The marketplace: deployed, upgraded by announcement, and used by one deal.

use crate::{
    people::People,
    programs::{Index, Oracle, BUCKET, REPO},
    table::Table,
};
use anyhow::{ensure, Context, Result};
use flash_client::{
    classic_asset, types::Meter, Call, Client, Deployment, FromScVal, Job, Market, Signer,
};
use flash_deploy::{deploy as deploy_contracts, Plan};
use std::path::{Path, PathBuf};

/// What the consumer gets of the test asset: 1_000, in units of 10^-7.
const PURSE: i64 = 10_000_000_000;
/// The shortest deal that the contracts take.
const DEAL_SECS: u64 = 3_600;
/// 0.02 USD per GB and month, 0.05 USD per GB.
const STORAGE_PRICE: u128 = 20_0000;
const EGRESS_PRICE: u128 = 50_0000;
/// What the consumer's repository sends.
const USED_MB: u64 = 100;
/// How many rounds the oracle may need until a closed deal is released.
const ROUNDS: u32 = 10;

/// Deploys the contracts and gives the consumer money.
///
/// # Errors
/// Where a step fails.
pub async fn deploy(
    client: &Client,
    people: &People,
    folder: &Path,
    wasm: PathBuf,
    table: &mut Table,
) -> Result<Market> {
    let (deployer, issuer) = (people.deployer.clone(), people.issuer.clone());
    let mut plan = Plan::new("tour", deployer, issuer, wasm);
    plan.oracle = Some(people.oracle.address());
    let file = folder.join("tour.json");
    let deployment = deploy_contracts(client, &plan, Some(&file)).await?;
    table.add("deploy", "five contracts and the test asset's");
    // Run again, it finds all of it and changes nothing.
    let again = deploy_contracts(client, &plan, Some(&file)).await?;
    let ids = |deployment: &Deployment| {
        flash_deploy::CONTRACTS.map(|contract| deployment.id(contract.name()).ok())
    };
    ensure!(
        ids(&again) == ids(&deployment),
        "deploying again made other contracts"
    );
    table.add("deploy again", "changed nothing");
    let asset = classic_asset("USDC", people.issuer.account())?;
    for person in [&people.provider, &people.consumer] {
        client.run(person, &[], &Job::trust(&asset)).await?;
    }
    let pay = Job::pay(&asset, &people.consumer.account(), PURSE);
    let paid = client.run(&people.issuer, &[], &pay).await?;
    table.applied("trust lines, money", &paid);
    Ok(deployment.market()?)
}

/// Everything else.
///
/// # Errors
/// Where a step fails.
pub async fn play(
    client: &Client,
    people: &People,
    market: &Market,
    folder: &Path,
    table: &mut Table,
) -> Result<()> {
    upgrade(client, people, market, folder, table).await?;
    let index = Index::configure(folder, client)?;
    let oracle = Oracle::configure(folder, client, &people.oracle)?;
    let stage = Stage {
        client,
        people,
        market,
    };
    let deal = stage.open_deal(table).await?;
    stage.close_deal(deal, table).await?;
    stage.settle(deal, &oracle, table).await?;
    stage.withdraw(table).await?;
    index.follow().await?;
    let checked = index.check().await?;
    ensure!(
        checked.trim_end().ends_with("0 differences"),
        "the index differs from the contracts:\n{checked}"
    );
    table.add("index against contracts", "0 differences");
    index.rebuild().await?;
    let checked = index.check().await?;
    ensure!(
        checked.trim_end().ends_with("0 differences"),
        "the rebuilt index differs from the contracts:\n{checked}"
    );
    table.add("index rebuilt", "0 differences");
    Ok(())
}

/// Announces an upgrade to the code that is there, and cancels it.
async fn upgrade(
    client: &Client,
    people: &People,
    market: &Market,
    folder: &Path,
    table: &mut Table,
) -> Result<()> {
    let deployment = Deployment::load(&folder.join("tour.json"))?;
    let hash = deployment.contracts["registry"].wasm_hash.0;
    let registry = &market.registry;
    let schedule = registry.schedule_upgrade(hash);
    let done = client.invoke(&people.deployer, &schedule).await?;
    let delay = done.answer.saturating_sub(done.applied.closed_at);
    ensure!(
        delay >= flash_deploy::UPGRADE_DELAY_SECS,
        "an upgrade is due after {delay} s"
    );
    table.applied("upgrade announced", &done.applied);
    let upgrade = registry.upgrade(hash, people.deployer.address());
    ensure!(
        client.invoke(&people.deployer, &upgrade).await.is_err(),
        "an upgrade was taken before it was due"
    );
    let done = client
        .invoke(&people.deployer, &registry.cancel_upgrade())
        .await?;
    table.applied("upgrade cancelled", &done.applied);
    Ok(())
}

/// Who plays the deal, and where.
struct Stage<'a> {
    client: &'a Client,
    people: &'a People,
    market: &'a Market,
}

impl Stage<'_> {
    async fn call<T: FromScVal>(
        &self,
        who: &Signer,
        step: &str,
        call: &Call<T>,
        table: &mut Table,
    ) -> Result<T> {
        let done = self.client.invoke(who, call).await;
        let done = done.with_context(|| step.to_owned())?;
        table.applied(step, &done.applied);
        Ok(done.answer)
    }

    /// From the registration of both to a funded deal.
    async fn open_deal(&self, table: &mut Table) -> Result<u32> {
        let (registry, deals) = (&self.market.registry, &self.market.deals);
        let (provider, consumer) = (&self.people.provider, &self.people.consumer);
        let register = registry.register_provider(provider.address(), "A tour's disks");
        self.call(provider, "provider registered", &register, table)
            .await?;
        let register = registry.register_consumer(consumer.address(), "A tour".to_owned());
        self.call(consumer, "consumer registered", &register, table)
            .await?;
        let create = registry.create_bucket(
            provider.address(),
            BUCKET.to_owned(),
            "eu-central-1".to_owned(),
            BUCKET.to_owned(),
            "S3".to_owned(),
            STORAGE_PRICE,
            EGRESS_PRICE,
            200,
            9_990,
        );
        let bucket = self.call(provider, "bucket listed", &create, table).await?;
        let capacity = registry.set_bucket_capacity(provider.address(), bucket, 100, 100);
        self.call(provider, "capacity set", &capacity, table)
            .await?;
        let quote = deals.get_quote(bucket, DEAL_SECS, 1_000, 1_000);
        let quote = self.client.read(&quote).await?;
        let create = deals.create_deal(
            consumer.address(),
            provider.address(),
            bucket,
            REPO.to_owned(),
            DEAL_SECS,
            1_000,
            1_000,
            "S3".to_owned(),
        );
        let deal = self.call(consumer, "deal created", &create, table).await?;
        let accept = deals.set_deal_accepted(provider.address(), consumer.address(), deal);
        self.call(provider, "deal accepted", &accept, table).await?;
        let amount = u128::try_from(quote.price.max(quote.min_fund))?;
        let fund = deals.set_deal_funded(
            consumer.address(),
            provider.address(),
            deal,
            amount,
            REPO.to_owned(),
        );
        self.call(consumer, "deal funded", &fund, table).await?;
        Ok(deal)
    }

    /// The consumer has what it wanted.
    async fn close_deal(&self, deal: u32, table: &mut Table) -> Result<()> {
        let (provider, consumer) = (&self.people.provider, &self.people.consumer);
        let deals = &self.market.deals;
        let complete = deals.set_deal_completed(consumer.address(), provider.address(), deal);
        self.call(consumer, "deal closed", &complete, table).await
    }

    /// The oracle reports the rest and releases the deposit.
    async fn settle(&self, deal: u32, oracle: &Oracle, table: &mut Table) -> Result<()> {
        let closed = self.meter(deal).await?;
        oracle
            .import_status(closed.start_ts, closed.close_ts)
            .await?;
        oracle
            .import_use(&self.people.provider, closed.start_ts, USED_MB)
            .await?;
        for round in 1..=ROUNDS {
            oracle.round().await?;
            let meter = self.meter(deal).await?;
            if meter.released {
                ensure!(
                    meter.egress_mb == USED_MB && meter.paid_total > 0,
                    "{USED_MB} MB were sent, but the contract has {meter:?}"
                );
                let detail = format!(
                    "released after {round} rounds: paid {}, credited {}, in units of 10^-7",
                    meter.paid_total, meter.credited
                );
                table.add("oracle", &detail);
                return Ok(());
            }
        }
        anyhow::bail!("the deal was not released in {ROUNDS} rounds of the oracle")
    }

    /// What the contract knows of the deal's money and times.
    async fn meter(&self, deal: u32) -> Result<Meter> {
        let meters = self.market.deals.get_meters(vec![deal]);
        let meter = self.client.read(&meters).await?.pop().flatten();
        meter.context("there is no such deal")
    }

    /// Both take out what is theirs, and the escrow still has what it owes.
    async fn withdraw(&self, table: &mut Table) -> Result<()> {
        let (escrow, token) = (&self.market.escrow, self.market.asset_address());
        for (name, person) in [
            ("provider", &self.people.provider),
            ("consumer", &self.people.consumer),
        ] {
            let (who, token) = (person.address(), token.clone());
            let claimable = escrow.get_claimable(who.clone(), token.clone());
            let claimable = self.client.read(&claimable).await?;
            if claimable == 0 {
                table.add(&format!("{name} withdraws"), "nothing to withdraw");
                continue;
            }
            let withdraw = escrow.withdraw(who.clone(), token, who, claimable, claimable);
            let step = format!("{name} withdraws");
            let sent = self.call(person, &step, &withdraw, table).await?;
            ensure!(sent == claimable, "{sent} of {claimable} were withdrawn");
        }
        let solvency = self.client.read(&escrow.get_solvency(token)).await?;
        table.add("escrow", &format!("{solvency:?}"));
        Ok(())
    }
}
