//! A whole market in one world: nine deals on the books of two providers, reported in nightly batches. Each ends
//! in its own way and costs what it would cost alone.

use std::collections::BTreeMap;

use flash_integration_tests::{Deal, Usage, World, DAY, USD};
use flash_interfaces::deals::{BookReports, DealStatus, EndReason};
use soroban_sdk::Vec as HostVec;

const NIGHTS: u64 = 30;

/// A window of a deal: seconds, average MB stored, MB sent, SLA credit in basis points.
type Window = (u64, u64, u64, i128);

/// How the oracle reports a deal.
#[derive(Clone, Copy, PartialEq)]
enum Reporting {
    Batch,
    /// In batches until the deal closes; the final report gets lost.
    BatchUntilClose,
    /// With the published client's single-deal calls.
    SingleCalls,
}

/// A deal of the market, its daily usage and the windows that were reported.
struct Listing {
    name: &'static str,
    deal: Deal,
    usage: Usage,
    /// Every window with this usage is fully credited.
    is_critical: bool,
    reporting: Reporting,
    windows: Vec<Window>,
}

impl Listing {
    fn new(name: &'static str, deal: Deal, usage: Usage) -> Self {
        Self {
            name,
            deal,
            usage,
            is_critical: false,
            reporting: Reporting::Batch,
            windows: Vec::new(),
        }
    }

    fn served_badly(mut self) -> Self {
        self.usage = self.usage.served(200, 9_000);
        self.is_critical = true;
        self
    }

    fn reported(mut self, reporting: Reporting) -> Self {
        self.reporting = reporting;
        self
    }

    fn add_window(&mut self, secs: u64) {
        let credit_bps = if self.is_critical { 10_000 } else { 0 };
        let Usage {
            storage_mb,
            egress_mb,
            ..
        } = self.usage;
        self.windows.push((secs, storage_mb, egress_mb, credit_bps));
    }

    /// The cost of all reported windows.
    fn charged(&self) -> i128 {
        let mut bill = self.deal.agreed.bill();
        for (secs, storage_mb, egress_mb, credit_bps) in &self.windows {
            bill.window(*secs, *storage_mb, *egress_mb, *credit_bps);
        }
        bill.charged()
    }
}

struct Market {
    world: World,
    listings: Vec<Listing>,
}

impl Market {
    fn open() -> Self {
        let world = World::builder().checked_at_the_end().build();
        let adas_bucket = world.bucket(&world.ada).shared(10_000, 10_000).listed();
        let berts_bucket = world.bucket(&world.bert).shared(10_000, 10_000).listed();
        let (carol, dan) = (&world.carol, &world.dan);
        let at_ada = || world.deal().bucket(adas_bucket).days(90);
        let at_bert = || {
            world
                .deal()
                .provider(&world.bert)
                .bucket(berts_bucket)
                .days(90)
        };
        let stored = Usage::stored_gb;
        let listings = vec![
            Listing::new(
                "vault",
                at_ada().consumer(carol).funded(),
                stored(90).sent_gb(1),
            ),
            // A dollar pays for the storage of about fifteen days.
            Listing::new(
                "archive",
                at_ada().egress_gb(0).days(25).deposit_usd(1).funded(),
                stored(100),
            ),
            Listing::new(
                "scratch",
                at_bert().consumer(dan).egress_gb(0).deposit_usd(1).funded(),
                stored(100),
            ),
            Listing::new("mail", at_bert().funded(), stored(60).sent_gb(2)),
            Listing::new("logs", at_ada().consumer(dan).funded(), stored(50))
                .reported(Reporting::BatchUntilClose),
            Listing::new("backups", at_bert().consumer(dan).funded(), stored(80)),
            Listing::new("mirror", at_bert().funded(), stored(70)).served_badly(),
            Listing::new(
                "catalogue",
                at_ada().consumer(dan).funded(),
                stored(40).sent_gb(1),
            )
            .reported(Reporting::SingleCalls),
            Listing::new("notebook", at_bert().accepted(), stored(0)),
        ];
        Self { world, listings }
    }

    fn deal(&self, name: &str) -> &Deal {
        let listing = self.listings.iter().find(|listing| listing.name == name);
        &listing.expect("a deal of that name").deal
    }

    /// The actions of people in the morning of a day.
    fn morning(&mut self, day: u64) {
        let world = &self.world;
        match day {
            // The consumer and a stranger share the costs of the archive, whose money runs out.
            12 => {
                world.close(self.deal("mail")).expect("live");
                let archive = self.deal("archive");
                assert_ne!(world.meter(archive).arrears_since_ts, 0);
                world.deposit(archive, USD / 2).expect("live");
                world.sponsor(&world.mallory, archive, USD).expect("live");
                assert_eq!(world.meter(archive).arrears_since_ts, 0);
            }
            14 => world.close(self.deal("logs")).expect("live"),
            10 => world.cancel(self.deal("backups")).expect("live"),
            20 => {
                let catalogue = self
                    .listings
                    .iter_mut()
                    .find(|listing| listing.name == "catalogue");
                let catalogue = catalogue.expect("listed");
                stage(world, catalogue);
                world.complete(&catalogue.deal).expect("live");
            }
            _ => {}
        }
    }

