//! The ledger as a whole, in the protocol's own encoding.

mod close;
mod header;

pub use close::{close_meta, history_entry};
pub use header::{next_header, tx_set, Closing};
