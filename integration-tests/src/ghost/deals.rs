//! The life of a deal: who may do what and when, and what money it moves.

use super::{
    deal::{self, Deal, Reason, Stage, Status, Terms},
    escrow::Account,
    meter::{code, Meter, Reading, Settlement, NOT_MEASURED},
    model::{ensure, refuse, signed, Answer, Ghost, Reply, Reporter},
    order::{BookKey, Order},
    policy::{self, Policy, PolicyKind},
    registry::is_id,
    reputation::{Ending, Outcome},
    step::{Call, Contract, Served, Who},
};
use crate::{DAY, HOUR};

const MAX_MONEY: i128 = 1 << 62;
const MAX_MB: u64 = 1 << 40;
const SLOTS_PER_PAGE: usize = 16;
pub const NO_LIMIT: u128 = u128::MAX;

/// The amounts that closing moves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Closing {
    pub pay: i128,
    pub refund: i128,
    pub held: i128,
}

/// Applies the stage and settles. The status is provisional until the release.
pub fn shut(deal: &mut Deal, id: u32, policy: &Policy, by_consumer: bool, now: u64) -> Closing {
    apply_stage(deal, id, policy, now);
    let terms = deal.terms.clone();
    let meter = deal.meter_mut();
    meter.note_neglect(policy, now);
    meter.close_ts = now.min(meter.end_ts);
    meter.closed_at_ts = now;
    let settlement = meter.settle(&terms);
    let status = match meter.breached_at {
        Some(_) => Status::BreachedProvider,
        None if meter.notice => Status::Cancelled,
        None => Status::Completed,
    };
    let reason = match status {
        Status::BreachedProvider => Reason::Strikes,
        Status::Cancelled if meter.silent => Reason::Silence,
        Status::Cancelled => Reason::Notice,
        _ if now >= meter.end_ts => Reason::Term,
        _ if by_consumer => Reason::Consumer,
        _ => Reason::Grace,
    };
    let held = meter.holdback(&terms);
    let refund = meter.locked - held;
    meter.locked = held;
    deal.released = meter.is_complete(&terms);
    deal.status = status;
    deal.reason = reason;
    Closing {
        pay: settlement.pay,
        refund,
        held,
    }
}

/// Applies the staged window, or drops it if it cannot be applied.
fn apply_stage(deal: &mut Deal, id: u32, policy: &Policy, now: u64) {
    if let Some(reading) = deal.staged_reading(id) {
        let mut after = deal.meter().clone();
        if after.report(&deal.terms, policy, &reading, now).is_ok() {
            deal.meter = Some(after);
        }
    }
    deal.stage = None;
}

impl Ghost {
    pub(super) fn run_deals(&mut self, order: &Order) -> Answer {
        use Call::*;
        match &order.call {
            CreateDeal { .. } | CreateDealAt { .. } | CreateSuccessor { .. } => self.create(order),
            Accept(id) => self.accept(order, *id),
            Reject(id) => {
                signed(order, order.actor)?;
                self.check_parties(order, *id)?;
                self.drop_unfunded(*id, Reason::Rejected)
            }
            Withdraw(id) => {
                signed(order, order.actor)?;
                self.check_consumer(order, *id)?;
                self.drop_unfunded(*id, Reason::Withdrawn)
            }
            Cancel(id) => self.cancel(order, *id),
            Fund(id, ..) => self.fund(order, *id, &order.repo),
            Deposit(id, _) => {
                signed(order, order.actor)?;
                self.check_parties(order, *id)?;
                self.top_up(order, *id)
            }
            Sponsor(_, id, _) => {
                signed(order, order.actor)?;
                self.find(*id)?;
                self.top_up(order, *id)
            }
            Reduce(id, _) => self.reduce(order, *id),
            Close(id) => {
                signed(order, order.actor)?;
                self.check_consumer(order, *id)?;
                self.close(*id, true, false)?;
                Ok(Reply::Nothing)
            }
            Complete(id) => {
                signed(order, order.actor)?;
                self.check_parties(order, *id)?;
                self.close(*id, true, true)?;
                self.free_capacity(*id);
                if self.deals[id].released {
                    self.write_outcome(*id);
                }
                Ok(Reply::Nothing)
            }
            Advance(id) => self.advance(*id),
            _ => self.run_oracle_or_owner(order),
        }
    }

