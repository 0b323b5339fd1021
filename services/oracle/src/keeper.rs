//! What the network needs done besides reports: steps that are due, payouts, entries that must not
//! be archived. Planned behind the reports, and only where a simulation says that it does something.

use crate::{
    chain::Chain,
    deal::Deal,
    outbox::{Kind, Outbox},
};
use anyhow::Result;
use flash_base::db::{column, Db};
use flash_deploy::{instance_key, Address, Market, ToScVal};
use std::{collections::BTreeSet, str::FromStr};
use stellar_xdr::{
    ContractDataDurability, ContractExecutable, ContractId, LedgerEntryData, LedgerKey,
    LedgerKeyContractCode, LedgerKeyContractData, Limits, ScSymbol, ScVal, ScVec, WriteXdr,
};

/// Deals whose entries are looked at in a round, and how long each is let be afterwards.
const DEALS_LOOKED_AT: i64 = 500;
const LOOK_AGAIN_SECS: u64 = 86_400;
/// What one answer of the network has, and what one extension works on.
const KEYS_PER_READ: usize = 200;
const KEYS_PER_BATCH: usize = 50;
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

    /// What live deals need that no report touches: it would be archived although a deal goes on.
    async fn deal_entries(&self, now: u64) -> Result<Vec<Kind>> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT deal_id, meter FROM deals
             WHERE finished = 0 AND meter IS NOT NULL AND ttl_secs < $1
             ORDER BY ttl_secs, deal_id LIMIT $2",
        )
        .bind(column(now.saturating_sub(LOOK_AGAIN_SECS)))
        .bind(DEALS_LOOKED_AT)
        .fetch_all(self.db.pool())
        .await?;
        let mut keys = BTreeSet::new();
        for (_, meter) in &rows {
            let deal: Deal = serde_json::from_str(meter)?;
            keys.extend(entries_of(&self.chain.market, &deal)?);
        }
        let keys: Vec<LedgerKey> = keys.into_iter().collect();
        let tip = self.chain.tip().await?.ledger;
        let mut due = Vec::new();
        for some in keys.chunks(KEYS_PER_READ) {
            for entry in self.chain.client.entries(some).await? {
                let until = entry.live_until_ledger_seq.unwrap_or(u32::MAX);
                // What is archived is restored by whoever needs it next.
                let lives = until >= tip;
                if lives && until.saturating_sub(tip) < self.duties.min_ttl_ledgers {
                    due.push(entry.key.to_xdr_base64(Limits::none())?);
                }
            }
        }
        metrics::counter!("oracle_entries_extended_total").increment(due.len() as u64);
        self.looked_at(&rows, now).await?;
        let batches = due.chunks(KEYS_PER_BATCH);
        Ok(batches.map(|keys| Kind::Extend(keys.to_vec())).collect())
    }

    async fn looked_at(&self, rows: &[(i64, String)], now: u64) -> Result<()> {
        let mut write = self.db.write().await?;
        for (deal_id, _) in rows {
            let update = sqlx::query("UPDATE deals SET ttl_secs = $1 WHERE deal_id = $2");
            write.run(update.bind(column(now)).bind(*deal_id)).await?;
        }
        write.commit().await
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
            // What is archived cannot be extended; the alert calls, and whoever needs it next restores it.
            let lives = until >= tip;
            if lives && left < self.duties.min_ttl_ledgers {
                due.push(entry.key.to_xdr_base64(Limits::none())?);
            }
        }
        Ok(match due.is_empty() {
            true => vec![],
            false => vec![Kind::Extend(due)],
        })
    }
}

/// The keys are those of `goldens/*.storage.txt`; a test reads each of them from a network.
pub fn entries_of(market: &Market, deal: &Deal) -> Result<Vec<LedgerKey>> {
    let provider = Address::from_str(&deal.provider)?;
    let key = |contract: &ContractId, parts: Vec<ScVal>| {
        anyhow::Ok(LedgerKey::ContractData(LedgerKeyContractData {
            contract: Address::Contract(contract.clone()),
            key: ScVal::Vec(Some(ScVec(parts.try_into()?))),
            durability: ContractDataDurability::Persistent,
        }))
    };
    let name = |text: &str| anyhow::Ok(ScVal::Symbol(ScSymbol(text.try_into()?)));
    let (id, bucket) = (ScVal::U32(deal.deal_id), ScVal::U32(deal.bucket_id));
    let registry = &market.registry.id;
    let mut keys = vec![
        key(&market.deals.id, vec![name("Deal")?, id.clone()])?,
        key(&market.escrow.id, vec![name("Head")?, id])?,
        key(registry, vec![name("Provider")?, provider.to_scval()])?,
    ];
    if deal.bucket_id != 0 {
        let repo = deal.repo.to_scval();
        keys.extend([
            key(registry, vec![name("BucketOffer")?, bucket.clone()])?,
            key(registry, vec![name("BucketState")?, bucket.clone()])?,
            key(registry, vec![name("Repo")?, bucket, repo])?,
        ]);
    }
    Ok(keys)
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
