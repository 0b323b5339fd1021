//! The model: pure functions on measured costs and on the network's settings.

use std::fmt::Write;

use serde_json::Value;

const STROOPS_PER_XLM: f64 = 10_000_000.0;
/// What every transaction bids at least, beside its resources.
pub const INCLUSION_FEE_STROOPS: u64 = 100;
/// A ledger closes every five seconds.
pub const LEDGERS_PER_DAY: u64 = 17_280;
/// A source account has one transaction in a ledger.
pub const BATCHES_OF_AN_ORACLE_A_LEDGER: u64 = 1;

/// What one ledger takes, by mainnet's settings.
pub const LEDGER_LIMITS: [(&str, &str, u64); 5] = [
    ("instructions", "instructions", 580_000_000),
    ("written entries", "write_entries", 1_000),
    ("written bytes", "write_bytes", 286_720),
    ("bytes of transactions", "tx_bytes", 266_240),
    ("transactions", "transactions", 2_000),
];
/// What rent costs, as a multiple of the measured rate, and how full the network's state is then. By
/// mainnet's settings: the lowest rate below two thirds of the target size, ten times that at the target.
const RENT_RATES: [(&str, u64); 2] = [("up to two thirds of its target", 1), ("at its target", 10)];
/// The numbers of deals in the tables.
const SCALES: [u64; 3] = [1, 1_000, 1_000_000];
/// Days between two settlements of a deal.
const WINDOWS_DAYS: [u64; 4] = [1, 2, 7, 14];
const LIFE_DAYS: u64 = 90;

/// A measured transaction, or the lives of some deals.
#[derive(Clone, Debug)]
pub struct Row {
    pub deals: u64,
    pub transactions: u64,
    pub fee_stroops: u64,
    /// Without that of the contracts' code.
    pub rent_stroops: u64,
    /// That of the contracts' code, which does not depend on the number of deals.
    pub code_rent_stroops: u64,
    /// In the order of [`LEDGER_LIMITS`].
    pub uses: [u64; 5],
}

/// What the lives of deals cost, in stroops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bill {
    pub deals: u64,
    pub transactions: u64,
    pub resources: u64,
    pub rent: u64,
    pub inclusion: u64,
    /// Rent of the contracts' code, once for all deals.
    pub code_rent: u64,
}

impl Bill {
    /// What the deals cost, without the contracts' code.
    pub fn total(&self) -> u64 {
        self.resources + self.rent + self.inclusion
    }

    pub fn per_deal(&self) -> u64 {
        self.total() / self.deals
    }

    /// The same lives where rent costs `rate` times as much.
    pub fn at_rent_rate(self, rate: u64) -> Self {
        Self {
            rent: self.rent * rate,
            code_rent: self.code_rent * rate,
            ..self
        }
    }
}

/// What a ledger carries of one kind of batch, if it carries nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    pub batches: u64,
    pub deals_a_ledger: u64,
    /// The limit that is reached first.
    pub binds: &'static str,
}

impl Capacity {
    pub fn deals_a_day(&self) -> u64 {
        self.deals_a_ledger * LEDGERS_PER_DAY
    }

    /// Deals that can be kept settled, each once in a window.
    pub fn deals(&self, window_days: u64) -> u64 {
        self.deals_a_day() * window_days
    }
}

/// The measured costs that the model needs.
#[derive(Debug)]
pub struct Model {
    life_of_1: Row,
    life_of_100: Row,
    settle_1: Row,
    /// The fullest batch, in which many deals are settled.
    pub full: Row,
    batches: Vec<(&'static str, &'static str, Row)>,
}

const BATCHES: [(&str, &str); 4] = [
    (
        "report_and_settle_100@5_providers",
        "100 deals, 20 each of 5 providers",
    ),
    ("report_and_settle_50", "50 deals, 10 each of 5 providers"),
    (
        "report_and_settle_50@sparse",
        "50 deals, most of their books' pages ended",
    ),
    (
        "report_and_settle_50@spread",
        "50 deals, one each of 50 providers",
    ),
];

impl Model {
    /// From `costs.json`.
    pub fn of(costs: &Value) -> Result<Self, String> {
        let row = |name: &str| row(costs, name);
        let batches = BATCHES
            .into_iter()
            .map(|(name, what)| Ok((name, what, row(name)?)))
            .collect::<Result<_, String>>()?;
        Ok(Self {
            life_of_1: row("life_of_1")?,
            life_of_100: row("life_of_100")?,
            settle_1: row("report_and_settle_1")?,
            full: row(BATCHES[0].0)?,
            batches,
        })
    }

