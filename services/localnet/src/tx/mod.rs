//! Transactions before they are applied: what they say, and whether they may enter a ledger.

pub mod account;
pub mod code;
mod fee_bump;
pub mod frame;
pub mod limits;
mod operation;
mod preconditions;
mod resources;
mod signatures;
mod validate;

pub use code::{Outcome, Rejection};
pub use frame::Frame;
pub use limits::Diagnostics;
pub use resources::resource_fee;
pub use signatures::SignatureChecker;
pub use validate::{check, fee_fault, resource_fault, validate, Phase};

use crate::state::Network;

/// The ledger that a transaction is checked against, or applied in.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub network: &'a Network,
    pub sequence: u32,
    /// The ledger from whose number an account that is made now would count. For a transaction that
    /// is still to wait for its ledger: the newest one.
    pub counts_from: u32,
    /// When the ledger closes. For a transaction that is still to wait for its ledger: when the
    /// newest ledger closed.
    pub close_time: u64,
    /// The latest time at which the ledger is expected to close.
    pub closes_by: u64,
}
