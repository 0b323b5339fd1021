//! From a plan to signed bytes: fresh watermarks, resources, a hash on the disk.

use super::{outcome::Aside, Step, Submitter};
use crate::{
    chain::{deal_of, METERS_PER_READ},
    outbox::{Batch, Kind, State},
    plan::{Book, Item},
};
use anyhow::{Context, Result};
use flash_client::{
    sign, signed_reports,
    types::{BookReports, Meter},
    Address, Call, Error, Job, Prepared, Signer,
};
use std::{collections::BTreeMap, str::FromStr};
use stellar_xdr::{
    LedgerKey, Limits as XdrLimits, Preconditions, ReadXdr, TimeBounds, TimePoint, TransactionExt,
    TransactionResultResult, WriteXdr,
};

/// Of the network's limits, what a batch needs at most.
pub const MAX_SHARE_PERCENT: u32 = 80;
/// The simulation of a batch that fails is tried so often before the batch is cut in two.
const TRIES: u32 = 3;

impl Submitter {
    /// Planned → Built, or done where nothing is left to do.
    pub(super) async fn build(&self, channel: &Signer, mut batch: Box<Batch>) -> Result<Step> {
        let tip = match self.chain.tip().await {
            Ok(tip) => tip,
            Err(error) => return Ok(self.unreachable(batch, &error)),
        };
        if !batch.kind.items().is_empty() {
            let fresh = match self.freshen(batch.kind.items(), tip.close_ts).await {
                Ok(fresh) => fresh,
                Err(error) => return Ok(self.unreachable(batch, &error)),
            };
            if fresh.is_empty() {
                let mut next = (*batch).clone();
                next.state = State::Confirmed;
                next.outcome = Some("the chain has it already".to_owned());
                self.outbox.swap(&batch, next).await?;
                return Ok(Step::Done);
            }
            batch.kind = batch.kind.with_items(fresh);
        }
        match self.prepare(channel, &batch).await {
            Err(Error::Archived { keys, .. }) => self.restore(channel, batch, keys).await,
            Ok(prepared) => self.built(channel, batch, prepared, tip.close_ts).await,
            Err(error) => self.refused(batch, error).await,
        }
    }

    async fn built(
        &self,
        channel: &Signer,
        batch: Box<Batch>,
        prepared: Prepared,
        now: u64,
    ) -> Result<Step> {
        let Prepared {
            mut tx,
            event_bytes,
        } = prepared;
        let max_time = now.saturating_add(self.terms.valid_secs);
        tx.cond = Preconditions::Time(TimeBounds {
            min_time: TimePoint(0),
            max_time: TimePoint(max_time),
        });
        let envelope = sign(&tx, self.chain.client.network_id(), &[channel])?;
        let text = envelope.to_xdr_base64(XdrLimits::none())?;
        if let TransactionExt::V1(data) = &tx.ext {
            let bytes = text.len() * 3 / 4;
            let share = self.limits.share(&data.resources, bytes, event_bytes);
            if share.0 > self.terms.max_share_percent && batch.kind.items().len() > 1 {
                let why = format!("it needs {} % of what a transaction may", share.0);
                return self.halve(&batch, &why).await;
            }
        }
        if matches!(batch.kind, Kind::Extend(_)) {
            if let Some(why) = self.beyond_means(channel, tx.fee).await? {
                return self.too_dear(&batch, &why).await;
            }
        }
        let mut next = (*batch).clone();
        next.state = State::Built;
        next.channel = Some(channel.account().to_string());
        next.hash = Some(hex::encode(tx.hash(self.chain.client.network_id())?));
        next.envelope = Some(text);
        next.max_time = max_time;
        next.attempts = batch.attempts.saturating_add(1);
        next.bumps = 0;
        next.bump_envelope = None;
        let next = self.outbox.swap(&batch, next).await?;
        Ok(Step::Next(Box::new(next)))
    }

