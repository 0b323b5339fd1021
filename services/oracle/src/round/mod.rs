//! A round: ask the chain how deals stand, meter those that are due, plan batches.

mod due;
mod known;

use crate::{
    chain::{deal_of, Chain, METERS_PER_READ},
    deal::Deal,
    metering::Metering,
    outbox::{Kind, Outbox},
    plan::{batches, Item, Rules},
};
use anyhow::Result;
use due::{Buckets, Due};
use flash_base::db::{column, Db};
use flash_meter::overlap::{contested, Claim};
use std::collections::{BTreeMap, BTreeSet};

/// Reads that wait for the network side by side.
const READS_AT_A_TIME: usize = 4;

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
    /// Deals that could not be metered, while others could.
    pub not_metered: usize,
}

impl Rounds {
    /// How all deals stand that can still change. The chain is asked about those that are new, due,
    /// or were not asked about for long; before anything is sent it is asked about every deal of it.
    ///
    /// # Errors
    /// Where the network or the database does not answer.
    pub async fn refresh(&self) -> Result<Vec<Deal>> {
        let now = self.chain.tip().await?.close_ts;
        let count = self.chain.deal_count().await?;
        let known = self.known().await?;
        let (mut deals, mut ids) = (BTreeMap::new(), Vec::new());
        for id in 1..=count {
            match known.get(&id) {
                None => ids.push(id),
                Some(row) if row.is_over(now) => {}
                Some(row) => match row.cached(id, now, &self.rules) {
                    Some(deal) => drop(deals.insert(id, deal.clone())),
                    None if row.is_due(id, now) => ids.push(id),
                    None => {}
                },
            }
        }
        self.read(&ids, now, &mut deals).await?;
        // Whether deals share samples depends on when each of them ended.
        let mut asked: BTreeSet<u32> = ids.into_iter().collect();
        let all: Vec<Deal> = deals.values().cloned().collect();
        let contested = contested(&self.claims(&all).await?);
        let unsure = contested.into_keys().filter(|id| asked.insert(*id));
        let unsure: Vec<u32> = unsure.filter(|id| deals.contains_key(id)).collect();
        self.read(&unsure, now, &mut deals).await?;
        Ok(deals.into_values().collect())
    }

    /// Asks the chain about deals.
    async fn read(&self, ids: &[u32], now: u64, deals: &mut BTreeMap<u32, Deal>) -> Result<()> {
        let mut names = self.bucket_names().await?;
        for many in ids.chunks(METERS_PER_READ * READS_AT_A_TIME) {
            let mut reads = tokio::task::JoinSet::new();
            for some in many.chunks(METERS_PER_READ) {
                let (chain, some) = (self.chain.clone(), some.to_vec());
                reads.spawn(async move {
                    let meters = chain.meters(&some).await?;
                    anyhow::Ok(some.into_iter().zip(meters).collect::<Vec<_>>())
                });
            }
            let mut rows = Vec::with_capacity(many.len());
            while let Some(read) = reads.join_next().await {
                for (id, meter) in read?? {
                    let deal = match meter {
                        Some(meter) => {
                            let name = self.bucket_name(&mut names, meter.bucket_id).await?;
                            match deal_of(meter, name) {
                                Ok(deal) => Some(deal),
                                Err(error) => {
                                    tracing::error!(deal = id, %error, "a deal is not readable");
                                    None
                                }
                            }
                        }
                        None => None,
                    };
                    rows.push((id, deal));
                }
            }
            self.keep(&rows, now).await?;
            deals.extend(rows.into_iter().filter_map(|row| Some((row.0, row.1?))));
        }
        Ok(())
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
        let mut buckets = Buckets::default();
        let mut failed = None;
        for deal in deals.iter().filter(|deal| deal.takes_reports(now)) {
            planned.live += 1;
            if busy.contains(&deal.deal_id) {
                continue;
            }
            let excluded = contested.get(&deal.deal_id).cloned().unwrap_or_default();
            let metered = match self.due(&mut buckets, deal, excluded, now).await {
                Ok(Due::Metered(metered)) => metered,
                Ok(Due::Not) => continue,
                Ok(Due::WithoutStatus) => {
                    planned.without_status += 1;
                    continue;
                }
                // The others are reported all the same.
                Err(error) => {
                    let text = format!("{error:#}");
                    tracing::error!(deal = deal.deal_id, error = text, "a deal was not metered");
                    planned.not_metered += 1;
                    failed = Some(error);
                    continue;
                }
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
        // Where none could be metered it is not for the deals.
        if let (Some(error), true) = (failed, checkpoints.is_empty()) {
            return Err(error);
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
            // What an older version wrote may be no deal any more.
            let Ok(deal) = serde_json::from_str::<Deal>(text) else {
                continue;
            };
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
