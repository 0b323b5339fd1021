//! The chart: the daily cost of a deal against the number of deals reported and settled in one
//! transaction.

use std::fmt::Write;

use flash_integration_tests::DAY;

use crate::{
    crowd::Crowd,
    rows::{deals_of_providers, Row},
};

const BATCHES: [usize; 12] = [1, 2, 3, 5, 10, 20, 30, 40, 50, 60, 80, 100];
const PROVIDERS: usize = 5;

const WIDTH: f64 = 760.0;
const PANEL_HEIGHT: f64 = 210.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 50.0;
const GAP: f64 = 80.0;

/// `report_and_settle` of this many deals, spread over up to five providers.
pub fn measure(crowd: &Crowd) -> Vec<Row> {
    let mut market = crowd.market.fork();
    let deals_each = BATCHES[BATCHES.len() - 1] / PROVIDERS;
    let deals = deals_of_providers(&mut market, crowd, PROVIDERS, deals_each);
    market.ledger.advance(DAY);
    market.round(&deals);
    market.ledger.advance(DAY);
    let (oracle, contract) = (market.oracle.clone(), market.at.deals.clone());
    BATCHES
        .into_iter()
        .map(|n| {
            let mut batch: Vec<_> = (0..n)
                .map(|nth| nth % PROVIDERS * deals_each + nth / PROVIDERS)
                .map(|index| deals[index].clone())
                .collect();
            batch.sort_by_key(|deal| deal.id);
            let mut market = market.fork();
            let args = (market.reports(&batch),);
            let applied = market.send(&oracle, &contract, "report_and_settle", args, None);
            Row {
                name: format!("report_and_settle_{n}"),
                n: u32::try_from(n).expect("a batch"),
                usage: applied.usage,
                is_query: false,
            }
        })
        .collect()
}

/// The chart as SVG.
pub fn svg(rows: &[Row]) -> String {
    let height = TOP + 2.0 * PANEL_HEIGHT + GAP + 60.0;
    let mut svg = format!(
        concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" ",
            "height=\"{h}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n",
            "<title>Cost of a deal against the size of the batch</title>\n",
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
            "<text x=\"{l}\" y=\"22\" font-size=\"15\" font-weight=\"600\" fill=\"#1f2937\">",
            "report_and_settle: cost of a deal against the size of the batch</text>\n",
        ),
        w = WIDTH,
        h = height,
        l = LEFT,
    );
    let fee = |row: &Row| row.usage.resource_fee_stroops as f64 / f64::from(row.n);
    let instructions = |row: &Row| row.usage.instructions as f64 / f64::from(row.n) / 1_000.0;
    let title = "resource fee per deal, stroops (without rent)";
    panel(&mut svg, TOP, title, "#2563eb", rows, fee);
    let below = TOP + PANEL_HEIGHT + GAP;
    let title = "instructions a deal, thousands";
    panel(&mut svg, below, title, "#b45309", rows, instructions);
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#374151\">deals in one transaction \
         (of five providers)</text>\n</svg>",
        LEFT + (WIDTH - LEFT - RIGHT) / 2.0,
        height - 12.0,
    );
    svg
}

fn panel(
    svg: &mut String,
    top: f64,
    title: &str,
    colour: &str,
    rows: &[Row],
    figure: impl Fn(&Row) -> f64,
) {
    let most = rows.iter().map(&figure).fold(0.0, f64::max);
    let step = nice_step(most / 5.0);
    let ceiling = (most / step).ceil() * step;
    let last = rows.last().map_or(1.0, |row| f64::from(row.n));
    let x = |n: u32| LEFT + (WIDTH - LEFT - RIGHT) * f64::from(n) / last;
    let y = |value: f64| top + PANEL_HEIGHT * (1.0 - value / ceiling);
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{:.1}\" fill=\"{colour}\" font-weight=\"600\">{title}</text>",
        top - 8.0
    );
    let mut value = 0.0;
    while value <= ceiling {
        let (line, label) = (y(value), y(value) + 4.0);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" y1=\"{line:.1}\" x2=\"{:.1}\" y2=\"{line:.1}\" stroke=\"#e5e7eb\"/>\
             <text x=\"{:.1}\" y=\"{label:.1}\" text-anchor=\"end\" fill=\"#6b7280\">{value}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
        );
        value += step;
    }
    for n in [1_u32, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100] {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#6b7280\">{n}</text>",
            x(n),
            top + PANEL_HEIGHT + 18.0,
        );
    }
    let points: Vec<_> = rows
        .iter()
        .map(|row| format!("{:.1},{:.1}", x(row.n), y(figure(row))))
        .collect();
    let points = points.join(" ");
    let _ = writeln!(
        svg,
        "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
    );
    for row in rows {
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"><title>{}: {:.0}</title></circle>",
            x(row.n),
            y(figure(row)),
            row.n,
            figure(row),
        );
    }
    if let Some(row) = rows.last() {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"{colour}\">{:.0}</text>",
            x(row.n),
            y(figure(row)) - 8.0,
            figure(row),
        );
    }
}

/// The next value of the form 1, 2 or 5 times a power of ten.
fn nice_step(at_least: f64) -> f64 {
    let power = 10_f64.powf(at_least.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= at_least)
        .unwrap_or(power)
}
