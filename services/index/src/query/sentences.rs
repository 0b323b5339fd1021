//! Events as sentences for people, one sentence per event.

use serde_json::Value;
use time::OffsetDateTime;

const USD: u128 = 10_000_000;
const DAY_SECS: u64 = 86_400;
/// Flags of a reported item: `report_flags` in packages/interfaces.
const CLIPPED: u64 = 1;
const VERDICT: u64 = 2;
const STRIKE: u64 = 4;
const ARREARS: u64 = 8;
const RELEASED: u64 = 16;
const CREDIT_SHIFT: u32 = 16;

/// Fields of an event's JSON.
struct Fields<'a>(&'a Value);

impl Fields<'_> {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    fn number(&self, name: &str) -> u64 {
        number(&self.0[name])
    }

    fn money(&self, name: &str) -> String {
        usd(&self.0[name])
    }

    fn is(&self, name: &str) -> bool {
        self.0[name].as_bool().unwrap_or_default()
    }

    fn time(&self, name: &str) -> String {
        date(self.number(name))
    }

    fn who(&self, name: &str) -> String {
        short(self.text(name))
    }
}

/// Large numbers are encoded as strings.
fn number(value: &Value) -> u64 {
    let text = value.as_str().and_then(|text| text.parse().ok());
    value.as_u64().or(text).unwrap_or_default()
}

/// Formats as `1.25 USD`: at least two decimals, and as many as the amount needs.
pub fn usd(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let amount: i128 = text.parse().unwrap_or_default();
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.unsigned_abs();
    let fraction = format!("{:07}", amount % USD);
    let (cents, rest) = fraction.split_at(2);
    let rest = rest.trim_end_matches('0');
    format!("{sign}{}.{cents}{rest} USD", amount / USD)
}

fn date(ts: u64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let at = i64::try_from(ts).ok();
    let at = at.and_then(|ts| OffsetDateTime::from_unix_timestamp(ts).ok());
    at.and_then(|at| at.format(&format).ok())
        .unwrap_or_else(|| ts.to_string())
}

fn short(address: &str) -> String {
    match (
        address.get(..4),
        address.get(address.len().saturating_sub(4)..),
    ) {
        (Some(head), Some(tail)) if address.len() > 12 => format!("{head}…{tail}"),
        _ => address.to_owned(),
    }
}

fn gb(mb: u64) -> String {
    let hundredths = u128::from(mb) * 100 / 1_024;
    match hundredths % 100 {
        0 => format!("{} GiB", hundredths / 100),
        rest => format!("{}.{rest:02} GiB", hundredths / 100),
    }
}

