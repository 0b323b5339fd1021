//! A transaction may only touch the entries that its simulation named. Other people's actions
//! between simulation and execution must not break a way out, a round of the oracle, or a
//! settlement.
//!
//! Runs on the Wasm, applied through the host's entry point; skipped without `FLASH_WASM_DIR`.

use flash_common::book::SLOTS_PER_PAGE;
use flash_integration_tests::{
    chain::{trade::Deal, Market, Party},
    deploy::wasm_dir,
    DAY, HOUR, USD,
};
use flash_interfaces::deals::{BookReports, Meter};
use soroban_sdk::{vec, Address, Env, IntoVal, Val, Vec};

const FOREIGN: usize = 100;
/// Number of foreign transactions.
const KINDS: usize = 22;

/// Ada is the provider, Carol has the tested deal, Dan has other deals with Ada on the same bucket
/// and page, Mallory is not involved.
#[derive(Clone)]
struct Cast {
    ada: Party,
    bert: Party,
    carol: Party,
    dan: Party,
    mallory: Party,
    /// Ada's buckets: one accepts automatically, one waits for her.
    quick: u32,
    slow: u32,
}

struct Stage {
    market: Market,
    cast: Cast,
    /// Carol's deal.
    deal: u32,
    /// Dan's live funded deals, and his unfunded ones.
    funded: std::vec::Vec<Deal>,
    unfunded: std::vec::Vec<u32>,
    /// The person whose money must not be pushed meanwhile, because the exit withdraws it.
    not_pushed: Option<Address>,
}

/// `None` without Wasm.
fn opening() -> Option<Stage> {
    let Some(dir) = wasm_dir() else {
        println!("footprints: nothing is shown without FLASH_WASM_DIR: make test-wasm");
        return None;
    };
    let mut market = Market::deploy(&dir);
    let cast = Cast {
        ada: market.new_provider("Ada"),
        bert: market.new_provider("Bert"),
        carol: market.new_consumer("Carol"),
        dan: market.new_consumer("Dan"),
        mallory: market.party("Mallory"),
        quick: 0,
        slow: 0,
    };
    let cast = Cast {
        quick: market.new_bucket(&cast.ada, true),
        slow: market.new_bucket(&cast.ada, false),
        ..cast
    };
    let mut stage = Stage {
        market,
        cast,
        deal: 0,
        funded: std::vec::Vec::new(),
        unfunded: std::vec::Vec::new(),
        not_pushed: None,
    };
    for _ in 0..3 {
        stage.dan_funds();
    }
    Some(stage)
}

impl Stage {
    fn fork(&self) -> Self {
        Self {
            market: self.market.fork(),
            cast: self.cast.clone(),
            deal: self.deal,
            funded: self.funded.clone(),
            unfunded: self.unfunded.clone(),
            not_pushed: self.not_pushed.clone(),
        }
    }

    fn env(&self) -> &Env {
        &self.market.env
    }

    fn dan_funds(&mut self) {
        let Cast {
            ada, dan, quick, ..
        } = &self.cast;
        let deal = self.market.new_deal(ada, dan, *quick);
        self.funded.push(deal);
    }

    fn carol_asks(&mut self, bucket: u32) {
        let deals = self.market.at.deals.clone();
        let Cast { ada, carol, .. } = self.cast.clone();
        let args = self.market.deal_args(&ada, &carol, bucket);
        self.deal = self.market.call(&carol, &deals, "create_deal", args);
    }

    /// Carol's deal, funded with this amount.
    fn carol_funds(&mut self, amount: i128) {
        self.carol_asks(self.cast.quick);
        let Cast { ada, carol, .. } = self.cast.clone();
        let repo = self.market.text("carol's");
        let amount = u128::try_from(amount).expect("an amount");
        let args = (&carol.address, &ada.address, self.deal, amount, repo);
        let deals = self.market.at.deals.clone();
        self.market
            .call::<()>(&carol, &deals, "set_deal_funded", args);
    }

    fn own(&self) -> Deal {
        Deal {
            id: self.deal,
            provider: self.cast.ada.clone(),
            consumer: self.cast.carol.clone(),
            page: 0,
            start_ts: self.market.now() - DAY,
        }
    }

