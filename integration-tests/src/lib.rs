//! # The marketplace as a test fixture
//!
//! One fixture for scenario tests and benches: all contracts, a real Stellar Asset Contract,
//! named people, a builder for deals, a clock.
//!
//! * [`World`] contains everything. The contracts are registered natively, or deployed from the
//!   Wasm in `FLASH_WASM_DIR` if it is set. Both enforce the network's limits.
//! * Every command is signed exactly, with [`World::by`] and its siblings: the signature covers
//!   this call with these arguments, and a successful call must have required that signature and no
//!   other.
//! * [`expected`] computes the money of the marketplace a second time, in plain Rust.
//! * [`invariants`] must hold in every world; they are checked after every operation.
//!
//! Tests read state only through the contracts' public queries.

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
pub mod mandate;
pub mod oracle;
pub mod people;
pub mod signed;
pub mod world;

pub use caller::{refused, unauthorised, Answer, Caller};
pub use deal::{Deal, DealBuilder};
pub use oracle::Usage;
pub use people::Person;
pub use world::World;

/// One US dollar in the asset's smallest unit.
pub const USD: i128 = flash_money::units::ONE_USD;
pub const HOUR: u64 = flash_money::units::SECS_PER_HOUR;
pub const DAY: u64 = flash_money::units::SECS_PER_DAY;
/// MB in a GB.
pub const GB: u64 = 1_024;
