//! Deals: creation, metered usage, end.

use super::flags;
use crate::{
    batch::Batch,
    event::{int, snake, text, wide, Event},
    json_rows::{measured, policy},
    rows::{Deal, Settlement, Window},
    table::Int128,
};
use anyhow::{Context, Result};
use serde_json::Value;

impl Batch {
    pub(super) fn deals(&mut self, event: &Event) -> Result<()> {
        match &*event.name {
            "reported" => {
                for item in event.list("items") {
                    self.reported(event, item)?;
                }
            }
            "settled" => {
                for item in event.list("items") {
                    let paid = wide(&item[1], "paid")?;
                    let arrears = wide(&item[2], "arrears")?;
                    let deal_id = item[0].as_i64().context("deal_id")?;
                    self.deal(event, deal_id)?.pay(paid, 0);
                    self.settle(event, deal_id, paid, 0, arrears);
                }
            }
            "policy_added" => {
                let policy = policy(event.int("version")?, &event.body["policy"])?;
                self.policies.insert(policy.version, policy);
                self.touched.facts = true;
            }
            "deal_created" => self.created(event)?,
            "deal_deleted" => {
                self.deleted_deals.insert(event.int("deal_id")?);
            }
            name if !name.starts_with("deal_") && event.body["deal_id"].is_null() => {
                self.touched.facts = true;
                // The previous oracle's stages are void.
                self.touched.stages |= name.starts_with("oracle_");
            }
            _ => self.one_deal(event)?,
        }
        Ok(())
    }

    fn one_deal(&mut self, event: &Event) -> Result<()> {
        let deal = self.deal(event, event.int("deal_id")?)?;
        match &*event.name {
            "deal_accepted" => {
                deal.status = "accepted".to_owned();
                deal.fund_until_ts = event.int("fund_until_ts")?;
            }
            "deal_dropped" => deal.end("cancelled", &snake(text(&event.body, "reason")?)),
            "deal_funded" => return self.funded(event),
            "deal_succeeded" => deal.succeeded_by = Some(event.int("successor")?),
            "notice_given" => deal.end_ts = event.int("end_ts")?,
            "arrears_began" => deal.arrears_since_ts = event.closed_ts,
            "arrears_cleared" => deal.arrears_since_ts = 0,
            "window_staged" => deal.stage(&event.body["stage"])?,
            "deal_closed" => {
                let status = snake(text(&event.body, "status")?);
                deal.end(&status, &snake(text(&event.body, "reason")?));
                deal.close_ts = event.int("close_ts")?;
                deal.unstage();
                self.live(event, -1)?;
            }
            "deal_released" => {
                let status = snake(text(&event.body, "status")?);
                deal.end(&status, &snake(text(&event.body, "reason")?));
                deal.released = 1;
                deal.credited = Int128(event.wide("credited")?);
                deal.storage_mb_secs = Int128(event.wide("storage_mb_secs")?);
                deal.egress_mb = event.int("egress_mb")?;
                deal.unstage();
            }
            _ => {}
        }
        Ok(())
    }

    fn live(&mut self, event: &Event, change: i64) -> Result<()> {
        self.provider(event, "provider")?.live_deals += change;
        self.consumer(event, "consumer")?.live_deals += change;
        Ok(())
    }

    fn funded(&mut self, event: &Event) -> Result<()> {
        let deal = self.deal(event, event.int("deal_id")?)?;
        deal.status = "funded".to_owned();
        deal.fb_repo_id = event.text("fb_repo_id")?;
        deal.start_ts = event.int("start_ts")?;
        deal.end_ts = event.int("end_ts")?;
        deal.through_ts = deal.start_ts;
        deal.window_from_ts = deal.start_ts;
        self.live(event, 1)
    }

    fn created(&mut self, event: &Event) -> Result<()> {
        let terms = &event.body["terms"];
        let accepted = event.is("accepted");
        let mut deal = Deal {
            deal_id: event.int("deal_id")?,
            consumer: event.text("consumer")?,
            provider: event.text("provider")?,
            bucket_id: int(terms, "bucket_id")?,
            asset: text(terms, "asset")?.to_owned(),
            api: text(terms, "api_compatibility")?.to_owned(),
            fb_repo_id: event.text("fb_repo_id")?,
            status: if accepted { "accepted" } else { "pending" }.to_owned(),
            reason: "open".to_owned(),
            created_ts: int(terms, "created_ts")?,
            duration_secs: int(terms, "duration_secs")?,
            agreed_storage_mb: int(terms, "agreed_storage_mb")?,
            agreed_egress_mb: int(terms, "agreed_egress_mb")?,
            price_storage: int(terms, "price_per_gb_storage")?,
            price_egress: int(terms, "price_per_gb_egress")?,
            sla_latency_ms: int(terms, "sla_avg_latency_ms")?,
            sla_uptime_bps: int(terms, "sla_avg_uptime_pct")?,
            policy_version: int(terms, "policy_version")?,
            metering: snake(text(terms, "metering")?),
            succeeds: terms["succeeds"].as_i64(),
            changed_ledger: event.ledger,
            ..Deal::default()
        };
        let policy = self.policies.get(&deal.policy_version);
        if let Some(policy) = policy.filter(|_| accepted) {
            deal.fund_until_ts = deal.created_ts + policy.fund_window_secs;
        }
        self.touched.deals.insert(deal.deal_id);
        self.deals.insert(deal.deal_id, deal);
        Ok(())
    }