    /// Everything that the lives of so many deals cost: alone for a single one, otherwise in full
    /// batches. A larger marketplace makes no transaction dearer; `make bench` checks that.
    pub fn bill(&self, deals: u64) -> Bill {
        let life = if deals == 1 {
            &self.life_of_1
        } else {
            &self.life_of_100
        };
        let share = |of_all: u64| of_all * deals / life.deals;
        let transactions = share(life.transactions);
        Bill {
            deals,
            transactions,
            resources: share(life.fee_stroops),
            rent: share(life.rent_stroops),
            inclusion: transactions * INCLUSION_FEE_STROOPS,
            code_rent: life.code_rent_stroops,
        }
    }

    /// What the reports and settlements of a deal cost in 90 days when it is settled once in a
    /// window, in full batches, or alone.
    pub fn settling(&self, window_days: u64, alone: bool) -> u64 {
        let batch = if alone { &self.settle_1 } else { &self.full };
        LIFE_DAYS.div_ceil(window_days) * (batch.fee_stroops + INCLUSION_FEE_STROOPS) / batch.deals
    }

    /// Oracle accounts that keep so many deals settled, one full batch a ledger each.
    pub fn oracles(&self, deals: u64, window_days: u64) -> u64 {
        let of_one =
            self.full.deals * BATCHES_OF_AN_ORACLE_A_LEDGER * LEDGERS_PER_DAY * window_days;
        deals.div_ceil(of_one)
    }
}

fn row(costs: &Value, name: &str) -> Result<Row, String> {
    let op = &costs["ops"][name];
    let figure = |field: &str| {
        let value = op[field].as_u64();
        value.ok_or_else(|| format!("the costs have no {name}.{field}: make bench-baseline"))
    };
    let transactions = op["transactions"].as_u64().unwrap_or(1);
    let code_rent_stroops = op["code_rent_fee_stroops"].as_u64().unwrap_or(0);
    let mut uses = [transactions; 5];
    for (used, (_, field, _)) in uses.iter_mut().zip(LEDGER_LIMITS) {
        if field != "transactions" {
            *used = figure(field)?;
        }
    }
    Ok(Row {
        deals: figure("n")?,
        transactions,
        fee_stroops: figure("resource_fee_stroops")?,
        rent_stroops: figure("rent_fee_stroops")?.saturating_sub(code_rent_stroops),
        code_rent_stroops,
        uses,
    })
}

