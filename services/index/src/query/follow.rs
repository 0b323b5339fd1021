//! Keeps the catalogue and the live streams up with the tables. It looks at the tables only, so an API
//! beside another process that follows the network works as well.

use super::{changes::Happened, Reads};
use crate::api::{ApiError, Shared};
use std::time::Duration;

/// How often the tables are looked at.
const EVERY: Duration = Duration::from_millis(250);
/// After a failure.
const PATIENCE: Duration = Duration::from_secs(2);
/// Events that are told at a time.
const BATCH: usize = 500;

pub async fn follow(shared: Shared) {
    let mut told = Told::default();
    loop {
        let wait = match told.round(&shared).await {
            Ok(()) => EVERY,
            Err(error) => {
                tracing::warn!(?error, "the tables cannot be followed");
                PATIENCE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

#[derive(Default)]
struct Told {
    /// Ledger, place in the history, and count of rebuilds that the streams know.
    place: Option<(u32, String, i64)>,
    /// Id of the newest event that they know.
    event: Option<String>,
}

impl Told {
    async fn round(&mut self, shared: &Shared) -> Result<(), ApiError> {
        let reads: &Reads = &shared.reads;
        let mut last = match &self.event {
            Some(event) => event.clone(),
            None => reads.newest_event().await?,
        };
        let place = reads.place().await?;
        if place == self.place {
            return reads.sum_up().await;
        }
        // First what the streams make clients ask for.
        reads.refresh().await?;
        reads.sum_up().await?;
        loop {
            let happened = reads.happened_after(&last, BATCH).await?;
            let whole = happened.len() < BATCH;
            for one in happened {
                last.clone_from(&one.event_id);
                shared.live.tell(one);
            }
            self.event = Some(last.clone());
            if whole {
                break;
            }
        }
        if let Some((ledger, _, _)) = &place {
            shared.live.tell(Happened::ledger(*ledger));
        }
        self.place = place;
        Ok(())
    }
}
