//! A round: ask the chain how deals stand, meter those that are due, plan batches.

use crate::{
    chain::{deal_of, Chain, METERS_PER_READ},
    db::{column, from_column, Db},
    deal::Deal,
    metering::Metering,
    outbox::{Kind, Outbox},
    plan::{batches, due_through, settles, Item, Rules},
};
use anyhow::Result;
use flash_meter::{
    overlap::{contested, Claim},
    totals::{held, Basis, Running, Totals},
};
use std::collections::{BTreeMap, BTreeSet};

/// A deal that is not funded so long after it was first seen never will be: both windows of the
/// longest policy, and a day.
const NEVER_FUNDED_SECS: u64 = 29 * 86_400;

/// How large batches begin: what simulation refuses is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSize {
    pub max_books: usize,
    pub max_reports: usize,
}

/// Plans rounds.
#[derive(Clone)]
pub struct Rounds {
    pub db: Db,
    pub chain: Chain,
    pub rules: Rules,
    pub size: BatchSize,
}

/// What a round came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Funded deals that may still be reported.
    pub live: usize,
    pub reports: Vec<Item>,
    pub settling: Vec<Item>,
    /// Deals whose totals are held flat.
    pub held: Vec<u32>,
    /// Deals that share samples with another.
    pub contested: Vec<u32>,
    /// Deals of buckets whose status is not known for long enough.
    pub without_status: usize,
}

/// A deal that was metered.
struct Metered {
    item: Item,
    settles: bool,
    basis: Basis,
    state: Running,
    hold: Option<(Totals, Totals)>,
}

impl Rounds {
    /// Asks the chain how all deals stand that can still change.
    ///
    /// # Errors
    /// Where the network or the database does not answer.
    pub async fn refresh(&self) -> Result<Vec<Deal>> {
        let now = self.chain.tip().await?.close_ts;
        let count = self.chain.deal_count().await?;
        let finished = self.finished(now).await?;
        let ids: Vec<u32> = (1..=count).filter(|id| !finished.contains(id)).collect();
        let mut names = self.bucket_names().await?;
        let mut deals = Vec::new();
        for some in ids.chunks(METERS_PER_READ) {
            let meters = self.chain.meters(some).await?;
            let mut rows = Vec::with_capacity(some.len());
            for (id, meter) in some.iter().zip(meters) {
                let deal = match meter {
                    Some(meter) => {
                        let name = self.bucket_name(&mut names, meter.bucket_id).await?;
                        Some(deal_of(meter, name)?)
                    }
                    None => None,
                };
                rows.push((*id, deal));
            }
            self.keep(&rows, now).await?;
            deals.extend(rows.into_iter().filter_map(|row| row.1));
        }
        Ok(deals)
    }

    /// Meters what is due; nothing is written but what can be derived again.
    ///
    /// # Errors
    /// Where the network or the database does not answer.
    pub async fn plan(&self, deals: &[Deal], now: u64) -> Result<Planned> {
        let busy = self.busy(now).await?;
        let contested = contested(&self.claims(deals).await?);
        let mut planned = Planned {
            contested: contested.keys().copied().collect(),
            ..Planned::default()
        };
        let mut checkpoints = Vec::new();
        let mut holds = Vec::new();
        for deal in deals.iter().filter(|deal| deal.takes_reports(now)) {
            planned.live += 1;
            if busy.contains(&deal.deal_id) {
                continue;
            }
            let excluded = contested.get(&deal.deal_id).cloned().unwrap_or_default();
            let Some(metered) = self.meter(deal, excluded, now, &mut planned).await? else {
                continue;
            };
            if let Some(hold) = metered.hold {
                planned.held.push(deal.deal_id);
                holds.push((deal.deal_id, metered.item.through_ts, hold));
            }
            checkpoints.push((deal.deal_id, metered.basis, metered.state));
            if metered.settles {
                planned.settling.push(metered.item);
            } else {
                planned.reports.push(metered.item);
            }
        }
        Metering { db: &self.db }.keep(&checkpoints).await?;
        self.keep_holds(&holds).await?;
        Ok(planned)
    }

    /// Puts a plan into the outbox.
    ///
    /// # Errors
    /// The database's.
    pub async fn commit(&self, outbox: &Outbox, planned: Planned) -> Result<usize> {
        let size = self.size;
        let settling = batches(planned.settling, size.max_books, size.max_reports);
        let reports = batches(planned.reports, size.max_books, size.max_reports);
        let kinds: Vec<_> = settling
            .into_iter()
            .map(Kind::ReportAndSettle)
            .chain(reports.into_iter().map(Kind::Report))
            .collect();
        outbox.plan(&kinds).await?;
        Ok(kinds.len())
    }

    async fn meter(
        &self,
        deal: &Deal,
        excluded: Vec<(u64, u64)>,
        now: u64,
        planned: &mut Planned,
    ) -> Result<Option<Metered>> {
        let metering = Metering { db: &self.db };
        let limit = deal.limit_ts().min(now);
        let Some(known) = metering.known_through(&deal.bucket, limit).await? else {
            planned.without_status += 1;
            return Ok(None);
        };
        let Some(through) = due_through(deal, known, now, &self.rules) else {
            return Ok(None);
        };
        let basis = deal.basis(excluded);
        let state = metering.totals(deal, &basis, through).await?;
        let metered = state.totals(&basis);
        let (totals, is_held) = held(metered, deal.totals());
        let service = metering
            .service(&deal.bucket, deal.through_ts, through)
            .await?;
        let item = Item::of(deal, totals, service, through);
        if let Err(refusal) = deal.standing().apply(&item.reading(), now) {
            tracing::warn!(deal = deal.deal_id, %refusal, "a report that would be refused is not planned");
            return Ok(None);
        }
        Ok(Some(Metered {
            settles: settles(deal, &item, &self.rules),
            hold: is_held.then_some((metered, totals)),
            item,
            basis,
            state,
        }))
    }

