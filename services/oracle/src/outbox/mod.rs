//! What is to be sent and what became of it: one durable row a batch.

mod state;
mod store;

pub use state::{Batch, Kind, State};
pub use store::Outbox;
