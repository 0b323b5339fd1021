//! A sample that matches more than one deal counts for none of them.

use std::collections::BTreeMap;

/// A deal's claim on the samples of a provider's bucket and repo.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim<K> {
    pub deal_id: u32,
    pub series: K,
    pub start_secs: u64,
    /// Exclusive.
    pub end_secs: u64,
}

/// For each deal that shares samples with another: the times in which it does, sorted and disjoint.
pub fn contested<K: Ord>(claims: &[Claim<K>]) -> BTreeMap<u32, Vec<(u64, u64)>> {
    let mut by_series = BTreeMap::<&K, Vec<&Claim<K>>>::new();
    for claim in claims {
        by_series.entry(&claim.series).or_default().push(claim);
    }
    let mut found = BTreeMap::<u32, Vec<(u64, u64)>>::new();
    for group in by_series.values().filter(|group| group.len() > 1) {
        for (nth, one) in group.iter().enumerate() {
            for other in group.iter().skip(nth + 1) {
                let from = one.start_secs.max(other.start_secs);
                let to = one.end_secs.min(other.end_secs);
                if from < to && one.deal_id != other.deal_id {
                    found.entry(one.deal_id).or_default().push((from, to));
                    found.entry(other.deal_id).or_default().push((from, to));
                }
            }
        }
    }
    found.values_mut().for_each(merge);
    found
}

fn merge(spans: &mut Vec<(u64, u64)>) {
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let joins = next.0 <= last.1;
        if joins {
            last.1 = last.1.max(next.1);
        }
        joins
    });
}
