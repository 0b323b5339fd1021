//! The market after the play: deals keep running and being metered; an hour of the network takes
//! some seconds.

use crate::{
    log::RECORDINGS,
    people::{Wish, LIVING},
    play::{deal_of, open, status_of_nodes, Act, LAST_DAY},
    stage::{Stage, DAY},
};
use anyhow::Result;
use flash_client::types::DealStatus;
use std::time::Duration;

const HOUR: u64 = 3_600;

/// Runs until it is dropped. A pace of zero stops the clock.
///
/// # Errors
/// The network or the oracle fails.
pub async fn go_on(stage: &Stage, hour_takes: Duration) -> Result<()> {
    if hour_takes.is_zero() {
        return std::future::pending().await;
    }
    let start = stage.now().await?;
    let mut acts = Vec::new();
    for wish in &LIVING {
        acts.push(open(stage, wish).await?);
    }
    loop {
        tokio::time::sleep(hour_takes).await;
        play_hour(stage, start).await?;
        for act in &mut acts {
            if let Some(next) = follow_up(stage, act).await? {
                *act = next;
            }
        }
    }
}

/// Advances clock, access logs and node status by an hour.
async fn play_hour(stage: &Stage, start: u64) -> Result<()> {
    let from = stage.now().await?.max(start);
    let to = from + HOUR;
    stage.advance_to(to).await?;
    // The recording starts again when it is over.
    let length = LAST_DAY * DAY;
    let turn = start + (from - start) / length * length;
    for recording in &RECORDINGS {
        let file = stage.log_file(recording.bucket);
        recording.append(&file, turn, from, to)?;
    }
    stage.push_status(status_of_nodes(0, from, to)?).await
}

/// Opens the same deal again once the previous one is completely over.
async fn follow_up(stage: &Stage, act: &Act) -> Result<Option<Act>> {
    let wish: &'static Wish = act.wish;
    let deal = deal_of(stage, act).await?;
    let is_over = deal.status != DealStatus::Funded && deal.balance_consumer == 0;
    if !is_over {
        return Ok(None);
    }
    // The repository name may be in use until the capacity is released.
    match open(stage, wish).await {
        Ok(next) => Ok(Some(next)),
        Err(error) => {
            eprintln!("{} cannot be opened again yet: {error:#}", wish.repo);
            Ok(None)
        }
    }
}
