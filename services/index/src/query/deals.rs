//! Deals, their windows and their timelines.

use super::{
    deal_row::{DealRow, Metered, PolicyRow},
    row::Row,
    words::words,
    Reads,
};
use crate::api::{
    cursor_number, read_cursor,
    types::{Deal, DealStatus, EndReason, MbSecs, Page, Stroops, TimelineItem, Verdict, Window},
    write_cursor, ApiError, DealQuery, Paging, Result, DEAL_STATUSES,
};
use anyhow::Context;
use flash_meter::{
    bounds::{Prices, Standing},
    money::{Funded, Stage, Wish},
    NOT_MEASURED,
};
use sqlx::{any::AnyArguments, query::Query, Any};

/// Everything of a deal, with the names of its parties and its bucket.
const DEAL: &str = "SELECT d.*, c.description AS consumer_name, p.description AS provider_name,
    b.name AS bucket_name FROM deals d
    LEFT JOIN consumers c ON c.address = d.consumer
    LEFT JOIN providers p ON p.address = d.provider
    LEFT JOIN buckets b ON b.bucket_id = d.bucket_id";

fn status_of(text: &str) -> anyhow::Result<DealStatus> {
    let found = DEAL_STATUSES.iter().find(|(word, _)| *word == text);
    found
        .map(|(_, status)| *status)
        .with_context(|| format!("`{text}` is no status"))
}

fn status_text(status: DealStatus) -> &'static str {
    let found = DEAL_STATUSES.iter().find(|(_, known)| *known == status);
    found.map_or("", |(word, _)| word)
}

fn reason_of(text: &str) -> EndReason {
    match text {
        "consumer" => EndReason::Consumer,
        "notice" => EndReason::Notice,
        "silence" => EndReason::Silence,
        "term" => EndReason::Term,
        "grace" => EndReason::Grace,
        "strikes" => EndReason::Strikes,
        "expired" => EndReason::Expired,
        "rejected" => EndReason::Rejected,
        "withdrawn" => EndReason::Withdrawn,
        _ => EndReason::Open,
    }
}

/// A statement that grows: conditions with their values.
pub(super) struct Where {
    pub sql: String,
    values: Vec<Value>,
}

enum Value {
    Text(String),
    Number(i64),
}

impl Where {
    pub fn new(sql: &str) -> Self {
        Self {
            sql: format!("{sql} WHERE 1 = 1"),
            values: Vec::new(),
        }
    }

    /// `condition` ends where the value's place goes: `d.provider =`.
    pub fn text(&mut self, condition: &str, value: impl Into<String>) {
        self.values.push(Value::Text(value.into()));
        self.add(condition);
    }

    pub fn number(&mut self, condition: &str, value: impl Into<i64>) {
        self.values.push(Value::Number(value.into()));
        self.add(condition);
    }

    fn add(&mut self, condition: &str) {
        let place = self.values.len();
        self.sql.push_str(&format!(" AND {condition} ${place}"));
    }

    pub fn query(&self) -> Query<'_, Any, AnyArguments<'_>> {
        let query = sqlx::query(&self.sql);
        self.values.iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text.as_str()),
            Value::Number(number) => query.bind(*number),
        })
    }
}

/// The one more that was read tells whether something follows.
pub(super) fn page<T: utoipa::ToSchema>(
    mut items: Vec<T>,
    limit: usize,
    cursor: impl Fn(&T) -> String,
) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(cursor);
    Page { items, next }
}

pub(super) fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

