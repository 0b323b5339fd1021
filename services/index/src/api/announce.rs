//! Announces new rows to the live streams. It only looks at the tables, so it also works if another
//! process follows the network.

use super::Shared;
use crate::query::{changes::Happened, Progress, Reads, Result};
use std::time::Duration;

/// How often the tables are polled.
const EVERY: Duration = Duration::from_millis(250);
/// Pause after a failure.
const PAUSE: Duration = Duration::from_secs(2);
/// How many events are announced at a time.
const BATCH: usize = 500;

pub async fn announce(shared: Shared) {
    let mut announced = Announced::default();
    loop {
        let pause = match announced.round(&shared).await {
            Ok(()) => EVERY,
            Err(error) => {
                tracing::warn!(?error, "the tables cannot be followed");
                PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// The state that the streams know.
#[derive(Default)]
struct Announced {
    progress: Option<Progress>,
    /// Id of the newest event.
    event: Option<String>,
}

impl Announced {
    async fn round(&mut self, shared: &Shared) -> Result<()> {
        let reads: &Reads = &shared.reads;
        let mut last = match &self.event {
            Some(event) => event.clone(),
            None => reads.newest_event().await?,
        };
        let progress = reads.progress().await?;
        // First update what clients will request because of the streams.
        reads.add_up().await?;
        if progress == self.progress {
            return Ok(());
        }
        loop {
            let happened = reads.happened_after(&last, BATCH).await?;
            let whole = happened.len() < BATCH;
            for event in happened {
                last.clone_from(&event.event_id);
                shared.live.tell(event);
            }
            self.event = Some(last.clone());
            if whole {
                break;
            }
        }
        if let Some(progress) = &progress {
            shared.live.tell(Happened::ledger(progress.ledger));
        }
        self.progress = progress;
        Ok(())
    }
}
