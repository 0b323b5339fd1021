//! What breaks between the oracle and the network.

use super::{Random, Stage};
use crate::support::{Database, Fault};
use std::collections::BTreeMap;

/// The first requests of a kind meet a fault, the others do not.
fn first(method: &'static str, fault: Fault, mut times: u32) -> impl FnMut(&str) -> Fault + Send {
    move |asked| {
        if asked == method && times > 0 {
            times -= 1;
            return fault;
        }
        Fault::None
    }
}

/// One day in which the first requests of a kind meet a fault.
async fn survives(stage: &mut Stage, method: &'static str, fault: Fault, times: u32) {
    stage.day(u64::from(times)).await;
    stage.proxy.plan(first(method, fault, times));
    stage.until_done().await;
    let happened = stage.proxy.seen();
    let happened = happened
        .get(&(method.to_owned(), fault))
        .copied()
        .unwrap_or(0);
    assert!(happened > 0, "{fault:?} never happened to {method}");
    stage.assert_done().await;
}

/// Each named case of the design, one after the other on one network.
#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_fault_bills_every_window_once() {
    let mut stage = Stage::new(2, Database::sqlite()).await;
    for (method, fault, times) in [
        // Lost replies: the transaction is in a ledger, and nobody said so.
        ("sendTransaction", Fault::LoseAnswer, 1),
        ("sendTransaction", Fault::LoseRequest, 2),
        ("getTransaction", Fault::LoseAnswer, 3),
        ("simulateTransaction", Fault::LoseAnswer, 3),
        // Taken, and dropped: it expires and is built anew.
        ("sendTransaction", Fault::AcceptThenDrop, 1),
        // Not found, then success.
        ("getTransaction", Fault::NotFound, 4),
        // A storm.
        ("sendTransaction", Fault::TryAgainLater, 6),
        // Malformed replies.
        ("sendTransaction", Fault::Malformed, 1),
        ("getTransaction", Fault::Malformed, 2),
        ("getTransaction", Fault::WrongShape, 2),
        ("simulateTransaction", Fault::Malformed, 2),
        ("getHealth", Fault::WrongShape, 1),
        // kill -9 before and after each step of a batch.
        ("simulateTransaction", Fault::KillBefore, 1),
        ("simulateTransaction", Fault::KillAfter, 1),
        ("sendTransaction", Fault::KillBefore, 1),
        ("sendTransaction", Fault::KillAfter, 1),
        ("getTransaction", Fault::KillBefore, 1),
        ("getTransaction", Fault::KillAfter, 1),
    ] {
        survives(&mut stage, method, fault, times).await;
    }
}

/// Random faults and kills at once: `FAULT_RUNS` days, `FAULT_SEED` to play one again.
#[tokio::test(flavor = "multi_thread")]
async fn random_faults_bill_every_window_once() {
    let number = |name: &str, default: u64| {
        let text = std::env::var(name).ok();
        text.map_or(default, |text| text.parse().unwrap())
    };
    let (runs, seed) = (number("FAULT_RUNS", 6), number("FAULT_SEED", 1));
    let mut stage = Stage::new(3, Database::sqlite()).await;
    let mut starts = 0;
    for run in 0..runs {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(run);
        stage.day(seed).await;
        stage.proxy.plan(weather(seed));
        starts += stage.until_done().await;
        stage.assert_done().await;
    }
    show(&stage, runs, starts);
}

/// Half of the runs aim at the steps that a batch takes; in the others anything breaks anywhere.
/// After so many faults the weather clears.
fn weather(seed: u64) -> impl FnMut(&str) -> Fault + Send {
    const AIMS: [&str; 3] = ["sendTransaction", "getTransaction", "simulateTransaction"];
    let mut random = Random(seed);
    let aim = AIMS.get(usize::try_from(random.below(6)).unwrap()).copied();
    let mut left = 1 + random.below(10);
    move |method| {
        let percent = match aim {
            Some(aim) if aim == method => 60,
            Some(_) => 2,
            None => 30,
        };
        if left == 0 || random.below(100) >= percent {
            return Fault::None;
        }
        left -= 1;
        fault(method, &mut random)
    }
}

fn fault(method: &str, random: &mut Random) -> Fault {
    let mut kinds = vec![
        Fault::LoseRequest,
        Fault::LoseAnswer,
        Fault::Malformed,
        Fault::WrongShape,
        Fault::KillBefore,
        Fault::KillAfter,
    ];
    match method {
        "sendTransaction" => kinds.extend([Fault::TryAgainLater, Fault::AcceptThenDrop]),
        "getTransaction" => kinds.push(Fault::NotFound),
        _ => {}
    }
    let nth = usize::try_from(random.below(kinds.len() as u64)).unwrap();
    kinds[nth]
}

fn show(stage: &Stage, runs: u64, starts: u32) {
    let mut by_kind = BTreeMap::<Fault, u64>::new();
    for ((method, fault), times) in stage.proxy.seen() {
        *by_kind.entry(fault).or_default() += times;
        if matches!(fault, Fault::KillBefore | Fault::KillAfter) {
            println!("{fault:?} {method}: {times}");
        }
    }
    println!("{starts} starts, faults by kind: {by_kind:?}");
    println!(
        "faults: {runs} runs, {} deals, billed = metered",
        stage.deals.len()
    );
}
