//! Ways out of a deal that were simulated and signed before a hundred transactions of others landed,
//! on the same pages of the same book: each of them is applied as it is.

use super::market::{Stage, DAY, GB, USD};
use flash_client::{sign, types::*, Address, Call, Job, Margin, Sent, Signer};
use flash_localnet::Config;
use std::collections::BTreeMap;
use stellar_xdr::{Hash, TransactionEnvelope};

/// How many transactions of others.
const FOREIGN: usize = 100;

/// The deals that are left, each in another state.
struct Deals {
    pending: u32,
    to_reject: u32,
    accepted: u32,
    stale: u32,
    to_cancel: u32,
    to_complete: u32,
    to_close: u32,
    to_reduce: u32,
    to_settle: u32,
    over: u32,
    silent: u32,
    released: u32,
    freed: u32,
}

struct Exit {
    name: &'static str,
    envelope: TransactionEnvelope,
}

/// Paula's bucket takes deals without her signature, so that others need nobody for theirs.
async fn open_bucket(stage: &Stage) -> u32 {
    for person in [&stage.paula, &stage.carl] {
        let register = stage
            .at
            .registry
            .register_full_user(person.address(), "somebody".to_owned());
        stage.once(person, &register).await;
    }
    stage.bucket(&stage.paula, "exits").await
}

async fn auto_accept(stage: &Stage, provider: &Signer, bucket: u32) {
    let asset = stage
        .read(&stage.at.escrow.get_stable_asset_address())
        .await;
    let features = BucketFeatures {
        access_scope: "private".into(),
        auto_accept_asset: Some(asset),
        auto_accept_policy: 1,
        encryption_at_rest: true,
        encryption_in_transit: true,
        object_locking: false,
        tags: vec![],
        versioning_enabled: false,
    };
    let call = stage
        .at
        .registry
        .set_bucket_features(provider.address(), bucket, features);
    stage.once(provider, &call).await;
}

/// A deal that ends as soon as an hour is over.
async fn short_deal(stage: &Stage, bucket: u32) -> u32 {
    let call = stage.at.deals.create_deal(
        stage.carl.address(),
        stage.paula.address(),
        bucket,
        String::new(),
        3_600,
        10 * GB,
        10 * GB,
        "S3".to_owned(),
    );
    let deal = stage.once(&stage.carl, &call).await;
    stage.accept(&stage.carl, deal).await;
    stage.fund(&stage.carl, deal).await;
    deal
}

/// Everything in place: what takes days first.
async fn scene(stage: &Stage, bucket: u32) -> Deals {
    let carl = &stage.carl;
    let stale = stage.ask(carl, bucket).await;
    let silent = short_deal(stage, bucket).await;
    let released = short_deal(stage, bucket).await;
    let freed = short_deal(stage, bucket).await;
    stage.pass(3_700).await;
    for deal in [silent, released, freed] {
        let close = stage.at.deals.advance_deal(deal);
        assert_eq!(stage.once(&stage.owner, &close).await, 2, "closed");
    }
    stage.pass(4 * DAY).await;
    for deal in [released, freed] {
        assert_eq!(
            stage
                .once(&stage.owner, &stage.at.deals.advance_deal(deal))
                .await,
            3
        );
    }
    assert_eq!(
        stage
            .once(&stage.owner, &stage.at.deals.advance_deal(freed))
            .await,
        4
    );
    let over = short_deal(stage, bucket).await;
    let deals = Deals {
        pending: stage.ask(carl, bucket).await,
        to_reject: stage.ask(carl, bucket).await,
        accepted: stage.ask(carl, bucket).await,
        stale,
        to_cancel: stage.running(carl, bucket).await,
        to_complete: stage.running(carl, bucket).await,
        to_close: stage.running(carl, bucket).await,
        to_reduce: stage.running(carl, bucket).await,
        to_settle: stage.running(carl, bucket).await,
        over,
        silent,
        released,
        freed,
    };
    stage.accept(carl, deals.accepted).await;
    auto_accept(stage, &stage.paula, bucket).await;
    stage.pass(DAY).await;
    for deal in [deals.to_complete, deals.to_close, deals.to_settle] {
        let report = stage.report_of(deal, 5 * GB, 10_000).await;
        stage
            .once(&stage.owner, &stage.at.deals.report(vec![report]))
            .await;
    }
    // Both sides have something to take.
    let report = stage.report_of(deals.to_cancel, 5 * GB, 10_000).await;
    stage
        .once(
            &stage.owner,
            &stage.at.deals.report_and_settle(vec![report]),
        )
        .await;
    deals
}

