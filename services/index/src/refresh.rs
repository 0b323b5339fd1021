//! Rereads rows that events touched from the contracts' queries.
//!
//! An answer may be of a later ledger than the event. Events in between touch the same rows again,
//! so every row ends up as its contract says. Histories come from events alone.

use crate::{
    apply::flags,
    batch::Batch,
    chain::{many, Chain},
    contract_rows::{bucket_of, claim_of, consumer_of, deal_of, provider_of},
    rows::Deal,
};
use anyhow::Result;

/// Rereads them.
///
/// # Errors
/// The network does not answer properly. Nothing is written then.
pub async fn refresh(chain: &Chain, batch: &mut Batch, ledger: i64) -> Result<()> {
    let touched = batch.touched.clone();
    let asked = |id| {
        let (chain, known) = (chain.clone(), batch.deals.get(&id).cloned());
        async move { anyhow::Ok((id, deal_of(&chain, id, known, ledger).await?)) }
    };
    for (id, deal) in many(Vec::from_iter(touched.deals), asked).await? {
        match deal {
            Some(deal) => take_deal(batch, deal),
            None => {
                batch.deals.remove(&id);
                batch.deleted_deals.insert(id);
            }
        }
    }
    let asked = |id| {
        let chain = chain.clone();
        async move { bucket_of(&chain, id, ledger).await }
    };
    let buckets = many(Vec::from_iter(touched.buckets), asked).await?;
    let buckets = buckets.into_iter().flatten();
    batch
        .buckets
        .extend(buckets.map(|one| (one.bucket_id, one)));
    let asked = |who: String| {
        let chain = chain.clone();
        async move { provider_of(&chain, &who, ledger).await }
    };
    for mut row in many(Vec::from_iter(touched.providers), asked)
        .await?
        .into_iter()
        .flatten()
    {
        let known = batch.providers.get(&row.address);
        row.live_deals = known.map_or(0, |known| known.live_deals);
        batch.providers.insert(row.address.clone(), row);
    }
    let asked = |who: String| {
        let chain = chain.clone();
        async move { consumer_of(&chain, &who, ledger).await }
    };
    for mut row in many(Vec::from_iter(touched.consumers), asked)
        .await?
        .into_iter()
        .flatten()
    {
        let known = batch.consumers.get(&row.address);
        row.live_deals = known.map_or(0, |known| known.live_deals);
        batch.consumers.insert(row.address.clone(), row);
    }
    let asked = |(who, token): (String, String)| {
        let chain = chain.clone();
        async move { claim_of(&chain, &who, &token).await }
    };
    let claims = many(Vec::from_iter(touched.claims), asked).await?;
    let claims = claims.into_iter();
    batch
        .claims
        .extend(claims.map(|one| ((one.address.clone(), one.token.clone()), one)));
    Ok(())
}

/// The service of a window is known only while it is the last window of the deal and if it was
/// judged. A deal stores the last measurement, which may belong to an earlier window.
fn take_deal(batch: &mut Batch, deal: Deal) {
    let mut windows = batch.windows.iter_mut();
    let last = windows
        .find(|window| window.deal_id == deal.deal_id && window.through_ts == deal.through_ts);
    if let Some(window) = last.filter(|window| window.flags & flags::VERDICT != 0) {
        window.latency_ms = deal.latency_ms;
        window.uptime_bps = deal.uptime_bps;
    }
    batch.deals.insert(deal.deal_id, deal);
}