    /// A day with a round on Carol's deal.
    fn day(&mut self) {
        self.market.ledger.advance(DAY);
        let own = Deal {
            start_ts: flash_integration_tests::clock::START_TS,
            ..self.own()
        };
        self.market.round(&[own]);
    }

    fn carol_closes(&mut self) {
        let (carol, deals) = (self.cast.carol.clone(), self.market.at.deals.clone());
        let args = (&carol.address, self.deal);
        self.market.call::<()>(&carol, &deals, "close_deal", args);
    }

    fn anyone_advances(&mut self) -> u32 {
        let (mallory, deals) = (self.cast.mallory.clone(), self.market.at.deals.clone());
        self.market
            .call(&mallory, &deals, "advance_deal", (self.deal,))
    }

    fn claimable(&mut self, who: &Party) -> i128 {
        let (escrow, asset) = (self.market.at.escrow.clone(), self.market.asset.clone());
        let args = (&who.address, &asset);
        self.market.call(who, &escrow, "get_claimable", args)
    }

    /// A call that may be refused; then nothing happens.
    fn attempt(&mut self, who: &Party, contract: &Address, command: &str, args: Vec<Val>) {
        let _ = self.market.try_call(who, contract, command, args);
    }

    /// One of the actions of others.
    fn foreign(&mut self, nth: usize) {
        let Cast {
            ada,
            bert,
            carol,
            dan,
            mallory,
            quick,
            ..
        } = self.cast.clone();
        let env = self.env().clone();
        let at = self.market.at.clone();
        let (deals, escrow, registry) = (&at.deals, &at.escrow, &at.registry);
        let oracle = self.market.oracle.clone();
        let asset = self.market.asset.clone();
        let own = self.deal;
        let parties = |id: u32| (&ada.address, &carol.address, id);
        self.market.ledger.advance(5);
        match nth % KINDS {
            0 => {
                let args = self.market.deal_args(&ada, &dan, quick);
                let id = self.market.call::<u32>(&dan, deals, "create_deal", args);
                self.unfunded.push(id);
            }
            1 => self.dan_funds(),
            2 => {
                let args = (&mallory.address, own, 1_u128).into_val(&env);
                self.attempt(&mallory, deals, "sponsor_deal", args);
            }
            3 => {
                let args = (&mallory.address, escrow, 1_i128).into_val(&env);
                self.attempt(&mallory, &asset, "transfer", args);
            }
            4 => {
                let args = (self.market.settlements(&[self.own()]),).into_val(&env);
                self.attempt(&mallory, deals, "settle", args);
            }
            5 => {
                let args = (self.market.reports(&[self.own()]),).into_val(&env);
                self.attempt(&oracle, deals, "report", args);
            }
            6 => {
                let neighbours = self.funded.clone();
                let args = (self.market.reports(&neighbours),).into_val(&env);
                self.attempt(&oracle, deals, "report_and_settle", args);
            }
            7 => {
                let (provider, consumer, id) = parties(own);
                let args = (provider, consumer, id, 800_000_u64, 10_u64).into_val(&env);
                self.attempt(&oracle, deals, "update_deal_consumption", args);
            }
            8 => {
                let (provider, consumer, id) = parties(own);
                let args = (provider, consumer, id, 100_u32, 9_990_u32).into_val(&env);
                self.attempt(&oracle, deals, "update_deal_sla", args);
            }
            9 => {
                let args = parties(own).into_val(&env);
                self.attempt(&oracle, deals, "pay_pending_consumption", args);
            }
            10 => self.dans_deal_ends("close_deal"),
            11 => self.dans_deal_ends("set_deal_completed"),
            12 => {
                let args = (&dan.address, self.unfunded.pop()).into_val(&env);
                self.attempt(&dan, deals, "withdraw_deal", args);
            }
            13 => {
                if self.not_pushed != Some(ada.address.clone()) {
                    let args = (&ada.address, &asset).into_val(&env);
                    self.attempt(&mallory, escrow, "push", args);
                }
            }
            14 => {
                let args = (&dan.address, &asset).into_val(&env);
                self.attempt(&mallory, escrow, "push", args);
            }
            15 => {
                self.market.new_bucket(&ada, true);
            }
            16 => {
                self.market.new_bucket(&bert, true);
            }
            17 => {
                let name = format!("newcomer {nth}");
                self.market.new_consumer(&name);
                self.market.new_provider(&name);
            }
            18 => {
                let args = (&ada.address, quick).into_val(&env);
                self.attempt(&ada, registry, "lock_bucket", args);
                let args = (&ada.address, quick).into_val(&env);
                self.attempt(&ada, registry, "unlock_bucket", args);
            }
            19 => {
                for id in 1..=self.deal {
                    if id != own {
                        let args = (id,).into_val(&env);
                        self.attempt(&mallory, deals, "advance_deal", args);
                    }
                }
            }
            20 => {
                let args = (&ada.address, &dan.address, self.unfunded.last().copied());
                let args = args.into_val(&env);
                self.attempt(&ada, deals, "set_deal_rejected", args);
            }
            _ => {
                if let Some(deal) = self.funded.last().cloned() {
                    let args = (&dan.address, &ada.address, deal.id, USD as u128);
                    let args = args.into_val(&env);
                    self.attempt(&dan, deals, "deposit_to_deal", args);
                    let args = (&dan.address, deal.id, 1_u128).into_val(&env);
                    self.attempt(&dan, deals, "reduce_deposit", args);
                }
            }
        }
    }

