//! Providers, consumers, claims.

use super::{
    catalogue::{Filter, Sort},
    deals::{one_more, page, Where},
    market_view,
    row::Row,
    Reads,
};
use crate::api::{
    read_cursor,
    types::{
        Bucket, BucketStatus, Claim, Claims, Consumer, ConsumerPage, Earnings, Evidence, Page,
        Provider, ProviderPage, ReputationPoint, Spending, Stroops,
    },
    write_cursor, ApiError, PartyQuery, Result,
};

/// Deals and buckets that a page of a party shows.
const MANY: usize = 100;
/// Windows and scores that it shows.
const LONG: i64 = 200;

/// Sums over deals, exactly on both databases: amounts are text, and a sum of them may pass 63 bits, so
/// whole units of the asset and the rest are added apart.
const SUMS: &str = "SELECT
    CAST(COALESCE(SUM(CAST(d.paid_total AS BIGINT) / 10000000), 0) AS TEXT) AS paid_units,
    CAST(COALESCE(SUM(CAST(d.paid_total AS BIGINT) % 10000000), 0) AS TEXT) AS paid_rest,
    CAST(COALESCE(SUM(CAST(d.credited AS BIGINT) / 10000000), 0) AS TEXT) AS credited_units,
    CAST(COALESCE(SUM(CAST(d.credited AS BIGINT) % 10000000), 0) AS TEXT) AS credited_rest,
    CAST(COALESCE(SUM(CAST(d.refunded AS BIGINT) / 10000000), 0) AS TEXT) AS refunded_units,
    CAST(COALESCE(SUM(CAST(d.refunded AS BIGINT) % 10000000), 0) AS TEXT) AS refunded_rest,
    CAST(COALESCE(SUM(CAST(d.locked AS BIGINT) / 10000000), 0) AS TEXT) AS locked_units,
    CAST(COALESCE(SUM(CAST(d.locked AS BIGINT) % 10000000), 0) AS TEXT) AS locked_rest,
    CAST(COALESCE(SUM(CASE d.released WHEN 1 THEN 0
        ELSE CAST(d.owed AS BIGINT) END), 0) AS TEXT) AS owed_rest,
    CAST(COALESCE(SUM(CAST(d.paid_total AS BIGINT) / 10000 * p.fee_bps
        + CAST(d.paid_total AS BIGINT) % 10000 * p.fee_bps / 10000), 0) AS TEXT) AS fee_rest,
    COUNT(*) AS deals
    FROM deals d JOIN policies p ON p.version = d.policy_version";

/// What deals come to.
pub(super) struct Sums {
    pub deals: u64,
    pub paid: i128,
    pub fee: i128,
    pub credited: i128,
    pub refunded: i128,
    pub locked: i128,
    pub owed: i128,
}

fn sums(row: &Row) -> anyhow::Result<Sums> {
    let sum = |name: &str| -> anyhow::Result<i128> {
        let units: i128 = row.wide(&format!("{name}_units"))?;
        let rest: i128 = row.wide(&format!("{name}_rest"))?;
        Ok(units.saturating_mul(10_000_000).saturating_add(rest))
    };
    Ok(Sums {
        deals: row.number("deals")?,
        paid: sum("paid")?,
        fee: row.wide("fee_rest")?,
        credited: sum("credited")?,
        refunded: sum("refunded")?,
        locked: sum("locked")?,
        owed: row.wide("owed_rest")?,
    })
}

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
        completed: row.number("completed")?,
        completed_with_credit: row.number("completed_with_credit")?,
        cancelled: row.number("cancelled")?,
        breached_by_provider: row.number("breached_by_provider")?,
        breached_by_consumer: row.number("breached_by_consumer")?,
        volume_stroops: Stroops(row.wide("volume")?),
    })
}

impl Reads {
    /// Rows of providers or consumers, by address.
    async fn parties(&self, table: &str, query: &PartyQuery) -> Result<Vec<Row>> {
        let mut select = Where::new(&format!("SELECT * FROM {table}"));
        select.number("deleted =", 0_i64);
        if let Some(text) = &query.filter.q {
            let plain = text.to_lowercase().replace(['%', '_', '\\'], " ");
            select.text("LOWER(description) LIKE", format!("%{plain}%"));
        }
        if let Some(least) = query.filter.min_reputation {
            select.number("reputation >=", least);
        }
        if let Some(after) = &query.paging.after {
            let [address] = read_cursor(table, after)?;
            select.text("address >", address);
        }
        let limit = one_more(query.paging.limit);
        let order = format!(" ORDER BY address LIMIT {limit}");
        select.sql.push_str(&order);
        self.rows(select.query()).await
    }

