//! Follows the events, page by page: a page, what it changes and the cursor are one transaction.

use crate::{
    apply::{apply, Batch},
    chain::{number, Chain, From, Range},
    config::Config,
    event::Event,
    query_rows::facts,
    refresh::refresh,
    rows::{Cursor, Gap},
    snapshot::Snapshot,
    table::{all, upsert},
    MIGRATIONS,
};
use anyhow::{ensure, Context, Result};
use flash_base::db::{Db, Write};
use flash_deploy::Deployment;
use std::{
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};
use tokio::sync::broadcast;

/// Told after each commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    pub ledger: i64,
    pub ledger_ts: i64,
    pub events: usize,
    pub rebuilt: bool,
}

/// A round's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    pub events: usize,
    /// Nothing is left to read for now.
    pub at_tip: bool,
}

/// The follower.
pub struct Follower {
    pub db: Db,
    pub chain: Chain,
    pub config: Config,
    deployment: Deployment,
    network_is_known: AtomicBool,
    /// Close time of the newest ledger that the network was found to have.
    pub network_ts: Arc<AtomicU64>,
    changes: broadcast::Sender<Committed>,
}

/// How far a page reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub event_cursor: String,
    pub ledger: i64,
    pub ledger_ts: i64,
}

/// Applies events through the same path as the follower, without asking a network: for benches, and
/// for whoever has events from elsewhere. Returns how many were new.
///
/// # Errors
/// The database's.
pub async fn ingest(db: &Db, events: &[Event], place: Place) -> Result<usize> {
    let mut write = db.write().await?;
    let batch = apply(write.connection(), events).await?;
    batch.store(write.connection()).await?;
    let mut cursor = cursor(&mut write).await?.unwrap_or(Cursor {
        id: 1,
        ..Cursor::default()
    });
    go_to(&mut cursor, place);
    upsert(write.connection(), &[cursor]).await?;
    write.commit().await?;
    Ok(batch.event_count())
}

fn go_to(cursor: &mut Cursor, place: Place) {
    cursor.event_cursor = place.event_cursor;
    cursor.ledger = place.ledger;
    cursor.ledger_ts = place.ledger_ts;
}

async fn cursor(write: &mut Write) -> Result<Option<Cursor>> {
    Ok(all(write.connection()).await?.pop())
}

/// The ledger of a cursor or event id, whose first part is a place in the history.
fn ledger_of(cursor: &str) -> Result<i64> {
    let place = cursor
        .split('-')
        .next()
        .and_then(|text| text.parse::<i64>().ok());
    let place = place.with_context(|| format!("{cursor:?} is no cursor"))?;
    Ok(place >> 32)
}

/// The last place of a ledger, as Stellar RPC writes cursors.
fn end_of(ledger: i64) -> String {
    let place = (ledger << 32) | 0xffff_ffff;
    format!("{place:019}-{:010}", u32::MAX)
}

impl Follower {
    /// Opens the database.
    ///
    /// # Errors
    /// Where it cannot be opened, or follows something else.
    pub async fn open(config: Config) -> Result<Self> {
        let db = Db::open(&config.database, MIGRATIONS).await?;
        let deployment = Deployment::load(&config.network.deployment)?;
        let network = &config.network;
        let chain = Chain::new(&network.rpc_url, &deployment, config.follow.queries_at_once)?;
        let follower = Self {
            db,
            chain,
            config,
            deployment,
            network_is_known: AtomicBool::new(false),
            network_ts: Arc::default(),
            changes: broadcast::channel(1_024).0,
        };
        follower.own().await?;
        Ok(follower)
    }