    fn run_oracle_or_owner(&mut self, order: &Order) -> Answer {
        use Call::*;
        match &order.call {
            StageUse(id, storage_mb, egress_mb) => {
                self.enforce_oracle(order)?;
                self.stage_use(order, *id, *storage_mb, *egress_mb)
            }
            StageService(id, served) => {
                self.enforce_oracle(order)?;
                self.stage_service(order, *id, *served)
            }
            PayPending(id) => {
                self.enforce_oracle(order)?;
                self.pay_pending(order, *id)
            }
            Report(_) => {
                self.enforce_oracle(order)?;
                self.report_books(order, false)
            }
            ReportAndSettle(_) => {
                self.enforce_oracle(order)?;
                self.report_books(order, true)
            }
            Settle(_) => self.settle_rounds(order),
            DeleteDeal(id) => {
                signed(order, Who::Owner)?;
                self.check_parties(order, *id)?;
                let deal = &self.deals[id];
                let over = match deal.page {
                    None => !deal.is_unfunded(),
                    Some(_) => deal.released && deal.capacity_freed && deal.outcome_written,
                };
                ensure(over, 3141)?;
                self.deal_mut(*id).deleted = true;
                Ok(Reply::Nothing)
            }
            AddPolicy(kind) => self.add_policy(order, *kind),
            ScheduleOracle(who) => self.schedule_oracle(order, *who),
            CancelOracle => {
                signed(order, Who::Owner)?;
                self.reporter = self.matured();
                ensure(self.reporter.next.is_some(), 3124)?;
                self.reporter.next = None;
                Ok(Reply::Nothing)
            }
            SuspendOracle => {
                signed(order, Who::Owner)?;
                self.reporter = self.matured();
                ensure(self.reporter.current.is_some(), 3124)?;
                self.reporter.current = None;
                self.void_stages();
                Ok(Reply::Nothing)
            }
            _ => unreachable!("not of deals"),
        }
    }

    // ---- who ----

    fn find(&self, id: u32) -> Answer<&Deal> {
        self.deal(id).map_or(refuse(3101), Ok)
    }

    fn deal_mut(&mut self, id: u32) -> &mut Deal {
        self.deals.get_mut(&id).expect("checked")
    }

    fn check_parties(&self, order: &Order, id: u32) -> Answer<()> {
        let terms = &self.find(id)?.terms;
        ensure(
            (terms.consumer, terms.provider) == (order.consumer, order.provider),
            3102,
        )
    }

    fn check_consumer(&self, order: &Order, id: u32) -> Answer<()> {
        ensure(self.find(id)?.terms.consumer == order.actor, 3102)
    }

    fn enforce_oracle(&self, order: &Order) -> Answer<()> {
        match self.acting() {
            Some(who) => signed(order, who),
            None => refuse(3123),
        }
    }

    fn begin_obligation(&self, order: &Order) -> Answer<()> {
        signed(order, order.actor)?;
        ensure(!self.is_paused(Contract::Deals), 3100)
    }

    // ---- before funding ----

