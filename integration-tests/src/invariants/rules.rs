//! The rules, one function each. A violation is reported with the name of the rule and the figures.

use super::{History, Observed};

mod deals;
mod money;
mod registry;
mod reputation;

type Broken = Vec<String>;

/// All violations.
pub fn broken(seen: &Observed, history: &History) -> Broken {
    let mut out = Broken::new();
    money::solvency(seen, &mut out);
    deals::ids(seen, history, &mut out);
    for (id, deal) in &seen.deals {
        let before = history.last.as_ref().and_then(|last| last.deals.get(id));
        money::account(*id, deal, before, &mut out);
        money::money(*id, deal, &mut out);
        deals::meter(*id, deal, before, seen.now, &mut out);
        deals::terms(*id, deal, before, &mut out);
    }
    registry::lists(seen, history, &mut out);
    for bucket in seen.buckets.values() {
        registry::reservations(bucket, seen, history, &mut out);
    }
    registry::external_ids(seen, &mut out);
    reputation::scores(seen, history, &mut out);
    out
}

fn require(holds: bool, out: &mut Broken, say: impl FnOnce() -> String) {
    if !holds {
        out.push(say());
    }
}
