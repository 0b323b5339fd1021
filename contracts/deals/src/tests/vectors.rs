//! The vectors that the metering oracle's own rules are held against (`services/meter`): what this
//! contract answers to random reports. `FLASH_WRITE_VECTORS=1` writes them after a change.

use super::std::{self, format, fs, path::PathBuf, string::String, vec::Vec};

use flash_interfaces::deals::NOT_MEASURED;

use super::samples;
use crate::{math::Prices, report::Reading, slot::DealSlot};

const COUNT: u32 = 600;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../services/meter/tests/vectors/reports.txt")
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

    fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or(0)
    }

    /// Around a value, and far from it now and then.
    fn near(&mut self, value: u64) -> u64 {
        match self.below(8) {
            0 => value.wrapping_sub(1),
            1 | 2 => value,
            3 => value.wrapping_add(1),
            4 => u64::MAX,
            5 => 0,
            _ => value.wrapping_add(self.below(200_000)),
        }
    }
}

fn vector(random: &mut Random) -> String {
    let mut slot: DealSlot = samples::slot();
    slot.agreed_storage_mb = random.below(1 << 41).min(1 << 40);
    slot.agreed_egress_mb = random.below(1 << 20);
    slot.prices = Prices {
        storage: random.below(10_000_000_000_001),
        egress: random.below(10_000_000_000_001),
    };
    slot.through_ts = slot.start_ts + random.below(100_000);
    slot.end_ts = slot.through_ts + random.below(300_000);
    slot.storage_mb_secs = u128::from(random.below(1 << 50));
    slot.payable_mb_secs_bps = slot.storage_mb_secs * u128::from(random.below(10_001));
    slot.egress_mb = random.below(slot.agreed_egress_mb + 1);
    if random.below(3) == 0 {
        slot.close_ts = slot.through_ts + random.below(slot.end_ts - slot.through_ts + 1);
        if random.below(3) == 0 {
            slot.set_breached();
        }
    }
    let now = slot.through_ts + random.below(900_000);
    let times = [slot.through_ts, slot.end_ts, now];
    let around = times[random.below(3) as usize];
    let reading = Reading {
        storage_mb_secs: u128::from(random.near(slot.storage_mb_secs as u64)),
        egress_mb: random.near(slot.egress_mb),
        latency_ms: [40, 3_600_000, 3_600_001, NOT_MEASURED][random.below(4) as usize],
        uptime_bps: [9_990, 10_000, 10_001, NOT_MEASURED][random.below(4) as usize],
        through_ts: random.near(around),
    };
    let standing = format!(
        "{} {} {} {} {} {} {} {} {}",
        slot.agreed_storage_mb,
        slot.agreed_egress_mb,
        slot.end_ts,
        slot.close_ts,
        slot.final_until_ts(),
        u8::from(slot.is_breached()),
        slot.through_ts,
        slot.storage_mb_secs,
        slot.egress_mb,
    );
    let money = format!(
        "{} {} {} {}",
        slot.prices.storage,
        slot.prices.egress,
        slot.payable_mb_secs_bps,
        slot.charged().unwrap(),
    );
    let answer = match slot.apply(&reading, now) {
        Ok(flags) => format!(
            "0 {} {} {}",
            slot.storage_mb_secs,
            slot.egress_mb,
            flags & flash_interfaces::deals::report_flags::CLIPPED
        ),
        Err(error) => format!("{} 0 0 0", error as u32),
    };
    format!(
        "{standing} | {} {} {} {} {} {now} | {answer} | {money}",
        reading.storage_mb_secs,
        reading.egress_mb,
        reading.latency_ms,
        reading.uptime_bps,
        reading.through_ts,
    )
}

#[test]
fn the_oracles_vectors_are_what_this_contract_answers() {
    let mut random = Random(7);
    let lines: Vec<String> = (0..COUNT).map(|_| vector(&mut random)).collect();
    let text = format!("{}\n", lines.join("\n"));
    if std::env::var_os("FLASH_WRITE_VECTORS").is_some() {
        fs::create_dir_all(path().parent().unwrap()).unwrap();
        fs::write(path(), &text).unwrap();
    }
    let committed = fs::read_to_string(path()).unwrap();
    assert!(
        committed == text,
        "run this test with FLASH_WRITE_VECTORS=1"
    );
}
