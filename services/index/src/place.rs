//! How far the index is: in ledgers, and in cursors as Stellar RPC writes them.

use crate::{rows::Cursor, table::all};
use anyhow::{Context, Result};
use sqlx::AnyConnection;

/// How far a page reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub event_cursor: String,
    pub ledger: i64,
    pub ledger_ts: i64,
}

impl Place {
    /// The end of a ledger.
    pub(crate) fn end_of(ledger: i64, ledger_ts: i64) -> Self {
        let place = (ledger << 32) | 0xffff_ffff;
        Self {
            event_cursor: format!("{place:019}-{:010}", u32::MAX),
            ledger,
            ledger_ts,
        }
    }
}

/// The ledger of a cursor or event id, whose first part is a place in the history.
pub(crate) fn ledger_of(cursor: &str) -> Result<i64> {
    let place = cursor
        .split('-')
        .next()
        .and_then(|text| text.parse::<i64>().ok());
    let place = place.with_context(|| format!("{cursor:?} is no cursor"))?;
    Ok(place >> 32)
}

impl Cursor {
    /// `None` in a database that follows nobody yet.
    pub(crate) async fn read(from: &mut AnyConnection) -> Result<Option<Self>> {
        Ok(all(from).await?.pop())
    }

    pub(crate) fn go_to(&mut self, place: Place) {
        self.event_cursor = place.event_cursor;
        self.ledger = place.ledger;
        self.ledger_ts = place.ledger_ts;
    }
}
