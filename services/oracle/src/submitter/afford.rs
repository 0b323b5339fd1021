//! Extensions that a channel cannot pay.
//!
//! Rent of a contract's code may cost more than a channel holds, or more than any transaction may offer.
//! Reports come first: an extension gets at most half of a channel's balance. What costs more is divided,
//! and what cannot be divided is left to the owner.

use super::{Step, Submitter};
use crate::outbox::{Batch, State};
use anyhow::Result;
use flash_client::Signer;

/// An extension may offer this part of its channel's balance.
const PART_OF_BALANCE: i64 = 2;

impl Submitter {
    /// Why a channel should not offer so much for an extension; `None` where it may.
    pub(super) async fn beyond_means(&self, channel: &Signer, fee: u32) -> Result<Option<String>> {
        let name = channel.account().to_string();
        let balance = match self.balance(&name).await {
            Ok(balance) => balance,
            // Whether it can pay shows when it is sent.
            Err(_) => return Ok(None),
        };
        let most = balance / PART_OF_BALANCE;
        Ok((i64::from(fee) > most).then(|| {
            format!(
                "the extension costs up to {fee} stroops, and may take {most} of the {balance} \
                 that channel {name} holds"
            )
        }))
    }

    /// Divides a batch that costs too much; gives it up where it works on one entry.
    pub(super) async fn too_dear(&self, batch: &Batch, why: &str) -> Result<Step> {
        if batch.kind.halves().is_some() {
            return self.halve(batch, why).await;
        }
        metrics::counter!("oracle_extensions_unaffordable_total").increment(1);
        tracing::warn!(batch = batch.id, why, "not extended: the owner has to");
        let mut next = batch.clone();
        next.state = State::Failed;
        next.outcome = Some(why.to_owned());
        self.outbox.swap(batch, next).await?;
        Ok(Step::Done)
    }
}
