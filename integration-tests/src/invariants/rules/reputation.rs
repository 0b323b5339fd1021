//! P1: the scores.

use flash_interfaces::reputation::{Record, Role};

use super::{require, Broken};
use crate::invariants::{History, Observed, SeenDeal};

/// P1: scores are bounded, and every deal has at most one outcome in each role.
pub fn scores(seen: &Observed, history: &History, out: &mut Broken) {
    for (who, role, score, record) in &seen.standings {
        require(*score <= 100, out, || format!("P1: {who:?} scores {score}"));
        let party = |deal: &&SeenDeal| match role {
            Role::Provider => deal.terms.provider_id == *who,
            Role::Consumer => deal.terms.consumer_id == *who,
        };
        let released = |deal: &&SeenDeal| deal.meter.as_ref().is_some_and(|m| m.released);
        let deals = seen.deals.values().filter(party).filter(released).count();
        let most = deals + history.deleted.len();
        let outcomes = record.as_ref().map_or(0, outcomes);
        require(outcomes <= most, out, || {
            format!("P1: {outcomes} outcomes of {most} released deals for {who:?}")
        });
    }
}

fn outcomes(record: &Record) -> usize {
    let counts = [
        record.completed_milli,
        record.cancelled_milli,
        record.breached_by_provider_milli,
        record.breached_by_consumer_milli,
    ];
    usize::try_from(counts.iter().sum::<u32>().div_ceil(1_000)).expect("small")
}
