//! Providers, consumers, claims.

use super::{
    cursor,
    row::Row,
    select::{page, Paging, Select},
    Error, Reads, Result,
};
use crate::answers::{
    Claim, Claims, Consumer, ConsumerPage, Earnings, Evidence, Page, Provider, ProviderPage,
    ReputationPoint, Spending, Stroops,
};
use utoipa::IntoParams;

/// Filters of a list of providers or consumers.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartyFilter {
    /// Part of the name, ignoring case.
    #[param(max_length = 100)]
    pub q: Option<String>,
    #[param(minimum = 0, maximum = 100)]
    pub min_reputation: Option<u32>,
}

pub struct PartyQuery {
    pub filter: PartyFilter,
    pub paging: Paging,
}

/// How many deals the page of a party shows.
const MANY: usize = 100;
/// How many windows and scores it shows.
const LONG: usize = 200;

fn provider(row: &Row) -> anyhow::Result<Provider> {
    Ok(Provider {
        address: row.text("address")?,
        name: row.text("description")?,
        reputation: row.number("reputation")?,
        registered_ts: row.number("registered_ts")?,
        deleted: row.is("deleted")?,
        buckets: row.number("bucket_count")?,
        live_deals: row.number("live_deals")?,
    })
}

fn consumer(row: &Row) -> anyhow::Result<Consumer> {
    Ok(Consumer {
        address: row.text("address")?,
        name: row.text("description")?,
        reputation: row.number("reputation")?,
        registered_ts: row.number("registered_ts")?,
        deleted: row.is("deleted")?,
        live_deals: row.number("live_deals")?,
    })
}

fn evidence(row: &Row) -> anyhow::Result<Evidence> {
    Ok(Evidence {
        completed_milli: row.number("completed_milli")?,
        completed_with_credit_milli: row.number("completed_with_credit_milli")?,
        cancelled_milli: row.number("cancelled_milli")?,
        breached_by_provider_milli: row.number("breached_by_provider_milli")?,
        breached_by_consumer_milli: row.number("breached_by_consumer_milli")?,
        volume_stroops: Stroops(row.int128("volume")?),
    })
}

impl Reads {
    /// Lists providers or consumers by address.
    async fn parties(&self, table: &str, query: &PartyQuery) -> Result<Vec<Row>> {
        let mut select = Select::new(&format!("SELECT * FROM {table}"));
        let filter = &query.filter;
        let text = filter.q.as_ref().map(|text| {
            let plain = text.to_lowercase().replace(['%', '_', '\\'], " ");
            format!("%{plain}%")
        });
        select.and("deleted = ?", 0_i64);
        select.and_some("LOWER(description) LIKE ?", text.as_deref());
        select.and_some("reputation >= ?", filter.min_reputation);
        if let Some(after) = &query.paging.after {
            let [address] = cursor::read(table, after)?;
            select.and("address > ?", &*address);
        }
        select.first("address", query.paging.limit + 1);
        self.rows(select.query()).await
    }

    pub async fn providers(&self, query: PartyQuery) -> Result<Page<Provider>> {
        let rows = self.parties("providers", &query).await?;
        let items: anyhow::Result<Vec<_>> = rows.iter().map(provider).collect();
        let next = |last: &Provider| cursor::write("providers", &[&last.address]);
        Ok(page(items?, query.paging.limit, next))
    }

    pub async fn consumers(&self, query: PartyQuery) -> Result<Page<Consumer>> {
        let rows = self.parties("consumers", &query).await?;
        let items: anyhow::Result<Vec<_>> = rows.iter().map(consumer).collect();
        let next = |last: &Consumer| cursor::write("consumers", &[&last.address]);
        Ok(page(items?, query.paging.limit, next))
    }

    async fn party(&self, table: &str, address: &str) -> Result<Option<Row>> {
        let sql = format!("SELECT * FROM {table} WHERE address = $1");
        self.row(sqlx::query(&sql).bind(address)).await
    }

    pub(super) async fn provider(&self, address: &str) -> Result<Option<Provider>> {
        let row = self.party("providers", address).await?;
        Ok(row.as_ref().map(provider).transpose()?)
    }

    pub async fn provider_page(&self, address: &str) -> Result<ProviderPage> {
        let row = self.party("providers", address).await?;
        let row = row.ok_or(Error::NotFound("no such provider"))?;
        let sums = self.sums(Some(("provider", address))).await?;
        let earnings = Earnings {
            paid_net_stroops: Stroops(sums.paid.saturating_sub(sums.fee)),
            fee_stroops: Stroops(sums.fee),
            owed_stroops: Stroops(sums.owed),
            claimable_stroops: self.claimable(address).await?,
        };
        Ok(ProviderPage {
            provider: provider(&row)?,
            evidence: evidence(&row)?,
            buckets: self.buckets_of(address).await?,
            live_deals: self.deals_with("provider", address, true, MANY).await?,
            earnings,
            service: self
                .windows_where("w.provider = ?", address.into(), LONG)
                .await?,
            reputation_history: self.history(address, "provider").await?,
        })
    }

    pub async fn consumer_page(&self, address: &str) -> Result<ConsumerPage> {
        let row = self.party("consumers", address).await?;
        let row = row.ok_or(Error::NotFound("no such consumer"))?;
        let sums = self.sums(Some(("consumer", address))).await?;
        let spending = Spending {
            paid_stroops: Stroops(sums.paid),
            credited_stroops: Stroops(sums.credited),
            refunded_stroops: Stroops(sums.refunded),
            locked_stroops: Stroops(sums.locked),
            claimable_stroops: self.claimable(address).await?,
        };
        Ok(ConsumerPage {
            consumer: consumer(&row)?,
            evidence: evidence(&row)?,
            deals: self.deals_with("consumer", address, false, MANY).await?,
            spending,
            reputation_history: self.history(address, "consumer").await?,
        })
    }

    async fn history(&self, address: &str, role: &str) -> Result<Vec<ReputationPoint>> {
        let sql = format!(
            "SELECT ts, score, deal_id, outcome FROM reputation_history
             WHERE address = $1 AND role = $2 ORDER BY event_id DESC LIMIT {LONG}"
        );
        let rows = self.rows(sqlx::query(&sql).bind(address).bind(role));
        let rows = rows.await?;
        let newest_last = rows.iter().rev().map(|row| {
            Ok(ReputationPoint {
                ts: row.number("ts")?,
                score: row.number("score")?,
                deal_id: row.number("deal_id")?,
                outcome: row.text("outcome")?,
            })
        });
        newest_last.collect()
    }

    pub async fn claims(&self, address: &str) -> Result<Claims> {
        let sql = "SELECT token, amount FROM claims WHERE address = $1 ORDER BY token";
        let rows = self.rows(sqlx::query(sql).bind(address)).await?;
        let items = rows.iter().map(|row| {
            anyhow::Ok(Claim {
                asset: row.text("token")?,
                claimable_stroops: Stroops(row.int128("amount")?),
            })
        });
        Ok(Claims {
            address: address.to_owned(),
            items: items.collect::<anyhow::Result<_>>()?,
        })
    }

    /// The claim in the current asset.
    async fn claimable(&self, address: &str) -> Result<Stroops> {
        let claims = self.claims(address).await?.items;
        let own = claims
            .into_iter()
            .find(|claim| claim.asset == self.about.asset.id);
        Ok(own.map_or(Stroops(0), |claim| claim.claimable_stroops))
    }
}
