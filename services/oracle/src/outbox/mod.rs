//! The outbox: one durable row per batch, with its state and result.

mod state;
mod store;

pub use state::{Batch, Kind, State};
pub use store::Outbox;
