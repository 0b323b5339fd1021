//! The complete current state, from the tables or from the contracts' queries alone, and the
//! differences between the two.

use crate::{
    chain::{many, Chain},
    contract_rows::{bucket_of, claim_of, consumer_of, deal_of, facts, provider_of, Facts},
    listing::list_missing,
    rows::{Bucket, Claim, Consumer, Deal, Listing, Provider},
    table::{all, upsert, Table},
};
use anyhow::Result;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Columns that come only from events or from the index itself.
const NOT_COMPARED: [&str; 5] = [
    "fund_until_ts",
    "window_from_ts",
    "window_storage_mb_secs",
    "window_egress_mb",
    "changed_ledger",
];
/// The page size of the registry's lists.
const PAGE: u32 = 20;

/// The complete current state.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub providers: Vec<Provider>,
    pub consumers: Vec<Consumer>,
    pub buckets: Vec<Bucket>,
    pub deals: Vec<Deal>,
    pub claims: Vec<Claim>,
    pub facts: Facts,
}

impl Snapshot {
    /// From the tables.
    ///
    /// # Errors
    /// The database's.
    pub async fn of_tables(from: &mut AnyConnection) -> Result<Self> {
        Ok(Self {
            providers: all(from).await?,
            consumers: all(from).await?,
            buckets: all(from).await?,
            deals: all(from).await?,
            claims: all(from).await?,
            facts: Facts {
                contracts: all(from).await?,
                market: all(from).await?,
                solvency: all(from).await?,
                policies: all(from).await?,
            },
        })
    }

    /// From the queries alone. Takes columns that come only from events from `known`. Calls
    /// `progress` with what is being read, how much is done, and how much there is.
    ///
    /// # Errors
    /// The network does not answer properly.
    pub async fn of_queries(
        chain: &Chain,
        known: &Self,
        ledger: i64,
        progress: &(dyn Fn(&str, usize, usize) + Send + Sync),
    ) -> Result<Self> {
        let (registry, market) = (&chain.market.registry, &chain.market);
        let count = chain.read(registry.get_provider_count()).await?;
        let mut providers = Vec::new();
        for skip in (0..count).step_by(PAGE as usize) {
            progress("providers", skip as usize, count as usize);
            let page = chain.read(registry.get_provider_list(skip, PAGE)).await?;
            providers.extend(page.into_iter().map(|one| one.provider_id.to_string()));
        }
        let count = chain.read(registry.get_consumer_count()).await?;
        let mut consumers = Vec::new();
        for skip in (0..count).step_by(PAGE as usize) {
            progress("consumers", skip as usize, count as usize);
            let page = chain.read(registry.get_consumer_list(skip, PAGE)).await?;
            consumers.extend(page.into_iter().map(|one| one.consumer_id.to_string()));
        }
        let buckets = chain.read(registry.get_bucket_count()).await?;
        let deals = chain.read(market.deals.get_deal_count()).await?;
        let mut found = Self {
            deals: Self::deals(chain, known, deals, ledger, progress).await?,
            buckets: Self::buckets(chain, buckets, ledger, progress).await?,
            ..Self::default()
        };
        progress("parties", 0, providers.len() + consumers.len());
        let asked = |who: String| {
            let chain = chain.clone();
            async move { provider_of(&chain, &who, ledger).await }
        };
        found.providers = some(many(unique(&providers), asked).await?);
        let asked = |who: String| {
            let chain = chain.clone();
            async move { consumer_of(&chain, &who, ledger).await }
        };
        found.consumers = some(many(unique(&consumers), asked).await?);
        found.count_live();
        let assets: Vec<_> = found.deals.iter().map(|deal| deal.asset.clone()).collect();
        found.facts = facts(chain, &unique(&assets)).await?;
        providers.extend(consumers);
        let tokens: Vec<_> = found
            .facts
            .solvency
            .iter()
            .map(|one| one.asset.clone())
            .collect();
        let mut claims = Vec::new();
        for who in unique(&providers) {
            claims.extend(tokens.iter().map(|token| (who.clone(), token.clone())));
        }
        progress("claims", 0, claims.len());
        let asked = |(who, token): (String, String)| {
            let chain = chain.clone();
            async move { claim_of(&chain, &who, &token).await }
        };
        let claims = many(claims, asked).await?.into_iter();
        found.claims = claims.filter(|one| one.amount.0 != 0).collect();
        Ok(found)
    }

    async fn buckets(
        chain: &Chain,
        count: u32,
        ledger: i64,
        progress: &(dyn Fn(&str, usize, usize) + Send + Sync),
    ) -> Result<Vec<Bucket>> {
        let asked = |id| {
            let chain = chain.clone();
            async move { bucket_of(&chain, id, ledger).await }
        };
        let ids: Vec<_> = (1..=i64::from(count)).collect();
        let mut found = Vec::new();
        for chunk in ids.chunks(200) {
            progress("buckets", found.len(), ids.len());
            found.extend(some(many(chunk.to_vec(), asked).await?));
        }
        Ok(found)
    }

