//! What the network does not let in.
//!
//! A rejection proves nothing: an earlier answer may have been lost. It is counted, and looked at when
//! the transaction is provably dead: then a batch is given up that would be rejected for ever, so that
//! the round ends. Its deals are not set aside: the next round plans them from fresh watermarks.

use super::{Step, Submitter};
use crate::outbox::{Batch, State};
use anyhow::{Context, Result};
use std::{collections::BTreeMap, str::FromStr, sync::MutexGuard, sync::PoisonError};
use stellar_xdr::{
    AccountId, LedgerEntryData, LedgerKey, LedgerKeyAccount, Limits, ReadXdr, TransactionEnvelope,
};

/// Transactions of a batch that are rejected in a round until it is given up.
const MOST: u32 = 3;
/// The bid doubles that often until it is at its cap.
const MOST_BIDS: u32 = 16;

/// Of one batch.
#[derive(Debug)]
pub(super) struct Rejections {
    /// Of the transaction that was rejected last.
    hash: Option<String>,
    result: &'static str,
    transactions: u32,
}

impl Submitter {
    pub(super) fn note_rejection(&self, batch: &Batch, result: &'static str) {
        // All are too late in the end, whatever was wrong with them before.
        if result == "TxTooLate" {
            return;
        }
        let mut all = self.rejections();
        let one = all.entry(batch.id.clone()).or_insert(Rejections {
            hash: None,
            result,
            transactions: 0,
        });
        one.result = result;
        if one.hash != batch.hash {
            one.hash.clone_from(&batch.hash);
            one.transactions += 1;
        }
    }

    /// Why a dead transaction was never let in, where that happened to enough of its batch.
    pub(super) fn rejected_too_often(&self, batch: &Batch) -> Option<&'static str> {
        let all = self.rejections();
        let one = all.get(&batch.id)?;
        let most = match one.result {
            "TxInsufficientFee" => MOST_BIDS,
            _ => MOST,
        };
        let never_taken = batch.state == State::Built && one.hash == batch.hash;
        (never_taken && one.transactions >= most).then_some(one.result)
    }

    /// Ends a batch of which nothing is in a ledger, nor can be.
    pub(super) async fn give_up_rejected(
        &self,
        batch: &Batch,
        result: &'static str,
    ) -> Result<Step> {
        self.rejections().remove(&batch.id);
        let channel = batch.channel.as_deref().unwrap_or_default();
        let is_unpaid = matches!(result, "TxInsufficientBalance" | "TxNoAccount");
        let mut why = format!("{result}: the network rejects what channel {channel} sends");
        if is_unpaid {
            let balance = match self.balance(channel).await {
                Ok(balance) => format!("{balance} stroops, its reserve included"),
                Err(error) => format!("an unknown balance ({error:#})"),
            };
            let fee = fee(batch)?;
            why = format!(
                "{result}: channel {channel} has {balance}, and the fee may be {fee} stroops: \
                 send XLM to it"
            );
        }
        tracing::error!(
            batch = batch.id,
            kind = batch.kind.name(),
            why,
            "given up until it is planned again"
        );
        let mut next = batch.clone();
        next.state = State::Failed;
        next.outcome = Some(why);
        self.outbox.swap(batch, next).await?;
        Ok(if is_unpaid { Step::Unpaid } else { Step::Done })
    }

    pub(super) async fn balance(&self, account: &str) -> Result<i64> {
        let account_id = AccountId::from_str(account)?;
        let key = LedgerKey::Account(LedgerKeyAccount { account_id });
        let found = self.chain.client.entries(&[key]).await?;
        match found.first().map(|entry| &entry.val) {
            Some(LedgerEntryData::Account(account)) => Ok(account.balance),
            _ => anyhow::bail!("there is no such account"),
        }
    }

    fn rejections(&self) -> MutexGuard<'_, BTreeMap<String, Rejections>> {
        let all = self.rejections.lock();
        all.unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the transaction of a batch offers at most.
fn fee(batch: &Batch) -> Result<u32> {
    let text = batch.envelope.as_deref();
    let text = text.context("a built batch has no envelope")?;
    match TransactionEnvelope::from_xdr_base64(text, Limits::none())? {
        TransactionEnvelope::Tx(envelope) => Ok(envelope.tx.fee),
        other => anyhow::bail!(
            "an envelope of a kind that is never built: {}",
            other.name()
        ),
    }
}