    fn dans_deal_ends(&mut self, how: &str) {
        if self.funded.len() <= 2 {
            return;
        }
        let deal = self.funded.remove(0);
        let (dan, ada) = (&self.cast.dan.address, &self.cast.ada.address);
        let args = if how == "close_deal" {
            (dan, deal.id).into_val(self.env())
        } else {
            (dan, ada, deal.id).into_val(self.env())
        };
        let contract = self.market.at.deals.clone();
        self.attempt(&deal.consumer, &contract, how, args);
    }
}

/// The exits: who calls what.
struct Exit {
    who: Party,
    contract: Address,
    command: &'static str,
    args: Vec<Val>,
}

type Setting = fn(&mut Stage);
type Leaving = fn(&Stage) -> Exit;

fn of_deals(
    stage: &Stage,
    who: &Party,
    command: &'static str,
    args: impl IntoVal<Env, Vec<Val>>,
) -> Exit {
    Exit {
        who: who.clone(),
        contract: stage.market.at.deals.clone(),
        command,
        args: args.into_val(stage.env()),
    }
}

fn takes(stage: &Stage, who: &Party, command: &'static str) -> Exit {
    let (env, asset) = (stage.env(), &stage.market.asset);
    let args = match command {
        "push" => (&who.address, asset).into_val(env),
        _ => (&who.address, asset, &who.address, 1_i128, 1_i128).into_val(env),
    };
    Exit {
        who: who.clone(),
        contract: stage.market.at.escrow.clone(),
        command,
        args,
    }
}

fn closes(stage: &Stage) -> Exit {
    let carol = &stage.cast.carol;
    of_deals(stage, carol, "close_deal", (&carol.address, stage.deal))
}

fn cancels(stage: &Stage) -> Exit {
    let (ada, carol) = (&stage.cast.ada, &stage.cast.carol);
    let args = (&ada.address, &carol.address, stage.deal);
    of_deals(stage, ada, "set_deal_cancelled", args)
}

fn advances(stage: &Stage) -> Exit {
    of_deals(stage, &stage.cast.mallory, "advance_deal", (stage.deal,))
}

fn settles(stage: &Stage) -> Exit {
    let args = (stage.market.settlements(&[stage.own()]),);
    of_deals(stage, &stage.cast.mallory, "settle", args)
}

/// Enough for a yearly deal of the bench to live long.
const PLENTY: i128 = 70 * USD;
/// A little more than the minimum: it pays for what is stored for nine days.
const LITTLE: i128 = 6 * USD;
const TERM: u64 = flash_integration_tests::chain::trade::DURATION_SECS;

