//! From signed bytes to what became of them.
//!
//! "Not found", a timeout and a lost answer all mean that nobody knows, and that is waited for. A
//! transaction is dead when a ledger closed after its `max_time` and it is in none of those that the
//! network remembers, back to before it was built.

use super::{Step, Submitter};
use crate::{
    chain::{Found, Outcome},
    outbox::{Batch, State},
};
use anyhow::{Context, Result};
use flash_client::{Sent, Signer};
use stellar_xdr::{Limits, ReadXdr, TransactionEnvelope, TransactionResultResult};

/// A transaction that fails in a ledger is built again so often.
const ATTEMPTS: u32 = 4;

/// What is known of a transaction.
enum Fate {
    Known(Step),
    /// Not yet, when the newest ledger closed at that time.
    Unknown(Option<u64>),
}

impl Submitter {
    /// Built → Sent. The same bytes may be handed in any number of times.
    pub(super) async fn send(&self, _channel: &Signer, batch: Box<Batch>) -> Result<Step> {
        // It may have been sent by whoever died here.
        if let Fate::Known(step) = self.settled(&batch).await? {
            return Ok(step);
        }
        let text = batch
            .envelope
            .as_deref()
            .context("a built batch has no envelope")?;
        let envelope = TransactionEnvelope::from_xdr_base64(text, Limits::none())?;
        match self.chain.client.send(&envelope).await {
            Ok(Sent::Pending) => {
                let mut next = (*batch).clone();
                next.state = State::Sent;
                let next = self.outbox.swap(&batch, next).await?;
                Ok(Step::Next(Box::new(next)))
            }
            Ok(Sent::TryAgainLater) => {
                metrics::counter!("oracle_sends_total", "result" => "try_again_later").increment(1);
                Ok(Step::Wait(batch))
            }
            Ok(Sent::Rejected(result)) => {
                let result = result.result.name();
                metrics::counter!("oracle_sends_total", "result" => "rejected").increment(1);
                tracing::warn!(batch = batch.id, result, "the network rejects it");
                // An earlier answer may have been lost: only time tells.
                self.note_rejection(&batch, result);
                Ok(Step::Wait(batch))
            }
            Err(error) => Ok(self.unreachable(batch, &error.into())),
        }
    }

    /// Sent → Confirmed, Failed or Planned.
    pub(super) async fn look(&self, batch: Box<Batch>) -> Result<Step> {
        match self.settled(&batch).await? {
            Fate::Known(step) => Ok(step),
            Fate::Unknown(Some(now)) => self.hurry(batch, now).await,
            Fate::Unknown(None) => Ok(Step::Wait(batch)),
        }
    }

    /// What became of it, also inside an envelope of somebody who paid more: networks find both by
    /// this hash.
    async fn settled(&self, batch: &Batch) -> Result<Fate> {
        let hash = batch.hash.as_deref().context("a built batch has no hash")?;
        match self.chain.find(hash).await {
            Ok(Found::Applied(outcome)) => self.applied(batch, &outcome).await.map(Fate::Known),
            Ok(Found::Nowhere {
                latest_close_ts,
                oldest_close_ts,
            }) => {
                let expired = latest_close_ts > batch.max_time;
                let built_ts = batch.max_time.saturating_sub(self.terms.valid_secs);
                if !expired {
                    return Ok(Fate::Unknown(Some(latest_close_ts)));
                }
                if oldest_close_ts > built_ts {
                    // The network has forgotten that time. The watermarks have not: they are read
                    // before anything is built.
                    tracing::warn!(batch = batch.id, "its fate is out of the network's memory");
                }
                self.expire(batch).await.map(Fate::Known)
            }
            Err(error) => {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "nobody knows what became of it"
                );
                Ok(Fate::Unknown(None))
            }
        }
    }

    /// Provably dead: to be built anew, from fresh watermarks, unless the network lets none in.
    async fn expire(&self, batch: &Batch) -> Result<Step> {
        metrics::counter!("oracle_transactions_total", "status" => "expired").increment(1);
        if let Some(result) = self.rejected_too_often(batch) {
            return self.give_up_rejected(batch, result).await;
        }
        let next = self.outbox.swap(batch, replanned(batch, "expired")).await?;
        Ok(Step::Next(Box::new(next)))
    }

    async fn applied(&self, batch: &Batch, outcome: &Outcome) -> Result<Step> {
        let status = if outcome.succeeded {
            "confirmed"
        } else {
            "failed"
        };
        metrics::counter!("oracle_transactions_total", "status" => status).increment(1);
        let fee = u64::try_from(outcome.fee_charged).unwrap_or(0);
        metrics::counter!("oracle_fees_stroops_total").increment(fee);
        if outcome.succeeded {
            return self.confirm(batch, outcome).await;
        }
        let why = failure(outcome);
        tracing::warn!(
            batch = batch.id,
            ledger = outcome.ledger,
            why,
            "failed in a ledger"
        );
        if batch.attempts < ATTEMPTS {
            let next = self.outbox.swap(batch, replanned(batch, &why)).await?;
            return Ok(Step::Next(Box::new(next)));
        }
        if batch.kind.items().len() > 1 {
            let planned = self.outbox.swap(batch, replanned(batch, &why)).await?;
            return self.halve(&planned, &why).await;
        }
        self.give_up(batch, 0, &why).await?;
        Ok(Step::Done)
    }
}

fn replanned(batch: &Batch, why: &str) -> Batch {
    let mut next = batch.clone();
    next.state = State::Planned;
    next.channel = None;
    next.hash = None;
    next.envelope = None;
    next.max_time = 0;
    next.bumps = 0;
    next.bump_envelope = None;
    next.outcome = Some(why.to_owned());
    next
}

fn failure(outcome: &Outcome) -> String {
    match &outcome.result.result {
        TransactionResultResult::TxFailed(operations) => {
            let first = operations.first();
            first.map_or_else(|| "txFAILED".to_owned(), |result| format!("{result:?}"))
        }
        other => other.name().to_owned(),
    }
}
