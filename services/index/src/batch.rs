//! The rows that a page of events changes. They are read before the events are applied and written
//! afterwards.

use crate::{
    event::Event,
    listing,
    rows::{
        Bucket, Claim, Consumer, Deal, DealEvent, EventRow, Policy, Provider, Score, Settlement,
        Window, Withdrawal,
    },
    table::{all, load, upsert},
};
use anyhow::Result;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// The rows to reread from the contracts' queries.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    pub providers: BTreeSet<String>,
    pub consumers: BTreeSet<String>,
    pub buckets: BTreeSet<i64>,
    pub deals: BTreeSet<i64>,
    /// (address, token)
    pub claims: BTreeSet<(String, String)>,
    /// Contracts, oracle, current policy.
    pub facts: bool,
    /// All stages.
    pub stages: bool,
}

/// The rows that events change.
#[derive(Default)]
pub struct Batch {
    pub providers: BTreeMap<String, Provider>,
    pub consumers: BTreeMap<String, Consumer>,
    pub buckets: BTreeMap<i64, Bucket>,
    pub deals: BTreeMap<i64, Deal>,
    pub claims: BTreeMap<(String, String), Claim>,
    pub windows: Vec<Window>,
    pub touched: Touched,
    pub deleted_deals: BTreeSet<i64>,
    pub(crate) policies: BTreeMap<i64, Policy>,
    pub(crate) events: Vec<EventRow>,
    pub(crate) deal_events: Vec<DealEvent>,
    pub(crate) settlements: BTreeMap<(i64, String), Settlement>,
    pub(crate) withdrawals: Vec<Withdrawal>,
    pub(crate) scores: Vec<Score>,
}

/// The keys of rows that the events of a page may change.
#[derive(Default)]
struct Needed {
    providers: BTreeSet<String>,
    consumers: BTreeSet<String>,
    buckets: BTreeSet<i64>,
    deals: BTreeSet<i64>,
    /// The owners of claims.
    holders: BTreeSet<String>,
    /// The deals whose parties' claims may change.
    paid_out: BTreeSet<i64>,
    /// Consumer and provider of deals created in the page.
    parties: BTreeMap<i64, [String; 2]>,
}

impl Needed {
    fn by(events: &[&Event]) -> Self {
        let mut needed = Self::default();
        for event in events {
            needed.add(event);
        }
        needed
    }

    fn add(&mut self, event: &Event) {
        let field = |name: &str| event.body[name].as_str().map(str::to_owned);
        self.deals.extend(event.deals());
        self.buckets.extend(event.body["bucket_id"].as_i64());
        match &*event.name {
            // Most events of a market are of these kinds, and they change neither party.
            "deal_created" => {
                let parties = field("consumer").zip(field("provider"));
                let parties = parties.map(|(consumer, provider)| [consumer, provider]);
                self.parties.extend(event.deals().zip(parties));
                return;
            }
            "account_opened" | "bucket_updated" => return,
            "refunded" | "account_closed" => self.paid_out.extend(event.deals()),
            _ => {}
        }
        self.providers
            .extend(field("provider_id").or(field("provider")));
        self.consumers
            .extend(field("consumer_id").or(field("consumer")));
        self.holders.extend(field("who"));
        let books = event.list("books").iter();
        let paid = books.filter_map(|book| book[0].as_str().map(str::to_owned));
        self.holders.extend(paid);
    }

    fn holders(mut self, deals: &BTreeMap<i64, Deal>) -> Vec<String> {
        for id in &self.paid_out {
            let begun = self.parties.remove(id).into_iter().flatten();
            self.holders.extend(begun);
            if let Some(deal) = deals.get(id) {
                let known = [deal.consumer.clone(), deal.provider.clone()];
                self.holders.extend(known);
            }
        }
        Vec::from_iter(self.holders)
    }
}

impl Batch {
    /// Reads the rows that `events` may change.
    pub(crate) async fn read(from: &mut AnyConnection, events: &[&Event]) -> Result<Self> {
        let mut batch = Self::default();
        let needed = Needed::by(events);
        batch.load_deals(from, needed.deals.iter().copied()).await?;
        batch
            .load_parties(from, &needed.providers, &needed.consumers)
            .await?;
        let ids = Vec::from_iter(needed.buckets.iter().copied());
        let buckets: Vec<Bucket> = load(from, "bucket_id", &ids).await?;
        batch.buckets = keyed(buckets, |one| one.bucket_id);
        let holders = needed.holders(&batch.deals);
        let claims: Vec<Claim> = load(from, "address", &holders).await?;
        batch.claims = keyed(claims, |one| (one.address.clone(), one.token.clone()));
        batch.policies = keyed(all(from).await?, |one: &Policy| one.version);
        Ok(batch)
    }

