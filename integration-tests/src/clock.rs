//! Time. Timestamp and ledger sequence move together: one ledger every five seconds.

use soroban_sdk::{testutils::Ledger, Env, String, Symbol, Vec};

use crate::World;

pub const SECS_PER_LEDGER: u64 = 5;
/// Start at a realistic ledger, because zero would hide underflow.
pub const START_TS: u64 = 1_750_000_000;
const START_SEQUENCE: u32 = 57_000_000;
/// Mainnet's settings, in ledgers.
const MIN_PERSISTENT_TTL: u32 = 2_073_600;
const MIN_TEMPORARY_TTL: u32 = 720;
const MAX_TTL: u32 = 3_110_400;

/// Sets the ledger at which every world starts.
pub fn start(env: &Env) {
    env.ledger().with_mut(|ledger| {
        ledger.timestamp = START_TS;
        ledger.sequence_number = START_SEQUENCE;
        ledger.min_persistent_entry_ttl = MIN_PERSISTENT_TTL;
        ledger.min_temp_entry_ttl = MIN_TEMPORARY_TTL;
        ledger.max_entry_ttl = MAX_TTL;
    });
}

impl World {
    /// Ledger time, seconds.
    pub fn now(&self) -> u64 {
        self.env.ledger().timestamp()
    }

    /// Advances time. Entries whose TTL ends are archived, and restored when they are next used.
    pub fn advance(&self, secs: u64) {
        self.env.ledger().with_mut(|ledger| {
            let ledgers = secs.div_ceil(SECS_PER_LEDGER);
            ledger.timestamp += secs;
            ledger.sequence_number += u32::try_from(ledgers).expect("a jump that fits");
        });
    }

    /// Restores the contracts after years without a call. One at a time, as a client would, because
    /// one transaction cannot write the code of two contracts.
    pub fn restore_contracts(&self) {
        let at = &self.at;
        for contract in [
            &at.registry,
            &at.deals,
            &at.escrow,
            &at.reputation,
            &at.mandates,
        ] {
            let version = Symbol::new(&self.env, "version");
            let _: String = self
                .env
                .invoke_contract(contract, &version, Vec::new(&self.env));
        }
    }

    /// Advances time to `ts`.
    pub fn advance_to(&self, ts: u64) {
        self.advance(ts.checked_sub(self.now()).expect("a time to come"));
    }
}
