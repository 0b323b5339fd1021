//! The play: what people do on which day, and what the nodes report to the oracle.

use crate::{
    log::RECORDINGS,
    people::{Deposit, Wish, WISHES},
    stage::{Stage, DAY, GB},
    text::usd,
};
use anyhow::{bail, Context, Result};
use flash_client::types::{Deal, Meter};
use std::{
    fmt::Write as _,
    io::{stderr, IsTerminal},
    time::{Duration, Instant},
};

pub const LAST_DAY: u64 = 17;
/// Bert's nodes do not answer on these days.
const OUTAGE: std::ops::RangeInclusive<u64> = 5..=8;
const PROBE_EVERY_SECS: u64 = 1_800;
/// The oracle meters a day of the play faster than this.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A deal of the play.
pub struct Act {
    pub wish: &'static Wish,
    pub id: u32,
}

/// Plays all days.
///
/// # Errors
/// Something did not go as planned.
pub async fn play(stage: &mut Stage) -> Result<Vec<Act>> {
    println!("\nWhat happened\n");
    let start = stage.now().await?;
    let mut acts = Vec::new();
    for wish in &WISHES {
        acts.push(open(stage, wish).await?);
    }
    let mut states = vec![String::new(); acts.len()];
    for day in 1..=LAST_DAY {
        if stderr().is_terminal() {
            eprint!("\r... day {day} of {LAST_DAY} ");
        }
        people_act(stage, &acts, day).await?;
        let (from, to) = (start + (day - 1) * DAY, start + day * DAY);
        stage.advance_to(to).await?;
        telemetry(stage, start, from - start, to - start).await?;
        stage.push_status(status_of_nodes(day, from, to)?).await?;
        metered(stage, &acts, to).await?;
        for (act, state) in acts.iter().zip(&mut states) {
            print_change(stage, act, day, state).await?;
        }
    }
    Ok(acts)
}

/// Creates the requested deal, then accepts, rejects or funds it as planned.
///
/// # Errors
/// A contract refuses a call.
pub async fn open(stage: &Stage, wish: &'static Wish) -> Result<Act> {
    let (client, deals) = (&stage.client, &stage.market.deals);
    let (consumer, provider) = (
        stage.people.by_name(wish.consumer),
        stage.people.by_name(wish.provider),
    );
    let bucket = stage.bucket_of(wish.provider)?;
    let (storage, egress) = (wish.storage_gb * GB, wish.egress_gb * GB);
    let quote = deals.get_quote(bucket, wish.days * DAY, storage, egress);
    let quote = client.read(&quote).await?;
    let create = deals.create_deal(
        consumer.address(),
        provider.address(),
        bucket,
        wish.repo.to_owned(),
        wish.days * DAY,
        storage,
        egress,
        "S3".to_owned(),
    );
    let id = client.invoke(consumer, &create).await?.answer;
    let parties = || (provider.address(), consumer.address());
    if wish.deposit == Deposit::Rejected {
        let (provider_id, consumer_id) = parties();
        let reject = deals.set_deal_rejected(provider_id, consumer_id, id);
        client.invoke(provider, &reject).await?;
        return Ok(Act { wish, id });
    }
    let (provider_id, consumer_id) = parties();
    let accept = deals.set_deal_accepted(provider_id, consumer_id, id);
    client.invoke(provider, &accept).await?;
    let amount = match wish.deposit {
        Deposit::Maximum => quote.price.max(quote.min_fund),
        Deposit::Minimum => quote.min_fund,
        Deposit::Rejected | Deposit::Unfunded => return Ok(Act { wish, id }),
    };
    let (provider_id, consumer_id) = parties();
    let paid = u128::try_from(amount)?;
    let fund = deals.set_deal_funded(consumer_id, provider_id, id, paid, wish.repo.to_owned());
    let funded = client.invoke(consumer, &fund).await;
    funded.with_context(|| format!("{} funds {}", wish.consumer, wish.repo))?;
    let Wish {
        repo,
        consumer,
        provider,
        storage_gb,
        egress_gb,
        days,
        ..
    } = wish;
    println!(
        "day  1  {consumer} opens {repo} with {provider}: {storage_gb} GB for {days} days, \
         {egress_gb} GB of egress; deposits {} of at most {}",
        usd(amount),
        usd(quote.price)
    );
    Ok(Act { wish, id })
}