    fn create(&mut self, order: &Order) -> Answer {
        self.begin_obligation(order)?;
        let ask = order.ask.as_ref().expect("resolved");
        let (consumer, provider) = (order.actor, ask.provider);
        ensure(consumer != provider, 3109)?;
        ensure((HOUR..=5 * 365 * DAY).contains(&ask.secs), 3111)?;
        let size_fits = ask.storage_mb <= MAX_MB && ask.egress_mb <= MAX_MB;
        ensure(size_fits && ask.storage_mb + ask.egress_mb > 0, 3112)?;
        ensure(ask.repo.len() <= 128, 3118)?;
        ensure(is_id(&ask.repo), 3148)?;
        ensure(ask.policy_version == self.policy_version(), 3117)?;
        if let Some(replaced) = ask.succeeds {
            let old = self.find(replaced)?;
            let parties = (old.terms.consumer, old.terms.provider, old.terms.bucket);
            ensure(parties == (consumer, provider, ask.bucket), 3150)?;
            ensure(old.is_replaceable(self.now), 3151)?;
        }
        let (storage_mb, egress_mb) = (ask.storage_mb, ask.egress_mb);
        let size = (storage_mb, egress_mb);
        let bucket = self
            .registry
            .listing(ask.bucket, provider, consumer, size, ask.succeeds)?;
        ensure(bucket.api.eq_ignore_ascii_case(&ask.api), 3113)?;
        ensure(
            bucket.price_storage <= ask.max_storage.unwrap_or(NO_LIMIT),
            3115,
        )?;
        ensure(
            bucket.price_egress <= ask.max_egress.unwrap_or(NO_LIMIT),
            3116,
        )?;
        let price = |price: u128| i128::try_from(price).expect("bounded");
        let terms = Terms {
            consumer,
            provider,
            bucket: ask.bucket,
            api: bucket.api,
            duration_secs: ask.secs,
            storage_mb,
            egress_mb,
            price_storage: price(bucket.price_storage),
            price_egress: price(bucket.price_egress),
            latency_ms: bucket.latency_ms,
            uptime_bps: bucket.uptime_bps,
            asset: self.escrow.asset,
            policy_version: self.policy_version(),
            created_ts: self.now,
            by_provider: bucket.by_provider,
            offer_revision: bucket.revision,
            succeeds: ask.succeeds,
        };
        ensure(terms.quote() <= MAX_MONEY, 3114)?;
        let same_offer = ask
            .offer_revision
            .is_none_or(|asked| asked == bucket.revision);
        ensure(same_offer, 3149)?;
        let accepted = bucket.auto_accept == Some((terms.policy_version, terms.asset));
        let id = u32::try_from(self.deals.len()).expect("few") + 1;
        let deal = Deal {
            terms,
            status: if accepted {
                Status::Accepted
            } else {
                Status::Pending
            },
            reason: Reason::Open,
            repo: ask.repo.clone(),
            accepted_ts: if accepted { self.now } else { 0 },
            accepted_by_bucket: accepted,
            page: None,
            meter: None,
            stage: None,
            released: false,
            capacity_freed: false,
            outcome_written: false,
            deleted: false,
        };
        self.deals.insert(id, deal);
        Ok(Reply::Number(id.into()))
    }

    fn accept(&mut self, order: &Order, id: u32) -> Answer {
        self.begin_obligation(order)?;
        self.check_parties(order, id)?;
        let deal = &self.deals[&id];
        ensure(deal.status == Status::Pending, 3103)?;
        let window_secs = self.policy_of(deal).accept_window_secs;
        ensure(self.now <= deal.terms.created_ts + window_secs, 3107)?;
        let now = self.now;
        let deal = self.deal_mut(id);
        deal.status = Status::Accepted;
        deal.accepted_ts = now;
        Ok(Reply::Nothing)
    }

    fn drop_unfunded(&mut self, id: u32, reason: Reason) -> Answer {
        let deal = self.deal_mut(id);
        ensure(deal.is_unfunded(), 3106)?;
        deal.status = Status::Cancelled;
        deal.reason = reason;
        Ok(Reply::Nothing)
    }

    fn cancel(&mut self, order: &Order, id: u32) -> Answer {
        signed(order, order.actor)?;
        self.check_parties(order, id)?;
        let now = self.now;
        let policy = self.policy_of(&self.deals[&id]);
        if self.deals[&id].is_unfunded() {
            return self.drop_unfunded(id, Reason::Rejected);
        }
        let deal = self.deal_mut(id);
        ensure(deal.status == Status::Funded, 3105)?;
        let meter = deal.meter_mut();
        ensure(!meter.notice, 3122)?;
        // A provider cannot leave early once the term is over.
        ensure(now < meter.end_ts, 3105)?;
        meter.silent = now >= meter.through_ts + policy.silence_secs;
        meter.overused = meter.clipped_in_row >= policy.critical_limit;
        let notice_secs = if meter.silent { 0 } else { policy.notice_secs };
        meter.notice = true;
        meter.end_ts = meter.end_ts.min(now + notice_secs);
        let terms = self.deals[&id].terms.clone();
        self.deal_mut(id)
            .meter_mut()
            .review_grace(&terms, &policy, now);
        Ok(Reply::Nothing)
    }