    async fn deals(
        chain: &Chain,
        known: &Self,
        count: u32,
        ledger: i64,
        progress: &(dyn Fn(&str, usize, usize) + Send + Sync),
    ) -> Result<Vec<Deal>> {
        let known: BTreeMap<_, _> = known.deals.iter().map(|one| (one.deal_id, one)).collect();
        let asked = |id: i64| {
            let (chain, known) = (chain.clone(), known.get(&id).map(|one| (*one).clone()));
            async move { deal_of(&chain, id, known, ledger).await }
        };
        let ids: Vec<_> = (1..=i64::from(count)).collect();
        let mut found = Vec::new();
        for chunk in ids.chunks(200) {
            progress("deals", found.len(), ids.len());
            found.extend(some(many(chunk.to_vec(), asked).await?));
        }
        Ok(found)
    }

    fn count_live(&mut self) {
        for deal in self.deals.iter().filter(|deal| deal.status == "funded") {
            let provider = self.providers.iter_mut();
            for one in provider.filter(|one| one.address == deal.provider) {
                one.live_deals += 1;
            }
            let consumer = self.consumers.iter_mut();
            for one in consumer.filter(|one| one.address == deal.consumer) {
                one.live_deals += 1;
            }
        }
    }

    /// Replaces the state in the tables. Histories stay.
    ///
    /// # Errors
    /// The database's.
    pub async fn replace(&self, to: &mut AnyConnection) -> Result<()> {
        swap(to, &self.providers).await?;
        swap(to, &self.consumers).await?;
        swap(to, &self.buckets).await?;
        swap::<Listing>(to, &[]).await?;
        list_missing(to).await?;
        swap(to, &self.deals).await?;
        swap(to, &self.claims).await?;
        self.facts.store(to).await
    }

    /// The differences, one line each: `deals 3 locked: 5 in the tables, 6 by the queries`.
    pub fn differences(&self, queried: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        compare(&self.providers, &queried.providers, &mut lines);
        compare(&self.consumers, &queried.consumers, &mut lines);
        compare(&self.buckets, &queried.buckets, &mut lines);
        compare(&self.deals, &queried.deals, &mut lines);
        compare(&self.claims, &queried.claims, &mut lines);
        compare(&self.facts.contracts, &queried.facts.contracts, &mut lines);
        compare(&self.facts.market, &queried.facts.market, &mut lines);
        compare(&self.facts.solvency, &queried.facts.solvency, &mut lines);
        compare(&self.facts.policies, &queried.facts.policies, &mut lines);
        lines
    }
}

impl Facts {
    /// Replaces them in the tables.
    ///
    /// # Errors
    /// The database's.
    pub async fn store(&self, to: &mut AnyConnection) -> Result<()> {
        swap(to, &self.contracts).await?;
        swap(to, &self.market).await?;
        swap(to, &self.solvency).await?;
        swap(to, &self.policies).await
    }
}

async fn swap<T: Table>(to: &mut AnyConnection, rows: &[T]) -> Result<()> {
    let delete = format!("DELETE FROM {}", T::NAME);
    sqlx::query(&delete).execute(&mut *to).await?;
    upsert(to, rows).await
}

fn unique(texts: &[String]) -> Vec<String> {
    let set: BTreeSet<_> = texts.iter().cloned().collect();
    set.into_iter().collect()
}

fn some<T>(found: Vec<Option<T>>) -> Vec<T> {
    found.into_iter().flatten().collect()
}

fn compare<T: Table>(tables: &[T], queried: &[T], lines: &mut Vec<String>) {
    let by_key = |rows: &[T]| -> BTreeMap<String, Vec<String>> {
        rows.iter().map(|row| (row.key(), row.cells())).collect()
    };
    let (tables, queried) = (by_key(tables), by_key(queried));
    let keys: BTreeSet<_> = tables.keys().chain(queried.keys()).collect();
    for key in keys {
        let name = T::NAME;
        match (tables.get(key), queried.get(key)) {
            (Some(ours), Some(theirs)) => {
                let cells = T::COLUMNS.iter().zip(ours.iter().zip(theirs));
                let cells = cells.filter(|(column, _)| !NOT_COMPARED.contains(*column));
                for (column, (ours, theirs)) in cells.filter(|(_, (ours, theirs))| ours != theirs) {
                    lines.push(format!(
                        "{name} {key} {column}: {ours} in the tables, {theirs} by the queries"
                    ));
                }
            }
            (Some(_), None) => lines.push(format!("{name} {key}: not in the queries")),
            (None, _) => lines.push(format!("{name} {key}: not in the tables")),
        }
    }
}