fn metered(row: &Row) -> anyhow::Result<Option<Metered>> {
    let start_ts: u64 = row.number("start_ts")?;
    if start_ts == 0 {
        return Ok(None);
    }
    let measured = |name: &str| Ok::<_, anyhow::Error>(row.maybe(name)?.unwrap_or(NOT_MEASURED));
    let stage_from: Option<u64> = row.maybe("stage_from_ts")?;
    let stage = match stage_from {
        None => None,
        Some(from_ts) => Some(Stage {
            from_ts,
            through_ts: row.number("stage_through_ts")?,
            storage_mb: row.number("stage_storage_mb")?,
            egress_mb: row.number("stage_egress_mb")?,
            latency_ms: measured("stage_latency_ms")?,
            uptime_bps: measured("stage_uptime_bps")?,
        }),
    };
    let standing = Standing {
        agreed_storage_mb: row.number("agreed_storage_mb")?,
        agreed_egress_mb: row.number("agreed_egress_mb")?,
        end_ts: row.number("end_ts")?,
        close_ts: row.number("close_ts")?,
        final_until_ts: row.number("final_until_ts")?,
        breached_provider: row.text("status")? == "breached_provider",
        through_ts: row.number("through_ts")?,
        storage_mb_secs: row.wide("storage_mb_secs")?,
        egress_mb: row.number("egress_mb")?,
    };
    let funded = Funded {
        standing,
        prices: prices(row)?,
        payable_mb_secs_bps: row.wide("payable_mb_secs_bps")?,
        rate_mb: row.number("rate_mb")?,
        strikes: row.number("strikes")?,
        paid_total: row.wide("paid_total")?,
        locked: row.wide("locked")?,
        arrears_since_ts: row.number("arrears_since_ts")?,
    };
    Ok(Some(Metered {
        funded,
        start_ts,
        refunded: row.wide("refunded")?,
        latency_ms: measured("latency_ms")?,
        uptime_bps: measured("uptime_bps")?,
        stage,
    }))
}

fn prices(row: &Row) -> anyhow::Result<Prices> {
    Ok(Prices {
        storage: row.number("price_storage")?,
        egress: row.number("price_egress")?,
    })
}

fn deal_row(row: &Row) -> anyhow::Result<DealRow> {
    Ok(DealRow {
        deal_id: row.number("deal_id")?,
        consumer: row.text("consumer")?,
        consumer_name: row.text("consumer_name")?,
        provider: row.text("provider")?,
        provider_name: row.text("provider_name")?,
        bucket_id: row.number("bucket_id")?,
        bucket_name: row.text("bucket_name")?,
        repo_id: row.text("fb_repo_id")?,
        api: row.text("api")?,
        status: status_of(&row.text("status")?)?,
        reason: reason_of(&row.text("reason")?),
        released: row.is("released")?,
        created_ts: row.number("created_ts")?,
        fund_until_ts: row.number("fund_until_ts")?,
        wish: Wish {
            storage_mb: row.number("agreed_storage_mb")?,
            egress_mb: row.number("agreed_egress_mb")?,
            duration_secs: row.number("duration_secs")?,
        },
        prices: prices(row)?,
        sla_latency_ms: row.number("sla_latency_ms")?,
        sla_uptime_bps: row.number("sla_uptime_bps")?,
        asset: row.text("asset")?,
        policy_version: row.number("policy_version")?,
        metered: metered(row)?,
    })
}

impl Reads {
    fn shown(&self, row: &Row, now: u64) -> Result<Deal> {
        let deal = deal_row(row)?;
        let policy = self.policy(deal.policy_version)?;
        Ok(deal.shown(&policy, now)?)
    }

    pub async fn deal(&self, deal_id: u32) -> Result<Deal> {
        let (_, now) = self.ledger().await?;
        let sql = format!("{DEAL} WHERE d.deal_id = $1");
        let row = self.row(sqlx::query(&sql).bind(i64::from(deal_id))).await?;
        let row = row.ok_or_else(|| ApiError::not_found("no such deal"))?;
        self.shown(&row, now)
    }

