//! A marketplace on a network of its own.

use super::fees;
use crate::setup::Checked;
use flash_client::{
    classic_asset, sign, types::*, Applied, Call, Client, Error, FromScVal, Job, Margin, Signer,
};
use flash_deploy::{deploy, find_wasm_dir, Plan};
use flash_localnet::Config;
use std::{collections::BTreeSet, path::Path, sync::Mutex};
use stellar_xdr::{Asset, ContractId, Hash, TransactionExt};

pub const USD: u128 = 10_000_000;
pub const GB: u64 = 1_024;
pub const HOUR: u64 = 3_600;
pub const DAY: u64 = 24 * HOUR;
/// In which a test market's upgrades may be executed.
pub const UPGRADE_DELAY_SECS: u64 = HOUR;

/// The network with the contracts, and the people who are always there.
pub struct Stage {
    pub network: Checked,
    pub client: Client,
    pub at: flash_client::Market,
    pub usdc: Asset,
    pub owner: Signer,
    pub oracle: Signer,
    pub paula: Signer,
    pub carl: Signer,
    pub wasm: Vec<Vec<u8>>,
    /// The functions that were called.
    pub called: Mutex<BTreeSet<(ContractId, &'static str)>>,
}

impl Stage {
    pub async fn open(config: &Config) -> Self {
        let network = Checked::start(config);
        let mut client = Client::connect(&network.url()).await.unwrap();
        // Simulations have to suffice by themselves.
        client.margin = Margin::NONE;
        let (owner, issuer) = (Signer::named("owner"), Signer::named("issuer"));
        for signer in [&owner, &issuer] {
            client.fund(&signer.account()).await.unwrap();
        }
        let folder = find_wasm_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
        let folder = folder.unwrap_or_else(|error| panic!("{error}"));
        let mut plan = Plan::new("local", owner.clone(), issuer.clone(), folder.clone());
        plan.upgrade_delay_secs = UPGRADE_DELAY_SECS;
        let deployment = deploy(&client, &plan, None).await.unwrap();
        let read = |name: &&str| std::fs::read(folder.join(format!("{name}.wasm"))).unwrap();
        let mut stage = Self {
            at: deployment.market().unwrap(),
            usdc: classic_asset("USDC", issuer.account()).unwrap(),
            wasm: ["deals", "escrow", "mandates", "registry", "reputation"]
                .iter()
                .map(read)
                .collect(),
            oracle: Signer::named("oracle"),
            paula: Signer::named("Paula"),
            carl: Signer::named("Carl"),
            called: Mutex::default(),
            network,
            client,
            owner,
        };
        stage.oracle = stage.person("oracle").await;
        stage.paula = stage.person("Paula").await;
        stage.carl = stage.person("Carl").await;
        stage
    }

    /// Somebody with an account and 100_000 test USD.
    pub async fn person(&self, name: &str) -> Signer {
        let signer = Signer::named(name);
        self.client.fund(&signer.account()).await.unwrap();
        self.client
            .run(&signer, &[], &Job::trust(&self.usdc))
            .await
            .unwrap();
        let mint = self
            .at
            .escrow
            .test_faucet(signer.address(), 100_000 * USD as i128);
        self.client.invoke(&signer, &mint).await.unwrap();
        signer
    }

    /// Moves time on, and the ledger number as it would go with five seconds a ledger.
    pub async fn pass(&self, secs: u64) {
        let ledgers = u32::try_from(secs / 5).unwrap();
        self.network.advance(secs, ledgers).await.unwrap();
    }

    pub fn now(&self) -> u64 {
        self.network.view().close_time()
    }

    /// Does a job with what one simulation said: no second try. Checks what it was charged.
    pub async fn job_once(&self, source: &Signer, others: &[&Signer], job: &Job) -> Applied {
        let mut prepared = self.client.prepare(source, others, job).await;
        if let Err(Error::Archived { keys, .. }) = &prepared {
            // The code of two contracts is more than one transaction may write.
            for key in keys.clone() {
                let restoring = Job::restore(vec![key]).unwrap();
                Box::pin(self.job_once(source, &[], &restoring)).await;
            }
            prepared = self.client.prepare(source, others, job).await;
        }
        let tx = prepared.unwrap();
        let envelope = sign(&tx, self.client.network_id(), &[source]).unwrap();
        let before = self.network.view();
        let sent = self.client.send(&envelope).await.unwrap();
        let hash = Hash(envelope.hash(self.client.network_id()).unwrap());
        assert!(
            matches!(sent, flash_client::Sent::Pending),
            "{}: {sent:?}",
            job.what()
        );
        let applied = self.client.find(&hash).await.unwrap().unwrap();
        assert!(applied.succeeded(), "{}: {:?}", job.what(), applied.result);
        if matches!(tx.ext, TransactionExt::V1(_)) {
            fees::check(&before, &self.network.view(), &envelope, &applied);
        }
        applied
    }

