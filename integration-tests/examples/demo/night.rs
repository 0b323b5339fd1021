//! What happens at midnight: the oracle reports and settles everything in one batch, then anyone
//! takes the steps that are due.

use std::collections::BTreeMap;

use flash_integration_tests::Deal;
use flash_interfaces::{
    deals::{Advance, BookReports, DealStatus, Meter},
    reputation::Role,
};
use soroban_sdk::Vec as HostVec;

use crate::{
    cast::{Act, Reporting},
    money::usd,
    play::{done, percent, Play},
};

impl Play {
    /// Reports of all deals that take one, grouped by the pages of the providers' books.
    pub fn nightly_round(&mut self) {
        let before = self.open_meters();
        let mut books: BTreeMap<(&str, u32), BookReports> = BTreeMap::new();
        for (act, meter) in &before {
            let Some(through_ts) = self.due_through(act, meter) else {
                continue;
            };
            let usage = act.habit.on(self.day());
            if act.habit.reporting == Reporting::SingleCalls {
                self.single_calls(act);
                continue;
            }
            let page = (act.deal.provider.name, meter.page);
            let book = books.entry(page).or_insert_with(|| BookReports {
                provider: meter.provider.clone(),
                asset: meter.asset.clone(),
                page: meter.page,
                reports: HostVec::new(&self.world.env),
            });
            let reading = self.world.reading(&act.deal, usage, through_ts);
            book.reports.push_back(reading);
        }
        self.send(&books.into_values().collect::<Vec<_>>());
        for (act, before) in &before {
            self.tell_what_changed(act, before);
        }
    }

    /// Through when a deal is to be reported now; `None` when it is not.
    fn due_through(&self, act: &Act, meter: &Meter) -> Option<u64> {
        let closed = meter.close_ts != 0;
        if closed && act.habit.reporting == Reporting::BatchNeverFinal {
            return None;
        }
        let until_ts = if closed { meter.close_ts } else { meter.end_ts };
        let through_ts = until_ts.min(self.world.now());
        (through_ts > meter.through_ts).then_some(through_ts)
    }

    fn send(&mut self, books: &[BookReports]) {
        if books.is_empty() {
            return;
        }
        let codes = self.world.report_batch(books, true);
        let day = self.day();
        assert!(
            codes.iter().all(|code| *code == 0),
            "the round of day {day} was answered with {codes:?}"
        );
        let instructions = self.world.env.cost_estimate().resources().instructions;
        if instructions > self.costliest_round.1 {
            self.costliest_round = (codes.len(), instructions);
        }
    }

    /// The published client's round of one deal.
    pub fn single_calls(&self, act: &Act) {
        self.stage(act);
        let oracle = self.world.as_oracle();
        let (provider, consumer) = (&act.deal.provider.address, &act.deal.consumer.address);
        let args = (provider, consumer, act.deal.id);
        done("pay", oracle.deals::<()>("pay_pending_consumption", args));
    }

    /// Stages consumption and service since the last report.
    pub fn stage(&self, act: &Act) {
        let usage = act.habit.on(self.day());
        let oracle = self.world.as_oracle();
        let (provider, consumer) = (&act.deal.provider.address, &act.deal.consumer.address);
        let id = act.deal.id;
        let consumption = (provider, consumer, id, usage.storage_mb, usage.egress_mb);
        done(
            "stage consumption",
            oracle.deals::<()>("update_deal_consumption", consumption),
        );
        let service = (provider, consumer, id, usage.latency_ms, usage.uptime_bps);
        done(
            "stage service",
            oracle.deals::<()>("update_deal_sla", service),
        );
    }

    /// Deals that were funded and not released, in the order in which they were opened.
    fn open_meters(&self) -> Vec<(Act, Meter)> {
        let acts: Vec<_> = self.acts.iter().filter(|act| !act.over).collect();
        let mut ids = HostVec::new(&self.world.env);
        acts.iter().for_each(|act| ids.push_back(act.deal.id));
        let meters = self.world.deals().get_meters(&ids);
        let open = acts.into_iter().zip(meters.iter());
        open.filter_map(|(act, meter)| Some((act.clone(), meter?)))
            .filter(|(_, meter)| !meter.released)
            .collect()
    }

