//! Applies events to rows. Pure, except for reading the rows first.
//!
//! Data carried by events is exact. `refresh` reads what they do not carry: SLA credit before the
//! release, strikes, the amount owed, latency and uptime, evidence of reputation.

mod deals;
mod escrow;
mod registry;
mod reputation;

use crate::{
    batch::Batch,
    event::Event,
    rows::{Bucket, Consumer, Deal, DealEvent, EventRow, Provider},
    table::load,
};
use anyhow::{Context, Result};
use sqlx::AnyConnection;
use std::collections::BTreeSet;

/// `report_flags` of the interface.
pub mod flags {
    pub const VERDICT: i64 = 2;
    pub const RELEASED: i64 = 16;
    pub const CREDIT_SHIFT: u32 = 16;
}
const NEUTRAL_SCORE: i64 = 50;

/// The rows that `events` change, with all events applied that are not in the table yet.
///
/// # Errors
/// The database's.
pub async fn apply(from: &mut AnyConnection, events: &[Event]) -> Result<Batch> {
    let new = unknown(from, events).await?;
    let mut batch = Batch::read(from, &new).await?;
    for event in new {
        batch.note(event);
        if let Err(error) = batch.event(event) {
            // The event is stored, and the queries return the current state of what it is about.
            metrics::counter!("index_events_not_understood_total").increment(1);
            let (id, name) = (&event.event_id, &event.name);
            tracing::error!(id, name, error = format!("{error:#}"), "not understood");
            batch.touched.deals.extend(event.deals());
            batch.touched.facts = true;
        }
    }
    Ok(batch)
}

async fn unknown<'e>(from: &mut AnyConnection, events: &'e [Event]) -> Result<Vec<&'e Event>> {
    let ids: Vec<_> = events.iter().map(|event| event.event_id.clone()).collect();
    let known: Vec<EventId> = load(from, "event_id", &ids).await?;
    let mut known: BTreeSet<_> = known.into_iter().map(|one| one.event_id).collect();
    let new = events.iter();
    Ok(new
        .filter(|event| known.insert(event.event_id.clone()))
        .collect())
}

crate::table::tables! {
    EventId "events" (event_id) { event_id: String }
}

impl Batch {
    fn note(&mut self, event: &Event) {
        self.events.push(EventRow {
            event_id: event.event_id.clone(),
            ledger: event.ledger,
            closed_ts: event.closed_ts,
            tx_hash: event.tx_hash.clone(),
            contract: event.contract.to_owned(),
            name: event.name.clone(),
            body: event.body.to_string(),
        });
        let deals: BTreeSet<_> = event.deals().collect();
        self.deal_events
            .extend(deals.into_iter().map(|deal_id| DealEvent {
                deal_id,
                event_id: event.event_id.clone(),
            }));
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        match event.contract {
            "registry" => self.registry(event),
            "deals" => self.deals(event),
            "escrow" => self.escrow(event),
            "reputation" => self.reputation(event),
            // A draw's money comes as the escrow's deposit. The event itself is in the deal's history.
            _ => {
                self.touched.facts |= event.deals().next().is_none();
                Ok(())
            }
        }
    }

    fn provider(&mut self, event: &Event, field: &str) -> Result<&mut Provider> {
        let address = event.text(field)?;
        self.touched.providers.insert(address.clone());
        let row = self.providers.entry(address.clone());
        let row = row.or_insert_with(|| Provider {
            address,
            registered_ts: event.closed_ts,
            reputation: NEUTRAL_SCORE,
            ..Provider::default()
        });
        row.changed_ledger = event.ledger;
        Ok(row)
    }

    fn consumer(&mut self, event: &Event, field: &str) -> Result<&mut Consumer> {
        let address = event.text(field)?;
        self.touched.consumers.insert(address.clone());
        let row = self.consumers.entry(address.clone());
        let row = row.or_insert_with(|| Consumer {
            address,
            registered_ts: event.closed_ts,
            reputation: NEUTRAL_SCORE,
            ..Consumer::default()
        });
        row.changed_ledger = event.ledger;
        Ok(row)
    }

    fn bucket(&mut self, event: &Event) -> Result<&mut Bucket> {
        let id = event.int("bucket_id")?;
        self.touched.buckets.insert(id);
        let row = self.buckets.get_mut(&id);
        let row = row.with_context(|| format!("bucket {id} is not known"))?;
        row.changed_ledger = event.ledger;
        Ok(row)
    }

    fn deal(&mut self, event: &Event, deal_id: i64) -> Result<&mut Deal> {
        self.touched.deals.insert(deal_id);
        let row = self.deals.get_mut(&deal_id);
        let row = row.with_context(|| format!("deal {deal_id} is not known"))?;
        row.changed_ledger = event.ledger;
        Ok(row)
    }
}