const EXITS: [(&str, Setting, Leaving); 21] = [
    ("withdraw a pending deal", asked_slowly, |stage| {
        let carol = &stage.cast.carol;
        of_deals(stage, carol, "withdraw_deal", (&carol.address, stage.deal))
    }),
    ("reject a pending deal", asked_slowly, |stage| {
        let (ada, carol) = (&stage.cast.ada, &stage.cast.carol);
        let args = (&ada.address, &carol.address, stage.deal);
        of_deals(stage, ada, "set_deal_rejected", args)
    }),
    (
        "cancel an accepted deal",
        |stage| stage.carol_asks(stage.cast.quick),
        cancels,
    ),
    (
        "expire a pending deal",
        |stage| {
            stage.carol_asks(stage.cast.slow);
            stage.market.ledger.advance(4 * DAY);
        },
        advances,
    ),
    ("give notice", running, cancels),
    (
        "leave under silence",
        |stage| {
            running(stage);
            stage.market.ledger.advance(4 * DAY);
        },
        cancels,
    ),
    (
        "close a deal funded this second",
        |stage| stage.carol_funds(PLENTY),
        closes,
    ),
    ("close a deal that is all reported", running, closes),
    (
        "close a deal with a tail",
        |stage| {
            running(stage);
            stage.market.ledger.advance(HOUR);
        },
        closes,
    ),
    ("close a deal in arrears", dry, closes),
    (
        "close at the term",
        |stage| {
            running(stage);
            stage.market.ledger.advance(TERM);
        },
        advances,
    ),
    (
        "close when the grace is over",
        |stage| {
            dry(stage);
            stage.market.ledger.advance(3 * DAY);
        },
        advances,
    ),
    (
        "release after the final window",
        |stage| {
            closed(stage);
            stage.market.ledger.advance(3 * DAY);
        },
        advances,
    ),
    ("free the capacity", closed, advances),
    (
        "write the outcome",
        |stage| {
            running(stage);
            stage.carol_closes();
            assert_eq!(stage.anyone_advances(), 4);
        },
        advances,
    ),
    (
        "settle",
        |stage| {
            running(stage);
            stage.market.ledger.advance(HOUR);
            let args = (stage.market.reports(&[stage.own()]),);
            let (oracle, deals) = (stage.market.oracle.clone(), stage.market.at.deals.clone());
            stage
                .market
                .call::<Vec<u32>>(&oracle, &deals, "report", args);
        },
        settles,
    ),
    ("settle a deal that is dry", dry, settles),
    ("take surplus back", running, |stage| {
        let carol = &stage.cast.carol;
        let args = (&carol.address, stage.deal, 1_u128);
        of_deals(stage, carol, "reduce_deposit", args)
    }),
    (
        "withdraw a refund",
        |stage| {
            closed(stage);
            stage.not_pushed = Some(stage.cast.carol.address.clone());
        },
        |stage| takes(stage, &stage.cast.carol, "withdraw"),
    ),
    (
        "withdraw earnings",
        |stage| {
            running(stage);
            stage.not_pushed = Some(stage.cast.ada.address.clone());
        },
        |stage| takes(stage, &stage.cast.ada, "withdraw"),
    ),
    ("push a refund", closed, |stage| {
        takes(stage, &stage.cast.carol, "push")
    }),
];

fn asked_slowly(stage: &mut Stage) {
    stage.carol_asks(stage.cast.slow);
}

fn running(stage: &mut Stage) {
    stage.carol_funds(PLENTY);
    stage.day();
}

/// A deal that owes something and has no money left.
fn dry(stage: &mut Stage) {
    stage.carol_funds(LITTLE);
    for _ in 0..10 {
        stage.day();
    }
}

fn closed(stage: &mut Stage) {
    running(stage);
    stage.market.ledger.advance(HOUR);
    stage.carol_closes();
}

#[test]
fn every_exit_works_on_its_footprint_after_a_hundred_foreign_transactions() {
    let Some(opening) = opening() else { return };
    let mut refused = std::vec::Vec::new();
    for (name, setting, leaving) in EXITS {
        let mut before = opening.fork();
        setting(&mut before);
        let exit = leaving(&before);
        let (who, contract) = (&exit.who, &exit.contract);
        let prepared = before
            .market
            .simulate(who, contract, exit.command, exit.args.clone());
        // All kinds together and each kind alone, because one may hide another.
        for kind in std::iter::once(None).chain((0..KINDS).map(Some)) {
            let mut stage = before.fork();
            let foreign = match kind {
                None => (0..FOREIGN).collect::<std::vec::Vec<_>>(),
                Some(kind) => std::vec![kind],
            };
            for nth in foreign {
                stage.foreign(nth);
            }
            if let Err(error) = stage.market.apply(&prepared) {
                // Somebody else has pushed the money meanwhile.
                let is_money = exit.contract == stage.market.at.escrow;
                if is_money && stage.claimable(&exit.who) == 0 {
                    continue;
                }
                let after = kind.map_or("a hundred".to_owned(), |kind| format!("kind {kind}"));
                refused.push(format!("{name}, after {after}: {error:.200}"));
            }
        }
    }
    assert!(
        refused.is_empty(),
        "{} refused:\n{}",
        refused.len(),
        refused.join("\n")
    );
    println!(
        "footprints: {} exits, each after {FOREIGN} foreign transactions",
        EXITS.len()
    );
}