    /// Told after each commit from now on.
    pub fn changes(&self) -> broadcast::Receiver<Committed> {
        self.changes.subscribe()
    }

    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Refuses the database of another network or other contracts.
    async fn own(&self) -> Result<()> {
        let mut write = self.db.write().await?;
        let passphrase = &self.deployment.network_passphrase;
        let contracts = self.chain.contract_ids().join(" ");
        let Some(found) = cursor(&mut write).await? else {
            let first = Cursor {
                id: 1,
                network_passphrase: passphrase.clone(),
                contracts,
                ..Cursor::default()
            };
            upsert(write.connection(), &[first]).await?;
            return write.commit().await;
        };
        let (database, deployment) = (&self.config.database, &self.config.network.deployment);
        ensure!(
            found.network_passphrase == *passphrase && found.contracts == contracts,
            "the database {database} follows the contracts {} of the network {:?}, and {} has {} of \
             {passphrase:?}: use a database of its own for each deployment",
            found.contracts,
            found.network_passphrase,
            deployment.display(),
            contracts
        );
        Ok(())
    }

    /// Refuses an RPC server of another network.
    ///
    /// # Errors
    /// Also where none answers.
    pub async fn know_network(&self) -> Result<()> {
        if self.network_is_known.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (found, wanted) = (
            self.chain.passphrase().await?,
            &self.deployment.network_passphrase,
        );
        ensure!(
            found == *wanted,
            "network.rpc_url {} is of the network {found:?}, network.deployment {} of {wanted:?}",
            self.config.network.rpc_url,
            self.config.network.deployment.display()
        );
        self.network_is_known.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Until `stop`: a page at once after a full one, else after `follow.poll_ms`; after a failure
    /// later and later.
    ///
    /// # Errors
    /// None that passes by itself.
    pub async fn follow(&self, stop: &AtomicBool) -> Result<()> {
        let mut pause = self.config.follow.poll();
        let longest = Duration::from_secs(self.config.follow.max_pause_secs);
        while !stop.load(Ordering::Relaxed) {
            let begun = Instant::now();
            match self.round().await {
                Ok(round) => {
                    pause = self.config.follow.poll();
                    metrics::counter!("index_rounds_total").increment(1);
                    metrics::histogram!("index_round_seconds")
                        .record(begun.elapsed().as_secs_f64());
                    if !round.at_tip {
                        continue;
                    }
                }
                Err(error) => {
                    metrics::counter!("index_rounds_failed_total").increment(1);
                    let retry_secs = pause.as_secs_f64();
                    tracing::warn!(error = format!("{error:#}"), retry_secs, "a round failed");
                    pause = (pause * 2).min(longest);
                }
            }
            let waiting = Instant::now();
            while waiting.elapsed() < pause && !stop.load(Ordering::Relaxed) {
                tokio::time::sleep(pause.min(Duration::from_millis(100))).await;
            }
        }
        Ok(())
    }

    /// One page.
    ///
    /// # Errors
    /// Where the network or the database does not answer: nothing is written then.
    pub async fn round(&self) -> Result<Round> {
        self.know_network().await?;
        let range = self.chain.range().await?;
        let newest_ts = u64::try_from(range.latest_ts).unwrap_or(0);
        self.network_ts.store(newest_ts, Ordering::Relaxed);
        let found: Option<Cursor> = all(&mut *self.db.pool().acquire().await?).await?.pop();
        let found = found.context("the cursor is gone")?;
        ensure!(
            found.ledger <= range.latest,
            "the network's newest ledger is {}, and {} is in the database already: the RPC server is \
             behind, or the network was made anew",
            range.latest,
            found.ledger
        );
        let first = match found.event_cursor.is_empty() {
            true => self.first_ledger(&range),
            false => found.ledger,
        };
        if first < range.oldest {
            let reason = "the RPC server has no events that far back";
            tracing::warn!(
                first,
                oldest = range.oldest,
                "{reason}: reading the queries"
            );
            metrics::counter!("index_gaps_total").increment(1);
            self.rebuild(Some(first), &|_, _, _| ()).await?;
            return Ok(Round {
                events: 0,
                at_tip: false,
            });
        }
        let from = match found.event_cursor.is_empty() {
            true => From::Ledger(first),
            false => From::Cursor(&found.event_cursor),
        };
        self.page(from, &range).await
    }

    /// Of the first contract, or the one before everything where that is not known.
    fn first_ledger(&self, range: &Range) -> i64 {
        let contracts = self.deployment.contracts.values();
        let ledgers: Option<Vec<_>> = contracts.map(|one| one.ledger).collect();
        let first = ledgers.and_then(|ledgers| ledgers.into_iter().min());
        first.map_or(range.oldest - 1, i64::from)
    }

    async fn page(&self, from: From<'_>, range: &Range) -> Result<Round> {
        let answer = self
            .chain
            .events(from, self.config.follow.page_events)
            .await?;
        let items = answer["events"].as_array().context("no events")?;
        let decoded = items
            .iter()
            .map(|item| Event::decode(item, &self.chain.market));
        let events: Result<Vec<_>> = decoded.collect();
        let events: Vec<_> = events?.into_iter().flatten().collect();
        let event_cursor = answer["cursor"].as_str().context("no cursor")?.to_owned();
        let latest = number(&answer, "latestLedger")?;
        let reached = ledger_of(&event_cursor)?.min(latest);
        let mut write = self.db.write().await?;
        let mut now = cursor(&mut write).await?.context("the cursor is gone")?;
        let at_tip = reached >= latest && items.len() < self.config.follow.page_events as usize;
        let last_ts = events.last().map_or(now.ledger_ts, |event| event.closed_ts);
        let ledger_ts = match at_tip {
            true => answer_ts(&answer).unwrap_or(range.latest_ts),
            false => last_ts,
        };
        let mut batch = apply(write.connection(), &events).await?;
        refresh(&self.chain, &mut batch, reached).await?;
        batch.store(write.connection()).await?;
        if reached <= now.rebuilt_through_ledger && batch.event_count() > 0 {
            recount(&mut write, &batch).await?;
        }
        go_to(
            &mut now,
            Place {
                event_cursor,
                ledger: reached,
                ledger_ts,
            },
        );
        let every = i64::try_from(self.config.follow.facts_every_secs)?;
        let due = at_tip && ledger_ts.saturating_sub(now.facts_ts) >= every;
        // Not at the tip alone: the page that reaches it may have no events of its own.
        if due || batch.event_count() > 0 || batch.touched.facts {
            self.look(&mut write, due, reached).await?;
            now.facts_ts = if due { ledger_ts } else { now.facts_ts };
        }
        upsert(write.connection(), &[now]).await?;
        write.commit().await?;
        let events = batch.event_count();
        self.tell(reached, ledger_ts, events, false);
        measure(range, reached, ledger_ts, events);
        Ok(Round { events, at_tip })
    }

    /// What is true without an event: contracts, the oracle, solvency; and where it is time, scores,
    /// which decay.
    async fn look(&self, write: &mut Write, scores_too: bool, ledger: i64) -> Result<()> {
        let assets = sqlx::query_scalar("SELECT asset FROM solvency");
        let assets: Vec<String> = assets.fetch_all(write.connection()).await?;
        facts(&self.chain, &assets)
            .await?
            .store(write.connection())
            .await?;
        if !scores_too {
            return Ok(());
        }
        let mut batch = Batch::default();
        for (table, scored) in [
            ("providers", &mut batch.touched.providers),
            ("consumers", &mut batch.touched.consumers),
        ] {
            let sql = format!("SELECT address FROM {table} WHERE reputation <> 50");
            let found: Vec<String> = sqlx::query_scalar(&sql)
                .fetch_all(write.connection())
                .await?;
            scored.extend(found);
        }
        let touched = batch.touched.clone();
        let people: Vec<_> = touched
            .providers
            .into_iter()
            .chain(touched.consumers)
            .collect();
        let providers = crate::table::load(write.connection(), "address", &people).await?;
        let consumers = crate::table::load(write.connection(), "address", &people).await?;
        let by_address = |one: crate::rows::Provider| (one.address.clone(), one);
        batch.providers = providers.into_iter().map(by_address).collect();
        let by_address = |one: crate::rows::Consumer| (one.address.clone(), one);
        batch.consumers = consumers.into_iter().map(by_address).collect();
        refresh(&self.chain, &mut batch, ledger).await?;
        batch.store(write.connection()).await
    }

    /// Reads the state anew from the queries. With `gap_from`, the events from that ledger to now
    /// are given up, and the gap is noted.
    ///
    /// # Errors
    /// Where the network or the database does not answer: nothing is written then.
    pub async fn rebuild(
        &self,
        gap_from: Option<i64>,
        progress: &(dyn Fn(&str, usize, usize) + Send + Sync),
    ) -> Result<()> {
        self.know_network().await?;
        let before = self.chain.range().await?;
        let mut write = self.db.write().await?;
        let known = Snapshot::of_tables(write.connection()).await?;
        let found = Snapshot::of_queries(&self.chain, &known, before.latest, progress).await?;
        let after = self.chain.range().await?;
        found.replace(write.connection()).await?;
        let mut now = cursor(&mut write).await?.context("the cursor is gone")?;
        now.rebuilds += 1;
        // Events up to there may tell what the queries told already.
        now.rebuilt_through_ledger = after.latest;
        now.facts_ts = before.latest_ts;
        if let Some(from_ledger) = gap_from {
            let gap = Gap {
                from_ledger,
                to_ledger: before.latest,
                found_ts: before.latest_ts,
            };
            upsert(write.connection(), &[gap]).await?;
            go_to(
                &mut now,
                Place {
                    event_cursor: end_of(before.latest),
                    ledger: before.latest,
                    ledger_ts: before.latest_ts,
                },
            );
        }
        let (ledger, ledger_ts) = (now.ledger, now.ledger_ts);
        upsert(write.connection(), &[now]).await?;
        write.commit().await?;
        self.tell(ledger, ledger_ts, 0, true);
        Ok(())
    }

    /// What differs between the tables and the queries.
    ///
    /// # Errors
    /// Where the network or the database does not answer.
    pub async fn check(
        &self,
        progress: &(dyn Fn(&str, usize, usize) + Send + Sync),
    ) -> Result<Vec<String>> {
        self.know_network().await?;
        let tables = Snapshot::of_tables(&mut *self.db.pool().acquire().await?).await?;
        let queried = Snapshot::of_queries(&self.chain, &tables, 0, progress).await?;
        Ok(tables.differences(&queried))
    }

    fn tell(&self, ledger: i64, ledger_ts: i64, events: usize, rebuilt: bool) {
        // Nobody listening is no fault.
        drop(self.changes.send(Committed {
            ledger,
            ledger_ts,
            events,
            rebuilt,
        }));
    }
}

/// Live deals of the parties in a batch, counted: after a rebuild an event may tell what was read.
async fn recount(write: &mut Write, batch: &Batch) -> Result<()> {
    for (table, column, people) in [
        ("providers", "provider", &batch.touched.providers),
        ("consumers", "consumer", &batch.touched.consumers),
    ] {
        let sql = format!(
            "UPDATE {table} SET live_deals = (SELECT COUNT(*) FROM deals
             WHERE deals.{column} = {table}.address AND deals.status = 'funded') WHERE address = $1"
        );
        for who in people {
            let count = sqlx::query(&sql).bind(&**who);
            count.execute(write.connection()).await?;
        }
    }
    Ok(())
}

fn answer_ts(answer: &serde_json::Value) -> Option<i64> {
    number(answer, "latestLedgerCloseTime").ok()
}

#[allow(clippy::cast_precision_loss)] // a gauge is a float
fn measure(range: &Range, ledger: i64, ledger_ts: i64, events: usize) {
    let behind = range.latest.saturating_sub(ledger).max(0);
    let lag_secs = range.latest_ts.saturating_sub(ledger_ts).max(0);
    metrics::gauge!("index_ledger").set(ledger as f64);
    metrics::gauge!("index_ledgers_behind").set(behind as f64);
    metrics::gauge!("index_lag_seconds").set(lag_secs as f64);
    metrics::counter!("index_events_total").increment(events as u64);
    if events > 0 {
        tracing::info!(events, ledger, behind, "a page was stored");
    }
}
