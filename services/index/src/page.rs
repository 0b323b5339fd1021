//! A page of events. The rows that it changes are read from the network first, then written
//! together with the cursor in one transaction, which waits for nothing.

use crate::{
    apply::apply,
    batch::Batch,
    chain::{From, Range},
    contract_rows::Facts,
    event::Event,
    follow::{Follower, Round},
    place::{ledger_of, Place},
    recheck::Recheck,
    refresh::refresh,
    rows::Cursor,
    status::unix_secs,
    table::upsert,
};
use anyhow::{ensure, Context, Result};
use flash_base::db::{Db, Write};

/// Applies events through the same path as the follower, but without a network. For benches, and
/// for events from another source. Returns how many were new.
///
/// # Errors
/// The database's.
pub async fn ingest(db: &Db, events: &[Event], place: Place) -> Result<usize> {
    let mut write = db.write().await?;
    let batch = apply(write.connection(), events).await?;
    batch.store(write.connection()).await?;
    let known = Cursor::read(write.connection()).await?;
    let mut cursor = known.unwrap_or(Cursor {
        id: 1,
        ..Cursor::default()
    });
    cursor.go_to(place);
    upsert(write.connection(), &[cursor]).await?;
    write.commit().await?;
    Ok(batch.event_count())
}

/// The events after a position.
struct Page {
    events: Vec<Event>,
    to: Place,
    at_tip: bool,
    /// The ledgers that the server keeps.
    range: Range,
}

impl Follower {
    /// Reads and writes one page.
    ///
    /// # Errors
    /// The network or the database does not answer. Nothing is written then.
    pub async fn round(&self) -> Result<Round> {
        self.know_network().await?;
        let range = self.chain.range().await?;
        let before = Cursor::read(&mut *self.db.pool().acquire().await?).await?;
        let before = before.context("the cursor is gone")?;
        not_behind(&before, &range)?;
        let first = match before.event_cursor.is_empty() {
            true => self.first_ledger(&range),
            false => before.ledger,
        };
        if first < range.oldest {
            return self.skip_gap(first, &range).await;
        }
        let from = match before.event_cursor.is_empty() {
            true => From::Ledger(first),
            false => From::Cursor(&before.event_cursor),
        };
        let page = self.page(from, before.ledger_ts).await?;
        // Behind one URL may be several servers: who moves the cursor is who must have had the events.
        not_behind(&before, &page.range)?;
        if first < page.range.oldest {
            return self.skip_gap(first, &page.range).await;
        }
        self.heard
            .hear(u64::try_from(page.range.latest_ts).unwrap_or(0));
        self.take(page, before).await
    }

    /// The server no longer has the events from `first` on: rereads the state from the queries and
    /// records the gap.
    async fn skip_gap(&self, first: i64, range: &Range) -> Result<Round> {
        let (reason, oldest) = ("the RPC server has no events that far back", range.oldest);
        tracing::warn!(first, oldest, "{reason}: reading the queries");
        metrics::counter!("index_gaps_total").increment(1);
        self.rebuild(Some(first), &|_, _, _| ()).await?;
        Ok(Round {
            events: 0,
            at_tip: false,
        })
    }

    /// The ledger of the first contract; if unknown, the one before everything the server keeps.
    fn first_ledger(&self, range: &Range) -> i64 {
        let contracts = self.deployment().contracts.values();
        let ledgers: Option<Vec<_>> = contracts.map(|contract| contract.ledger).collect();
        let first = ledgers.and_then(|ledgers| ledgers.into_iter().min());
        first.map_or(range.oldest - 1, i64::from)
    }

