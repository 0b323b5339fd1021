//! What events say, applied to rows: pure, but for reading the rows first and writing them after.
//!
//! Everything that events carry is exact. What they do not carry (SLA credit before the release,
//! strikes, what is owed, latency and uptime, evidence of reputation) is read by `refresh`.

use crate::{
    event::{int, snake, text, wide, Event},
    rows::{
        Bucket, Claim, Consumer, Deal, DealEvent, EventRow, Policy, Provider, Score, Settlement,
        Window, Withdrawal,
    },
    table::{all, load, upsert, Wide},
};
use anyhow::{Context, Result};
use serde_json::Value;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// `report_flags` of the interface.
pub mod flags {
    pub const VERDICT: i64 = 2;
    pub const RELEASED: i64 = 16;
    pub const CREDIT_SHIFT: u32 = 16;
}
const NEUTRAL_SCORE: i64 = 50;
const NOT_MEASURED: i64 = u32::MAX as i64;

/// Whose rows the contracts' queries know better.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    pub providers: BTreeSet<String>,
    pub consumers: BTreeSet<String>,
    pub buckets: BTreeSet<i64>,
    pub deals: BTreeSet<i64>,
    /// (address, token)
    pub claims: BTreeSet<(String, String)>,
    /// Contracts, oracle, policy in force.
    pub facts: bool,
}

/// Rows that events change.
#[derive(Default)]
pub struct Batch {
    pub providers: BTreeMap<String, Provider>,
    pub consumers: BTreeMap<String, Consumer>,
    pub buckets: BTreeMap<i64, Bucket>,
    pub deals: BTreeMap<i64, Deal>,
    pub claims: BTreeMap<(String, String), Claim>,
    pub windows: Vec<Window>,
    pub touched: Touched,
    pub deleted_deals: BTreeSet<i64>,
    policies: BTreeMap<i64, Policy>,
    events: Vec<EventRow>,
    deal_events: Vec<DealEvent>,
    settlements: BTreeMap<(i64, String), Settlement>,
    withdrawals: Vec<Withdrawal>,
    scores: Vec<Score>,
}

