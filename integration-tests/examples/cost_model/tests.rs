use serde_json::{json, Value};

use super::*;
use crate::model::{capacity, LEDGER_LIMITS};

/// Costs with round figures: a batch of 100 uses an eighth of a ledger's written bytes.
fn costs() -> Value {
    let op = |n: u64, fee: u64, rent: u64, transactions: u64, write_bytes: u64| {
        json!({
            "n": n, "instructions": 20_000_000, "write_entries": 30, "write_bytes": write_bytes,
            "tx_bytes": 25_000, "resource_fee_stroops": fee, "rent_fee_stroops": rent,
            "transactions": transactions,
        })
    };
    json!({ "ops": {
        "life_of_1": op(1, 2_500_000, 7_000_000, 94, 0),
        "life_of_100": op(100, 40_000_000, 600_000_000, 490, 0),
        "report_and_settle_1": op(1, 24_000, 0, 1, 1_000),
        "report_and_settle_100@5_providers": op(100, 250_000, 0, 1, 35_840),
        "report_and_settle_50": op(50, 140_000, 0, 1, 12_000),
        "report_and_settle_50@sparse": op(50, 370_000, 0, 1, 22_000),
        "report_and_settle_50@spread": op(50, 700_000, 0, 1, 37_000),
    } })
}

fn model() -> Model {
    Model::of(&costs()).unwrap()
}

#[test]
fn a_single_deal_pays_its_settlements_alone() {
    let bill = model().bill(1);
    assert_eq!(bill.transactions, 94);
    assert_eq!(bill.total(), 2_500_000 + 7_000_000 + 94 * 100);
}

#[test]
fn many_deals_cost_as_many_times_the_share_of_one_in_full_batches() {
    let (thousand, million) = (model().bill(1_000), model().bill(1_000_000));
    assert_eq!(thousand.transactions, 4_900);
    assert_eq!(thousand.total(), 10 * (40_000_000 + 600_000_000 + 49_000));
    assert_eq!(million.total(), 1_000 * thousand.total());
    assert!(thousand.per_deal() < model().bill(1).per_deal());
}

#[test]
fn the_contracts_code_is_paid_for_once_however_many_deals_there_are() {
    let mut costs = costs();
    costs["ops"]["life_of_100"]["code_rent_fee_stroops"] = json!(150_000_000);
    let model = Model::of(&costs).unwrap();
    let (thousand, million) = (model.bill(1_000), model.bill(1_000_000));
    assert_eq!(thousand.code_rent, 150_000_000);
    assert_eq!(million.code_rent, 150_000_000);
    // It is not counted as rent of the deals' entries.
    assert_eq!(thousand.rent, 10 * (600_000_000 - 150_000_000));
}

#[test]
fn only_rent_follows_the_size_of_the_networks_state() {
    let bill = model().bill(1);
    let dearest = bill.at_rent_rate(10);
    assert_eq!(dearest.total(), 2_500_000 + 70_000_000 + 94 * 100);
    assert_eq!(dearest.transactions, bill.transactions);
}

#[test]
fn the_limit_that_binds_is_full_and_no_other_is_exceeded() {
    let batch = model().full;
    let carried = capacity(&batch);
    assert_eq!((carried.batches, carried.binds), (8, "written bytes"));
    assert_eq!(carried.deals_a_ledger, 800);
    for (used, (name, _, most)) in batch.uses.into_iter().zip(LEDGER_LIMITS) {
        assert!(carried.batches * used <= most, "{name}");
        let one_more_fits = (carried.batches + 1) * used <= most;
        assert_eq!(one_more_fits, name != carried.binds, "{name}");
    }
}

#[test]
fn a_window_twice_as_long_carries_twice_as_many_deals_for_half_the_price() {
    let model = model();
    let carried = capacity(&model.full);
    assert_eq!(carried.deals(2), 2 * carried.deals(1));
    assert_eq!(model.settling(1, false), 2 * model.settling(2, false));
    // The last window of 90 days may be short: 13 weeks.
    assert_eq!(model.settling(7, false), 13 * 250_100 / 100);
}

#[test]
fn one_oracle_is_enough_until_each_of_its_ledgers_has_a_full_batch() {
    let of_one = 100 * 17_280;
    assert_eq!(model().oracles(of_one, 1), 1);
    assert_eq!(model().oracles(of_one + 1, 1), 2);
    assert_eq!(model().oracles(of_one + 1, 2), 1);
}

#[test]
fn costs_without_a_row_are_refused_and_name_it() {
    let mut costs = costs();
    costs["ops"].as_object_mut().unwrap().remove("life_of_100");
    let error = Model::of(&costs).unwrap_err();
    assert!(error.contains("life_of_100."), "{error}");
}

#[test]
fn the_documentation_matches_the_committed_costs() {
    let committed = std::fs::read_to_string(repository("docs/cost-model.md")).unwrap();
    let now = read_model().unwrap().document();
    assert!(
        committed == now,
        "docs/cost-model.md is not of the committed costs: make bench-baseline"
    );
}