/// How many batches of this kind fit into a ledger.
pub fn capacity(batch: &Row) -> Capacity {
    let fits = |(nth, (name, _, most)): (usize, (&'static str, &str, u64))| {
        (most / batch.uses[nth].max(1), name)
    };
    let each = LEDGER_LIMITS.into_iter().enumerate().map(fits);
    let (batches, binds) = each.min_by_key(|(batches, _)| *batches).expect("limits");
    Capacity {
        batches,
        deals_a_ledger: batches * batch.deals,
        binds,
    }
}

// ---- the document ----

impl Model {
    /// The page of the documentation.
    pub fn document(&self) -> String {
        let mut text = String::from(
            "# What a deal costs over its life, and how many deals the network can carry\n\n\
             Written by `make bench-baseline` from the measured costs. `make cost-model` prints it.\n\n",
        );
        self.write_lives(&mut text);
        self.write_capacity(&mut text);
        self.write_scaling(&mut text);
        text
    }

    fn write_lives(&self, text: &mut String) {
        let _ = write!(
            text,
            "## A deal of 90 days\n\n\
             Every transaction of a deal is applied, one after the other, on a ledger with mainnet's settings: create,\n\
             accept, fund; report and settle on each of {LIFE_DAYS} days; complete, with both payouts. Many deals are settled in\n\
             batches of 100, 20 each of 5 providers. Rent is everything that the deal's entries cost: creating, growing and\n\
             extending them. The inclusion fee is the minimum, {INCLUSION_FEE_STROOPS} stroops per transaction.\n\n\
             | deals | transactions | resources | rent | inclusion | stroops per deal | XLM per deal | XLM in total |\n\
             |--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for deals in SCALES {
            let bill = self.bill(deals);
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {:.4} | {:.1} |",
                grouped(deals),
                grouped(bill.transactions),
                grouped(bill.resources),
                grouped(bill.rent),
                grouped(bill.inclusion),
                grouped(bill.per_deal()),
                xlm(bill.total()) / deals as f64,
                xlm(bill.total()),
            );
        }
        let _ = write!(
            text,
            "\nThe {LIFE_DAYS} daily settlements of a deal cost {} stroops in batches, and {} alone.\n\n",
            grouped(self.settling(1, false)),
            grouped(self.settling(1, true)),
        );
        self.write_code_rent(text);
        self.write_rent_rates(text);
    }

    fn write_rent_rates(&self, text: &mut String) {
        text.push_str(
            "All figures above are for the lowest rate of rent. The rate rises with the size of the network's state, so\n\
             the same lives cost at most, in XLM per deal:\n\n\
             | the network's state is | 1 deal | 1_000 deals | 1_000_000 deals | code for 90 days, once |\n\
             |---|--:|--:|--:|--:|\n",
        );
        for (state, rate) in RENT_RATES {
            let bills = SCALES.map(|deals| self.bill(deals).at_rent_rate(rate));
            let _ = write!(text, "| {state} |");
            for bill in bills {
                let _ = write!(text, " {:.4} |", xlm(bill.total()) / bill.deals as f64);
            }
            let _ = writeln!(text, " {:.1} |", xlm(bills[0].code_rent));
        }
        text.push('\n');
    }

    fn write_code_rent(&self, text: &mut String) {
        let rent = self.bill(SCALES[1]).code_rent;
        let _ = write!(
            text,
            "The code of the contracts pays rent too, the same for one deal and for a million: {} stroops,\n\
             {:.1} XLM, in these {LIFE_DAYS} days. No command of a contract extends the code, because the rent would fall on\n\
             whichever user calls next. The operator extends it, at least every {LIFE_DAYS} days, with `scripts/owner.sh extend`.\n\
             The share of one deal:\n\n\
             | deals | code, XLM per deal | total, XLM per deal |\n\
             |--:|--:|--:|\n",
            grouped(rent),
            xlm(rent),
        );
        for deals in SCALES {
            let bill = self.bill(deals);
            let (code, total) = (xlm(bill.code_rent), xlm(bill.total()));
            let _ = writeln!(
                text,
                "| {} | {:.4} | {:.4} |",
                grouped(deals),
                code / deals as f64,
                (code + total) / deals as f64,
            );
        }
        text.push('\n');
    }

    fn write_capacity(&self, text: &mut String) {
        text.push_str(
            "## What one ledger and one day can carry\n\n\
             Assumes that the network carries nothing else. A ledger closes every 5 seconds.\n\n\
             | batch | batches per ledger | deals per ledger | deals per day | limited by |\n\
             |---|--:|--:|--:|---|\n",
        );
        for (_, what, row) in &self.batches {
            let capacity = capacity(row);
            let _ = writeln!(
                text,
                "| {what} | {} | {} | {} | {} |",
                grouped(capacity.batches),
                grouped(capacity.deals_a_ledger),
                grouped(capacity.deals_a_day()),
                capacity.binds,
            );
        }
        text.push_str("\nHow many of the fullest batch each limit alone would allow:\n\n");
        text.push_str(
            "| limit of a ledger | maximum | one batch uses | batches |\n|---|--:|--:|--:|\n",
        );
        for (nth, (name, _, most)) in LEDGER_LIMITS.into_iter().enumerate() {
            let used = self.full.uses[nth];
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} |",
                grouped(most),
                grouped(used),
                grouped(most / used),
            );
        }
        text.push('\n');
    }

    fn write_scaling(&self, text: &mut String) {
        let _ = write!(
            text,
            "## Beyond that\n\n\
             One oracle reaches its limit long before the network does: an account can have one transaction per ledger, which is a batch of {}\n\
             deals. Two things raise this limit, and they multiply.\n\n\
             * **Longer windows.** Reports carry totals, not differences. So a deal that is settled every other day loses\n\
             \x20 nothing, and the money for the days between stays in escrow. The policy's `silence_secs`, at most 14 days,\n\
             \x20 limits how late a report may be.\n\
             * **Several instances of `deals`**, each with its own escrow and oracle. Two batches of one instance write the\n\
             \x20 same entry, the asset's totals in `escrow`, so they are applied one after the other. Batches of different\n\
             \x20 instances write no common entry. A registry serves only one `deals`, so each instance is a separate\n\
             \x20 marketplace with its own buckets.\n\n\
             | a deal is settled every | stroops in {LIFE_DAYS} days | deals per oracle | oracles for 10 million deals | deals that the network can carry |\n\
             |---|--:|--:|--:|--:|\n",
            self.full.deals,
        );
        let most = capacity(&self.full);
        for days in WINDOWS_DAYS {
            let of_one = self.full.deals * BATCHES_OF_AN_ORACLE_A_LEDGER * LEDGERS_PER_DAY * days;
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                if days == 1 {
                    "day".to_owned()
                } else {
                    format!("{days} days")
                },
                grouped(self.settling(days, false)),
                grouped(of_one),
                grouped(self.oracles(10_000_000, days)),
                grouped(most.deals(days)),
            );
        }
    }
}

fn xlm(stroops: u64) -> f64 {
    stroops as f64 / STROOPS_PER_XLM
}

/// 1234567 as 1_234_567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
