//! Rows that events touched, read again from the contracts' queries.
//!
//! An answer may be of a later ledger than the event. What lies between touches the same rows again
//! when its events come, so that each row ends as its contract says; histories are from events alone.

use crate::{
    apply::flags,
    batch::Batch,
    chain::{many, Chain},
    contract_rows::{bucket_of, claim_of, consumer_of, deal_of, provider_of},
    rows::Deal,
};
use anyhow::Result;

/// Reads them.
///
/// # Errors
/// Where the network does not answer as it should: nothing is written then.
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

/// The service of the deal's last window is known while it is the last, and where it was judged: a deal
/// keeps what was last measured, which may be of a window before.
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
