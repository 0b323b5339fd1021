//! The budgets of operations, and whether they are met.

use crate::rows::Row;

const KIB: u64 = 1_024;

/// A figure and its limit.
pub struct Check {
    /// The row, contract or entry to which the figure belongs.
    pub of: String,
    pub what: &'static str,
    pub actual: f64,
    pub most: f64,
}

impl Check {
    pub fn is_ok(&self) -> bool {
        self.actual <= self.most
    }
}

type Figure = (&'static str, fn(&Row) -> f64, f64);

/// Per item of the row.
const PER_ITEM: &[(&str, &[Figure])] = &[
    (
        "report_50",
        &[
            ("instructions per deal", instructions, 65_000.0),
            ("write bytes per deal", write_bytes, 180.0),
            ("write entries per deal", write_entries, 0.2),
        ],
    ),
    (
        "report_and_settle_50",
        &[
            ("instructions per deal", instructions, 140_000.0),
            ("write bytes per deal", write_bytes, 280.0),
            ("write entries per deal", write_entries, 0.45),
            ("resource fee per deal", fee, 2_600.0),
        ],
    ),
    ("report_and_settle_50@sparse", THIN_PAGES),
    ("report_and_settle_50@spread", THIN_PAGES),
    ("fund", &[("instructions", instructions, 2_900_000.0)]),
    (
        "fund_successor",
        &[("instructions", instructions, 3_800_000.0)],
    ),
    (
        "pay_pending_consumption",
        &[("instructions", instructions, 2_000_000.0)],
    ),
];

/// Never much worse than one entry per deal.
const THIN_PAGES: &[Figure] = &[
    ("write bytes per deal", write_bytes, 760.0),
    ("write entries per deal", write_entries, 3.2),
];

const WASM: &[(&str, u64)] = &[
    ("deals", 48 * KIB),
    ("registry", 32 * KIB),
    ("escrow", 24 * KIB),
    ("reputation", 14 * KIB),
    ("mandates", 15_000),
];
const MAX_ENTRY_BYTES: u64 = 3 * KIB;
/// The maximum ratio of a row in the largest marketplace to the same row in the smallest.
pub const MAX_RATIO: f64 = 1.01;

fn instructions(row: &Row) -> f64 {
    row.usage.instructions as f64 / f64::from(row.n)
}

fn write_bytes(row: &Row) -> f64 {
    row.usage.write_bytes as f64 / f64::from(row.n)
}

fn write_entries(row: &Row) -> f64 {
    row.usage.write_entries as f64 / f64::from(row.n)
}

fn fee(row: &Row) -> f64 {
    row.usage.resource_fee_stroops as f64 / f64::from(row.n)
}

/// Checks the budgets of single rows, and that every row fits into a transaction.
pub fn of_rows(rows: &[Row]) -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, figures) in PER_ITEM {
        let row = rows.iter().find(|row| row.name == *name);
        let row = row.unwrap_or_else(|| panic!("{name} is not measured"));
        checks.extend(figures.iter().map(|(what, figure, most)| Check {
            of: row.name.clone(),
            what,
            actual: figure(row),
            most: *most,
        }));
    }
    let sent = rows.iter().filter(|row| !row.is_query);
    checks.extend(sent.map(|row| Check {
        of: row.name.clone(),
        what: "limits of a transaction exceeded",
        actual: row.usage.exceeded().len() as f64,
        most: 0.0,
    }));
    checks
}

/// How a row grows with the marketplace: the largest ratio of its figures.
pub fn ratio(small: &Row, large: &Row) -> f64 {
    let (small, large) = (&small.usage, &large.usage);
    [
        (small.instructions, large.instructions),
        (small.mem_bytes, large.mem_bytes),
        (small.read_entries, large.read_entries),
        (small.write_entries, large.write_entries),
        (small.write_bytes, large.write_bytes),
        (small.events_bytes, large.events_bytes),
        (small.resource_fee_stroops, large.resource_fee_stroops),
    ]
    .into_iter()
    .map(|(small, large)| large as f64 / small.max(1) as f64)
    .fold(0.0, f64::max)
}

pub fn of_growth(small: &[Row], large: &[Row]) -> Vec<Check> {
    small
        .iter()
        .zip(large)
        .map(|(small, large)| Check {
            of: small.name.clone(),
            what: "10_000 deals against 10",
            actual: ratio(small, large),
            most: MAX_RATIO,
        })
        .collect()
}

pub fn of_wasm(sizes: &[(&'static str, u64)]) -> Vec<Check> {
    let budget = |contract: &str| WASM.iter().find(|(name, _)| *name == contract);
    sizes
        .iter()
        .filter_map(|(contract, bytes)| Some((contract, bytes, budget(contract)?.1)))
        .map(|(contract, bytes, most)| Check {
            of: format!("{contract}.wasm"),
            what: "bytes without custom sections",
            actual: *bytes as f64,
            most: most as f64,
        })
        .collect()
}

/// Deployed Wasm is optimised, so figures of unoptimised Wasm are rejected.
pub fn of_optimiser(optimised: &[(&'static str, bool)]) -> Vec<Check> {
    let check = |(contract, is_optimised): &(&str, bool)| Check {
        of: format!("{contract}.wasm"),
        what: "not optimised: no wasm-opt",
        actual: f64::from(u8::from(!is_optimised)),
        most: 0.0,
    };
    optimised.iter().map(check).collect()
}

pub fn of_entries(largest_bytes: u64) -> Check {
    Check {
        of: "largest stored entry".to_owned(),
        what: "bytes",
        actual: largest_bytes as f64,
        most: MAX_ENTRY_BYTES as f64,
    }
}
