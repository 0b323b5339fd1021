//! Places in the history: of a transaction, and of an event.

use std::fmt;

/// The place of an operation: ledger, transaction, operation, in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Toid {
    pub ledger: u32,
    pub tx: u32,
    pub op: u32,
}

/// The highest number of a transaction in a ledger: what comes after all of them stands there.
pub const LAST_TX: u32 = (1 << 20) - 1;
/// The highest number of an operation in a transaction.
pub const LAST_OP: u32 = (1 << 12) - 1;

impl Toid {
    /// As one number.
    pub fn to_i64(self) -> i64 {
        (i64::from(self.ledger) << 32) | (i64::from(self.tx) << 12) | i64::from(self.op)
    }

    /// From one number. Negative ones name no place.
    pub fn from_i64(number: i64) -> Option<Self> {
        let number = u64::try_from(number).ok()?;
        Some(Self {
            ledger: u32::try_from(number >> 32).ok()?,
            tx: u32::try_from((number >> 12) & u64::from(LAST_TX)).ok()?,
            op: u32::try_from(number & u64::from(LAST_OP)).ok()?,
        })
    }
}

/// The place of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub at: Toid,
    pub event: u32,
}

impl Cursor {
    /// The first place of a ledger.
    pub fn start_of(ledger: u32) -> Self {
        Self {
            at: Toid {
                ledger,
                tx: 0,
                op: 0,
            },
            event: 0,
        }
    }

    /// The last place of a ledger.
    pub fn end_of(ledger: u32) -> Self {
        Self {
            at: Toid {
                ledger,
                tx: LAST_TX,
                op: LAST_OP,
            },
            event: u32::MAX,
        }
    }

    /// Reads a cursor, which is the id of an event.
    ///
    /// # Errors
    /// The text with which Stellar RPC refuses others.
    pub fn parse(text: &str) -> Result<Self, String> {
        let invalid = || format!("invalid event id {text}");
        let (at, event) = text.split_once('-').ok_or_else(invalid)?;
        let at = at
            .parse::<i64>()
            .ok()
            .and_then(Toid::from_i64)
            .ok_or_else(invalid)?;
        Ok(Self {
            at,
            event: event.parse().map_err(|_| invalid())?,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:019}-{:010}", self.at.to_i64(), self.event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_id_is_read_back_as_it_was_written() {
        let cursor = Cursor {
            at: Toid {
                ledger: 1234,
                tx: 7,
                op: 3,
            },
            event: 42,
        };
        assert_eq!(cursor.to_string(), "0000005299989671939-0000000042");
        assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
        let last = Cursor::end_of(i32::MAX as u32);
        assert_eq!(Cursor::parse(&last.to_string()), Ok(last));
    }

    #[test]
    fn what_is_no_event_id_is_refused() {
        for text in ["", "1", "1-", "-1-1", "x-1", "1-x", "1-99999999999"] {
            assert!(Cursor::parse(text).is_err(), "{text}");
        }
    }
}
