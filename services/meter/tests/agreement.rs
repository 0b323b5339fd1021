//! The oracle and the contract answer alike: to the vectors that `contracts/deals` writes
//! (`src/tests/vectors.rs` there fails when they are not its own answers).

use flash_meter::bounds::{Prices, Reading, Standing};

const VECTORS: &str = include_str!("vectors/reports.txt");

fn numbers<const N: usize>(text: &str) -> [u128; N] {
    let all: Vec<u128> = text
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    all.try_into().unwrap()
}

fn small(value: u128) -> u64 {
    value.try_into().unwrap()
}

#[test]
fn reports_are_judged_as_the_contract_judges_them() {
    let (mut taken, mut refused) = (0, std::collections::BTreeSet::new());
    for line in VECTORS.lines() {
        let parts: Vec<_> = line.split('|').collect();
        let standing = numbers::<9>(parts[0]);
        let standing = Standing {
            agreed_storage_mb: small(standing[0]),
            agreed_egress_mb: small(standing[1]),
            end_ts: small(standing[2]),
            close_ts: small(standing[3]),
            final_until_ts: small(standing[4]),
            breached_provider: standing[5] == 1,
            through_ts: small(standing[6]),
            storage_mb_secs: standing[7],
            egress_mb: small(standing[8]),
        };
        let reading = numbers::<6>(parts[1]);
        let now = small(reading[5]);
        let reading = Reading {
            storage_mb_secs: reading[0],
            egress_mb: small(reading[1]),
            latency_ms: u32::try_from(reading[2]).unwrap(),
            uptime_bps: u32::try_from(reading[3]).unwrap(),
            through_ts: small(reading[4]),
        };
        let answer = match standing.apply(&reading, now) {
            Ok(applied) => {
                taken += 1;
                let egress = u128::from(applied.egress_mb);
                let clipped = u128::from(applied.clipped);
                [0, applied.storage_mb_secs, egress, clipped]
            }
            Err(refusal) => {
                refused.insert(refusal as u32);
                [refusal as u128, 0, 0, 0]
            }
        };
        assert_eq!(answer, numbers::<4>(parts[2]), "{line}");
        let money = numbers::<4>(parts[3]);
        let prices = Prices {
            storage: small(money[0]),
            egress: small(money[1]),
        };
        let charged = prices.net(money[2], standing.egress_mb).unwrap();
        assert_eq!(u128::try_from(charged).unwrap(), money[3], "{line}");
    }
    assert!(taken > 20, "{taken} reports are taken");
    let all = [3125, 3126, 3127, 3128, 3129, 3131];
    assert!(all.iter().all(|code| refused.contains(code)), "{refused:?}");
}
