//! Reported windows of deals: usage, and service against what was promised.

use super::{
    cursor,
    policy::Policy,
    row::Row,
    select::{page, Paging, Select, Value},
    Reads, Result,
};
use crate::answers::{MbSecs, Page, Stroops, Verdict, Window};

const WINDOWS: &str = "SELECT w.deal_id, w.bucket_id, w.from_ts, w.through_ts, w.storage_mb_secs,
    w.egress_mb, w.latency_ms, w.uptime_bps, w.flags, w.credit_bps, w.paid, d.policy_version,
    d.sla_latency_ms AS agreed_latency_ms, d.sla_uptime_bps AS agreed_uptime_bps, e.ledger, e.tx_hash
    FROM windows w JOIN deals d ON d.deal_id = w.deal_id
    LEFT JOIN events e ON e.event_id = w.event_id";

/// Flags of a report: `report_flags` in packages/interfaces.
const CLIPPED: u32 = 1;
const VERDICT: u32 = 2;
const STRIKE: u32 = 4;

fn window(row: &Row, policy: &Policy) -> anyhow::Result<Window> {
    let (from_ts, through_ts) = (row.number("from_ts")?, row.number("through_ts")?);
    let storage_mb_secs: u128 = row.int128("storage_mb_secs")?;
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
        paid_stroops: Stroops(row.int128("paid")?),
        ledger: row.number("ledger")?,
        tx_hash: row.text("tx_hash")?,
    })
}

/// The event tells the credit; by the policy's table that is the verdict.
fn verdict(flags: u32, credit_bps: u32, policy: &Policy) -> Verdict {
    if flags & VERDICT == 0 {
        Verdict::None
    } else if flags & STRIKE != 0 {
        Verdict::Critical
    } else if credit_bps == 0 {
        Verdict::Met
    } else if credit_bps <= policy.sla.minor_credit_bps {
        Verdict::Minor
    } else {
        Verdict::Major
    }
}

impl Reads {
    pub async fn windows(&self, deal_id: u32, paging: Paging) -> Result<Page<Window>> {
        self.has_deal(deal_id).await?;
        let mut select = Select::new(WINDOWS);
        select.and("w.deal_id = ?", deal_id);
        if let Some(after) = &paging.after {
            let [through_ts] = cursor::read("windows", after)?;
            select.and("w.through_ts < ?", cursor::number::<i64>(&through_ts)?);
        }
        let items = self.newest_windows(select, paging.limit + 1).await?;
        let next = |last: &Window| cursor::write("windows", &[&last.through_ts.to_string()]);
        Ok(page(items, paging.limit, next))
    }

    /// The newest windows for which a condition on `w` holds.
    pub(super) async fn windows_where(
        &self,
        condition: &str,
        value: Value,
        most: usize,
    ) -> Result<Vec<Window>> {
        let mut select = Select::new(WINDOWS);
        select.and_all(condition, [value]);
        self.newest_windows(select, most).await
    }

    async fn newest_windows(&self, mut select: Select, most: usize) -> Result<Vec<Window>> {
        select.first("w.through_ts DESC", most);
        let rows = self.rows(select.query()).await?;
        let policies = self.policies().await?;
        let windows = rows.iter().map(|row| {
            let policy = policies.get(row.number("policy_version")?)?;
            Ok(window(row, policy)?)
        });
        windows.collect()
    }
}