    fn fund(&mut self, order: &Order, id: u32, repo: &str) -> Answer {
        self.begin_obligation(order)?;
        self.check_parties(order, id)?;
        let deal = self.deals[&id].clone();
        let policy = self.policy_of(&deal);
        let (terms, now) = (&deal.terms, self.now);
        ensure(deal.status == Status::Accepted, 3104)?;
        ensure(now <= deal.accepted_ts + policy.fund_window_secs, 3108)?;
        let amount = checked_amount(order)?;
        let least = terms.min_fund(policy.min_fund, policy.min_runway_secs);
        ensure(amount >= least, 3119)?;
        ensure((1..=128).contains(&repo.len()), 3118)?;
        ensure(is_id(repo), 3148)?;
        if let Some(replaced) = terms.succeeds {
            let old = self.find(replaced)?;
            ensure(old.status == Status::Funded, 3151)?;
            ensure(old.repo == repo, 3152)?;
            ensure(old.is_replaceable(now), 3151)?;
            self.close(replaced, true, false)?;
            self.deal_mut(replaced).capacity_freed = true;
        }
        let page = self.enter_book(id, terms);
        let revision = deal.accepted_by_bucket.then_some(terms.offer_revision);
        let size = (terms.storage_mb, terms.egress_mb);
        if let Some(replaced) = terms.succeeds {
            let paid = self.deals[&replaced].meter().paid_total > 0;
            let owner = paid.then_some(terms.consumer);
            let new = (id, repo, size);
            self.registry
                .replace(terms.bucket, replaced, new, revision, owner, now)?;
        } else {
            let user = (repo, terms.consumer);
            self.registry
                .reserve(terms.bucket, id, user, size, revision, now)?;
        }
        let account = Account {
            consumer: terms.consumer,
            provider: terms.provider,
            asset: terms.asset,
            page,
            fee_bps: policy.fee_bps,
            deposited: 0,
            charged: 0,
            refunded: 0,
            released: false,
        };
        self.escrow.accounts.insert(id, account);
        self.pull(id, terms.consumer, amount)?;
        let duration_secs = terms.duration_secs;
        let deal = self.deal_mut(id);
        deal.status = Status::Funded;
        deal.repo = repo.to_owned();
        deal.page = Some(page);
        deal.meter = Some(Meter::new(now, duration_secs, amount));
        Ok(Reply::Nothing)
    }

    fn enter_book(&mut self, id: u32, terms: &Terms) -> u32 {
        let head = self.heads.entry((terms.provider, terms.asset)).or_default();
        let of_page = |page: u32| (terms.provider, terms.asset, page);
        if self
            .books
            .get(&of_page(*head))
            .is_some_and(|page| page.len() == SLOTS_PER_PAGE)
        {
            *head += 1;
        }
        self.books.entry(of_page(*head)).or_default().push(id);
        *head
    }

    fn leave_book(&mut self, id: u32) {
        let deal = &self.deals[&id];
        let key = (
            deal.terms.provider,
            deal.terms.asset,
            deal.page.expect("funded"),
        );
        self.books
            .get_mut(&key)
            .expect("a page")
            .retain(|other| *other != id);
    }

    // ---- money in and out of a deal that is not released ----

    pub(super) fn top_up(&mut self, order: &Order, id: u32) -> Answer {
        let (now, policy) = (self.now, self.policy_of(&self.deals[&id]));
        let deal = &self.deals[&id];
        ensure(deal.page.is_some() && !deal.released, 3105)?;
        let amount = checked_amount(order)?;
        self.pull(id, order.actor, amount)?;
        let deal = self.deal_mut(id);
        let terms = deal.terms.clone();
        deal.meter_mut().locked += amount;
        deal.meter_mut().review_grace(&terms, &policy, now);
        if deal.meter().is_complete(&terms) {
            self.release(id);
        }
        Ok(Reply::Nothing)
    }

    fn reduce(&mut self, order: &Order, id: u32) -> Answer {
        signed(order, order.actor)?;
        self.check_consumer(order, id)?;
        let deal = self.deals[&id].clone();
        ensure(deal.status == Status::Funded, 3105)?;
        let amount = checked_amount(order)?;
        let keep = deal
            .meter()
            .must_keep(&deal.terms, &self.policy_of(&deal), self.now);
        ensure(deal.meter().locked - amount >= keep, 3121)?;
        self.deal_mut(id).meter_mut().locked -= amount;
        self.escrow.refund(id, amount);
        Ok(Reply::Nothing)
    }

    // ---- the end ----

