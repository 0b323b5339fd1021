//! The end: everybody withdraws, and all figures are checked.

use crate::{
    people::WISHES,
    play::{deal_of, Act},
    stage::Stage,
    table::Table,
    text::{decimals, usd},
};
use anyhow::{bail, ensure, Result};
use flash_client::types::{Role, Solvency};
use std::time::Duration;

/// Withdraws, prints the results and checks them; returns the last line of the output.
///
/// # Errors
/// A deal ended differently than planned, or figures do not add up.
pub async fn account(stage: &Stage, acts: &[Act]) -> Result<String> {
    ensure!(acts.len() == WISHES.len(), "the number of deals is wrong");
    withdraw(stage).await?;
    println!("\nThe deals, in USD\n");
    print!("{}", deals(stage, acts).await?);
    println!("\nReputation\n");
    print!("{}", reputation(stage).await?);
    println!("\nSolvency\n");
    let escrow = &stage.market.escrow;
    let call = escrow.get_solvency(stage.market.asset_address());
    let solvency = stage.client.read(&call).await?;
    let (balance, locked) = (solvency.balance, solvency.locked);
    let (claimable, fees) = (solvency.claimable, solvency.fees);
    println!(
        "the escrow holds {}: {} locked, {} claimable, {} fees, surplus {}\n",
        usd(balance),
        usd(locked),
        usd(claimable),
        usd(fees),
        usd(solvency.surplus)
    );
    ensure!(
        balance == locked + claimable + fees,
        "the escrow's balance does not equal what it owes"
    );
    let status = stage.oracle_status().await?;
    ensure!(
        status["set_aside"] == serde_json::json!([]),
        "the oracle set deals aside: {status}"
    );
    ensure!(
        status["rejected_lines"] == 0,
        "the oracle rejected lines: {status}"
    );
    check_ends(stage, acts).await?;
    check_index(stage, &solvency).await?;
    let count = stage
        .client
        .read(&stage.market.deals.get_deal_count())
        .await?;
    Ok(format!(
        "demo ok: {count} deals, escrow balance {balance} = \
         locked {locked} + claimable {claimable} + fees {fees}"
    ))
}

/// Checks that the index shows the same figures; retries until it has read the last ledger.
async fn check_index(stage: &Stage, solvency: &Solvency) -> Result<()> {
    let count = stage.market.deals.get_deal_count();
    let count = stage.client.read(&count).await?;
    let expected = (
        count,
        [solvency.balance, solvency.locked, solvency.claimable],
    );
    let mut shown = None;
    for _ in 0..100 {
        if let Ok(text) = stage.index("/api/v1/totals").await {
            let totals: serde_json::Value = serde_json::from_str(&text)?;
            let deals = totals["deals"].as_u64().unwrap_or_default();
            let row = &totals["solvency"][0];
            let amounts = ["balance_stroops", "locked_stroops", "claimable_stroops"];
            let amounts = amounts.map(|name| row[name].as_str()?.parse().ok());
            let amounts = amounts.map(Option::unwrap_or_default);
            shown = Some((u32::try_from(deals)?, amounts));
        }
        if shown == Some(expected) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the index shows {shown:?} for deals and the escrow, the contracts {expected:?}")
}

async fn check_ends(stage: &Stage, acts: &[Act]) -> Result<()> {
    for act in acts {
        let deal = deal_of(stage, act).await?;
        let actual = (format!("{:?}", deal.status), format!("{:?}", deal.reason));
        let (status, reason) = act.wish.end;
        ensure!(
            (&*actual.0, &*actual.1) == (status, reason),
            "{} is {actual:?}, but should be {status} ({reason})",
            act.wish.repo
        );
    }
    Ok(())
}

async fn withdraw(stage: &Stage) -> Result<()> {
    let (escrow, asset) = (&stage.market.escrow, stage.market.asset_address());
    for (name, person) in stage.people.traders() {
        let claimable = escrow.get_claimable(person.address(), asset.clone());
        let claimable = stage.client.read(&claimable).await?;
        if claimable > 0 {
            let to = person.address();
            let call = escrow.withdraw(to.clone(), asset.clone(), to, claimable, claimable);
            let sent = stage.client.invoke(person, &call).await?.answer;
            ensure!(
                sent == claimable,
                "{name} received {sent} instead of {claimable}"
            );
            println!("        {name} withdraws {}", usd(sent));
        }
    }
    Ok(())
}

async fn deals(stage: &Stage, acts: &[Act]) -> Result<Table> {
    let figures = ["paid", "fee", "credit", "refunded", "locked"];
    let mut table = Table::new(&["#", "deal", "parties", "status", "reason"], &figures);
    let mut sums = [0; 5];
    for act in acts {
        let deal = deal_of(stage, act).await?;
        let account = stage.market.escrow.get_account(act.id);
        let mut cells = vec![
            act.id.to_string(),
            act.wish.repo.to_owned(),
            format!("{} @ {}", act.wish.consumer, act.wish.provider),
            format!("{:?}", deal.status),
            format!("{:?}", deal.reason),
        ];
        match stage.client.read(&account).await? {
            Some(account) => {
                let credit = i128::try_from(deal.slash_amount_usd)?;
                let all = [
                    account.paid,
                    account.fee,
                    credit,
                    account.refunded,
                    account.locked,
                ];
                cells.extend(all.map(decimals));
                sums.iter_mut()
                    .zip(all)
                    .for_each(|(sum, amount)| *sum += amount);
            }
            None => cells.extend([(); 5].map(|()| "-".to_owned())),
        }
        table.row(cells);
    }
    let mut cells = vec![String::new(); 5];
    cells.extend(sums.map(decimals));
    table.sum(cells);
    Ok(table)
}

async fn reputation(stage: &Stage) -> Result<Table> {
    let figures = [
        "score",
        "completed",
        "cancelled",
        "breached",
        "volume in USD",
    ];
    let mut table = Table::new(&["who", "role"], &figures);
    for (name, person) in stage.people.traders() {
        let is_provider = ["Ada", "Bert"].contains(&name);
        let role = || {
            if is_provider {
                Role::Provider
            } else {
                Role::Consumer
            }
        };
        let reputation = &stage.market.reputation;
        let score = stage
            .client
            .read(&reputation.get_score(person.address(), role()))
            .await?;
        let record = stage
            .client
            .read(&reputation.get_record(person.address(), role()))
            .await?;
        let mut cells = vec![name.to_owned(), format!("{:?}", role()), score.to_string()];
        match record {
            Some(record) => {
                let breached = match is_provider {
                    true => record.breached_by_provider_milli,
                    false => record.breached_by_consumer_milli,
                };
                let counts = [record.completed_milli, record.cancelled_milli, breached];
                cells.extend(counts.map(|milli| format!("{:.2}", f64::from(milli) / 1_000.0)));
                cells.push(decimals(record.volume));
            }
            None => cells.extend([(); 4].map(|()| "-".to_owned())),
        }
        table.row(cells);
    }
    Ok(table)
}
