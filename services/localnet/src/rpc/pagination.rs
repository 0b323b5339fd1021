//! Pages of ledgers and of transactions.

use super::RpcError;
use crate::state::LedgerTime;
use serde::Deserialize;

/// The parameter `pagination`.
#[derive(Deserialize, Default)]
pub struct Pagination {
    cursor: Option<String>,
    limit: Option<u64>,
}

impl Pagination {
    /// The cursor, where one is given.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref().filter(|cursor| !cursor.is_empty())
    }

    /// The limit, or the one that holds where none is given.
    pub fn limit_or(&self, default: u64) -> usize {
        let limit = self.limit.filter(|limit| *limit > 0).unwrap_or(default);
        usize::try_from(limit).unwrap_or(usize::MAX)
    }
}

/// Checks a page against what there is.
///
/// # Errors
/// Where the start is outside of the history, the limit is too high, or both ways to start are used.
pub fn check(
    start: u32,
    page: Option<&Pagination>,
    max_limit: u64,
    oldest: LedgerTime,
    latest: LedgerTime,
) -> Result<(), RpcError> {
    if let Some(cursor) = page.and_then(Pagination::cursor) {
        if start != 0 {
            return Err(RpcError::request(format!(
                "startLedger ({start}) and cursor ({cursor}) cannot both be set"
            )));
        }
    } else if !(oldest.sequence..=latest.sequence).contains(&start) {
        return Err(RpcError::request(format!(
            "start ledger ({start}) must be between the oldest ledger: {} and the latest ledger: \
             {} for this rpc instance",
            oldest.sequence, latest.sequence
        )));
    }
    if page
        .and_then(|page| page.limit)
        .is_some_and(|limit| limit > max_limit)
    {
        return Err(RpcError::request(format!(
            "limit must not exceed {max_limit}"
        )));
    }
    Ok(())
}