fn span(secs: u64) -> String {
    match (secs / DAY_SECS, secs / 3_600) {
        (0, hours) => format!("{hours} hours"),
        (1, _) => "1 day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

/// The sentence for an event of a deal. For a batch event, it is about the deal's own item.
pub fn sentence(name: &str, deal_id: u32, data: &Value) -> String {
    let event = Fields(data);
    match name {
        "reported" => item(data, deal_id).map_or_else(|| plain(name), |item| reported(item)),
        "settled" => item(data, deal_id).map_or_else(|| plain(name), |item| settled(item)),
        "deal_created" => created(&event),
        "deal_closed" => closed(&event),
        "deal_dropped" => dropped(event.text("reason")).to_owned(),
        "notice_given" => notice(&event),
        _ => simple(name, &event).unwrap_or_else(|| plain(name)),
    }
}

fn simple(name: &str, event: &Fields) -> Option<String> {
    Some(match name {
        "mandate_set" => format!(
            "The consumer allowed top-ups of {}, at most {} in any 30 days, until {}",
            event.money("top_up"),
            event.money("most_per_30_days"),
            event.time("until_ts")
        ),
        "mandate_revoked" => "The consumer ended the standing top-ups".to_owned(),
        "mandate_drawn" => format!(
            "{} were added from the consumer's wallet by the standing top-up",
            event.money("amount")
        ),
        "deal_accepted" => format!(
            "The provider accepted the deal; the consumer can fund it until {}",
            event.time("fund_until_ts")
        ),
        "deal_funded" => format!(
            "The consumer funded the deal with {}; metering started, and the term ends {}",
            event.money("amount"),
            event.time("end_ts")
        ),
        "deal_succeeded" => format!(
            "Deal {} replaced this one and goes on in its place",
            event.number("successor")
        ),
        "deal_topped_up" => format!(
            "{} added {}; the deal now holds {}",
            event.who("from"),
            event.money("amount"),
            event.money("locked")
        ),
        "deposit_reduced" => format!(
            "The consumer took back {}; the deal now holds {}",
            event.money("amount"),
            event.money("locked")
        ),
        "report_clipped" => "A report exceeded the agreed size and was capped".to_owned(),
        "arrears_began" => "The deposit runs out: the grace period started".to_owned(),
        "arrears_cleared" => {
            "The minimum runway is covered again; the grace period ended".to_owned()
        }
        "window_staged" => "The oracle staged a window; it takes effect when it is paid".to_owned(),
        "deal_released" => format!(
            "{}: {} paid in total, {} of SLA credit, {} refunded now",
            released(event.text("status")),
            event.money("paid_total"),
            event.money("credited"),
            event.money("refund")
        ),
        "deal_synced" if event.is("outcome") => {
            "The outcome was recorded in both reputations".to_owned()
        }
        "deal_synced" => "The deal no longer holds capacity of the bucket".to_owned(),
        "deal_deleted" => "The record of the deal was deleted".to_owned(),
        "account_opened" => format!(
            "The escrow received the first deposit of {}",
            event.money("amount")
        ),
        "deposited" => format!(
            "The escrow received {} from {}",
            event.money("amount"),
            event.who("from")
        ),
        "refunded" => format!(
            "{} was credited back to the consumer",
            event.money("amount")
        ),
        "account_closed" => format!(
            "The escrow credited {} to the provider and {} to the consumer",
            event.money("net"),
            event.money("refund")
        ),
        "capacity_reserved" => "Capacity was reserved on the bucket".to_owned(),
        "capacity_released" => "The reserved capacity is free again".to_owned(),
        "outcome_recorded" => format!(
            "New reputation scores: provider {}, consumer {}",
            event.number("provider_score"),
            event.number("consumer_score")
        ),
        _ => return None,
    })
}

fn created(event: &Fields) -> String {
    let terms = Fields(&event.0["terms"]);
    let accepted = match event.is("accepted") {
        true => "; the bucket accepted automatically",
        false => "",
    };
    let replaced = match terms.0["succeeds"].as_u64() {
        Some(deal_id) => format!(", to replace deal {deal_id}"),
        None => String::new(),
    };
    format!(
        "The consumer requested {} for {} with {} of egress{replaced}{accepted}",
        gb(terms.number("agreed_storage_mb")),
        span(terms.number("duration_secs")),
        gb(terms.number("agreed_egress_mb")),
    )
}

fn dropped(reason: &str) -> &'static str {
    match reason.to_lowercase().as_str() {
        "rejected" => "The provider rejected the deal",
        "withdrawn" => "The consumer withdrew the request",
        "expired" => "The deal expired: it was not accepted or funded in time",
        _ => "The deal ended before it was funded",
    }
}

fn notice(event: &Fields) -> String {
    let end = event.time("end_ts");
    match event.is("under_silence") {
        true => format!("The provider left because no reports came; the deal ends {end}"),
        false => format!("The provider gave notice; the deal ends {end}"),
    }
}

/// The outcome of a deal, known at its release.
fn released(status: &str) -> &'static str {
    match plain_status(status).as_str() {
        "breachedconsumer" => {
            "The deal was released as the consumer's breach, with money still owed"
        }
        "breachedprovider" => "The deal was released as the provider's breach",
        _ => "The deal was released",
    }
}

fn plain_status(status: &str) -> String {
    status.to_lowercase().replace('_', "")
}

