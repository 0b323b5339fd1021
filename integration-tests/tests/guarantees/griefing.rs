//! Whatever others fill the marketplace with, the next deal costs the same as the first (C1).
//!
//! Runs on the Wasm, applied through the host's entry point; skipped without `FLASH_WASM_DIR`.

use flash_integration_tests::{
    chain::{transaction::Usage, Market, Party},
    deploy::wasm_dir,
    DAY,
};
use soroban_sdk::{Env, IntoVal, Val, Vec};

const UNFUNDED: u32 = 3_000;
/// Together with the measured deals, more than 5_000 of one provider.
const FUNDED: u32 = 2_000;

/// The resources of every step of one deal, by name.
struct Life<'a> {
    market: Market,
    ada: &'a Party,
    carol: &'a Party,
    used: std::vec::Vec<(&'static str, Usage)>,
}

impl Life<'_> {
    fn send(
        &mut self,
        who: &Party,
        command: &'static str,
        args: impl IntoVal<Env, Vec<Val>>,
    ) -> soroban_sdk::xdr::ScVal {
        let deals = self.market.at.deals.clone();
        let applied = self.market.send(who, &deals, command, args, None);
        // Queries are only simulated, so nothing limits their answers.
        let sent = !command.starts_with("get_");
        assert!(!sent || applied.usage.exceeded().is_empty(), "{command}");
        self.used.push((command, applied.usage));
        applied.answer
    }

    fn live(mut self, bucket_id: u32) -> std::vec::Vec<(&'static str, Usage)> {
        let (ada, carol) = (self.ada.clone(), self.carol.clone());
        let args = self.market.deal_args(&ada, &carol, bucket_id);
        let answer = self.send(&carol, "create_deal", args);
        let id: u32 = self.market.decode(&answer);
        let args = self.market.fund_args(&ada, &carol, id);
        self.send(&carol, "set_deal_funded", args);
        let deal = self.market.funded(&ada, &carol, id);
        let oracle = self.market.oracle.clone();
        for _ in 0..2 {
            self.market.ledger.advance(DAY);
            let args = (self.market.reports(std::slice::from_ref(&deal)),);
            self.send(&oracle, "report_and_settle", args);
        }
        let page = (&ada.address, 0_u32, 20_u32);
        self.send(&carol, "get_deals_by_provider_page", page);
        let args = (&carol.address, &ada.address, id);
        self.send(&carol, "set_deal_completed", args);
        self.used
    }
}

#[test]
fn thousands_of_deals_on_one_bucket_change_nothing_for_the_next() {
    let Some(dir) = wasm_dir() else {
        println!("griefing: nothing is shown without FLASH_WASM_DIR: make test-wasm");
        return;
    };
    let mut market = Market::deploy(&dir);
    let ada = market.new_provider("Ada");
    let (carol, mallory) = (market.new_consumer("Carol"), market.new_consumer("Mallory"));
    let bucket_id = market.new_bucket(&ada, true);
    let deals = market.at.deals.clone();
    // As many as a page of a list shows, and one more than whole pages of the book.
    for _ in 0..33 {
        market.make_deal(&ada, &mallory, bucket_id);
    }
    let life = |market: &Market| Life {
        market: market.fork(),
        ada: &ada,
        carol: &carol,
        used: std::vec::Vec::new(),
    };
    let before = life(&market).live(bucket_id);
    for _ in 0..UNFUNDED {
        let args = market.deal_args(&ada, &mallory, bucket_id);
        market.call::<u32>(&mallory, &deals, "create_deal", args);
    }
    for _ in 0..FUNDED {
        market.make_deal(&ada, &mallory, bucket_id);
    }
    let after = life(&market).live(bucket_id);
    assert_eq!(before.len(), after.len());
    for ((command, before), (_, after)) in before.iter().zip(&after) {
        assert_eq!(before.read_entries, after.read_entries, "{command}");
        assert_eq!(before.write_entries, after.write_entries, "{command}");
        let more = after.instructions.saturating_sub(before.instructions);
        assert!(
            100 * more < before.instructions,
            "{command}: {before:?}, then {after:?}"
        );
    }
    let (largest, _) = market.ledger.largest_entry_bytes();
    assert!(largest <= 3 * 1_024, "{largest} bytes in one entry");
    println!("griefing: {} steps of a deal cost the same after {UNFUNDED} unfunded and {FUNDED} funded deals", after.len());
}
