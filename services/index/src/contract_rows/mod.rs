//! Rows as the contracts' own queries give them: the other way to the same tables.

mod deal;
mod facts;
mod parties;

pub use deal::deal_of;
pub use facts::{claim_of, facts, Facts};
pub use parties::{bucket_of, consumer_of, provider_of};

use crate::event::snake;
use anyhow::{Context, Result};

fn int<T: TryInto<i64>>(value: T) -> Result<i64> {
    value.try_into().ok().context("a number above 63 bits")
}

fn word(value: impl std::fmt::Debug) -> String {
    snake(&format!("{value:?}"))
}
