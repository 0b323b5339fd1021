//! # The marketplace, wired
//!
//! One fixture for scenario tests and benches: all four contracts, a real Stellar Asset
//! Contract, people with names, deals by builder, a clock.
//!
//! * [`World`] holds it all. The contracts are registered natively, or, with `FLASH_WASM_DIR` set,
//!   deployed from the Wasm in that directory; the network's limits are enforced in both.
//! * Every command is signed exactly, by [`World::by`] and its kin: the signature covers this call
//!   with these arguments, and a success must have needed that signature and no other.
//! * [`expected`] is the money of the marketplace once more, in plain Rust.
//! * [`invariants`] says what must hold of every world; it is checked after every operation.
//!
//! State is read through the contracts' public queries only.

pub mod bucket;
pub mod caller;
pub mod chain;
pub mod checkpoint;
pub mod clock;
pub mod deal;
pub mod deploy;
pub mod expected;
pub mod ghost;
pub mod invariants;
pub mod oracle;
pub mod people;
pub mod signed;
pub mod world;

pub use caller::{refused, unauthorised, Answer, Caller};
pub use deal::Deal;
pub use oracle::Usage;
pub use people::Person;
pub use world::World;

/// One US dollar in the asset's smallest unit.
pub const USD: i128 = flash_common::units::ONE_USD;
pub const HOUR: u64 = flash_common::units::SECS_PER_HOUR;
pub const DAY: u64 = flash_common::units::SECS_PER_DAY;
/// MB in a GB.
pub const GB: u64 = 1_024;
