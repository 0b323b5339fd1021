//! What an event changes, in terms of the API's answers.

use super::{Reads, Result};
use crate::answers::{Change, ChangeKind};
use serde_json::Value;

/// An event with its changes. Without an id, it only says that a ledger was read.
#[derive(Clone, Debug)]
pub struct Happened {
    pub event_id: String,
    pub changes: Vec<Change>,
}

impl Happened {
    /// The index has read up to this ledger.
    pub fn ledger(ledger: u32) -> Self {
        Self {
            event_id: String::new(),
            changes: vec![change(ChangeKind::Ledger, ledger.to_string(), ledger)],
        }
    }

    /// An event of one of the contracts; `name` as published, for example `deal_funded`.
    pub fn event(event_id: String, name: &str, data: &Value, ledger: u32) -> Self {
        let mut ids: Vec<(ChangeKind, String)> = Vec::new();
        let own = |kind: ChangeKind, field: &str| id(&data[field]).map(|id| (kind, id));
        ids.extend(own(ChangeKind::Deal, "deal_id"));
        ids.extend(own(ChangeKind::Bucket, "bucket_id"));
        ids.extend(items(data).map(|id| (ChangeKind::Deal, id)));
        let parties: &[(ChangeKind, &str)] = match name {
            "provider_registered"
            | "provider_updated"
            | "provider_deleted"
            | "provider_readmitted"
            | "bucket_created"
            | "bucket_removed" => &[(ChangeKind::Provider, "provider_id")],
            "consumer_registered"
            | "consumer_updated"
            | "consumer_deleted"
            | "consumer_readmitted" => &[(ChangeKind::Consumer, "consumer_id")],
            "outcome_recorded" => &[
                (ChangeKind::Provider, "provider"),
                (ChangeKind::Consumer, "consumer"),
            ],
            "withdrawn" | "push_refused" => &[(ChangeKind::Claim, "who")],
            "refunded" => &[(ChangeKind::Claim, "consumer")],
            "deal_closed" => &[
                (ChangeKind::Claim, "consumer"),
                (ChangeKind::Claim, "provider"),
            ],
            _ => &[],
        };
        ids.extend(parties.iter().filter_map(|(kind, field)| own(*kind, field)));
        ids.extend(paid(data).map(|address| (ChangeKind::Claim, address)));
        if ids.is_empty() {
            // Upgrades, pauses and policies appear on the network page.
            ids.push((ChangeKind::Ledger, ledger.to_string()));
        }
        let changes = ids.into_iter().map(|(kind, id)| change(kind, id, ledger));
        Self {
            event_id,
            changes: changes.collect(),
        }
    }
}

fn change(kind: ChangeKind, id: String, ledger: u32) -> Change {
    Change { kind, id, ledger }
}

fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The deals of a batch event, whose items begin with the deal id.
fn items(data: &Value) -> impl Iterator<Item = String> + '_ {
    let items = data["items"].as_array().into_iter().flatten();
    items.filter_map(|item| id(item.get(0)?))
}

/// The payees of a batch of payments.
fn paid(data: &Value) -> impl Iterator<Item = String> + '_ {
    let books = data["books"].as_array().into_iter().flatten();
    books.filter_map(|book| id(book.get(0)?))
}

impl Reads {
    /// The id of the newest event; empty if there is none.
    pub async fn newest_event(&self) -> Result<String> {
        let sql = "SELECT event_id FROM events ORDER BY event_id DESC LIMIT 1";
        match self.row(sqlx::query(sql)).await? {
            Some(row) => Ok(row.text("event_id")?),
            None => Ok(String::new()),
        }
    }

    /// The events after this one, oldest first.
    pub async fn happened_after(&self, event_id: &str, most: usize) -> Result<Vec<Happened>> {
        let sql = "SELECT event_id, name, ledger, body FROM events WHERE event_id > $1
            ORDER BY event_id LIMIT $2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self
            .rows(sqlx::query(sql).bind(event_id).bind(most))
            .await?;
        let events = rows.iter().map(|row| {
            let data = serde_json::from_str(&row.text("body")?).unwrap_or_default();
            let ledger = row.number("ledger")?;
            Ok(Happened::event(
                row.text("event_id")?,
                &row.text("name")?,
                &data,
                ledger,
            ))
        });
        let events: anyhow::Result<_> = events.collect();
        Ok(events?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_batch_changes_every_deal_in_it() {
        let data = json!({ "items": [[3, "1"], [5, "2"]] });
        let happened = Happened::event("1-1".to_owned(), "reported", &data, 9);
        let ids: Vec<_> = happened
            .changes
            .iter()
            .map(|one| (one.kind, &*one.id))
            .collect();
        assert_eq!(ids, [(ChangeKind::Deal, "3"), (ChangeKind::Deal, "5")]);
    }

    #[test]
    fn closing_changes_the_deal_and_what_both_may_claim() {
        let data = json!({ "deal_id": 3, "consumer": "GC", "provider": "GP" });
        let happened = Happened::event("1-1".to_owned(), "deal_closed", &data, 9);
        let ids: Vec<_> = happened
            .changes
            .iter()
            .map(|one| (one.kind, &*one.id))
            .collect();
        assert_eq!(
            ids,
            [
                (ChangeKind::Deal, "3"),
                (ChangeKind::Claim, "GC"),
                (ChangeKind::Claim, "GP")
            ]
        );
    }

    #[test]
    fn what_touches_no_item_still_tells_that_something_happened() {
        let happened = Happened::event("1-1".to_owned(), "paused", &json!({}), 9);
        assert_eq!(
            happened.changes,
            [change(ChangeKind::Ledger, "9".to_owned(), 9)]
        );
    }
}