    /// Brings entries back that a batch needs and cannot bring back on its way. Doing it twice does
    /// nothing, so that nobody has to write it down.
    async fn restore(
        &self,
        channel: &Signer,
        batch: Box<Batch>,
        keys: Vec<LedgerKey>,
    ) -> Result<Step> {
        for key in keys {
            let job = Job::restore(vec![key])?;
            if let Err(error) = self.chain.client.run(channel, &[], &job).await {
                if is_unpaid(&error) {
                    let name = channel.account().to_string();
                    tracing::error!(
                        batch = batch.id,
                        channel = name,
                        "the channel cannot pay for restoring what the batch needs: send XLM to it"
                    );
                    // The batch stays planned, for another channel or the next round.
                    return Ok(Step::Unpaid);
                }
                return Ok(self.unreachable(batch, &error.into()));
            }
            metrics::counter!("oracle_entries_restored_total").increment(1);
        }
        Ok(Step::Wait(batch))
    }

    async fn prepare(&self, channel: &Signer, batch: &Batch) -> Result<Prepared, Error> {
        let job = self.job(&batch.kind)?;
        let mut client = self.chain.client.clone();
        let doubled = self.terms.bid.saturating_mul(1 << batch.attempts.min(16));
        client.bid = doubled.min(self.terms.max_bid.max(self.terms.bid));
        // Its key is one, and a simulation counts one in.
        client.simulate_signed = false;
        let signers = [&self.chain.oracle];
        client.prepare_measured(channel, &signers, &job).await
    }

    fn job(&self, kind: &Kind) -> Result<Job, Error> {
        let deals = &self.chain.market.deals;
        let text = |error: &dyn std::fmt::Display| Error::Value(error.to_string());
        match kind {
            Kind::Report(items) => {
                let books = books(items)?;
                let signed = signed_reports(&books);
                Ok(Job::from(&deals.report(books).signed_as(signed)))
            }
            Kind::ReportAndSettle(items) => {
                let books = books(items)?;
                let signed = signed_reports(&books);
                Ok(Job::from(&deals.report_and_settle(books).signed_as(signed)))
            }
            Kind::Draw(id) => Ok(Job::from(&self.chain.market.mandates.draw(*id))),
            Kind::Advance(id) => Ok(Job::from(&deals.advance_deal(*id))),
            Kind::Push(who, token) => {
                let call: Call<i128> = self
                    .chain
                    .market
                    .escrow
                    .push(address(who)?, address(token)?);
                Ok(Job::from(&call))
            }
            Kind::Extend(keys) => {
                let keys: Result<Vec<_>, _> = keys
                    .iter()
                    .map(|key| LedgerKey::from_xdr_base64(key, flash_client::codec::XDR_LIMITS))
                    .collect();
                let keys = keys.map_err(|error| text(&error))?;
                let longest = self.limits.max_ttl.saturating_sub(1);
                Job::extend(keys, self.terms.extend_to_ledgers.min(longest))
            }
        }
    }

    /// The items that the chain does not have yet, as its present state wants them.
    async fn freshen(&self, items: &[Item], now: u64) -> Result<Vec<Item>> {
        let mut fresh = Vec::with_capacity(items.len());
        for some in items.chunks(METERS_PER_READ) {
            let ids: Vec<u32> = some.iter().map(|item| item.deal_id).collect();
            let meters = self.chain.meters(&ids).await?;
            for (item, meter) in some.iter().zip(meters) {
                if let Some(item) = freshened(item, meter, now)? {
                    fresh.push(item);
                }
            }
        }
        Ok(fresh)
    }

    /// What to do with a batch that the network would not take as it is.
    async fn refused(&self, batch: Box<Batch>, error: Error) -> Result<Step> {
        if let Error::NoKey { address, .. } = &error {
            // No deal can help it: the batch stays planned, and the round fails.
            let own = self.chain.oracle.account();
            anyhow::bail!("the contract asks {address} to agree, and the oracle's key is of {own}");
        }
        if matches!(error, Error::Forged { .. }) {
            // Whoever operates the oracle has to know: the batch stays planned, and the round fails.
            return Err(error.into());
        }
        if error.is_unclear() || matches!(error, Error::NoAccount(_)) {
            return Ok(self.unreachable(batch, &error.into()));
        }
        let why = error.to_string();
        if matches!(error, Error::FeeTooHigh { .. }) {
            return self.too_dear(&batch, &why).await;
        }
        let code = error.contract_code().unwrap_or(0);
        if batch.kind.items().len() > 1 && super::outcome::is_of_an_item(code) {
            return self.halve(&batch, &why).await;
        }
        if batch.attempts < TRIES && batch.kind.items().is_empty() && code == 0 {
            let mut next = (*batch).clone();
            next.attempts += 1;
            let next = self.outbox.swap(&batch, next).await?;
            return Ok(Step::Wait(Box::new(next)));
        }
        self.give_up(&batch, code, &why).await?;
        Ok(Step::Done)
    }