/// The published call enters registry and reputation, and pays out. If the last report arrives
/// between its simulation and its execution, it would write an outcome that its footprint does not
/// include. Then `close_deal` still works on an equally old footprint.
#[test]
fn when_the_published_completion_fails_close_deal_works() {
    let Some(mut before) = opening() else { return };
    running(&mut before);
    before.market.ledger.advance(HOUR);
    let Cast { ada, carol, .. } = before.cast.clone();
    let deals = before.market.at.deals.clone();
    let args = (&carol.address, &ada.address, before.deal);
    let completion = before
        .market
        .simulate(&carol, &deals, "set_deal_completed", args);
    let bare = closes(&before);
    let bare = before
        .market
        .simulate(&carol, &deals, bare.command, bare.args);
    let mut failed = std::vec::Vec::new();
    for kind in 0..KINDS {
        let mut stage = before.fork();
        stage.foreign(kind);
        if stage.market.fork().apply(&completion).is_err() {
            failed.push(kind);
            stage.market.apply(&bare).expect("the bare way out");
        }
    }
    // A report through this second, and a window staged through it.
    assert_eq!(failed, [5, 7]);
}

/// A batch of the oracle and one of anybody, on a dry deal and on one with money.
#[test]
fn a_strangers_deposit_breaks_no_batch() {
    let Some(opening) = opening() else { return };
    let mut before = opening;
    dry(&mut before);
    before.market.ledger.advance(HOUR);
    let own = before.own();
    let both = [before.funded[0].clone(), own.clone()];
    let (oracle, mallory) = (before.market.oracle.clone(), before.cast.mallory.clone());
    let deals = before.market.at.deals.clone();
    let env = before.env().clone();
    let calls: [(&str, &Party, Vec<Val>); 4] = [
        (
            "report",
            &oracle,
            (before.market.reports(&both),).into_val(&env),
        ),
        (
            "report_and_settle",
            &oracle,
            (before.market.reports(&both),).into_val(&env),
        ),
        (
            "settle",
            &mallory,
            (before.market.settlements(&both),).into_val(&env),
        ),
        (
            "settle",
            &mallory,
            (before.market.settlements(&[own]),).into_val(&env),
        ),
    ];
    for (command, who, args) in calls {
        let prepared = before.market.simulate(who, &deals, command, args);
        let mut stage = before.fork();
        let args = (&mallory.address, stage.deal, 1_u128);
        stage
            .market
            .call::<()>(&mallory, &deals, "sponsor_deal", args);
        stage
            .market
            .apply(&prepared)
            .unwrap_or_else(|error| panic!("{command}: {error}"));
    }
}

/// The page of the provider's book grows with each funding of others: until it is full, and no longer.
#[test]
fn a_stock_clients_exit_is_simulated_again_at_most_as_often_as_a_page_has_slots() {
    let Some(mut stage) = opening() else { return };
    running(&mut stage);
    let mut refusals = 0;
    loop {
        let exit = closes(&stage);
        let args = exit.args.clone();
        let market = &stage.market;
        let prepared =
            market.simulate_as_stock_clients(&exit.who, &exit.contract, exit.command, args);
        stage.dan_funds();
        let Err(error) = stage.market.apply(&prepared) else {
            break;
        };
        assert!(error.contains("written bytes used"), "{error}");
        refusals += 1;
        assert!(refusals <= SLOTS_PER_PAGE, "no way out");
    }
    println!("a stock client was refused {refusals} times");
    assert!(refusals > 0);
}