/// The rows that `events` are about, with the events applied that are not in the table yet.
///
/// # Errors
/// The database's.
pub async fn apply(from: &mut AnyConnection, events: &[Event]) -> Result<Batch> {
    let new = unknown(from, events).await?;
    let mut batch = read(from, &new).await?;
    for event in new {
        batch.note(event);
        if let Err(error) = batch.event(event) {
            // It is kept, and the queries tell what became of what it is about.
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

async fn read(from: &mut AnyConnection, events: &[&Event]) -> Result<Batch> {
    let (mut deals, mut buckets) = (BTreeSet::new(), BTreeSet::new());
    let mut people = BTreeSet::new();
    for event in events {
        deals.extend(event.deals());
        buckets.extend(event.body["bucket_id"].as_i64());
        for field in ["provider_id", "consumer_id", "provider", "consumer", "who"] {
            people.extend(event.body[field].as_str().map(str::to_owned));
        }
        let books = event.list("books").iter();
        people.extend(books.filter_map(|book| book[0].as_str().map(str::to_owned)));
    }
    let deals: Vec<Deal> = load(from, "deal_id", &Vec::from_iter(deals)).await?;
    for deal in &deals {
        people.extend([deal.provider.clone(), deal.consumer.clone()]);
    }
    let people = Vec::from_iter(people);
    let buckets: Vec<Bucket> = load(from, "bucket_id", &Vec::from_iter(buckets)).await?;
    let providers: Vec<Provider> = load(from, "address", &people).await?;
    let consumers: Vec<Consumer> = load(from, "address", &people).await?;
    let claims: Vec<Claim> = load(from, "address", &people).await?;
    let policies: Vec<Policy> = all(from).await?;
    let claim = |one: Claim| ((one.address.clone(), one.token.clone()), one);
    Ok(Batch {
        providers: providers
            .into_iter()
            .map(|one| (one.address.clone(), one))
            .collect(),
        consumers: consumers
            .into_iter()
            .map(|one| (one.address.clone(), one))
            .collect(),
        buckets: buckets
            .into_iter()
            .map(|one| (one.bucket_id, one))
            .collect(),
        deals: deals.into_iter().map(|one| (one.deal_id, one)).collect(),
        claims: claims.into_iter().map(claim).collect(),
        policies: policies.into_iter().map(|one| (one.version, one)).collect(),
        ..Batch::default()
    })
}

impl Batch {
    pub fn event_count(&self) -> usize {
        self.events.len()
    }

    /// # Errors
    /// The database's.
    pub async fn store(&self, to: &mut AnyConnection) -> Result<()> {
        upsert(to, &self.events).await?;
        upsert(to, &self.deal_events).await?;
        upsert(to, &self.windows).await?;
        upsert(to, &owned(self.settlements.values())).await?;
        upsert(to, &self.withdrawals).await?;
        upsert(to, &self.scores).await?;
        upsert(to, &owned(self.policies.values())).await?;
        upsert(to, &owned(self.buckets.values())).await?;
        let kept = self.deals.values();
        let kept = kept.filter(|one| !self.deleted_deals.contains(&one.deal_id));
        upsert(to, &owned(kept)).await?;
        upsert(to, &owned(self.providers.values())).await?;
        upsert(to, &owned(self.consumers.values())).await?;
        let (none, some): (Vec<_>, Vec<_>) =
            self.claims.values().partition(|claim| claim.amount.0 == 0);
        upsert(to, &owned(some.into_iter())).await?;
        for claim in none {
            let delete = sqlx::query("DELETE FROM claims WHERE address = $1 AND token = $2");
            let delete = delete.bind(&*claim.address).bind(&*claim.token);
            delete.execute(&mut *to).await?;
        }
        for deal_id in &self.deleted_deals {
            let delete = sqlx::query("DELETE FROM deals WHERE deal_id = $1");
            delete.bind(*deal_id).execute(&mut *to).await?;
        }
        Ok(())
    }

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
            _ => self.reputation(event),
        }
    }

    fn registry(&mut self, event: &Event) -> Result<()> {
        match &*event.name {
            "provider_registered" | "provider_updated" | "provider_deleted" => {
                let row = self.provider(event, "provider_id")?;
                row.updated_ts = event.closed_ts;
                row.deleted = i64::from(event.name == "provider_deleted");
                if event.name != "provider_deleted" {
                    row.description = event.text("description")?;
                }
            }
            "consumer_registered" | "consumer_updated" | "consumer_deleted" => {
                let row = self.consumer(event, "consumer_id")?;
                row.updated_ts = event.closed_ts;
                row.deleted = i64::from(event.name == "consumer_deleted");
                if event.name != "consumer_deleted" {
                    row.description = event.text("description")?;
                }
            }
            "bucket_created" | "bucket_updated" => {
                let row = bucket(&event.body["bucket"], event.ledger)?;
                self.buckets.insert(row.bucket_id, row);
                if event.name == "bucket_created" {
                    self.provider(event, "provider_id")?.bucket_count += 1;
                }
            }
            "bucket_removed" => {
                let row = self.bucket(event)?;
                row.status = "deleted".to_owned();
                self.provider(event, "provider_id")?.bucket_count -= 1;
            }
            "capacity_reserved" | "capacity_released" => {
                let row = self.bucket(event)?;
                row.reserved_storage_mb = event.int("reserved_storage_mb")?;
                row.reserved_egress_mb = event.int("reserved_egress_mb")?;
            }
            _ => self.touched.facts = true,
        }
        Ok(())
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

    fn deals(&mut self, event: &Event) -> Result<()> {
        match &*event.name {
            "reported" => {
                for item in event.list("items") {
                    self.reported(event, item)?;
                }
                return Ok(());
            }
            "settled" => {
                for item in event.list("items") {
                    let paid = wide(&item[1], "paid")?;
                    let arrears = wide(&item[2], "arrears")?;
                    let deal_id = item[0].as_i64().context("deal_id")?;
                    self.deal(event, deal_id)?.pay(paid, 0);
                    self.settle(event, deal_id, paid, 0, arrears);
                }
                return Ok(());
            }
            "policy_added" => {
                let policy = policy(event.int("version")?, &event.body["policy"])?;
                self.policies.insert(policy.version, policy);
                self.touched.facts = true;
                return Ok(());
            }
            "deal_created" => return self.created(event),
            "deal_deleted" => {
                self.deleted_deals.insert(event.int("deal_id")?);
                return Ok(());
            }
            name if !name.starts_with("deal_") && event.body["deal_id"].is_null() => {
                self.touched.facts = true;
                return Ok(());
            }
            _ => {}
        }
        let deal = self.deal(event, event.int("deal_id")?)?;
        match &*event.name {
            "deal_accepted" => {
                deal.status = "accepted".to_owned();
                deal.fund_until_ts = event.int("fund_until_ts")?;
            }
            "deal_dropped" => deal.end("cancelled", &snake(text(&event.body, "reason")?)),
            "deal_funded" => return self.funded(event),
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
                deal.released = 1;
                deal.credited = Wide(event.wide("credited")?);
                deal.storage_mb_secs = Wide(event.wide("storage_mb_secs")?);
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
            storage_mb_secs: Wide(stored),
            egress_mb: egress_mb - deal.window_egress_mb,
            latency_ms: None,
            uptime_bps: None,
            flags: flags & ((1 << flags::CREDIT_SHIFT) - 1),
            credit_bps: flags >> flags::CREDIT_SHIFT,
            paid: Wide(paid),
            event_id: event.event_id.clone(),
        };
        deal.window_from_ts = through_ts;
        deal.window_storage_mb_secs = Wide(storage);
        deal.window_egress_mb = egress_mb;
        deal.through_ts = through_ts;
        deal.storage_mb_secs = Wide(storage);
        deal.egress_mb = egress_mb;
        deal.rate_mb = i64::try_from(stored.checked_div(secs.into()).unwrap_or(0))?;
        deal.unstage();
        self.windows.push(window);
        // The money of a release is in the escrow's account_closed.
        if flags & flags::RELEASED == 0 {
            self.deal(event, deal_id)?.pay(paid, 0);
            self.settle(event, deal_id, paid, 0, 0);
        }
        Ok(())
    }

    fn settle(&mut self, event: &Event, deal_id: i64, paid: i128, refund: i128, arrears: i128) {
        if (paid, refund, arrears) == (0, 0, 0) {
            return;
        }
        let row = Settlement {
            deal_id,
            event_id: event.event_id.clone(),
            ts: event.closed_ts,
            paid: Wide(paid),
            refund: Wide(refund),
            arrears: Wide(arrears),
        };
        self.settlements
            .insert((deal_id, event.event_id.clone()), row);
    }

    fn credit(&mut self, who: &str, token: &str, amount: i128) {
        let key = (who.to_owned(), token.to_owned());
        self.touched.claims.insert(key.clone());
        let row = self.claims.entry(key).or_insert_with(|| Claim {
            address: who.to_owned(),
            token: token.to_owned(),
            amount: Wide(0),
        });
        row.amount.0 += amount;
    }

    fn escrow(&mut self, event: &Event) -> Result<()> {
        match &*event.name {
            "account_opened" | "deposited" => {
                let amount = event.wide("amount")?;
                let deal = self.deal(event, event.int("deal_id")?)?;
                deal.deposited.0 += amount;
                deal.locked.0 += amount;
            }
            "refunded" => {
                let amount = event.wide("amount")?;
                let deal = self.deal(event, event.int("deal_id")?)?;
                deal.pay(0, amount);
                let (consumer, asset) = (deal.consumer.clone(), deal.asset.clone());
                self.credit(&consumer, &asset, amount);
                self.settle(event, event.int("deal_id")?, 0, amount, 0);
            }
            "account_closed" => {
                let (net, fee) = (event.wide("net")?, event.wide("fee")?);
                let refund = event.wide("refund")?;
                let deal_id = event.int("deal_id")?;
                let deal = self.deal(event, deal_id)?;
                deal.pay(net + fee, refund);
                let asset = deal.asset.clone();
                let (provider, consumer) = (deal.provider.clone(), deal.consumer.clone());
                self.credit(&provider, &asset, net);
                self.credit(&consumer, &asset, refund);
                self.settle(event, deal_id, net + fee, refund, 0);
            }
            "payments_settled" => {
                for book in event.list("books") {
                    let who = book[0].as_str().context("provider")?;
                    let token = book[1].as_str().context("asset")?;
                    self.credit(who, token, wide(&book[2], "net")?);
                }
            }
            "withdrawn" => {
                let (who, token) = (event.text("who")?, event.text("token")?);
                let amount = event.wide("amount")?;
                self.credit(&who, &token, -amount);
                self.withdrawals.push(Withdrawal {
                    event_id: event.event_id.clone(),
                    address: who,
                    token,
                    to_address: event.text("to")?,
                    amount: Wide(amount),
                    paid: Wide(event.wide("paid")?),
                    ts: event.closed_ts,
                });
            }
            "push_refused" | "faucet_minted" | "fees_withdrawn" => {}
            _ => self.touched.facts = true,
        }
        Ok(())
    }

    fn reputation(&mut self, event: &Event) -> Result<()> {
        if event.name != "outcome_recorded" {
            self.touched.facts = true;
            return Ok(());
        }
        let outcome = snake(text(&event.body, "outcome")?);
        let volume = event.wide("volume")?;
        let (provider_score, consumer_score) =
            (event.int("provider_score")?, event.int("consumer_score")?);
        let now = event.closed_ts;
        // The same fields in two tables.
        macro_rules! record {
            ($row:expr, $score:expr) => {{
                let row = $row;
                row.reputation = $score;
                row.completed += i64::from(outcome.starts_with("completed"));
                row.completed_with_credit += i64::from(outcome.ends_with("_credit"));
                row.cancelled += i64::from(outcome.starts_with("cancelled"));
                row.breached_by_provider += i64::from(outcome == "breached_provider");
                row.breached_by_consumer += i64::from(outcome == "breached_consumer");
                row.volume.0 += volume;
                row.last_outcome_ts = now;
                if row.first_outcome_ts == 0 {
                    row.first_outcome_ts = now;
                }
            }};
        }
        record!(self.provider(event, "provider")?, provider_score);
        record!(self.consumer(event, "consumer")?, consumer_score);
        for (role, score) in [("provider", provider_score), ("consumer", consumer_score)] {
            self.scores.push(Score {
                address: event.text(role)?,
                role: role.to_owned(),
                event_id: event.event_id.clone(),
                ts: now,
                score,
                deal_id: event.int("deal_id")?,
                outcome: outcome.clone(),
                volume: Wide(volume),
            });
        }
        Ok(())
    }
}

fn owned<'a, T: Clone + 'a>(rows: impl Iterator<Item = &'a T>) -> Vec<T> {
    rows.cloned().collect()
}

impl Deal {
    fn pay(&mut self, paid: i128, refund: i128) {
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

/// `None` where it was not measured.
pub fn measured(value: i64) -> Option<i64> {
    (value != NOT_MEASURED).then_some(value)
}

/// A bucket as events and queries give it, as JSON.
///
/// # Errors
/// Where a field is missing.
pub fn bucket(of: &Value, ledger: i64) -> Result<Bucket> {
    let is = |field: &str| i64::from(of[field].as_bool().unwrap_or(false));
    let text = |field: &str| text(of, field).map(str::to_owned);
    Ok(Bucket {
        bucket_id: int(of, "bucket_id")?,
        provider: text("provider_id")?,
        name: text("name")?,
        region: text("region")?,
        country: text("country")?,
        external_id: text("fb_bucket_id")?,
        api: text("api_compatibility")?,
        price_storage: int(of, "price_per_gb_storage")?,
        price_egress: int(of, "price_per_gb_egress")?,
        max_storage_gb: int(of, "max_storage_gb")?,
        max_egress_gb: int(of, "max_egress_gb")?,
        reserved_storage_mb: int(of, "reserved_storage_mb")?,
        reserved_egress_mb: int(of, "reserved_egress_mb")?,
        sla_latency_ms: int(of, "sla_avg_latency_ms")?,
        sla_uptime_bps: int(of, "sla_avg_uptime_pct")?,
        versioning: is("versioning_enabled"),
        encryption_at_rest: is("encryption_at_rest"),
        encryption_in_transit: is("encryption_in_transit"),
        object_locking: is("object_locking"),
        auto_accept: is("auto_accept"),
        access_scope: text("access_scope")?,
        tags: of["tags"].to_string(),
        status: snake(&text("status")?),
        locked: is("locked"),
        created_ts: int(of, "created_ts")?,
        changed_ledger: ledger,
    })
}

/// A policy as events and queries give it, as JSON.
///
/// # Errors
/// Where a field is missing.
pub fn policy(version: i64, of: &Value) -> Result<Policy> {
    let sla = &of["sla"];
    Ok(Policy {
        version,
        accept_window_secs: int(of, "accept_window_secs")?,
        fund_window_secs: int(of, "fund_window_secs")?,
        notice_secs: int(of, "notice_secs")?,
        grace_secs: int(of, "grace_secs")?,
        final_window_secs: int(of, "final_window_secs")?,
        silence_secs: int(of, "silence_secs")?,
        min_runway_secs: int(of, "min_runway_secs")?,
        min_fund: Wide(wide(&of["min_fund"], "min_fund")?),
        min_window_secs: int(of, "min_window_secs")?,
        critical_limit: int(of, "critical_limit")?,
        fee_bps: int(of, "fee_bps")?,
        minor_uptime_bps: int(sla, "minor_uptime_bps")?,
        minor_latency_bps: int(sla, "minor_latency_bps")?,
        major_uptime_bps: int(sla, "major_uptime_bps")?,
        minor_credit_bps: int(sla, "minor_credit_bps")?,
        major_credit_bps: int(sla, "major_credit_bps")?,
        critical_credit_bps: int(sla, "critical_credit_bps")?,
    })
}
