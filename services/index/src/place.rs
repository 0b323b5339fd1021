//! The position of the index: as a ledger, and as a cursor of Stellar RPC.

use crate::{rows::Cursor, table::all};
use anyhow::{Context, Result};
use sqlx::AnyConnection;

/// The position at the end of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub event_cursor: String,
    pub ledger: i64,
    pub ledger_ts: i64,
}

impl Place {
    /// The position at the end of a ledger.
    pub(crate) fn end_of(ledger: i64, ledger_ts: i64) -> Self {
        let place = (ledger << 32) | 0xffff_ffff;
        Self {
            event_cursor: format!("{place:019}-{:010}", u32::MAX),
            ledger,
            ledger_ts,
        }
    }
}

/// The ledger of a cursor or event id; its first part encodes a position in the history.
pub(crate) fn ledger_of(cursor: &str) -> Result<i64> {
    let place = cursor
        .split('-')
        .next()
        .and_then(|text| text.parse::<i64>().ok());
    let place = place.with_context(|| format!("{cursor:?} is no cursor"))?;
    Ok(place >> 32)
}

impl Cursor {
    /// `None` in a database that has not followed anything yet.
    pub(crate) async fn read(from: &mut AnyConnection) -> Result<Option<Self>> {
        Ok(all(from).await?.pop())
    }

    pub(crate) fn go_to(&mut self, place: Place) {
        self.event_cursor = place.event_cursor;
        self.ledger = place.ledger;
        self.ledger_ts = place.ledger_ts;
    }
}