    /// `ReportItem`: (deal_id, storage_mb_secs, egress_mb, through_ts, flags, paid).
    fn reported(&mut self, event: &Event, item: &Value) -> Result<()> {
        let number = |nth: usize| item[nth].as_i64().with_context(|| format!("item {nth}"));
        let (deal_id, egress_mb, through_ts, flags) =
            (number(0)?, number(2)?, number(3)?, number(4)?);
        let storage = wide(&item[1], "storage_mb_secs")?;
        let paid = wide(&item[5], "paid")?;
        let deal = self.deal(event, deal_id)?;
        let (secs, stored) = (
            through_ts - deal.window_from_ts,
            storage - deal.window_storage_mb_secs.0,
        );
        let window = Window {
            deal_id,
            through_ts,
            from_ts: deal.window_from_ts,
            bucket_id: deal.bucket_id,
            provider: deal.provider.clone(),
            storage_mb_secs: Int128(stored),
            egress_mb: egress_mb - deal.window_egress_mb,
            latency_ms: None,
            uptime_bps: None,
            flags: flags & ((1 << flags::CREDIT_SHIFT) - 1),
            credit_bps: flags >> flags::CREDIT_SHIFT,
            paid: Int128(paid),
            event_id: event.event_id.clone(),
        };
        deal.window_from_ts = through_ts;
        deal.window_storage_mb_secs = Int128(storage);
        deal.window_egress_mb = egress_mb;
        deal.through_ts = through_ts;
        deal.storage_mb_secs = Int128(storage);
        deal.egress_mb = egress_mb;
        deal.rate_mb = i64::try_from(stored.checked_div(secs.into()).unwrap_or(0))?;
        deal.unstage();
        self.windows.push(window);
        // The escrow's account_closed carries the money of a release.
        if flags & flags::RELEASED == 0 {
            self.deal(event, deal_id)?.pay(paid, 0);
            self.settle(event, deal_id, paid, 0, 0);
        }
        Ok(())
    }

    pub(super) fn settle(
        &mut self,
        event: &Event,
        deal_id: i64,
        paid: i128,
        refund: i128,
        arrears: i128,
    ) {
        if (paid, refund, arrears) == (0, 0, 0) {
            return;
        }
        let row = Settlement {
            deal_id,
            event_id: event.event_id.clone(),
            ts: event.closed_ts,
            paid: Int128(paid),
            refund: Int128(refund),
            arrears: Int128(arrears),
        };
        self.settlements
            .insert((deal_id, event.event_id.clone()), row);
    }
}

impl Deal {
    pub(super) fn pay(&mut self, paid: i128, refund: i128) {
        self.paid_total.0 += paid;
        self.refunded.0 += refund;
        self.locked.0 -= paid + refund;
    }

    fn end(&mut self, status: &str, reason: &str) {
        self.status = status.to_owned();
        self.reason = reason.to_owned();
        self.ended = 1;
    }

    pub fn unstage(&mut self) {
        self.stage_from_ts = None;
        self.stage_through_ts = None;
        self.stage_storage_mb = None;
        self.stage_egress_mb = None;
        self.stage_latency_ms = None;
        self.stage_uptime_bps = None;
    }

    fn stage(&mut self, stage: &Value) -> Result<()> {
        let measured = |field: &str| Ok::<_, anyhow::Error>(measured(int(stage, field)?));
        self.stage_from_ts = Some(int(stage, "from_ts")?);
        self.stage_through_ts = Some(int(stage, "through_ts")?);
        self.stage_storage_mb = Some(int(stage, "storage_mb")?);
        self.stage_egress_mb = Some(int(stage, "egress_mb")?);
        self.stage_latency_ms = measured("latency_ms")?;
        self.stage_uptime_bps = measured("uptime_bps")?;
        Ok(())
    }
}
