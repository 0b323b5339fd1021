//! What the network needs done besides reports: steps that are due, payouts, entries that must not
//! be archived. Planned behind the reports, and only where a simulation says that it does something.

use crate::{
    chain::Chain,
    db::{column, Db},
    deal::Deal,
    outbox::{Kind, Outbox},
};
use anyhow::Result;
use flash_deploy::{instance_key, Address};
use std::{collections::BTreeSet, str::FromStr};
use stellar_xdr::{
    ContractExecutable, LedgerEntryData, LedgerKey, LedgerKeyContractCode, Limits, ScVal, WriteXdr,
};

/// Deals that are tried out in a round, and how long each is let be afterwards.
const TRIES: i64 = 50;
const AGAIN_SECS: u64 = 6 * 3_600;
/// A deal that was not funded when first seen is tried after the default window to accept.
const UNFUNDED_SECS: u64 = 3 * 86_400;

/// What is done for the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duties {
    pub advance: bool,
    /// Payouts from this amount on.
    pub min_push: i128,
    /// Entries of the contracts themselves with less life left are extended.
    pub min_ttl_ledgers: u32,
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
        if self.duties.advance {
            kinds.extend(self.steps(deals, now).await?);
        }
        kinds.extend(self.payouts(deals).await?);
        kinds.extend(self.extensions().await?);
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

    async fn payouts(&self, deals: &[Deal]) -> Result<Vec<Kind>> {
        let payees: BTreeSet<(&str, &str)> = deals
            .iter()
            .map(|deal| (&*deal.provider, &*deal.asset))
            .collect();
        let mut kinds = Vec::new();
        for (who, token) in payees {
            let (Ok(payee), Ok(asset)) = (Address::from_str(who), Address::from_str(token)) else {
                continue;
            };
            let escrow = &self.chain.market.escrow;
            let claimable = escrow.get_claimable(payee.clone(), asset.clone());
            let claimable = self.chain.client.read(&claimable).await?;
            if claimable < self.duties.min_push.max(1) {
                continue;
            }
            // A payee without a trustline keeps what is theirs in the escrow.
            match self.chain.client.read(&escrow.push(payee, asset)).await {
                Ok(_) => kinds.push(Kind::Push(who.to_owned(), token.to_owned())),
                Err(error) => tracing::info!(who, %error, "a payout cannot be pushed"),
            }
        }
        Ok(kinds)
    }

    /// Instances and code of the four contracts.
    async fn extensions(&self) -> Result<Vec<Kind>> {
        let market = &self.chain.market;
        let ids = [
            &market.deals.id,
            &market.escrow.id,
            &market.registry.id,
            &market.reputation.id,
        ];
        let tip = self.chain.tip().await?.ledger;
        let instances: Vec<LedgerKey> = ids.into_iter().map(instance_key).collect();
        let found = self.chain.client.entries(&instances).await?;
        let codes: Vec<LedgerKey> = found.iter().filter_map(|one| code_key(&one.val)).collect();
        let codes = self.chain.client.entries(&codes).await?;
        let mut due = Vec::new();
        for entry in found.into_iter().chain(codes) {
            let until = entry.live_until_ledger_seq.unwrap_or(u32::MAX);
            let left = until.saturating_sub(tip);
            metrics::gauge!("oracle_contract_ttl_ledgers", "entry" => name_of(&entry.key))
                .set(f64::from(left));
            if left < self.duties.min_ttl_ledgers {
                due.push(entry.key.to_xdr_base64(Limits::none())?);
            }
        }
        Ok(match due.is_empty() {
            true => vec![],
            false => vec![Kind::Extend(due)],
        })
    }
}

/// Whether a step may be due: the contract says whether it is.
fn is_due(deal: &Deal, now: u64) -> bool {
    let to_close = !deal.is_closed() && now >= deal.end_ts;
    let to_release = deal.is_closed() && !deal.released && now > deal.final_until_ts;
    let in_trouble = !deal.is_closed() && (deal.strikes > 1 || deal.arrears_since_ts != 0);
    to_close || to_release || in_trouble
}

fn code_key(entry: &LedgerEntryData) -> Option<LedgerKey> {
    let LedgerEntryData::ContractData(data) = entry else {
        return None;
    };
    let ScVal::ContractInstance(instance) = &data.val else {
        return None;
    };
    let ContractExecutable::Wasm(hash) = &instance.executable else {
        return None;
    };
    let hash = hash.clone();
    Some(LedgerKey::ContractCode(LedgerKeyContractCode { hash }))
}

fn name_of(key: &LedgerKey) -> String {
    match key {
        LedgerKey::ContractData(data) => data.contract.to_string(),
        LedgerKey::ContractCode(code) => hex::encode(code.hash.0),
        other => other.name().to_owned(),
    }
}
