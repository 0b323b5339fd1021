//! The timeline of a deal: its events, each with its transaction.

use super::{
    cursor,
    row::Row,
    select::{page, Paging, Select},
    sentences::sentence,
    Reads, Result,
};
use crate::answers::{Page, TimelineItem};

/// Events with their deals.
const EVENTS: &str =
    "SELECT e.event_id, e.ledger, e.closed_ts, e.tx_hash, e.contract, e.name, e.body
    FROM deal_events d JOIN events e ON e.event_id = d.event_id";

fn timeline_item(deal_id: u32, row: &Row) -> anyhow::Result<TimelineItem> {
    let mut data = serde_json::from_str(&row.text("body")?).unwrap_or_default();
    own_items_only(&mut data, deal_id);
    let name = row.text("name")?;
    Ok(TimelineItem {
        event_id: row.text("event_id")?,
        ledger: row.number("ledger")?,
        ts: row.number("closed_ts")?,
        tx_hash: row.text("tx_hash")?,
        contract: row.text("contract")?,
        words: sentence(&name, deal_id, &data),
        name,
        data,
    })
}

/// A batch event is about up to a hundred deals.
fn own_items_only(data: &mut serde_json::Value, deal_id: u32) {
    let items = data.get_mut("items");
    if let Some(items) = items.and_then(serde_json::Value::as_array_mut) {
        items.retain(|item| item[0] == deal_id);
    }
}

impl Reads {
    pub async fn timeline(&self, deal_id: u32, paging: Paging) -> Result<Page<TimelineItem>> {
        self.has_deal(deal_id).await?;
        let mut select = Select::new(EVENTS);
        select.and("d.deal_id = ?", deal_id);
        if let Some(after) = &paging.after {
            let [event_id] = cursor::read("timeline", after)?;
            select.and("d.event_id < ?", &*event_id);
        }
        select.first("d.event_id DESC", paging.limit + 1);
        let rows = self.rows(select.query()).await?;
        let items: anyhow::Result<_> = rows.iter().map(|row| timeline_item(deal_id, row)).collect();
        let next = |last: &TimelineItem| cursor::write("timeline", &[&last.event_id]);
        Ok(page(items?, paging.limit, next))
    }
}