    async fn page(&self, from: From<'_>, known_ts: i64) -> Result<Page> {
        let most = self.config.follow.page_events;
        let (answer, range) = self.chain.events(from, most).await?;
        let items = answer["events"].as_array().context("no events")?;
        let decoded = items
            .iter()
            .map(|item| Event::decode(item, &self.chain.market));
        let events: Result<Vec<_>> = decoded.collect();
        let events: Vec<_> = events?.into_iter().flatten().collect();
        let event_cursor = answer["cursor"].as_str().context("no cursor")?.to_owned();
        let ledger = ledger_of(&event_cursor)?.min(range.latest);
        let at_tip = ledger >= range.latest && items.len() < most as usize;
        let ledger_ts = match at_tip {
            true => range.latest_ts,
            false => events.last().map_or(known_ts, |event| event.closed_ts),
        };
        let to = Place {
            event_cursor,
            ledger,
            ledger_ts,
        };
        Ok(Page {
            events,
            to,
            at_tip,
            range,
        })
    }

    async fn take(&self, page: Page, mut now: Cursor) -> Result<Round> {
        let before = now.clone();
        let (ledger, ledger_ts) = (page.to.ledger, page.to.ledger_ts);
        let mut batch = apply(&mut *self.db.pool().acquire().await?, &page.events).await?;
        let events = batch.event_count();
        let every = i64::try_from(self.config.follow.facts_every_secs)?;
        let due = page.at_tip && ledger_ts.saturating_sub(now.facts_ts) >= every;
        let recheck = Recheck {
            // Not only at the tip, because the page that reaches it may have no events of its own.
            facts: due || events > 0,
            scores: due,
        };
        let facts = recheck.read(&self.chain, &self.db, &mut batch).await?;
        refresh(&self.chain, &mut batch, ledger).await?;
        if due {
            now.facts_ts = ledger_ts;
        }
        now.go_to(page.to);
        if !self.write(&batch, facts, &before, now).await? {
            tracing::warn!("another process wrote meanwhile: reading the page again");
            return Ok(Round {
                events: 0,
                at_tip: false,
            });
        }
        self.tell(ledger, ledger_ts, events, false);
        measure(&page.range, ledger, ledger_ts, events);
        Ok(Round {
            events,
            at_tip: page.at_tip,
        })
    }

    /// Writes nothing and returns false if the cursor is no longer `before`, because what was read
    /// does not fit then.
    async fn write(
        &self,
        batch: &Batch,
        facts: Option<Facts>,
        before: &Cursor,
        now: Cursor,
    ) -> Result<bool> {
        let mut write = self.db.write().await?;
        if Cursor::read(write.connection()).await?.as_ref() != Some(before) {
            return Ok(false);
        }
        batch.store(write.connection()).await?;
        if let Some(facts) = facts {
            facts.store(write.connection()).await?;
        }
        if now.ledger <= now.rebuilt_through_ledger && batch.event_count() > 0 {
            recount(&mut write, batch).await?;
        }
        upsert(write.connection(), &[now]).await?;
        write.commit().await?;
        Ok(true)
    }
}

fn not_behind(cursor: &Cursor, range: &Range) -> Result<()> {
    ensure!(
        cursor.ledger <= range.latest,
        "the network's newest ledger is {}, but the database already has {}: the RPC server is \
         behind, or the network was reset",
        range.latest,
        cursor.ledger
    );
    Ok(())
}

/// Recounts the live deals of the parties in a batch. After a rebuild an event may repeat what was
/// already read.
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

#[allow(clippy::cast_precision_loss)] // a gauge is a float
fn measure(range: &Range, ledger: i64, ledger_ts: i64, events: usize) {
    let behind = range.latest.saturating_sub(ledger).max(0);
    let lag_secs = range.latest_ts.saturating_sub(ledger_ts).max(0);
    let now = i64::try_from(unix_secs()).unwrap_or(i64::MAX);
    let age_secs = now.saturating_sub(range.latest_ts).max(0);
    metrics::gauge!("index_ledger_age_seconds").set(age_secs as f64);
    metrics::gauge!("index_ledger").set(ledger as f64);
    metrics::gauge!("index_ledgers_behind").set(behind as f64);
    metrics::gauge!("index_lag_seconds").set(lag_secs as f64);
    metrics::counter!("index_events_total").increment(events as u64);
    if events > 0 {
        tracing::info!(events, ledger, behind, "a page was stored");
    }
}