    /// Calls a contract with what one simulation said.
    pub async fn once<T: FromScVal>(&self, source: &Signer, call: &Call<T>) -> T {
        let applied = self.job_once(source, &[], &Job::from(call)).await;
        self.called
            .lock()
            .unwrap()
            .insert((call.contract.clone(), call.function));
        T::from_scval(&applied.return_value()).unwrap()
    }

    /// Asks a contract.
    pub async fn read<T: FromScVal>(&self, call: &Call<T>) -> T {
        self.client.read(call).await.unwrap()
    }

    /// What the contract says no with.
    pub async fn refused<T: FromScVal>(&self, source: &Signer, call: &Call<T>) -> &'static str {
        self.called
            .lock()
            .unwrap()
            .insert((call.contract.clone(), call.function));
        match self.client.invoke(source, call).await {
            Ok(_) => panic!("{} was not refused", call.function),
            Err(error) => error
                .contract_error_name()
                .unwrap_or_else(|| panic!("{error}")),
        }
    }

    /// Lists a bucket that many deals share.
    pub async fn bucket(&self, provider: &Signer, name: &str) -> u32 {
        let call = self.at.registry.create_bucket(
            provider.address(),
            name.to_owned(),
            "eu-west".to_owned(),
            format!("fb-{name}"),
            "S3".to_owned(),
            USD / 50,
            USD / 100,
            200,
            9_990,
        );
        let bucket = self.once(provider, &call).await;
        let shared =
            self.at
                .registry
                .set_bucket_capacity(provider.address(), bucket, 100_000, 100_000);
        self.once(provider, &shared).await;
        bucket
    }

    /// Asks for 10 GB and 10 GB of egress for 30 days.
    pub async fn ask(&self, consumer: &Signer, bucket: u32) -> u32 {
        self.ask_of(consumer, &self.paula, bucket).await
    }

    /// The same, of another provider.
    pub async fn ask_of(&self, consumer: &Signer, provider: &Signer, bucket: u32) -> u32 {
        let call = self.at.deals.create_deal(
            consumer.address(),
            provider.address(),
            bucket,
            String::new(),
            30 * DAY,
            10 * GB,
            10 * GB,
            "s3".to_owned(),
        );
        self.once(consumer, &call).await
    }

    pub async fn accept(&self, consumer: &Signer, deal: u32) {
        let (paula, consumer) = (self.paula.address(), consumer.address());
        let call = self.at.deals.set_deal_accepted(paula, consumer, deal);
        self.once(&self.paula, &call).await;
    }

    pub async fn fund(&self, consumer: &Signer, deal: u32) {
        self.fund_of(consumer, &self.paula, deal).await;
    }

    /// The same, with another provider.
    pub async fn fund_of(&self, consumer: &Signer, provider: &Signer, deal: u32) {
        let call = self.at.deals.set_deal_funded(
            consumer.address(),
            provider.address(),
            deal,
            5 * USD,
            format!("repo-{deal}"),
        );
        self.once(consumer, &call).await;
    }

    /// A deal that runs.
    pub async fn running(&self, consumer: &Signer, bucket: u32) -> u32 {
        let deal = self.ask(consumer, bucket).await;
        self.accept(consumer, deal).await;
        self.fund(consumer, deal).await;
        deal
    }

    pub async fn meter(&self, deal: u32) -> Meter {
        let meters = self.read(&self.at.deals.get_meters(vec![deal])).await;
        meters.into_iter().next().flatten().unwrap()
    }

    /// A report of so many stored MB and a GB sent since the last one, through now or the end.
    pub async fn report_of(&self, deal: u32, stored_mb: u64, uptime_bps: u32) -> BookReports {
        let meter = self.meter(deal).await;
        let mut through = self.now().min(meter.end_ts);
        if meter.close_ts > 0 {
            through = through.min(meter.close_ts);
        }
        let secs = u128::from(through.saturating_sub(meter.through_ts));
        let stored = meter.storage_mb_secs + u128::from(stored_mb) * secs;
        BookReports {
            provider: meter.provider,
            asset: meter.asset,
            page: meter.page,
            reports: vec![(deal, stored, meter.egress_mb + GB, 50, uptime_bps, through)],
        }
    }

    /// Where a deal is settled.
    pub async fn book_of(&self, deal: u32) -> BookDeals {
        let meter = self.meter(deal).await;
        BookDeals {
            provider: meter.provider,
            asset: meter.asset,
            page: meter.page,
            deal_ids: vec![deal],
        }
    }
}