    /// The oracle reports everything that is due, by page of the books. Then anyone takes the steps
    /// that are due.
    fn night(&mut self) {
        let world = &self.world;
        let mut books: BTreeMap<(&str, u32), BookReports> = BTreeMap::new();
        for listing in &mut self.listings {
            let Some(through_ts) = due_through(world, listing) else {
                continue;
            };
            if listing.reporting == Reporting::SingleCalls {
                stage(world, listing);
                world.pay_pending(&listing.deal).expect("staged");
                continue;
            }
            let meter = world.meter(&listing.deal);
            listing.add_window(through_ts - meter.through_ts);
            let page = (listing.deal.provider.name, meter.page);
            let book = books.entry(page).or_insert_with(|| BookReports {
                provider: meter.provider,
                asset: meter.asset,
                page: meter.page,
                reports: HostVec::new(&world.env),
            });
            let reading = world.reading(&listing.deal, listing.usage, through_ts);
            book.reports.push_back(reading);
        }
        let books: Vec<_> = books.into_values().collect();
        let codes = world.report_batch(&books, true);
        assert!(codes.iter().all(|code| *code == 0), "{codes:?}");
        for listing in &self.listings {
            world.steps(&listing.deal);
        }
        world.check();
    }
}

/// Through when to report a deal now; `None` if it is not due.
fn due_through(world: &World, listing: &Listing) -> Option<u64> {
    world.escrow().get_account(&listing.deal.id)?;
    let meter = world.meter(&listing.deal);
    let is_closed = meter.close_ts != 0;
    if meter.released || is_closed && listing.reporting == Reporting::BatchUntilClose {
        return None;
    }
    let until_ts = if is_closed {
        meter.close_ts
    } else {
        meter.end_ts
    };
    let through_ts = until_ts.min(world.now());
    (through_ts > meter.through_ts).then_some(through_ts)
}

/// Stages the window since the last report.
fn stage(world: &World, listing: &mut Listing) {
    let secs = world.now() - world.meter(&listing.deal).through_ts;
    listing.add_window(secs);
    let usage = listing.usage;
    world
        .stage_consumption(&listing.deal, usage.storage_mb, usage.egress_mb)
        .expect("live");
    world
        .stage_service(&listing.deal, usage.latency_ms, usage.uptime_bps)
        .expect("live");
}

#[test]
fn in_a_market_every_deal_ends_and_costs_as_it_would_alone() {
    let mut market = Market::open();
    for day in 1..=NIGHTS {
        market.world.advance(DAY / 3);
        market.morning(day);
        market.world.advance(DAY - DAY / 3);
        market.night();
    }
    // The final report of `logs` got lost: eight hours at the last rate.
    let logs = &mut market.listings[4];
    logs.add_window(DAY / 3);

    let world = &market.world;
    let ends = [
        ("vault", DealStatus::Funded, EndReason::Open),
        ("archive", DealStatus::Completed, EndReason::Term),
        ("scratch", DealStatus::Completed, EndReason::Grace),
        ("mail", DealStatus::Completed, EndReason::Consumer),
        ("logs", DealStatus::Completed, EndReason::Consumer),
        ("backups", DealStatus::Cancelled, EndReason::Notice),
        ("mirror", DealStatus::BreachedProvider, EndReason::Strikes),
        ("catalogue", DealStatus::Completed, EndReason::Consumer),
        ("notebook", DealStatus::Cancelled, EndReason::Expired),
    ];
    for (name, status, reason) in ends {
        assert_eq!(world.end(market.deal(name)), (status, reason), "{name}");
    }
    let funded = market
        .listings
        .iter()
        .filter(|listing| listing.name != "notebook");
    for listing in funded {
        let account = world.account(listing.deal.id);
        let charged = listing.charged().min(account.deposited);
        assert_eq!(
            world.meter(&listing.deal).paid_total,
            charged,
            "{}",
            listing.name
        );
        assert_eq!(
            account.fee,
            listing.deal.agreed.fee(charged),
            "{}",
            listing.name
        );
    }

    for person in [&world.ada, &world.bert, &world.carol, &world.dan] {
        if world.claimable(person) > 0 {
            world.by(person).withdraw_all();
        }
    }
    // The escrow only holds the running deal and fees.
    let solvency = world.solvency();
    assert_eq!(solvency.claimable, 0);
    assert_eq!(
        solvency.locked,
        world.account(market.deal("vault").id).locked
    );
    assert_eq!(solvency.balance, solvency.locked + solvency.fees);
}
