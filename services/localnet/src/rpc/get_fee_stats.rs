//! `getFeeStats`

use super::RpcResult;
use crate::state::View;
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// How many ledgers the two distributions look at.
const SOROBAN_WINDOW: usize = 50;
const CLASSIC_WINDOW: usize = 10;

/// Answers with what was charged of late.
pub fn call(view: &View) -> RpcResult {
    Ok(json!({
        "sorobanInclusionFee": distribution(view, true, SOROBAN_WINDOW),
        "inclusionFee": distribution(view, false, CLASSIC_WINDOW),
        "latestLedger": view.sequence(),
    }))
}

fn distribution(view: &View, is_soroban: bool, window: usize) -> Value {
    let (mut fees, mut ledgers) = (Vec::new(), 0_u32);
    for ledger in view.history.newest_first(window) {
        ledgers += 1;
        let wanted = ledger
            .transactions
            .iter()
            .filter(|tx| tx.is_soroban == is_soroban);
        fees.extend(wanted.map(|tx| tx.inclusion_fee));
    }
    fees.sort_unstable();
    let mut answer = json!({
        "max": fees.last().copied().unwrap_or(0).to_string(),
        "min": fees.first().copied().unwrap_or(0).to_string(),
        "mode": mode(&fees).to_string(),
        "transactionCount": fees.len().to_string(),
        "ledgerCount": if fees.is_empty() { 0 } else { ledgers },
    });
    for percent in [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99] {
        answer[format!("p{percent}")] = Value::from(nearest_rank(&fees, percent).to_string());
    }
    answer
}

fn mode(sorted: &[u64]) -> u64 {
    let mut counts = BTreeMap::new();
    for fee in sorted {
        *counts.entry(*fee).or_insert(0_usize) += 1;
    }
    let most = counts.values().copied().max();
    counts
        .into_iter()
        .find(|(_, count)| Some(*count) == most)
        .map_or(0, |(fee, _)| fee)
}

fn nearest_rank(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let fees = [100, 100, 200, 300, 1_000];
        assert_eq!(nearest_rank(&fees, 10), 100);
        assert_eq!(nearest_rank(&fees, 50), 200);
        assert_eq!(nearest_rank(&fees, 99), 1_000);
        assert_eq!(mode(&fees), 100);
        assert_eq!(nearest_rank(&[], 50), 0);
    }
}
