//! The reads of the API. They read tables on request and never write.

mod bucket;
mod buckets;
pub mod changes;
mod cursor;
mod deal;
mod deal_row;
mod deals;
mod error;
mod figures;
mod filter;
mod network;
mod parties;
mod policy;
mod quotes;
mod reads;
mod row;
mod select;
mod sentences;
mod sums;
mod timeline;
mod totals;
mod windows;

pub use buckets::BucketSearch;
pub use deal_row::STATUSES as DEAL_STATUSES;
pub use deals::{DealFilter, DealQuery};
pub use error::{Error, Result};
pub use figures::Progress;
pub use filter::{Filter, Sort};
pub use parties::{PartyFilter, PartyQuery};
pub use quotes::QuoteQuery;
pub use reads::Reads;
pub use select::Paging;
