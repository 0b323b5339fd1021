//! Entries that must not be archived: those of the contracts, and those that only a live deal needs.

use super::Keeper;
use crate::{deal::Deal, outbox::Kind};
use anyhow::Result;
use flash_base::db::column;
use flash_client::{instance_key, Address, Market, Text, ToScVal};
use std::{collections::BTreeSet, str::FromStr};
use stellar_xdr::{
    ContractDataDurability, ContractExecutable, ContractId, LedgerEntryData, LedgerKey,
    LedgerKeyContractCode, LedgerKeyContractData, Limits, ScSymbol, ScVal, ScVec, WriteXdr,
};

/// Deals whose entries are looked at in a round, and how long each is let be afterwards.
const DEALS_LOOKED_AT: i64 = 500;
const LOOK_AGAIN_SECS: u64 = 86_400;
/// What one answer of the network has, and what one extension works on.
pub(super) const KEYS_PER_READ: usize = 200;
pub(super) const KEYS_PER_BATCH: usize = 50;

impl Keeper<'_> {
    /// What live deals need that no report touches: it would be archived although a deal goes on.
    pub(super) async fn deal_entries(&self, now: u64) -> Result<Vec<Kind>> {
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

    /// Instances and code of the contracts.
    pub(super) async fn extensions(&self) -> Result<Vec<Kind>> {
        let market = &self.chain.market;
        let ids = [
            &market.deals.id,
            &market.escrow.id,
            &market.registry.id,
            &market.reputation.id,
            &market.mandates.id,
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

/// The key of a persistent entry.
pub(super) fn key(contract: &ContractId, parts: Vec<ScVal>) -> Result<LedgerKey> {
    Ok(LedgerKey::ContractData(LedgerKeyContractData {
        contract: Address::Contract(contract.clone()),
        key: ScVal::Vec(Some(ScVec(parts.try_into()?))),
        durability: ContractDataDurability::Persistent,
    }))
}

pub(super) fn name(text: &str) -> Result<ScVal> {
    Ok(ScVal::Symbol(ScSymbol(text.try_into()?)))
}

/// The keys are those of `goldens/*.storage.txt`; a test reads each of them from a network.
pub fn entries_of(market: &Market, deal: &Deal) -> Result<Vec<LedgerKey>> {
    let provider = Address::from_str(&deal.provider)?;
    let (id, bucket) = (ScVal::U32(deal.deal_id), ScVal::U32(deal.bucket_id));
    let registry = &market.registry.id;
    let mut keys = vec![
        key(&market.deals.id, vec![name("Deal")?, id.clone()])?,
        key(&market.escrow.id, vec![name("Head")?, id])?,
        key(registry, vec![name("Provider")?, provider.to_scval()])?,
    ];
    if deal.bucket_id != 0 {
        let repo = Text::from(&*deal.repo).to_scval();
        keys.extend([
            key(registry, vec![name("BucketOffer")?, bucket.clone()])?,
            key(registry, vec![name("BucketState")?, bucket.clone()])?,
            key(registry, vec![name("Repo")?, bucket, repo])?,
        ]);
    }
    Ok(keys)
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