    /// Loads deals that are not in the batch yet.
    pub(crate) async fn load_deals(
        &mut self,
        from: &mut AnyConnection,
        ids: impl Iterator<Item = i64>,
    ) -> Result<()> {
        let missing: Vec<_> = ids.filter(|id| !self.deals.contains_key(id)).collect();
        let found: Vec<Deal> = load(from, "deal_id", &missing).await?;
        self.deals.extend(keyed(found, |one| one.deal_id));
        Ok(())
    }

    /// Loads parties that are not in the batch yet.
    pub(crate) async fn load_parties(
        &mut self,
        from: &mut AnyConnection,
        providers: &BTreeSet<String>,
        consumers: &BTreeSet<String>,
    ) -> Result<()> {
        let missing = providers
            .iter()
            .filter(|who| !self.providers.contains_key(*who));
        let missing: Vec<_> = missing.cloned().collect();
        let found: Vec<Provider> = load(from, "address", &missing).await?;
        self.providers
            .extend(keyed(found, |one| one.address.clone()));
        let missing = consumers
            .iter()
            .filter(|who| !self.consumers.contains_key(*who));
        let missing: Vec<_> = missing.cloned().collect();
        let found: Vec<Consumer> = load(from, "address", &missing).await?;
        self.consumers
            .extend(keyed(found, |one| one.address.clone()));
        Ok(())
    }

    pub fn event_count(&self) -> usize {
        self.events.len()
    }

    /// Writes the rows that the events and the queries changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn store(&self, to: &mut AnyConnection) -> Result<()> {
        let touched = &self.touched;
        upsert(to, &self.events).await?;
        upsert(to, &self.deal_events).await?;
        upsert(to, &self.windows).await?;
        upsert(to, self.settlements.values()).await?;
        upsert(to, &self.withdrawals).await?;
        upsert(to, &self.scores).await?;
        upsert(to, self.policies.values()).await?;
        upsert(to, self.buckets.values()).await?;
        self.store_providers(to).await?;
        listing::list(to, self.buckets.values()).await?;
        let deals = self.deals.values();
        let deals = deals.filter(|one| {
            touched.deals.contains(&one.deal_id) && !self.deleted_deals.contains(&one.deal_id)
        });
        upsert(to, deals).await?;
        let consumers = self.consumers.values();
        upsert(
            to,
            consumers.filter(|one| touched.consumers.contains(&one.address)),
        )
        .await?;
        self.store_claims(to).await?;
        for deal_id in &self.deleted_deals {
            let delete = sqlx::query("DELETE FROM deals WHERE deal_id = $1");
            delete.bind(*deal_id).execute(&mut *to).await?;
        }
        Ok(())
    }

    /// Writes providers, and the listings of buckets whose provider has a new name or score.
    async fn store_providers(&self, to: &mut AnyConnection) -> Result<()> {
        let touched = &self.touched.providers;
        let providers = self.providers.values();
        let providers: Vec<_> = providers
            .filter(|provider| touched.contains(&provider.address))
            .collect();
        let changed = listing::changed_providers(to, &providers).await?;
        upsert(to, providers).await?;
        let buckets: Vec<Bucket> = load(to, "provider", &changed).await?;
        listing::list(to, &buckets).await
    }

    async fn store_claims(&self, to: &mut AnyConnection) -> Result<()> {
        let claims = self.touched.claims.iter();
        let claims = claims.filter_map(|key| self.claims.get(key));
        let (none, some): (Vec<_>, Vec<_>) = claims.partition(|claim| claim.amount.0 == 0);
        upsert(to, some).await?;
        for claim in none {
            let delete = sqlx::query("DELETE FROM claims WHERE address = $1 AND token = $2");
            let delete = delete.bind(&*claim.address).bind(&*claim.token);
            delete.execute(&mut *to).await?;
        }
        Ok(())
    }
}

fn keyed<K: Ord, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> BTreeMap<K, T> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}