    fn close(&mut self, id: u32, by_consumer: bool, push: bool) -> Answer<()> {
        ensure(self.deals[&id].status == Status::Funded, 3105)?;
        let (now, policy) = (self.now, self.policy_of(&self.deals[&id]));
        if !by_consumer {
            let mut staged = self.deals[&id].clone();
            apply_stage(&mut staged, id, &policy, now);
            ensure(staged.meter().is_due(&policy, now), 3145)?;
        }
        let closing = shut(self.deal_mut(id), id, &policy, by_consumer, now);
        self.move_money(id, closing.pay, closing.refund);
        if push {
            let terms = self.deals[&id].terms.clone();
            self.push_if_possible(terms.provider, terms.asset);
            self.push_if_possible(terms.consumer, terms.asset);
        }
        Ok(())
    }

    /// Pays and refunds at a closing or a release; an empty deal leaves the book.
    fn move_money(&mut self, id: u32, pay: i128, refund: i128) {
        self.escrow.pay(id, pay);
        self.escrow.refund(id, refund);
        if self.deals[&id].released {
            self.escrow.release(id);
            self.leave_book(id);
        }
    }

    /// The last settlement of a closed deal. The rest belongs to the consumer.
    fn release(&mut self, id: u32) {
        let deal = self.deal_mut(id);
        let terms = deal.terms.clone();
        let settlement = deal.meter_mut().settle(&terms);
        let refund = deal.meter().locked;
        deal.meter_mut().locked = 0;
        deal.released = true;
        if deal.meter().breached_at.is_some() {
            deal.status = Status::BreachedProvider;
            deal.reason = Reason::Strikes;
        } else if settlement.arrears > 0 {
            deal.status = Status::BreachedConsumer;
        }
        self.move_money(id, settlement.pay, refund);
    }

    fn free_capacity(&mut self, id: u32) {
        let deal = &self.deals[&id];
        let owner = (deal.meter().paid_total > 0).then_some(deal.terms.consumer);
        self.registry
            .release(deal.terms.bucket, id, owner, self.now);
        self.deal_mut(id).capacity_freed = true;
    }

    fn write_outcome(&mut self, id: u32) {
        let deal = self.deals[&id].clone();
        let (terms, meter) = (&deal.terms, deal.meter());
        let (credited, charged) = (meter.credited(terms), meter.charged(terms));
        let outcome = match deal.status {
            Status::BreachedProvider => Outcome::BreachedProvider,
            Status::BreachedConsumer => Outcome::BreachedConsumer,
            Status::Cancelled if deal.reason == Reason::Silence => Outcome::Silence,
            Status::Cancelled if meter.overused => Outcome::Overuse,
            Status::Cancelled => Outcome::Notice,
            _ if !meter.measured => Outcome::Unmeasured,
            _ if credited == 0 => Outcome::Clean,
            _ if 10 * credited <= charged + credited => Outcome::MinorCredit,
            _ => Outcome::MajorCredit,
        };
        let (provider, consumer) = (terms.provider, terms.consumer);
        let gross = charged + credited;
        let weight = if outcome == Outcome::BreachedProvider {
            gross.max(meter.first_deposit).min(terms.quote())
        } else {
            gross
        };
        let ending = Ending {
            outcome,
            in_grace: meter.arrears_since.is_some(),
            volume: meter.paid_total,
            fee: meter.paid_total * i128::from(self.policy_of(&deal).fee_bps) / 10_000,
            weight,
        };
        self.reputation.record(provider, consumer, ending, self.now);
        self.deal_mut(id).outcome_written = true;
    }

    /// Takes the first step that is due.
    fn advance(&mut self, id: u32) -> Answer {
        let deal = self.find(id)?.clone();
        let (now, policy) = (self.now, self.policy_of(&deal));
        let done = |step: u64| Ok(Reply::Number(step));
        match deal.status {
            Status::Pending | Status::Accepted => {
                let until_ts = if deal.status == Status::Pending {
                    deal.terms.created_ts + policy.accept_window_secs
                } else {
                    deal.accepted_ts + policy.fund_window_secs
                };
                if now <= until_ts {
                    return done(0);
                }
                self.drop_unfunded(id, Reason::Expired)?;
                return done(1);
            }
            _ if deal.page.is_none() => return done(0),
            Status::Funded => {
                if !deal.meter().is_due(&policy, now) {
                    return done(0);
                }
                self.close(id, false, false)?;
                return done(2);
            }
            _ => {}
        }
        if !deal.released && now >= deal.meter().final_until_ts(&policy) {
            let deal = self.deal_mut(id);
            deal.stage = None;
            deal.meter_mut().add_tail(&policy);
            self.release(id);
            return done(3);
        }
        if !deal.capacity_freed {
            self.free_capacity(id);
            return done(4);
        }
        if deal.released && !deal.outcome_written {
            self.write_outcome(id);
            return done(5);
        }
        done(0)
    }