/// See "Accepted risks" in docs/threat-model.md.
#[test]
fn a_round_whose_deal_changes_kind_in_between_is_simulated_again() {
    let Some(opening) = opening() else { return };
    let (oracle, deals) = (
        opening.market.oracle.clone(),
        opening.market.at.deals.clone(),
    );
    let env = opening.env().clone();

    // The last report of a term, but somebody closes the deal before it arrives.
    let mut stage = opening.fork();
    running(&mut stage);
    stage.market.ledger.advance(TERM);
    let (carol, ids) = (stage.cast.carol.clone(), vec![&env, stage.deal]);
    let meters: Vec<Option<Meter>> = stage.market.call(&carol, &deals, "get_meters", (ids,));
    let meter = meters.get(0).flatten().expect("a funded deal");
    let report = (
        stage.deal,
        meter.storage_mb_secs,
        meter.egress_mb,
        100,
        9_990,
        meter.end_ts,
    );
    let book = BookReports {
        provider: meter.provider,
        asset: meter.asset,
        page: meter.page,
        reports: vec![&env, report],
    };
    let args: Vec<Val> = (vec![&env, book],).into_val(&env);
    let early = stage
        .market
        .simulate(&oracle, &deals, "report", args.clone());
    assert_eq!(stage.anyone_advances(), 2);
    assert!(stage.market.apply(&early).is_err());
    let again = stage.market.simulate(&oracle, &deals, "report", args);
    stage.market.apply(&again).expect("simulated again");

    // The round of one dry deal, but a stroop arrives first.
    let mut stage = opening;
    dry(&mut stage);
    stage.market.ledger.advance(HOUR);
    let Cast {
        ada,
        carol,
        mallory,
        ..
    } = stage.cast.clone();
    let args = (&ada.address, &carol.address, stage.deal, 1_000_u64, 0_u64);
    stage
        .market
        .call::<()>(&oracle, &deals, "update_deal_consumption", args);
    let args: Vec<Val> = (&ada.address, &carol.address, stage.deal).into_val(&env);
    let round = "pay_pending_consumption";
    let early = stage.market.simulate(&oracle, &deals, round, args.clone());
    let stroop = (&mallory.address, stage.deal, 1_u128);
    stage
        .market
        .call::<()>(&mallory, &deals, "sponsor_deal", stroop);
    assert!(stage.market.apply(&early).is_err());
    let again = stage.market.simulate(&oracle, &deals, round, args);
    stage.market.apply(&again).expect("simulated again");
}

#[test]
fn of_two_creations_simulated_on_one_ledger_the_second_is_simulated_again() {
    let Some(mut stage) = opening() else { return };
    let Cast {
        ada,
        carol,
        dan,
        quick,
        ..
    } = stage.cast.clone();
    let deals = stage.market.at.deals.clone();
    let [first, second] = [&carol, &dan].map(|consumer| {
        let args = stage.market.deal_args(&ada, consumer, quick);
        stage.market.simulate(consumer, &deals, "create_deal", args)
    });
    stage.market.apply(&first).expect("as simulated");
    // It would need an id, and entries, that its simulation did not include.
    assert!(stage.market.apply(&second).is_err());
    let count = |market: &mut Market| -> u32 { market.call(&carol, &deals, "get_deal_count", ()) };
    let before = count(&mut stage.market);
    let args = stage.market.deal_args(&ada, &dan, quick);
    let again = stage.market.simulate(&dan, &deals, "create_deal", args);
    stage.market.apply(&again).expect("as simulated");
    assert_eq!(count(&mut stage.market), before + 1);
}

#[test]
fn two_fundings_simulated_on_one_ledger_both_land() {
    let Some(mut stage) = opening() else { return };
    let Cast {
        ada,
        carol,
        dan,
        quick,
        ..
    } = stage.cast.clone();
    let deals = stage.market.at.deals.clone();
    let prepared = [&carol, &dan].map(|consumer| {
        let args = stage.market.deal_args(&ada, consumer, quick);
        let id = stage
            .market
            .call::<u32>(consumer, &deals, "create_deal", args);
        let args = stage.market.fund_args(&ada, consumer, id);
        (consumer, id, args.into_val(stage.env()))
    });
    let prepared: std::vec::Vec<_> = prepared
        .into_iter()
        .map(|(consumer, _, args): (&Party, u32, Vec<Val>)| {
            stage
                .market
                .simulate(consumer, &deals, "set_deal_funded", args)
        })
        .collect();
    for funding in &prepared {
        stage.market.apply(funding).expect("both fit");
    }
}
