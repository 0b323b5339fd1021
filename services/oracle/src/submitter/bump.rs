//! A transaction that is stuck: the network took it, and it gets into no ledger.
//!
//! The oracle's account puts the same signed bytes into an envelope that offers ten times as much,
//! which is what networks ask of one that takes another's place. Whichever of them gets into a ledger,
//! it is the one transaction with its sequence number, so that it counts once.

use super::{Step, Submitter};
use crate::outbox::Batch;
use anyhow::{Context, Result};
use flash_client::fee_bump;
use stellar_xdr::{Limits, ReadXdr, TransactionEnvelope, TransactionExt, WriteXdr};

/// What networks ask of a bid that takes the place of another.
const RISE: u32 = 10;

impl Submitter {
    /// Offers more for what waits too long: what is offered is on the disk before it is sent.
    pub(super) async fn hurry(&self, batch: Box<Batch>, now: u64) -> Result<Step> {
        let after = self.terms.bump_after_secs;
        let built = batch.max_time.saturating_sub(self.terms.valid_secs);
        let bumps = u64::from(batch.bumps).saturating_add(1);
        if after == 0 || now < built.saturating_add(after.saturating_mul(bumps)) {
            return Ok(Step::Wait(batch));
        }
        let mut next = (*batch).clone();
        next.bumps = batch.bumps.saturating_add(1);
        // At the cap the same bytes are handed in again: the network may have dropped them.
        if let Some(envelope) = self.bumped(&batch)? {
            next.bump_envelope = Some(envelope.to_xdr_base64(Limits::none())?);
        }
        let next = self.outbox.swap(&batch, next).await?;
        let text = next.bump_envelope.as_deref().or(next.envelope.as_deref());
        let text = text.context("a sent batch has no envelope")?;
        let envelope = TransactionEnvelope::from_xdr_base64(text, Limits::none())?;
        metrics::counter!("oracle_fee_bumps_total").increment(1);
        tracing::warn!(
            batch = next.id,
            bumps = next.bumps,
            "stuck: more is offered"
        );
        if let Err(error) = self.chain.client.send(&envelope).await {
            tracing::warn!(batch = next.id, %error, "nobody knows whether the offer arrived");
        }
        Ok(Step::Wait(Box::new(next)))
    }

    /// The envelope of the next offer; `None` where the cap is reached.
    fn bumped(&self, batch: &Batch) -> Result<Option<TransactionEnvelope>> {
        let text = batch.envelope.as_deref();
        let text = text.context("a sent batch has no envelope")?;
        let inner = TransactionEnvelope::from_xdr_base64(text, Limits::none())?;
        let TransactionEnvelope::Tx(envelope) = &inner else {
            anyhow::bail!("a batch is of the kind {}", inner.name());
        };
        let resource_fee = match &envelope.tx.ext {
            TransactionExt::V1(data) => data.resource_fee,
            TransactionExt::V0 => 0,
        };
        let first = i64::from(envelope.tx.fee).saturating_sub(resource_fee);
        let cap = i64::from(self.terms.max_bid);
        let offer = |bumps: u32| first.saturating_mul(i64::from(RISE.saturating_pow(bumps)));
        if offer(batch.bumps) >= cap {
            return Ok(None);
        }
        let bid = offer(batch.bumps.saturating_add(1)).min(cap);
        // The envelope counts as an operation of its own.
        let fee = resource_fee.saturating_add(bid.saturating_mul(2));
        let network_id = self.chain.client.network_id();
        Ok(Some(fee_bump(&inner, fee, network_id, &self.chain.oracle)?))
    }
}