    // ---- reports ----

    fn report_books(&mut self, order: &Order, settling: bool) -> Answer {
        check_size(order.readings.iter().map(|(_, items)| items.len()))?;
        let mut codes = vec![];
        let mut keys: Vec<BookKey> = vec![];
        let mut partings = vec![];
        for (key, items) in &order.readings {
            let duplicate = keys.contains(key);
            keys.push(*key);
            let mut applied = vec![];
            for reading in items {
                if duplicate {
                    codes.push(3144);
                    continue;
                }
                let answer = self.report_item(*key, reading, settling, &mut applied);
                if answer.is_ok() && self.is_complete(reading.deal) {
                    partings.push(reading.deal);
                    self.release(reading.deal);
                }
                codes.push(code(answer));
            }
        }
        Ok(Reply::Codes(codes))
    }

    fn report_item(
        &mut self,
        key: BookKey,
        reading: &Reading,
        settling: bool,
        applied: &mut Vec<u32>,
    ) -> Answer<()> {
        let id = reading.deal;
        ensure(!applied.contains(&id), 3132)?;
        ensure(self.is_on_page(key, id), 3130)?;
        let (now, policy) = (self.now, self.policy_of(&self.deals[&id]));
        let deal = self.deal_mut(id);
        let terms = deal.terms.clone();
        let mut meter = deal.meter().clone();
        meter.report(&terms, &policy, reading, now)?;
        deal.meter = Some(meter);
        applied.push(id);
        if settling && !deal.meter().is_complete(&terms) {
            self.settle_deal(id);
        }
        Ok(())
    }

    fn is_complete(&self, id: u32) -> bool {
        let deal = &self.deals[&id];
        deal.meter().is_complete(&deal.terms)
    }

    fn is_on_page(&self, key: BookKey, id: u32) -> bool {
        self.books.get(&key).is_some_and(|page| page.contains(&id))
    }

    fn settle_deal(&mut self, id: u32) -> Settlement {
        let deal = self.deal_mut(id);
        let terms = deal.terms.clone();
        let settlement = deal.meter_mut().settle(&terms);
        self.escrow.pay(id, settlement.pay);
        settlement
    }

    fn settle_rounds(&mut self, order: &Order) -> Answer {
        check_size(order.rounds.iter().map(|(_, deals)| deals.len()))?;
        let mut codes = vec![];
        for (key, deals) in &order.rounds {
            for id in deals {
                codes.push(code(self.settle_if_due(*key, *id)));
            }
        }
        Ok(Reply::Codes(codes))
    }

    /// Changes nothing if there is nothing to settle.
    pub fn settle_if_due(&mut self, key: BookKey, id: u32) -> Answer<()> {
        ensure(self.is_on_page(key, id), 3130)?;
        let before = self.clone();
        if self.settle_deal(id).pay == 0 {
            *self = before;
            return refuse(3134);
        }
        Ok(())
    }

    // ---- the single-deal calls ----

    /// The deal's meter while it takes reports.
    fn open_meter(&self, order: &Order, id: u32) -> Answer<Meter> {
        self.check_parties(order, id)?;
        let deal = &self.deals[&id];
        ensure(deal.page.is_some(), 3105)?;
        ensure(!deal.released, 3131)?;
        ensure(
            deal.meter().takes_reports(&self.policy_of(deal), self.now),
            3131,
        )?;
        Ok(deal.meter().clone())
    }

    fn stage_use(&mut self, order: &Order, id: u32, storage_mb: u64, egress_mb: u64) -> Answer {
        let meter = self.open_meter(order, id)?;
        let through_ts = meter.latest_ts(self.now);
        ensure(through_ts > meter.through_ts, 3136)?;
        let stage = Stage {
            through_ts,
            storage_mb,
            egress_mb,
            ..self.current_stage(id)
        };
        self.deal_mut(id).stage = Some(stage);
        Ok(Reply::Nothing)
    }

