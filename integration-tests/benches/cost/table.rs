//! The table that is printed.

use crate::{
    budgets::{ratio, Check},
    rows::Row,
};

/// Rows for three sizes of the marketplace, in the same order. Empty if a size was not measured.
pub struct Sizes<'a> {
    pub small: &'a [Row],
    pub medium: &'a [Row],
    pub large: &'a [Row],
}

/// The printed text: the rows, then the budgets.
pub fn all(sizes: &Sizes, every: &[Check]) -> String {
    format!("{}\n{}", rows(sizes, every), checks(every))
}

fn rows(sizes: &Sizes, checks: &[Check]) -> String {
    let mut text = format!(
        "{:<34} {:>3} {:>11} {:>11} {:>9} {:>8} {:>5} {:>6} {:>7} {:>7} {:>7} {:>9} {:>8} {:>9} {:>6} {:>6}  {}\n",
        "operation", "n", "instr.", "of the call", "per item", "mem KiB", "reads", "writes", "w.bytes", "ev.byte",
        "tx byte", "fee", "per item", "rent", "x 1k", "x 10k", "budget"
    );
    for (nth, row) in sizes.small.iter().enumerate() {
        let (usage, n) = (&row.usage, u64::from(row.n));
        text += &format!(
            "{:<34} {:>3} {:>11} {:>11} {:>9} {:>8} {:>5} {:>6} {:>7} {:>7} {:>7} {:>9} {:>8} {:>9} {:>6} {:>6}  {}\n",
            row.name,
            n,
            usage.instructions,
            usage.call_instructions,
            usage.instructions / n,
            usage.mem_bytes / 1_024,
            usage.read_entries,
            usage.write_entries,
            usage.write_bytes,
            usage.events_bytes,
            usage.tx_bytes,
            usage.resource_fee_stroops,
            usage.resource_fee_stroops / n,
            usage.rent_fee_stroops,
            growth(row, sizes.medium.get(nth)),
            growth(row, sizes.large.get(nth)),
            verdict(checks.iter().filter(|check| check.of == row.name)),
        );
    }
    text
}

fn growth(small: &Row, large: Option<&Row>) -> String {
    large.map_or_else(
        || "-".to_owned(),
        |large| format!("{:.3}", ratio(small, large)),
    )
}

/// The budgets, each with its figure. Budgets that only say "fits" appear in the table of rows.
fn checks(checks: &[Check]) -> String {
    let shown =
        |check: &&Check| !check.is_ok() || check.most > 1.5 || check.what.contains("per deal");
    let mut text = format!(
        "{:<34} {:<34} {:>12} {:>12}\n",
        "budget", "", "actual", "limit"
    );
    for check in checks.iter().filter(shown) {
        text += &format!(
            "{:<34} {:<34} {:>12} {:>12}  {}\n",
            check.of,
            check.what,
            figure(check.actual),
            figure(check.most),
            verdict([check].into_iter()),
        );
    }
    text
}

fn verdict<'a>(mut checks: impl Iterator<Item = &'a Check>) -> &'static str {
    if checks.all(Check::is_ok) {
        "ok"
    } else {
        "over"
    }
}

fn figure(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.3}")
    } else {
        format!("{value:.0}")
    }
}
