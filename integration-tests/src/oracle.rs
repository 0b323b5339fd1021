//! The oracle: turns usage and service into reports.

use flash_interfaces::deals::{BookDeals, BookReports, Report, NOT_MEASURED};
use soroban_sdk::{vec, Vec};

use crate::{deal::Deal, people::Person, Answer, World, DAY, GB};

/// Usage of a deal in one window.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Average over the window, MB.
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
}

impl Usage {
    /// Usage with this average storage, no egress and perfect service.
    pub fn stored_gb(gb: u64) -> Self {
        Self {
            storage_mb: gb * GB,
            egress_mb: 0,
            latency_ms: 50,
            uptime_bps: 10_000,
        }
    }

    pub fn sent_gb(self, gb: u64) -> Self {
        Self {
            egress_mb: gb * GB,
            ..self
        }
    }

    /// Measured latency in ms and uptime in basis points.
    pub fn served(self, latency_ms: u32, uptime_bps: u32) -> Self {
        Self {
            latency_ms,
            uptime_bps,
            ..self
        }
    }

    pub fn unmeasured(self) -> Self {
        self.served(NOT_MEASURED, NOT_MEASURED)
    }
}

impl World {
    /// Reports the usage since the last report as new totals, through `through_ts`.
    pub fn reading(&self, deal: &Deal, usage: Usage, through_ts: u64) -> Report {
        let meter = self.meter(deal);
        let secs = through_ts.saturating_sub(meter.through_ts);
        (
            deal.id,
            meter.storage_mb_secs + u128::from(usage.storage_mb) * u128::from(secs),
            meter.egress_mb + usage.egress_mb,
            usage.latency_ms,
            usage.uptime_bps,
            through_ts,
        )
    }

    /// A book with reports on deals on the page of `deal`.
    pub fn book(&self, deal: &Deal, reports: &[Report]) -> BookReports {
        let page = self.deals().get_deal_page(&deal.id).expect("a funded deal");
        BookReports {
            provider: page.provider,
            asset: page.asset,
            page: page.page,
            reports: Vec::from_slice(&self.env, reports),
        }
    }

    /// Reports books in one batch; returns one code per item.
    pub fn report_batch(&self, books: &[BookReports], settling: bool) -> std::vec::Vec<u32> {
        let command = if settling {
            "report_and_settle"
        } else {
            "report"
        };
        self.report_by(&self.oracle, command, books)
            .expect("a batch answers with codes")
    }

    /// The same, sent by somebody who may not.
    pub fn report_by(
        &self,
        who: &Person,
        command: &str,
        books: &[BookReports],
    ) -> Answer<std::vec::Vec<u32>> {
        let books = Vec::from_slice(&self.env, books);
        let codes = self.by(who).deals::<Vec<u32>>(command, (books,))?;
        Ok(codes.iter().collect())
    }

    /// Reports the usage since the last report through now; returns the code of the item.
    pub fn report(&self, deal: &Deal, usage: Usage) -> u32 {
        self.report_through(deal, usage, self.now())
    }

    pub fn report_through(&self, deal: &Deal, usage: Usage, through_ts: u64) -> u32 {
        let reading = self.reading(deal, usage, through_ts);
        self.report_batch(&[self.book(deal, &[reading])], false)[0]
    }

    /// A daily round of one deal: reports usage through now and settles.
    pub fn round(&self, deal: &Deal, usage: Usage) {
        let reading = self.reading(deal, usage, self.now());
        let codes = self.report_batch(&[self.book(deal, &[reading])], true);
        assert_eq!(codes, [0]);
    }

    /// Lets days pass, with a round at the end of each.
    pub fn days(&self, deal: &Deal, days: u64, usage: Usage) {
        for _ in 0..days {
            self.advance(DAY);
            self.round(deal, usage);
        }
    }

    /// Settles, as anyone may; returns the code of the item.
    pub fn settle(&self, deal: &Deal) -> u32 {
        let page = self.deals().get_deal_page(&deal.id).expect("a funded deal");
        let book = BookDeals {
            provider: page.provider,
            asset: page.asset,
            page: page.page,
            deal_ids: vec![&self.env, deal.id],
        };
        let codes = self
            .unsigned()
            .deals::<Vec<u32>>("settle", (vec![&self.env, book],))
            .expect("a batch answers with codes");
        codes.get(0).expect("a code")
    }

    /// The final report of a closed deal.
    pub fn final_report(&self, deal: &Deal, usage: Usage) {
        let close_ts = self.meter(deal).close_ts;
        assert_eq!(self.report_through(deal, usage, close_ts), 0);
    }
}

/// The single-deal calls of the published client.
impl World {
    /// Stages the consumption since the watermark: average MB stored, MB sent.
    pub fn stage_consumption(&self, deal: &Deal, storage_mb: u64, egress_mb: u64) -> Answer {
        let (provider, consumer) = (&deal.provider.address, &deal.consumer.address);
        let args = (provider, consumer, deal.id, storage_mb, egress_mb);
        self.as_oracle().deals("update_deal_consumption", args)
    }

    /// Stages the service of the window: latency in ms, uptime in basis points.
    pub fn stage_service(&self, deal: &Deal, latency_ms: u32, uptime_bps: u32) -> Answer {
        let (provider, consumer) = (&deal.provider.address, &deal.consumer.address);
        let args = (provider, consumer, deal.id, latency_ms, uptime_bps);
        self.as_oracle().deals("update_deal_sla", args)
    }

    /// Turns the stage into a report, settles and pays out.
    pub fn pay_pending(&self, deal: &Deal) -> Answer {
        let args = (&deal.provider.address, &deal.consumer.address, deal.id);
        self.as_oracle().deals("pay_pending_consumption", args)
    }
}