    fn tell_what_changed(&self, act: &Act, before: &Meter) {
        let after = self.world.meter(&act.deal);
        if before.arrears_since_ts == 0 && after.arrears_since_ts != 0 {
            let left = usd(after.reserve);
            let owed = usd(after.owed);
            self.tell(&format!(
                "{} runs dry: {owed} owed, and nothing left but {left} set apart for egress",
                act.title()
            ));
        }
        self.tell_credit(act, before, &after);
        if after.released && !before.released {
            self.tell(&format!("the final report of {} has come", act.title()));
        }
    }

    fn tell_credit(&self, act: &Act, before: &Meter, after: &Meter) {
        let measured = self.world.get(&act.deal).sla_avg_uptime_pct;
        let terms = self.world.deals().get_deal_terms(&act.deal.id);
        let agreed = terms.expect("a deal").sla_avg_uptime_pct;
        // What is credited moves by a unit on good days too: it is a difference of rounded figures.
        if measured >= agreed || after.through_ts == before.through_ts {
            return;
        }
        let strikes = match after.strikes {
            0 => String::new(),
            strikes => format!(", and strike {strikes} against {}", act.deal.provider.name),
        };
        self.tell(&format!(
            "{} was up {} of the day, agreed are {}: {} credited{strikes}",
            act.title(),
            percent(measured),
            percent(agreed),
            usd(after.credited - before.credited),
        ));
    }

    /// Anyone takes the steps that are due on any deal.
    pub fn keep_house(&mut self) {
        for nth in 0..self.acts.len() {
            let act = self.acts[nth].clone();
            if act.over {
                continue;
            }
            for step in self.world.steps(&act.deal) {
                self.tell_step(&act, step);
            }
            self.acts[nth].over = self.is_over(&act.deal);
            if self.acts[nth].over {
                self.tell_accounts(&act);
            }
        }
    }

    fn tell_step(&self, act: &Act, step: Advance) {
        let (status, reason) = self.world.end(&act.deal);
        let title = act.title();
        match step {
            Advance::Expired => self.tell(&format!(
                "{title} was not funded in time, so anyone may end it; {status:?} ({reason:?})"
            )),
            Advance::Closed => self.tell(&format!(
                "{title}: closing is due and anyone may; {status:?} ({reason:?})"
            )),
            Advance::Released => self.tell(&format!(
                "no final report of {title} has come in time; its tail is billed at the last rate"
            )),
            // These two move no money.
            Advance::CapacityFreed | Advance::OutcomeWritten | Advance::NothingDue => {}
        }
    }

    fn is_over(&self, deal: &Deal) -> bool {
        match self.world.status(deal) {
            DealStatus::Pending | DealStatus::Accepted | DealStatus::Funded => false,
            _ => {
                let account = self.world.escrow().get_account(&deal.id);
                account.is_none_or(|account| account.released)
            }
        }
    }

    fn tell_accounts(&self, act: &Act) {
        let Some(account) = self.world.escrow().get_account(&act.deal.id) else {
            return;
        };
        let (provider, consumer) = (&act.deal.provider, &act.deal.consumer);
        let owed = self.world.meter(&act.deal).owed;
        let unpaid = if owed > 0 {
            format!(", {} stay unpaid", usd(owed))
        } else {
            String::new()
        };
        self.tell(&format!(
            "  so {} got {} and {} {} back, the fee is {}{unpaid}; scores: {} {}, {} {}",
            provider.name,
            usd(account.paid),
            consumer.name,
            usd(account.refunded),
            usd(account.fee),
            provider.name,
            self.world.score(provider, Role::Provider),
            consumer.name,
            self.world.score(consumer, Role::Consumer),
        ));
    }
}