/// Signs calls one after the other without sending them.
async fn signed<T>(
    stage: &Stage,
    name: &'static str,
    signer: &Signer,
    later: i64,
    call: &Call<T>,
) -> Exit {
    let sequence = stage.client.next_sequence(&signer.account()).await.unwrap() + later;
    let job = Job::from(call);
    let tx = stage.client.prepare_at(signer, &[], &job, sequence).await;
    let tx = tx.unwrap_or_else(|error| panic!("{name}: {error}"));
    let envelope = sign(&tx, stage.client.network_id(), &[signer]).unwrap();
    Exit { name, envelope }
}

/// Every way out. Those that push come last: what is pushed cannot be taken once more.
async fn sign_all(stage: &Stage, deals: &Deals) -> Vec<Exit> {
    let (at, paula, carl, anyone) = (&stage.at, &stage.paula, &stage.carl, &stage.owner);
    let (p, c, usdc) = (paula.address(), carl.address(), at.asset_address());
    for who in [&p, &c] {
        let claimable = at.escrow.get_claimable(who.clone(), usdc.clone());
        let claimable = stage.read(&claimable).await;
        assert!(claimable > 1, "{who} has nothing to take");
    }
    let (d, e) = (&at.deals, &at.escrow);
    let book = stage.book_of(deals.to_settle).await;
    let provider = |call: fn(&flash_client::Deals, Address, Address, u32) -> Call<()>, deal| {
        call(d, p.clone(), c.clone(), deal)
    };
    use flash_client::Deals as D;
    let nothing = [
        (
            "withdraw_deal",
            carl,
            d.withdraw_deal(c.clone(), deals.pending),
        ),
        (
            "set_deal_rejected",
            paula,
            provider(D::set_deal_rejected, deals.to_reject),
        ),
        (
            "cancel, accepted",
            paula,
            provider(D::set_deal_cancelled, deals.accepted),
        ),
        (
            "cancel, running",
            paula,
            provider(D::set_deal_cancelled, deals.to_cancel),
        ),
        ("close_deal", carl, d.close_deal(c.clone(), deals.to_close)),
        (
            "reduce_deposit",
            carl,
            d.reduce_deposit(c.clone(), deals.to_reduce, USD),
        ),
    ];
    let mut exits = Line::new(stage);
    for (name, signer, call) in nothing {
        exits.add(name, signer, &call).await;
    }
    exits.add("settle", anyone, &d.settle(vec![book])).await;
    for (name, deal) in [
        ("advance_deal: expire", deals.stale),
        ("advance_deal: close", deals.over),
        ("advance_deal: release", deals.silent),
        ("advance_deal: free the capacity", deals.released),
        ("advance_deal: write the outcome", deals.freed),
    ] {
        exits.add(name, anyone, &d.advance_deal(deal)).await;
    }
    exits
        .add(
            "withdraw",
            paula,
            &e.withdraw(p.clone(), usdc.clone(), p.clone(), 1, 1),
        )
        .await;
    exits
        .add(
            "push to the provider",
            anyone,
            &e.push(p.clone(), usdc.clone()),
        )
        .await;
    exits
        .add("push to the consumer", anyone, &e.push(c.clone(), usdc))
        .await;
    let complete = d.set_deal_completed(c, p, deals.to_complete);
    exits.add("set_deal_completed", carl, &complete).await;
    exits.exits
}

