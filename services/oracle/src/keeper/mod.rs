//! What the network needs done besides reports: steps that are due, payouts, entries that must not
//! be archived. Planned behind the reports, and only where a simulation says that it does something.

mod draw;
mod ttl;

use crate::{
    chain::Chain,
    deal::Deal,
    outbox::{Kind, Outbox},
};
use anyhow::Result;
use flash_base::db::{column, Db};
use flash_client::Address;
use std::{collections::BTreeSet, str::FromStr};

pub use ttl::entries_of;

/// What a payee may claim is looked at so often.
const CLAIMS_SECS: u64 = 3_600;
/// Deals that are tried out in a round, and how long each is let be afterwards.
const TRIES: i64 = 50;
const AGAIN_SECS: u64 = 6 * 3_600;
/// A deal that was not funded when first seen is tried after the default window to accept.
const UNFUNDED_SECS: u64 = 3 * 86_400;

/// What is done for the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duties {
    pub advance: bool,
    /// Standing top-ups.
    pub draw: bool,
    /// Payouts from this amount on.
    pub min_push: i128,
    /// Entries of the contracts themselves with less life left are extended.
    pub min_ttl_ledgers: u32,
    /// So long they live then.
    pub extend_to_ledgers: u32,
}

pub struct Keeper<'a> {
    pub db: &'a Db,
    pub chain: &'a Chain,
    pub duties: Duties,
}

impl Keeper<'_> {
    /// Plans what is due and not planned yet. How many batches that are.
    ///
    /// # Errors
    /// Where the network or the database does not answer.
    pub async fn plan(&self, outbox: &Outbox, deals: &[Deal], now: u64) -> Result<usize> {
        let open: Vec<Kind> = outbox
            .open()
            .await?
            .into_iter()
            .map(|one| one.kind)
            .collect();
        let mut kinds = Vec::new();
        if self.duties.draw {
            kinds.extend(self.draws(deals).await?);
        }
        if self.duties.advance {
            kinds.extend(self.steps(deals, now).await?);
        }
        kinds.extend(self.payouts(deals, now).await?);
        kinds.extend(self.extensions().await?);
        kinds.extend(self.deal_entries(now).await?);
        kinds.retain(|kind| !open.contains(kind));
        outbox.plan(&kinds).await?;
        Ok(kinds.len())
    }

    async fn steps(&self, deals: &[Deal], now: u64) -> Result<Vec<Kind>> {
        let mut ids: BTreeSet<u32> = deals
            .iter()
            .filter(|deal| is_due(deal, now))
            .map(|deal| deal.deal_id)
            .collect();
        let rest: Vec<i64> = sqlx::query_scalar(
            "SELECT deal_id FROM deals WHERE synced = 0 AND checked_secs < $1
             AND (finished = 1 OR (meter IS NULL AND first_seen_secs < $2))
             ORDER BY checked_secs LIMIT $3",
        )
        .bind(column(now.saturating_sub(AGAIN_SECS)))
        .bind(column(now.saturating_sub(UNFUNDED_SECS)))
        .bind(TRIES)
        .fetch_all(self.db.pool())
        .await?;
        ids.extend(rest.into_iter().filter_map(|id| u32::try_from(id).ok()));
        let mut kinds = Vec::new();
        for id in ids {
            let call = self.chain.market.deals.advance_deal(id);
            match self.chain.client.read(&call).await {
                Ok(0) => self.checked(id, now).await?,
                Ok(_) => kinds.push(Kind::Advance(id)),
                Err(error) => {
                    tracing::warn!(deal = id, %error, "no step can be taken");
                    self.checked(id, now).await?;
                }
            }
        }
        Ok(kinds)
    }

    /// Nothing is due now; nothing ever will be where all its money is settled.
    async fn checked(&self, deal_id: u32, now: u64) -> Result<()> {
        let mut write = self.db.write().await?;
        let update =
            sqlx::query("UPDATE deals SET checked_secs = $1, synced = finished WHERE deal_id = $2");
        write
            .run(update.bind(column(now)).bind(i64::from(deal_id)))
            .await?;
        write.commit().await
    }

    /// Those who have live deals, or have not had all of their money yet.
    async fn payouts(&self, deals: &[Deal], now: u64) -> Result<Vec<Kind>> {
        let live: BTreeSet<(String, String)> = deals
            .iter()
            .map(|deal| (deal.provider.clone(), deal.asset.clone()))
            .collect();
        let due = self.payees(&live, now).await?;
        let mut kinds = Vec::new();
        let mut checked = Vec::with_capacity(due.len());
        for (who, token) in due {
            let claimable = self.claimable(&who, &token).await?;
            if claimable >= self.duties.min_push.max(1) {
                kinds.extend(self.payout(&who, &token).await?);
            }
            let is_open = claimable > 0 || live.contains(&(who.clone(), token.clone()));
            checked.push((who, token, is_open));
        }
        self.keep_payees(&checked, now).await?;
        Ok(kinds)
    }

    async fn payees(
        &self,
        live: &BTreeSet<(String, String)>,
        now: u64,
    ) -> Result<Vec<(String, String)>> {
        let rows: Vec<(String, String, i64, i64)> =
            sqlx::query_as("SELECT who, token, checked_secs, open FROM payees")
                .fetch_all(self.db.pool())
                .await?;
        let mut due = live.clone();
        for (who, token, checked, open) in rows {
            let payee = (who, token);
            let rests = column(now.saturating_sub(CLAIMS_SECS)) < checked;
            if rests {
                due.remove(&payee);
            } else if open == 1 {
                due.insert(payee);
            }
        }
        Ok(due.into_iter().collect())
    }

    async fn claimable(&self, who: &str, token: &str) -> Result<i128> {
        let (Ok(payee), Ok(asset)) = (Address::from_str(who), Address::from_str(token)) else {
            return Ok(0);
        };
        let claimable = self.chain.market.escrow.get_claimable(payee, asset);
        Ok(self.chain.client.read(&claimable).await?)
    }

    async fn payout(&self, who: &str, token: &str) -> Result<Option<Kind>> {
        let (payee, asset) = (Address::from_str(who)?, Address::from_str(token)?);
        let push = self.chain.market.escrow.push(payee, asset);
        // A payee without a trustline keeps what is theirs in the escrow.
        match self.chain.client.read(&push).await {
            Ok(_) => Ok(Some(Kind::Push(who.to_owned(), token.to_owned()))),
            Err(error) => {
                tracing::info!(who, %error, "a payout cannot be pushed");
                Ok(None)
            }
        }
    }

    async fn keep_payees(&self, checked: &[(String, String, bool)], now: u64) -> Result<()> {
        let mut write = self.db.write().await?;
        for (who, token, is_open) in checked {
            let put = sqlx::query(
                "INSERT INTO payees (who, token, checked_secs, open) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (who, token) DO UPDATE SET checked_secs = $3, open = $4",
            );
            let put = put.bind(who.clone()).bind(token.clone());
            let put = put.bind(column(now)).bind(i64::from(*is_open));
            write.run(put).await?;
        }
        write.commit().await
    }
}

/// Whether a step may be due: the contract says whether it is.
fn is_due(deal: &Deal, now: u64) -> bool {
    let to_close = !deal.is_closed() && now >= deal.end_ts;
    let to_release = deal.is_closed() && !deal.released && now > deal.final_until_ts;
    let in_trouble = !deal.is_closed() && (deal.strikes > 1 || deal.arrears_since_ts != 0);
    to_close || to_release || in_trouble
}