    pub async fn deals(&self, query: DealQuery) -> Result<Page<Deal>> {
        let mut select = Where::new(DEAL);
        let filter = query.filter;
        if let Some(provider) = filter.provider {
            select.text("d.provider =", provider);
        }
        if let Some(consumer) = filter.consumer {
            select.text("d.consumer =", consumer);
        }
        if let Some(bucket) = filter.bucket {
            select.number("d.bucket_id =", bucket);
        }
        if let Some(status) = filter.status {
            select.text("d.status =", status_text(status));
        }
        if let Some(after) = &query.paging.after {
            let [id] = read_cursor("deals", after)?;
            select.number("d.deal_id <", cursor_number::<u32>(&id)?);
        }
        let limit = query.paging.limit;
        select.sql.push_str(" ORDER BY d.deal_id DESC");
        select.sql.push_str(&format!(" LIMIT {}", one_more(limit)));
        let items = self.deals_of(&select).await?;
        let cursor = |deal: &Deal| write_cursor("deals", &[&deal.deal_id.to_string()]);
        Ok(page(items, limit, cursor))
    }

    async fn deals_of(&self, select: &Where) -> Result<Vec<Deal>> {
        let (_, now) = self.ledger().await?;
        let rows = self.rows(select.query()).await?;
        rows.iter().map(|row| self.shown(row, now)).collect()
    }

    /// The newest deals of a party, all or those that have not ended.
    pub(super) async fn deals_with(
        &self,
        party: &str,
        address: &str,
        live_only: bool,
        most: i64,
    ) -> Result<Vec<Deal>> {
        let mut select = Where::new(DEAL);
        select.text(&format!("d.{party} ="), address);
        if live_only {
            select.number("d.ended =", 0_i64);
        }
        let order = format!(" ORDER BY d.deal_id DESC LIMIT {most}");
        select.sql.push_str(&order);
        self.deals_of(&select).await
    }

    async fn has_deal(&self, deal_id: u32) -> Result<()> {
        let sql = "SELECT deal_id FROM deals WHERE deal_id = $1";
        let found = self.row(sqlx::query(sql).bind(i64::from(deal_id))).await?;
        let none = || ApiError::not_found("no such deal");
        found.map(drop).ok_or_else(none)
    }

    pub async fn timeline(&self, deal_id: u32, paging: Paging) -> Result<Page<TimelineItem>> {
        self.has_deal(deal_id).await?;
        let mut select = Where::new(EVENTS);
        select.number("l.deal_id =", deal_id);
        if let Some(after) = &paging.after {
            let [id] = read_cursor("timeline", after)?;
            select.text("l.event_id <", id);
        }
        let order = " ORDER BY l.event_id DESC LIMIT ";
        select.sql.push_str(order);
        select.sql.push_str(&one_more(paging.limit).to_string());
        let rows = self.rows(select.query()).await?;
        let items: anyhow::Result<Vec<_>> =
            rows.iter().map(|row| timeline_item(deal_id, row)).collect();
        let cursor = |item: &TimelineItem| write_cursor("timeline", &[&item.event_id]);
        Ok(page(items?, paging.limit, cursor))
    }

    pub async fn windows(&self, deal_id: u32, paging: Paging) -> Result<Page<Window>> {
        self.has_deal(deal_id).await?;
        let mut select = Where::new(WINDOWS);
        select.number("w.deal_id =", deal_id);
        if let Some(after) = &paging.after {
            let [through] = read_cursor("windows", after)?;
            select.number("w.through_ts <", cursor_number::<i64>(&through)?);
        }
        let order = " ORDER BY w.through_ts DESC LIMIT ";
        select.sql.push_str(order);
        select.sql.push_str(&one_more(paging.limit).to_string());
        let items = self.windows_of(select.query()).await?;
        let cursor = |one: &Window| write_cursor("windows", &[&one.through_ts.to_string()]);
        Ok(page(items, paging.limit, cursor))
    }
}

/// A deal's events: the list that joins them to the deals that they tell of.
const EVENTS: &str =
    "SELECT e.event_id, e.ledger, e.closed_ts, e.tx_hash, e.contract, e.name, e.body
    FROM deal_events l JOIN events e ON e.event_id = l.event_id";

