//! Prints the test vectors: what this crate answers, for those who compute the same in another
//! language. Integers beyond 2^53 are strings. `make vectors` writes the file after a change.

use super::std::{
    env, format, fs,
    path::PathBuf,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    fee_total,
    report::{flags, Reading},
    units::{self, MAX_DEAL_MB, MAX_DURATION_SECS, MAX_MONEY, MAX_PRICE, NOT_MEASURED},
    Agreed, Meter, Prices,
};
use serde_json::{json, Value};

use super::samples::meter;

const COUNT: usize = 60;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors.json")
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `most`; one time in eight an end of that range.
    fn up_to(&mut self, most: u64) -> u64 {
        match self.next() % 16 {
            0 => 0,
            1 => most,
            // Of any length, so that small values come as often as large ones.
            length => self.next() % ((most >> (4 * (length % 10))) + 1),
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.next() % from.len() as u64) as usize]
    }

    fn prices(&mut self) -> Prices {
        Prices {
            storage: self.up_to(MAX_PRICE),
            egress: self.up_to(MAX_PRICE),
        }
    }

    /// A deal in the middle of its term.
    fn meter(&mut self) -> Meter {
        let mut meter = meter();
        meter.prices = Prices {
            storage: self.up_to(10_000_000),
            egress: self.up_to(10_000_000),
        };
        meter.agreed_storage_mb = self.up_to(1 << 30);
        meter.agreed_egress_mb = self.up_to(1 << 30);
        meter.through_ts += self.up_to(60 * 86_400);
        let secs = meter.through_ts - meter.start_ts;
        meter.storage_mb_secs = u128::from(self.up_to(meter.agreed_storage_mb)) * u128::from(secs);
        meter.payable_mb_secs_bps =
            meter.storage_mb_secs * u128::from(self.pick(&[10_000_u32, 9_000, 7_500, 0]));
        meter.egress_mb = self.up_to(meter.agreed_egress_mb);
        meter.rate_mb = self.up_to(meter.agreed_storage_mb);
        meter.locked = i128::from(self.up_to(1 << 50)).max(meter.reserve().expect("in range"));
        meter
    }
}

fn text(value: impl ToString) -> Value {
    Value::String(value.to_string())
}

fn option(value: Option<i128>) -> Value {
    value.map_or(Value::Null, text)
}

fn of_prices(prices: &Prices) -> Value {
    json!({ "storage": text(prices.storage), "egress": text(prices.egress) })
}

fn charge(random: &mut Random) -> Value {
    let prices = random.prices();
    let size = random.up_to(MAX_DEAL_MB);
    let mb_secs = u128::from(size) * u128::from(random.up_to(MAX_DURATION_SECS));
    let payable = mb_secs * u128::from(random.pick(&[10_000_u32, 9_000, 7_500, 3_333, 0]));
    let egress_mb = random.up_to(MAX_DEAL_MB);
    json!({
        "prices": of_prices(&prices),
        "storage_mb_secs": text(mb_secs),
        "payable_mb_secs_bps": text(payable),
        "egress_mb": text(egress_mb),
        "charge": option(prices.charge(mb_secs, egress_mb)),
        "net": option(prices.net(payable, egress_mb)),
    })
}

fn quote(random: &mut Random) -> Value {
    let prices = random.prices();
    let agreed = Agreed {
        storage_mb: random.up_to(MAX_DEAL_MB),
        egress_mb: random.up_to(MAX_DEAL_MB),
        duration_secs: random.up_to(MAX_DURATION_SECS),
    };
    let min_runway_secs = random.pick(&[3_600, 86_400, 7 * 86_400, 30 * 86_400]);
    let min_fund = random.pick(&[0, 1_0000000, 100_0000000]);
    json!({
        "prices": of_prices(&prices),
        "storage_mb": text(agreed.storage_mb),
        "egress_mb": text(agreed.egress_mb),
        "duration_secs": text(agreed.duration_secs),
        "min_runway_secs": text(min_runway_secs),
        "policy_min_fund": text(min_fund),
        "quote": option(prices.quote(&agreed)),
        "min_fund": option(prices.min_fund(&agreed, min_runway_secs, min_fund)),
    })
}

fn fee(random: &mut Random) -> Value {
    let paid_total = i128::from(random.up_to(1 << 62)).min(MAX_MONEY);
    let fee_bps = random.pick(&[0, 1, 200, 999, 1_000]);
    json!({
        "paid_total": text(paid_total),
        "fee_bps": fee_bps,
        "fee": option(fee_total(paid_total, fee_bps)),
    })
}

/// The windows at the edges of the tiers.
fn verdicts() -> Vec<Value> {
    let sla = meter().sla;
    let rows = [
        (100, 9_990),
        (101, 9_990),
        (120, 9_990),
        (121, 9_990),
        (100, 9_989),
        (100, 9_900),
        (100, 9_899),
        (100, 9_500),
        (100, 9_499),
        (121, 9_499),
        (NOT_MEASURED, 9_989),
        (121, NOT_MEASURED),
        (NOT_MEASURED, NOT_MEASURED),
    ];
    let row = |(latency_ms, uptime_bps)| {
        let verdict = sla.verdict(latency_ms, uptime_bps);
        json!({
            "latency_ms": latency_ms,
            "uptime_bps": uptime_bps,
            "verdict": verdict.map(|verdict| format!("{verdict:?}")),
            "credit_bps": verdict.map_or(0, |verdict| sla.credit_bps(verdict)),
        })
    };
    rows.into_iter().map(row).collect()
}