    /// Cuts a batch in two: what does not fit fits then, and what is bad is alone in the end.
    pub(super) async fn halve(&self, batch: &Batch, why: &str) -> Result<Step> {
        let parts = batch.kind.halves();
        let parts = parts.context("a batch that cannot be divided was to be cut in two")?;
        metrics::counter!("oracle_batches_split_total").increment(1);
        self.outbox.split(batch, &parts, why).await?;
        Ok(Step::Done)
    }

    /// Ends a batch that cannot be done; its deals are left alone for a while.
    pub(super) async fn give_up(&self, batch: &Batch, code: u32, why: &str) -> Result<()> {
        tracing::error!(batch = batch.id, kind = batch.kind.name(), why, "given up");
        let now = self.chain.tip().await.map_or(0, |tip| tip.close_ts);
        for item in batch.kind.items() {
            self.set_aside(&Aside {
                deal_id: item.deal_id,
                code,
                reason: why.to_owned(),
                until_secs: now.saturating_add(self.terms.set_aside_secs),
            })
            .await?;
        }
        let mut next = batch.clone();
        next.state = State::Failed;
        next.outcome = Some(why.to_owned());
        self.outbox.swap(batch, next).await?;
        Ok(())
    }

    pub(super) fn unreachable(&self, batch: Box<Batch>, error: &anyhow::Error) -> Step {
        tracing::warn!(
            batch = batch.id,
            error = format!("{error:#}"),
            "the network does not answer as it should"
        );
        Step::Wait(batch)
    }
}

fn is_unpaid(error: &Error) -> bool {
    use TransactionResultResult::TxInsufficientBalance;
    matches!(error, Error::Rejected { result, .. } if matches!(result.result, TxInsufficientBalance))
}

/// An item as the deal's present state wants it; `None` where there is nothing left to report.
fn freshened(item: &Item, meter: Option<Meter>, now: u64) -> Result<Option<Item>> {
    let Some(meter) = meter else {
        // The owner deletes the record of a deal for which nothing is left to do.
        tracing::info!(deal = item.deal_id, "a report of a deleted deal is dropped");
        return Ok(None);
    };
    let deal = deal_of(meter, String::new())?;
    if deal.released || deal.through_ts >= item.through_ts {
        return Ok(None);
    }
    let mut fresh = item.clone();
    fresh.page = deal.page;
    match deal.meter().check(&fresh.reading(), now) {
        Ok(()) => Ok(Some(fresh)),
        Err(refusal) => {
            // The next round sees the deal as it is now.
            tracing::info!(deal = item.deal_id, %refusal, "a planned report is out of date");
            Ok(None)
        }
    }
}

fn books(items: &[Item]) -> Result<Vec<BookReports>, Error> {
    let mut books = BTreeMap::<Book, Vec<_>>::new();
    for item in items {
        let book = (item.provider.clone(), item.asset.clone(), item.page);
        books.entry(book).or_default().push((
            item.deal_id,
            item.storage_mb_secs,
            item.egress_mb,
            item.latency_ms,
            item.uptime_bps,
            item.through_ts,
        ));
    }
    let book = |((provider, asset, page), reports): (Book, _)| {
        Ok(BookReports {
            provider: address(&provider)?,
            asset: address(&asset)?,
            page,
            reports,
        })
    };
    books.into_iter().map(book).collect()
}

/// The items in the order in which [`books`] sends them: codes come back in it.
pub(super) fn in_order_sent(items: &[Item]) -> Vec<&Item> {
    let mut books = BTreeMap::<Book, Vec<&Item>>::new();
    for item in items {
        let book = (item.provider.clone(), item.asset.clone(), item.page);
        books.entry(book).or_default().push(item);
    }
    books.into_values().flatten().collect()
}

fn address(text: &str) -> Result<Address, Error> {
    Address::from_str(text).map_err(|_| Error::Value(format!("not an address: {text}")))
}