/// Exits that are signed one after the other, each with the sequence number after the last one of
/// the same account.
struct Line<'a> {
    stage: &'a Stage,
    exits: Vec<Exit>,
    used: BTreeMap<[u8; 32], i64>,
}

impl<'a> Line<'a> {
    fn new(stage: &'a Stage) -> Self {
        Self {
            stage,
            exits: Vec::new(),
            used: BTreeMap::new(),
        }
    }

    async fn add<T>(&mut self, name: &'static str, signer: &Signer, call: &Call<T>) {
        let later = self.used.entry(signer.public_key()).or_default();
        self.exits
            .push(signed(self.stage, name, signer, *later, call).await);
        *later += 1;
    }
}

/// What others do meanwhile: deals of their own on the same book, money for everybody's, reports,
/// settlements, gifts.
async fn others(
    stage: &Stage,
    strangers: &[Signer],
    provider: &Signer,
    bucket: u32,
    deals: &Deals,
) {
    let at = &stage.at;
    let mut running = Vec::new();
    let mut newest = None;
    for number in 0..FOREIGN {
        let stranger = &strangers[number % strangers.len()];
        match number % 5 {
            0 => {
                newest = Some((stranger, stage.ask_of(stranger, provider, bucket).await));
            }
            1 => {
                let (consumer, deal) = newest.take().unwrap();
                stage.fund_of(consumer, provider, deal).await;
                running.push(deal);
            }
            2 => {
                let escrow = at.escrow.address();
                let gift: Call<()> = Call::new(
                    &at.asset,
                    "transfer",
                    &[&stranger.address(), &escrow, &1_i128],
                );
                stage.once(stranger, &gift).await;
            }
            3 => {
                // Their own deals, and the ones that are about to be left.
                let all = [
                    deals.to_close,
                    deals.to_complete,
                    deals.to_cancel,
                    deals.over,
                ];
                let deal = all.get(number / 5).copied().unwrap_or(running[0]);
                let call = at.deals.sponsor_deal(stranger.address(), deal, USD);
                stage.once(stranger, &call).await;
            }
            _ => {
                let all = [deals.to_complete, deals.to_close];
                let deal = all.get(number / 5).copied().unwrap_or(running[0]);
                let book = stage.book_of(deal).await;
                stage.once(stranger, &at.deals.settle(vec![book])).await;
            }
        }
    }
}

/// A market with deals in every state, and strangers.
async fn stage() -> (Stage, u32, Deals, Vec<Signer>) {
    let stage = Stage::open(&Config::default()).await;
    let bucket = open_bucket(&stage).await;
    let deals = scene(&stage, bucket).await;
    let mut strangers = Vec::new();
    for number in 0..7 {
        let stranger = stage.person(&format!("stranger {number}")).await;
        let register = stage
            .at
            .registry
            .register_full_user(stranger.address(), "a stranger".to_owned());
        stage.once(&stranger, &register).await;
        strangers.push(stranger);
    }
    // The term of this one is over by then.
    let over = stage.meter(deals.over).await;
    assert!(over.end_ts < stage.now() && over.close_ts == 0);
    (stage, bucket, deals, strangers)
}

/// Hands in what was signed long ago. What failed, and how.
async fn leave(stage: &Stage, exits: &[Exit]) -> Vec<(&'static str, String)> {
    let mut failed = Vec::new();
    for exit in exits {
        let sent = stage.client.send(&exit.envelope).await.unwrap();
        let hash = Hash(exit.envelope.hash(stage.client.network_id()).unwrap());
        match (sent, stage.client.find(&hash).await.unwrap()) {
            (Sent::Pending, Some(applied)) if applied.succeeded() => {}
            (_, Some(applied)) => failed.push((exit.name, format!("{:?}", applied.result))),
            (sent, None) => failed.push((exit.name, format!("{sent:?}"))),
        }
    }
    failed
}