fn closed(event: &Fields) -> String {
    let end = match plain_status(event.text("status")).as_str() {
        "completed" => "The deal was completed",
        "cancelled" => "The deal was cancelled",
        "breachedprovider" => "The deal ended because of critical service",
        _ => "The deal was closed",
    };
    format!(
        "{end}: {} paid, {} refunded, {} held back until the final report",
        event.money("paid"),
        event.money("refund"),
        event.money("held")
    )
}

/// The deal's item in an event about many deals: `items` is a list of lists that begin with the deal id.
fn item(data: &Value, deal_id: u32) -> Option<&Vec<Value>> {
    let items = data["items"].as_array()?.iter().filter_map(Value::as_array);
    let mut own = items.filter(|item| item.first().map(number) == Some(deal_id.into()));
    own.next()
}

fn reported(item: &[Value]) -> String {
    let get = |place: usize| item.get(place).map(number).unwrap_or_default();
    let flags = get(4);
    let paid = item.get(5).cloned().unwrap_or_default();
    let mut text = format!("Usage was reported until {}", date(get(3)));
    if paid != Value::Null && number(&paid) > 0 {
        text.push_str(&format!("; {} was paid", usd(&paid)));
    }
    let credit_bps = flags >> CREDIT_SHIFT;
    match (flags & VERDICT != 0, credit_bps) {
        (true, 0) => text.push_str("; the SLA was met"),
        (true, _) => text.push_str(&format!(
            "; the SLA was missed: {} % of the storage price is credited",
            credit_bps / 100
        )),
        (false, _) => {}
    }
    for (flag, clause) in [
        (STRIKE, "; the service was critical"),
        (CLIPPED, "; the usage was capped at the agreed size"),
        (ARREARS, "; arrears remain"),
        (RELEASED, "; this was the final report"),
    ] {
        if flags & flag != 0 {
            text.push_str(clause);
        }
    }
    text
}

fn settled(item: &[Value]) -> String {
    let money = |place: usize| usd(item.get(place).unwrap_or(&Value::Null));
    let arrears = item.get(2).map(number).unwrap_or_default();
    match arrears {
        0 => format!("Settled: {} was paid", money(1)),
        _ => format!("Settled: {} was paid, {} is still owed", money(1), money(2)),
    }
}

/// `some_event` as `Some event`.
fn plain(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn money_has_two_decimals_and_more_only_if_needed() {
        assert_eq!(usd(&json!("12500000")), "1.25 USD");
        assert_eq!(usd(&json!("-1")), "-0.0000001 USD");
        assert_eq!(usd(&json!(0)), "0.00 USD");
    }

    #[test]
    fn a_batch_event_describes_the_deals_own_item() {
        let items = json!({ "items": [
            [1, "5", 0, 0, 0, "0"],
            [2, "5", 0, 1_772_323_200, (2_500_u64 << 16) | 6, "31250000"],
        ]});
        let text = sentence("reported", 2, &items);
        assert_eq!(
            text,
            "Usage was reported until 2026-03-01 00:00 UTC; 3.125 USD was paid; the SLA was \
             missed: 25 % of the storage price is credited; the service was critical"
        );
        assert_eq!(sentence("reported", 3, &items), "Reported");
        let settled = json!({ "items": [[2, "10000000", "5000000"]] });
        let text = sentence("settled", 2, &settled);
        assert_eq!(text, "Settled: 1.00 USD was paid, 0.50 USD is still owed");
    }

    #[test]
    fn a_request_shows_sizes_and_days() {
        let terms = json!({ "agreed_storage_mb": 512_000, "agreed_egress_mb": "1536",
            "duration_secs": 2_592_000 });
        let text = sentence(
            "deal_created",
            1,
            &json!({ "terms": terms, "accepted": true }),
        );
        assert_eq!(
            text,
            "The consumer requested 500 GiB for 30 days with 1.50 GiB of egress; the bucket accepted \
             automatically"
        );
    }
}