    fn stage_service(&mut self, order: &Order, id: u32, served: Served) -> Answer {
        ensure(served.0 <= 3_600_000 && served.1 <= 10_000, 3129)?;
        self.open_meter(order, id)?;
        let stage = Stage {
            latency_ms: served.0,
            uptime_bps: served.1,
            ..self.current_stage(id)
        };
        self.deal_mut(id).stage = Some(stage);
        Ok(Reply::Nothing)
    }

    fn current_stage(&self, id: u32) -> Stage {
        let deal = &self.deals[&id];
        deal.staged().cloned().unwrap_or(Stage {
            from_ts: deal.meter().through_ts,
            through_ts: 0,
            storage_mb: 0,
            egress_mb: 0,
            latency_ms: NOT_MEASURED,
            uptime_bps: NOT_MEASURED,
        })
    }

    fn pay_pending(&mut self, order: &Order, id: u32) -> Answer {
        self.check_parties(order, id)?;
        let deal = self.deals[&id].clone();
        let policy = self.policy_of(&deal);
        ensure(deal.page.is_some(), 3105)?;
        ensure(!deal.released, 3131)?;
        let (provider, asset) = (deal.terms.provider, deal.terms.asset);
        let reading = deal.staged_reading(id);
        if let Some(reading) = &reading {
            let mut meter = deal.meter().clone();
            meter.report(&deal.terms, &policy, reading, self.now)?;
            let is_complete = meter.is_complete(&deal.terms);
            let deal = self.deal_mut(id);
            deal.meter = Some(meter);
            deal.stage = None;
            if is_complete {
                self.release(id);
                self.push_if_possible(provider, asset);
                self.push_if_possible(self.deals[&id].terms.consumer, asset);
                return Ok(Reply::Nothing);
            }
        }
        let settlement = self.settle_deal(id);
        ensure(reading.is_some() || settlement.pay > 0, 3135)?;
        if settlement.pay > 0 {
            self.push_if_possible(provider, asset);
        }
        Ok(Reply::Nothing)
    }

    // ---- the owner ----

    fn add_policy(&mut self, order: &Order, kind: PolicyKind) -> Answer {
        signed(order, Who::Owner)?;
        let policy = policy::policy(kind);
        ensure(policy::in_bounds(&policy), 3139)?;
        self.policies.push(policy);
        Ok(Reply::Number(self.policy_version().into()))
    }

    fn schedule_oracle(&mut self, order: &Order, who: Who) -> Answer {
        signed(order, Who::Owner)?;
        self.reporter = self.matured();
        ensure(self.reporter.current != Some(who), 3143)?;
        let from_ts = if self.reporter.ever_set {
            self.reporter.next = Some((who, self.now + DAY));
            self.now + DAY
        } else {
            self.reporter = Reporter {
                ever_set: true,
                current: Some(who),
                next: None,
            };
            self.void_stages();
            self.now
        };
        Ok(Reply::Number(from_ts))
    }

    /// The role changed hands: what its last holder staged counts no more.
    pub(super) fn void_stages(&mut self) {
        for deal in self.deals.values_mut() {
            deal.stage = None;
        }
    }
}

fn checked_amount(order: &Order) -> Answer<i128> {
    ensure((1..=MAX_MONEY).contains(&order.amount), 3120)?;
    Ok(order.amount)
}

fn check_size(lens: impl Iterator<Item = usize>) -> Answer<()> {
    let (books, items) = lens.fold((0, 0), |(books, items), len| (books + 1, items + len));
    ensure(books <= 60 && items <= 100, 3133)
}

/// The quote for a deal on a bucket: price and minimum deposit.
pub fn quote(
    ghost: &Ghost,
    bucket: &super::registry::Bucket,
    secs: u64,
    storage_mb: u64,
    egress_mb: u64,
) -> (i128, i128) {
    let policy = &ghost.policies[ghost.policies.len() - 1];
    let prices = crate::expected::Prices {
        storage: i128::try_from(bucket.price_storage).expect("bounded"),
        egress: i128::try_from(bucket.price_egress).expect("bounded"),
    };
    let runway_secs = policy.min_runway_secs.min(secs);
    let least = deal::quote(&prices, storage_mb, egress_mb, runway_secs);
    (
        deal::quote(&prices, storage_mb, egress_mb, secs),
        least.max(policy.min_fund),
    )
}
