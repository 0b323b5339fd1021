//! After the play the market goes on: deals that are metered while somebody looks, an hour of the
//! network in some seconds.

use crate::{
    log::RECORDINGS,
    people::{Wish, LIVING},
    play::{deal_of, open, status_of_nodes, Act, LAST_DAY},
    stage::{Stage, DAY},
};
use anyhow::Result;
use flash_deploy::types::DealStatus;
use std::time::Duration;

const HOUR: u64 = 3_600;

/// Goes on until it is dropped; at a pace of zero it stands still.
///
/// # Errors
/// Where the network or the oracle fails.
pub async fn go_on(stage: &Stage, hour_takes: Duration) -> Result<()> {
    if hour_takes.is_zero() {
        return std::future::pending().await;
    }
    let began = stage.now().await?;
    let mut acts = Vec::new();
    for wish in &LIVING {
        acts.push(open(stage, wish).await?);
    }
    loop {
        tokio::time::sleep(hour_takes).await;
        an_hour(stage, began).await?;
        for act in &mut acts {
            if let Some(next) = follow_up(stage, act).await? {
                *act = next;
            }
        }
    }
}

/// Clock, access logs and nodes move on together.
async fn an_hour(stage: &Stage, began: u64) -> Result<()> {
    let from = stage.now().await?.max(began);
    let to = from + HOUR;
    stage.advance_to(to).await?;
    // The recording begins anew when it is over.
    let length = LAST_DAY * DAY;
    let turn = began + (from - began) / length * length;
    for recording in &RECORDINGS {
        let file = stage.log_file(recording.bucket);
        recording.append(&file, turn, from, to)?;
    }
    stage.push_status(status_of_nodes(0, from, to)?).await
}

/// The same wish again, when its deal is over in every respect.
async fn follow_up(stage: &Stage, act: &Act) -> Result<Option<Act>> {
    let wish: &'static Wish = act.wish;
    let deal = deal_of(stage, act).await?;
    let is_over = deal.status != DealStatus::Funded && deal.balance_consumer == 0;
    if !is_over {
        return Ok(None);
    }
    // The repository's name may be taken until the capacity is free again.
    match open(stage, wish).await {
        Ok(next) => Ok(Some(next)),
        Err(error) => {
            eprintln!("{} waits: {error:#}", wish.repo);
            Ok(None)
        }
    }
}