/// The actions of people on this day.
async fn people_act(stage: &Stage, acts: &[Act], day: u64) -> Result<()> {
    let (client, deals) = (&stage.client, &stage.market.deals);
    let find = |repo: &str| acts.iter().find(|act| act.wish.repo == repo);
    match day {
        3 => {
            let act = find("backups").context("the deal was opened before")?;
            let (provider, consumer) = (&stage.people.ada, &stage.people.dan);
            let call = deals.set_deal_cancelled(provider.address(), consumer.address(), act.id);
            client.invoke(provider, &call).await?;
            println!("day {day:>2}  Ada gives notice on backups; it ends in seven days");
        }
        4 => {
            let act = find("mail-archive").context("the deal was opened before")?;
            let (provider, consumer) = (&stage.people.bert, &stage.people.dan);
            let call = deals.set_deal_completed(consumer.address(), provider.address(), act.id);
            client.invoke(consumer, &call).await?;
            println!("day {day:>2}  Dan closes mail-archive");
        }
        // Three days of the outage are reported: the breach is latched, and only Carol need not wait.
        9 => {
            let act = find("web-assets").context("the deal was opened before")?;
            let (provider, consumer) = (&stage.people.bert, &stage.people.carol);
            let call = deals.set_deal_completed(consumer.address(), provider.address(), act.id);
            client.invoke(consumer, &call).await?;
            println!("day {day:>2}  Carol leaves web-assets, which Bert stopped serving");
        }
        _ => {}
    }
    Ok(())
}

/// Appends a day to the access logs and waits until the oracle has read them.
async fn telemetry(stage: &mut Stage, start: u64, from: u64, to: u64) -> Result<()> {
    let mut lines = 0;
    for recording in &RECORDINGS {
        let file = stage.log_file(recording.bucket);
        lines += recording.append(&file, start, start + from, start + to)?;
    }
    if lines == 0 {
        return Ok(());
    }
    // Node status is sent afterwards, because it lets the reports advance.
    let mut before = None;
    let waiting_since = Instant::now();
    loop {
        stage.check_oracle()?;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let samples = stage.oracle_status().await?["samples"].as_u64();
        if before == Some(samples) {
            return Ok(());
        }
        before = Some(samples);
        if waiting_since.elapsed() > TIMEOUT {
            bail!("the oracle did not read its access logs in time");
        }
    }
}

/// The prober's status of all nodes for this part of the day.
///
/// # Errors
/// None in practice.
pub fn status_of_nodes(day: u64, from: u64, to: u64) -> Result<String> {
    let mut lines = String::new();
    for recording in &RECORDINGS {
        let is_out = recording.provider == "Bert" && OUTAGE.contains(&day);
        let status = if is_out { "offline" } else { "online" };
        for at in (from..to)
            .step_by(usize::try_from(PROBE_EVERY_SECS)?)
            .chain([to])
        {
            let line = serde_json::json!({
                "nodeId": format!("{}-node", recording.bucket),
                "bucketId": recording.bucket,
                "nodeStatus": status,
                "lastUpdated": at * 1_000,
                "latency_ms": 40,
            });
            writeln!(lines, "{line}")?;
        }
    }
    Ok(lines)
}

/// Waits until every metered deal is reported up to the end of the day.
async fn metered(stage: &mut Stage, acts: &[Act], to: u64) -> Result<()> {
    let waiting_since = Instant::now();
    let ids: Vec<u32> = acts.iter().map(|act| act.id).collect();
    loop {
        let meters = stage
            .client
            .read(&stage.market.deals.get_meters(ids.clone()))
            .await?;
        let behind = |meter: &&Meter| {
            let live = meter.close_ts == 0 && !meter.released;
            live && meter.through_ts + DAY / 2 < meter.end_ts.min(to)
        };
        let late: Vec<_> = meters
            .iter()
            .flatten()
            .filter(behind)
            .map(|meter| meter.deal_id)
            .collect();
        if late.is_empty() {
            // Time for one more round, which takes the steps that are due.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            return Ok(());
        }
        stage.check_oracle()?;
        if waiting_since.elapsed() > TIMEOUT {
            bail!(
                "deals {late:?} were not reported in time: {}",
                stage.oracle_status().await?
            );
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Prints the state of a deal if it has changed.
async fn print_change(stage: &Stage, act: &Act, day: u64, state: &mut String) -> Result<()> {
    let deal = deal_of(stage, act).await?;
    let now = format!("{:?} ({:?})", deal.status, deal.reason);
    if *state != now {
        let is_first = state.is_empty();
        state.clone_from(&now);
        if !is_first || now.contains("Cancelled") {
            println!("day {day:>2}  {}: {now}", act.wish.repo);
        }
    }
    Ok(())
}

/// A deal, as its parties see it.
///
/// # Errors
/// The deal does not exist.
pub async fn deal_of(stage: &Stage, act: &Act) -> Result<Deal> {
    let consumer = stage.people.by_name(act.wish.consumer).address();
    let provider = stage.people.by_name(act.wish.provider).address();
    let call = stage.market.deals.get_deal(consumer, provider, act.id);
    stage
        .client
        .read(&call)
        .await?
        .context("a deal does not exist any more")
}
