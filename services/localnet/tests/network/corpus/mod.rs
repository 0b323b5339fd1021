//! Replays what a real stellar-core did, transaction by transaction, and compares everything that it
//! told about them. `tests/corpus/README.md` says how the scenarios were recorded.

mod compare;
mod differences;
mod scenario;

use compare::Part;
use differences::DIFFERENCES;
use flash_localnet::{Replay, ReplayedLedger, Submission};
use scenario::{bytes, decode, Close, Line, Submit};
use std::collections::{BTreeSet, HashMap, HashSet};
use stellar_xdr::{Limits, WriteXdr};

/// The host recurses deeply.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// The scenario that is replayed, and what was found to differ.
struct Run {
    chain: Replay,
    /// The name of each transaction: its label, or the first digits of its hash.
    names: HashMap<String, String>,
    found: Vec<(String, Part, String)>,
}

impl Run {
    fn note(&mut self, tx: &str, part: Part, what: String) {
        let name = self.names.get(tx).cloned();
        let name = name.unwrap_or_else(|| tx[..8].to_owned());
        self.found.push((name, part, what));
    }

    fn submit(&mut self, submit: &Submit) {
        let name = submit.label.clone();
        let name = name.unwrap_or_else(|| submit.tx[..8].to_owned());
        // A transaction that is sent again keeps the name under which it was sent first.
        self.names.entry(submit.tx.clone()).or_insert(name.clone());
        let answer = self.chain.submit(decode(&submit.env)).unwrap();
        let (status, result) = match answer {
            Submission::Pending => ("PENDING", None),
            Submission::Duplicate => ("DUPLICATE", None),
            Submission::TryAgainLater => ("TRY_AGAIN_LATER", None),
            Submission::Error(rejection) => ("ERROR", Some(rejection.result)),
        };
        let wanted = submit.result.as_deref().map(bytes);
        let got = result.as_ref().map(|r| r.to_xdr(Limits::none()).unwrap());
        if status != submit.status || got != wanted {
            let wanted = submit
                .result
                .as_deref()
                .map(decode::<stellar_xdr::TransactionResult>);
            let what = format!(
                "expected {} {wanted:?}\n     got {status} {result:?}",
                submit.status
            );
            self.found.push((name, Part::Answer, what));
        }
    }

    fn close(&mut self, close: &Close) {
        let order: Vec<_> = close.txs.iter().map(|tx| scenario::hash(&tx.tx)).collect();
        let applied = self
            .chain
            .close(&ReplayedLedger {
                sequence: close.ledger,
                close_time: close.close_time,
                order: &order,
            })
            .unwrap();
        for tx in &applied {
            if !order.contains(&tx.hash) {
                self.note(
                    &hex::encode(tx.hash),
                    Part::Ledger,
                    "should not be here".to_owned(),
                );
            }
        }
        for expected in &close.txs {
            let hash = scenario::hash(&expected.tx);
            let Some(got) = applied.iter().find(|tx| tx.hash == hash) else {
                self.note(&expected.tx, Part::Ledger, "is missing".to_owned());
                continue;
            };
            for (part, what) in compare::differences(expected, got) {
                self.note(&expected.tx, part, what);
            }
        }
    }
}

/// Replays a scenario. Returns what differs: the transaction, the part, and both values.
fn replay(name: &str) -> Vec<(String, Part, String)> {
    let mut run: Option<Run> = None;
    for line in scenario::lines(name) {
        match (line, &mut run) {
            (Line::Genesis(genesis), None) => {
                let settings = scenario::settings(&genesis.settings, genesis.state_size);
                let entries = genesis.entries.iter().map(|entry| decode(entry)).collect();
                let (ledger, time) = (genesis.ledger, genesis.close_time);
                let chain = Replay::start(&genesis.passphrase, settings, ledger, time, entries);
                run = Some(Run {
                    chain: chain.unwrap(),
                    names: HashMap::new(),
                    found: Vec::new(),
                });
            }
            (Line::Submit(submit), Some(run)) => run.submit(&submit),
            (Line::Close(close), Some(run)) => run.close(&close),
            _ => panic!("a scenario starts with its only genesis"),
        }
    }
    run.expect("a scenario is not empty").found
}

/// Replays a scenario and holds what differs against the list of what must.
fn check(name: &'static str) {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let found = thread.spawn(move || replay(name)).unwrap().join().unwrap();
    let mut expected: HashSet<(&str, Part)> = HashSet::new();
    for difference in DIFFERENCES.iter().filter(|d| d.scenario == name) {
        assert!(!difference.reason.is_empty());
        for of in difference.of {
            expected.extend(difference.parts.iter().map(|part| (*of, *part)));
        }
    }
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (tx, part, what) in &found {
        match expected.get(&(tx.as_str(), *part)) {
            Some(entry) => drop(seen.insert(*entry)),
            None => faults.push(format!("{name}: {tx}: {part:?}\n{what}")),
        }
    }
    for entry in expected.difference(&seen) {
        faults.push(format!(
            "{name}: {entry:?} is listed, but does not differ any more"
        ));
    }
    assert!(
        faults.is_empty(),
        "{} differences\n{}",
        faults.len(),
        faults.join("\n")
    );
}

macro_rules! scenarios {
    ($($test:ident => $name:literal),* $(,)?) => {
        const SCENARIOS: &[&str] = &[$($name),*];
        $(
            #[test]
            fn $test() {
                check($name);
            }
        )*
    };
}

scenarios! {
    archival => "archival",
    auth => "auth",
    auth_v2 => "authv2",
    classic_validity => "classic2",
    contracts_archived => "contracts-archived",
    contracts_lifecycle => "contracts-lifecycle",
    fee_bumps => "feebump2",
    several_in_a_ledger => "interval",
    set_options => "options",
    payments => "payments",
    queue => "queue",
    resources => "resources",
    revocation => "revoke",
    asset_contract => "sac",
    contract_calls => "soroban2",
    trust_lines => "trust",
    time_to_live => "ttl",
    transaction_validity => "txlevel",
    exchange_and_sponsoring => "unsupported",
}

#[test]
fn every_recorded_scenario_is_replayed_and_every_difference_is_of_one() {
    let files = std::fs::read_dir(scenario::folder()).unwrap();
    let recorded: BTreeSet<_> = files
        .filter_map(|file| file.unwrap().file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix(".jsonl.xz").map(str::to_owned))
        .collect();
    let replayed: BTreeSet<_> = SCENARIOS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(recorded, replayed);
    for difference in DIFFERENCES {
        assert!(
            SCENARIOS.contains(&difference.scenario),
            "{}",
            difference.scenario
        );
    }
}