async fn assert_sound(stage: &Stage, gifts: usize) {
    let solvency = stage
        .read(&stage.at.escrow.get_solvency(stage.at.asset_address()))
        .await;
    let gifts = i128::try_from(gifts).unwrap();
    assert_eq!(
        solvency.surplus, gifts,
        "what was given away, and nothing else"
    );
}

/// Deals of others with another provider, gifts, money for the deals themselves, settlements.
#[tokio::test(flavor = "multi_thread")]
async fn every_way_out_holds_after_a_hundred_transactions_of_others() {
    let (stage, _, deals, strangers) = stage().await;
    let elsewhere = stage.bucket(&strangers[6], "elsewhere").await;
    auto_accept(&stage, &strangers[6], elsewhere).await;
    let exits = sign_all(&stage, &deals).await;
    let before = stage.network.view().sequence();
    others(&stage, &strangers[..6], &strangers[6], elsewhere, &deals).await;
    let landed = stage.network.view().sequence() - before;
    assert!(landed >= u32::try_from(FOREIGN).unwrap(), "only {landed}");
    assert_eq!(leave(&stage, &exits).await, []);
    assert_sound(&stage, FOREIGN / 5).await;
}

/// The same with deals of others on the very pages of the book that the exits write. A page grows
/// with each, so the exits declare whole pages.
#[tokio::test(flavor = "multi_thread")]
async fn ways_out_that_declare_whole_pages_hold_while_others_fill_them() {
    let (mut stage, bucket, deals, strangers) = stage().await;
    stage.client.margin = Margin::WHOLE_PAGES;
    let exits = sign_all(&stage, &deals).await;
    stage.client.margin = Margin::NONE;
    let paula = stage.paula.clone();
    others(&stage, &strangers, &paula, bucket, &deals).await;
    assert_eq!(leave(&stage, &exits).await, []);
    assert_sound(&stage, FOREIGN / 5).await;
}

/// Without that margin, what fails is told to have declared too little, and simulating once more
/// is all that it takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_way_out_that_a_growing_page_overtook_is_simulated_again() {
    let (stage, bucket, deals, strangers) = stage().await;
    let call = stage
        .at
        .deals
        .close_deal(stage.carl.address(), deals.to_close);
    let exit = signed(&stage, "close_deal", &stage.carl, 0, &call).await;
    for stranger in &strangers[..2] {
        let deal = stage.ask(stranger, bucket).await;
        stage.fund(stranger, deal).await;
    }
    let failed = leave(&stage, &[exit]).await;
    assert!(failed[0].1.contains("ResourceLimitExceeded"), "{failed:?}");
    stage.client.invoke(&stage.carl, &call).await.unwrap();
    assert_eq!(
        stage.meter(deals.to_close).await.status,
        DealStatus::Completed
    );
}

/// Anybody may push what somebody can claim. The next credit makes a new entry then, and pays rent
/// that no simulation saw: the margin that comes back covers it.
#[tokio::test(flavor = "multi_thread")]
async fn a_way_out_holds_after_a_strangers_push_took_the_entry_that_it_credits() {
    let (mut stage, _, deals, strangers) = stage().await;
    let (c, usdc) = (stage.carl.address(), stage.at.asset_address());
    let call = stage.at.deals.close_deal(c.clone(), deals.to_close);
    stage.client.margin = Margin::default();
    let exit = signed(&stage, "close_deal", &stage.carl, 0, &call).await;
    stage.client.margin = Margin::NONE;
    for who in [c, stage.paula.address()] {
        stage
            .once(&strangers[0], &stage.at.escrow.push(who, usdc.clone()))
            .await;
    }
    assert_eq!(leave(&stage, &[exit]).await, []);
}