    /// Claims of the deals and of those before them that may have shared their time.
    async fn claims(&self, deals: &[Deal]) -> Result<Vec<Claim<Series>>> {
        let earliest = deals.iter().map(|deal| deal.start_ts).min();
        let sql = "SELECT meter FROM deals WHERE finished = 1 AND limit_secs > $1";
        let rows: Vec<Option<String>> = sqlx::query_scalar(sql)
            .bind(column(earliest.unwrap_or(u64::MAX)))
            .fetch_all(self.db.pool())
            .await?;
        let mut claims: Vec<_> = deals.iter().map(claim).collect();
        let known: BTreeSet<u32> = deals.iter().map(|deal| deal.deal_id).collect();
        for text in rows.iter().flatten() {
            let deal: Deal = serde_json::from_str(text)?;
            if !known.contains(&deal.deal_id) {
                claims.push(claim(&deal));
            }
        }
        Ok(claims)
    }

    /// Deals that the outbox works on, and those that are set aside.
    async fn busy(&self, now: u64) -> Result<BTreeSet<u32>> {
        let open = Outbox::new(self.db.clone()).open().await?;
        let items = open.iter().flat_map(|batch| batch.kind.items());
        let mut busy: BTreeSet<u32> = items.map(|item| item.deal_id).collect();
        let aside: Vec<i64> =
            sqlx::query_scalar("SELECT deal_id FROM set_aside WHERE until_secs > $1")
                .bind(column(now))
                .fetch_all(self.db.pool())
                .await?;
        busy.extend(aside.into_iter().filter_map(|id| u32::try_from(id).ok()));
        Ok(busy)
    }

    async fn finished(&self, now: u64) -> Result<BTreeSet<u32>> {
        let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT deal_id, finished, first_seen_secs FROM deals
                            WHERE finished = 1 OR meter IS NULL",
        )
        .fetch_all(self.db.pool())
        .await?;
        let over = |row: &(i64, i64, i64)| {
            row.1 == 1 || from_column(row.2).saturating_add(NEVER_FUNDED_SECS) < now
        };
        let ids = rows.iter().filter(|row| over(row));
        Ok(ids.filter_map(|row| u32::try_from(row.0).ok()).collect())
    }

    async fn keep(&self, rows: &[(u32, Option<Deal>)], now: u64) -> Result<()> {
        let mut write = self.db.write().await?;
        for (deal_id, deal) in rows {
            let put = sqlx::query(
                "INSERT INTO deals (deal_id, first_seen_secs, finished, synced, checked_secs, \
                 limit_secs, meter) VALUES ($1, $2, $3, 0, 0, $4, $5)
                 ON CONFLICT (deal_id) DO UPDATE SET finished = $3, limit_secs = $4, meter = $5",
            );
            let finished = deal.as_ref().is_some_and(|deal| deal.released);
            let meter = deal.as_ref().map(serde_json::to_string).transpose()?;
            let limit = deal.as_ref().map_or(0, Deal::limit_ts);
            let put = put
                .bind(i64::from(*deal_id))
                .bind(column(now))
                .bind(i64::from(finished))
                .bind(column(limit))
                .bind(meter);
            write.run(put).await?;
        }
        write.commit().await
    }

    async fn keep_holds(&self, holds: &[(u32, u64, (Totals, Totals))]) -> Result<()> {
        if holds.is_empty() {
            return Ok(());
        }
        let mut write = self.db.write().await?;
        for (deal_id, through, (metered, reported)) in holds {
            let put = sqlx::query(
                "INSERT INTO holds (deal_id, through_secs, metered_mb_secs, reported_mb_secs, \
                 metered_egress_mb, reported_egress_mb) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT DO NOTHING",
            );
            let put = put
                .bind(i64::from(*deal_id))
                .bind(column(*through))
                .bind(metered.storage_mb_secs.to_string())
                .bind(reported.storage_mb_secs.to_string())
                .bind(column(metered.egress_mb))
                .bind(column(reported.egress_mb));
            write.run(put).await?;
        }
        write.commit().await
    }

    async fn bucket_names(&self) -> Result<BTreeMap<u32, String>> {
        let rows: Vec<(i64, String)> = sqlx::query_as("SELECT bucket_id, external_id FROM buckets")
            .fetch_all(self.db.pool())
            .await?;
        let known = |row: (i64, String)| Some((u32::try_from(row.0).ok()?, row.1));
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// A bucket's external id never changes.
    async fn bucket_name(&self, names: &mut BTreeMap<u32, String>, id: u32) -> Result<String> {
        if let Some(name) = names.get(&id) {
            return Ok(name.clone());
        }
        let name = self.chain.external_id(id).await?;
        let mut write = self.db.write().await?;
        let put = sqlx::query(
            "INSERT INTO buckets (bucket_id, external_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        );
        write
            .run(put.bind(i64::from(id)).bind(name.clone()))
            .await?;
        write.commit().await?;
        names.insert(id, name.clone());
        Ok(name)
    }
}

/// Provider, bucket, repo.
type Series = (String, String, String);

fn claim(deal: &Deal) -> Claim<Series> {
    Claim {
        deal_id: deal.deal_id,
        series: (
            deal.provider.clone(),
            deal.bucket.clone(),
            deal.repo.clone(),
        ),
        start_secs: deal.start_ts,
        end_secs: deal.limit_ts(),
    }
}