fn of_meter(meter: &Meter) -> Value {
    json!({
        "agreed_storage_mb": text(meter.agreed_storage_mb),
        "agreed_egress_mb": text(meter.agreed_egress_mb),
        "prices": of_prices(&meter.prices),
        "end_ts": text(meter.end_ts),
        "close_ts": text(meter.close_ts),
        "through_ts": text(meter.through_ts),
        "storage_mb_secs": text(meter.storage_mb_secs),
        "payable_mb_secs_bps": text(meter.payable_mb_secs_bps),
        "egress_mb": text(meter.egress_mb),
        "rate_mb": text(meter.rate_mb),
        "strikes": meter.strikes,
        "paid_total": text(meter.paid_total),
        "locked": text(meter.locked),
        "arrears_since_ts": text(meter.arrears_since_ts),
    })
}

/// A report, a settlement, and what closing would give back: each step on what the one before left.
fn life(random: &mut Random) -> Value {
    let mut meter = random.meter();
    let before = of_meter(&meter);
    let window_secs = random.pick(&[3_600, 43_200, 86_400, 3 * 86_400]);
    let most = u128::from(meter.agreed_storage_mb) * u128::from(window_secs);
    let reading = Reading {
        storage_mb_secs: meter.storage_mb_secs + most * u128::from(random.up_to(12_000)) / 10_000,
        egress_mb: meter.egress_mb + random.up_to(1 << 20),
        latency_ms: random.pick(&[40, 110, 500, NOT_MEASURED]),
        uptime_bps: random.pick(&[10_000, 9_950, 9_600, 0, NOT_MEASURED]),
        through_ts: meter.through_ts + window_secs,
    };
    let now = reading.through_ts + random.up_to(86_400);
    let applied = meter.apply(&reading, now);
    let reported = of_meter(&meter);
    let settlement = meter.settle().expect("in range");
    let settled = of_meter(&meter);
    let health = meter.health(3 * 86_400, None, now).expect("in range");
    json!({
        "meter": before,
        "reading": {
            "storage_mb_secs": text(reading.storage_mb_secs),
            "egress_mb": text(reading.egress_mb),
            "latency_ms": reading.latency_ms,
            "uptime_bps": reading.uptime_bps,
            "through_ts": text(reading.through_ts),
        },
        "now": text(now),
        "refused": applied.err().map(|refusal| refusal as u32),
        "flags": applied.unwrap_or(0),
        "reported": reported,
        "pay": text(settlement.pay),
        "arrears": text(settlement.arrears),
        "settled": settled,
        "owed": option(meter.owed()),
        "reserve": option(meter.reserve()),
        "credited": option(meter.credited()),
        "runway_secs": text(health.runway_secs),
        "refund_at_close": text(health.refund_at_close),
        "refund_at_release": text(health.refund_at_release),
    })
}

fn bounds() -> Value {
    json!({
        "mb_per_gb": units::MB_PER_GB,
        "secs_per_month": units::SECS_PER_MONTH,
        "one_usd": text(units::ONE_USD),
        "max_money": text(MAX_MONEY),
        "max_price": text(MAX_PRICE),
        "max_deal_mb": text(MAX_DEAL_MB),
        "min_duration_secs": units::MIN_DURATION_SECS,
        "max_duration_secs": MAX_DURATION_SECS,
        "max_fee_bps": units::MAX_FEE_BPS,
        "not_measured": NOT_MEASURED,
    })
}

fn vectors() -> Value {
    let mut random = Random(11);
    let mut rows = |row: fn(&mut Random) -> Value| -> Vec<Value> {
        (0..COUNT).map(|_| row(&mut random)).collect()
    };
    json!({
        "bounds": bounds(),
        "charge": rows(charge),
        "quote": rows(quote),
        "fee": rows(fee),
        "verdict": verdicts(),
        "life": rows(life),
    })
}

/// One line a vector, so that a change shows where it is.
fn printed() -> String {
    let vectors = vectors();
    let groups = vectors.as_object().expect("an object");
    let group = |(name, value): (&String, &Value)| match value.as_array() {
        None => format!("  {name:?}: {value}"),
        Some(rows) => {
            let rows: Vec<String> = rows.iter().map(|row| format!("    {row}")).collect();
            format!("  {name:?}: [\n{}\n  ]", rows.join(",\n"))
        }
    };
    let groups: Vec<String> = groups.iter().map(group).collect();
    format!("{{\n{}\n}}\n", groups.join(",\n"))
}

#[test]
fn the_committed_vectors_are_what_this_crate_answers() {
    let text = printed();
    if env::var_os("FLASH_WRITE_VECTORS").is_some() {
        fs::write(path(), &text).expect("written");
    }
    let committed = fs::read_to_string(path()).unwrap_or_default();
    assert!(committed == text, "the formulas changed: make vectors");
}

/// Vectors that are all alike would show nothing.
#[test]
fn the_vectors_reach_what_they_are_for() {
    let vectors = vectors();
    let lives = vectors["life"].as_array().expect("rows");
    let count = |holds: fn(&Value) -> bool| lives.iter().filter(|life| holds(life)).count();
    let has = |life: &Value, flag: u32| {
        life["flags"]
            .as_u64()
            .is_some_and(|flags| flags & u64::from(flag) != 0)
    };
    assert!(
        lives
            .iter()
            .filter(|life| has(life, flags::CLIPPED))
            .count()
            >= 5
    );
    assert!(lives.iter().filter(|life| has(life, flags::STRIKE)).count() >= 3);
    assert!(count(|life| life["arrears"] != "0") >= 5);
    assert!(count(|life| life["pay"] != "0") >= 5);
    assert!(count(|life| life["refund_at_release"] != "0") >= 5);
    assert!(count(|life| life["refused"].is_null()) >= 40);
}