    pub async fn providers(&self, query: PartyQuery) -> Result<Page<Provider>> {
        let rows = self.parties("providers", &query).await?;
        let items: anyhow::Result<Vec<_>> = rows.iter().map(provider).collect();
        let cursor = |one: &Provider| write_cursor("providers", &[&one.address]);
        Ok(page(items?, query.paging.limit, cursor))
    }

    pub async fn consumers(&self, query: PartyQuery) -> Result<Page<Consumer>> {
        let rows = self.parties("consumers", &query).await?;
        let items: anyhow::Result<Vec<_>> = rows.iter().map(consumer).collect();
        let cursor = |one: &Consumer| write_cursor("consumers", &[&one.address]);
        Ok(page(items?, query.paging.limit, cursor))
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
        let row = row.ok_or_else(|| ApiError::not_found("no such provider"))?;
        let sums = self.sums("provider", address).await?;
        let earnings = Earnings {
            paid_net_stroops: Stroops(sums.paid.saturating_sub(sums.fee)),
            fee_stroops: Stroops(sums.fee),
            owed_stroops: Stroops(sums.owed),
            claimable_stroops: self.claimable(address).await?,
        };
        let most = one_more(MANY) - 1;
        Ok(ProviderPage {
            provider: provider(&row)?,
            evidence: evidence(&row)?,
            buckets: self.buckets_of(address).await?,
            live_deals: self.deals_with("provider", address, true, most).await?,
            earnings,
            service: self.windows_by(address, LONG).await?,
            reputation_history: self.history(address, "provider").await?,
        })
    }

    pub async fn consumer_page(&self, address: &str) -> Result<ConsumerPage> {
        let row = self.party("consumers", address).await?;
        let row = row.ok_or_else(|| ApiError::not_found("no such consumer"))?;
        let sums = self.sums("consumer", address).await?;
        let spending = Spending {
            paid_stroops: Stroops(sums.paid),
            credited_stroops: Stroops(sums.credited),
            refunded_stroops: Stroops(sums.refunded),
            locked_stroops: Stroops(sums.locked),
            claimable_stroops: self.claimable(address).await?,
        };
        let most = one_more(MANY) - 1;
        Ok(ConsumerPage {
            consumer: consumer(&row)?,
            evidence: evidence(&row)?,
            deals: self.deals_with("consumer", address, false, most).await?,
            spending,
            reputation_history: self.history(address, "consumer").await?,
        })
    }

    async fn sums(&self, party: &str, address: &str) -> Result<Sums> {
        let sql = format!("{SUMS} WHERE d.{party} = $1");
        let row = self.row(sqlx::query(&sql).bind(address)).await?;
        let row = row.ok_or_else(ApiError::internal)?;
        Ok(sums(&row)?)
    }

    /// Over all deals: for the background, never for a request.
    pub(super) async fn sums_of_all(&self) -> Result<Sums> {
        let row = self.row(sqlx::query(SUMS)).await?;
        let row = row.ok_or_else(ApiError::internal)?;
        Ok(sums(&row)?)
    }

    /// What a provider lists and what it has taken off the list; not what it has deleted.
    async fn buckets_of(&self, address: &str) -> Result<Vec<Bucket>> {
        let filter = Filter {
            provider: Some(address.to_owned()),
            ..Filter::default()
        };
        self.ask(move |kept| {
            let order = (Sort::Newest, true);
            let (found, _) = kept.catalogue.search(&filter, order, None, usize::MAX);
            let shown = found.iter();
            let shown = shown.map(|(_, entry)| market_view::bucket(&kept.catalogue, entry));
            let there = shown.filter(|bucket| bucket.status != BucketStatus::Deleted);
            there.take(MANY).collect()
        })
        .await
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
            Ok::<_, ApiError>(Claim {
                asset: row.text("token")?,
                claimable_stroops: Stroops(row.wide("amount")?),
            })
        });
        Ok(Claims {
            address: address.to_owned(),
            items: items.collect::<Result<_>>()?,
        })
    }

    /// Of the asset that deals are paid in now.
    async fn claimable(&self, address: &str) -> Result<Stroops> {
        let claims = self.claims(address).await?.items;
        let own = claims
            .into_iter()
            .find(|claim| claim.asset == self.about.asset.id);
        Ok(own.map_or(Stroops(0), |claim| claim.claimable_stroops))
    }
}