const WINDOWS: &str = "SELECT w.deal_id, w.bucket_id, w.from_ts, w.through_ts, w.storage_mb_secs,
    w.egress_mb, w.latency_ms, w.uptime_bps, w.flags, w.credit_bps, w.paid, d.policy_version,
    d.sla_latency_ms AS agreed_latency_ms, d.sla_uptime_bps AS agreed_uptime_bps, e.ledger, e.tx_hash
    FROM windows w JOIN deals d ON d.deal_id = w.deal_id
    LEFT JOIN events e ON e.event_id = w.event_id";

/// Flags of a report: `report_flags` in packages/interfaces.
const CLIPPED: u32 = 1;
const VERDICT: u32 = 2;
const STRIKE: u32 = 4;

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
        words: words(&name, deal_id, &data),
        name,
        data,
    })
}

/// A batch tells of up to a hundred deals.
fn own_items_only(data: &mut serde_json::Value, deal_id: u32) {
    let items = data.get_mut("items");
    if let Some(items) = items.and_then(serde_json::Value::as_array_mut) {
        items.retain(|item| item[0] == deal_id);
    }
}

fn window(row: &Row, policy: &PolicyRow) -> anyhow::Result<Window> {
    let (from_ts, through_ts) = (row.number("from_ts")?, row.number("through_ts")?);
    let storage_mb_secs: u128 = row.wide("storage_mb_secs")?;
    let secs = u64::saturating_sub(through_ts, from_ts);
    let average = storage_mb_secs.checked_div(secs.into()).unwrap_or(0);
    let (flags, credit_bps) = (row.number("flags")?, row.number("credit_bps")?);
    Ok(Window {
        deal_id: row.number("deal_id")?,
        bucket_id: row.number("bucket_id")?,
        from_ts,
        through_ts,
        storage_mb_secs: MbSecs(storage_mb_secs),
        average_storage_mb: u64::try_from(average)?,
        egress_mb: row.number("egress_mb")?,
        latency_ms: row.maybe("latency_ms")?,
        uptime_bps: row.maybe("uptime_bps")?,
        agreed_latency_ms: row.number("agreed_latency_ms")?,
        agreed_uptime_bps: row.number("agreed_uptime_bps")?,
        verdict: verdict(flags, credit_bps, policy),
        credit_bps,
        clipped: flags & CLIPPED != 0,
        paid_stroops: Stroops(row.wide("paid")?),
        ledger: row.number("ledger")?,
        tx_hash: row.text("tx_hash")?,
    })
}

/// The event tells the credit; by the policy's table that is the verdict.
fn verdict(flags: u32, credit_bps: u32, policy: &PolicyRow) -> Verdict {
    if flags & VERDICT == 0 {
        Verdict::None
    } else if flags & STRIKE != 0 {
        Verdict::Critical
    } else if credit_bps == 0 {
        Verdict::Met
    } else if credit_bps <= policy.rules.minor_credit_bps {
        Verdict::Minor
    } else {
        Verdict::Major
    }
}

impl Reads {
    /// Windows, newest first; the condition has the place `$1`.
    pub(super) async fn windows_where(
        &self,
        condition: &str,
        value: i64,
        most: i64,
    ) -> Result<Vec<Window>> {
        let sql = format!("{WINDOWS} WHERE {condition} ORDER BY w.through_ts DESC LIMIT {most}");
        self.windows_of(sqlx::query(&sql).bind(value)).await
    }

    /// Windows of a provider's deals, newest first.
    pub(super) async fn windows_by(&self, provider: &str, most: i64) -> Result<Vec<Window>> {
        let condition = "w.provider = $1 ORDER BY w.through_ts DESC";
        let sql = format!("{WINDOWS} WHERE {condition} LIMIT {most}");
        self.windows_of(sqlx::query(&sql).bind(provider)).await
    }

    async fn windows_of<'q>(
        &'q self,
        query: Query<'q, Any, AnyArguments<'q>>,
    ) -> Result<Vec<Window>> {
        let rows = self.rows(query).await?;
        let windows = rows.iter().map(|row| {
            let policy = self.policy(row.number("policy_version")?)?;
            Ok(window(row, &policy)?)
        });
        windows.collect()
    }
}
