//! What an operator has to see: rounds, sources, accounts, and the escrow's money.

use crate::{chain::Chain, deal::Deal, round::Planned, sources::quota::Over, time::now_ms};
use anyhow::Result;
use flash_base::db::{column, Db};
use flash_client::Signer;
use stellar_xdr::{LedgerEntryData, LedgerKey, LedgerKeyAccount};

/// Accounts and solvency, as the network has them.
///
/// # Errors
/// Where the network does not answer.
#[allow(clippy::cast_precision_loss)] // a gauge is a float
pub async fn look(db: &Db, chain: &Chain, channels: &[Signer], now: u64) -> Result<()> {
    let named = |(nth, signer): (usize, &Signer)| (signer.account(), format!("channel-{nth}"));
    let mut accounts: Vec<_> = channels.iter().enumerate().map(named).collect();
    accounts.push((chain.oracle.account(), "oracle".to_owned()));
    let key = |account_id| LedgerKey::Account(LedgerKeyAccount { account_id });
    let keys: Vec<_> = accounts.iter().map(|one| key(one.0.clone())).collect();
    let found = chain.client.entries(&keys).await?;
    let mut write = db.write().await?;
    write.run(sqlx::query("DELETE FROM accounts")).await?;
    for entry in found {
        let LedgerEntryData::Account(account) = entry.val else {
            continue;
        };
        let name = accounts.iter().find(|one| one.0 == account.account_id);
        if let Some((_, name)) = name {
            metrics::gauge!("oracle_account_stroops", "account" => name.clone())
                .set(account.balance as f64);
            let put = sqlx::query(
                "INSERT INTO accounts (account, name, stroops, at_secs) VALUES ($1, $2, $3, $4)",
            );
            let put = put.bind(account.account_id.to_string()).bind(name.clone());
            write
                .run(put.bind(account.balance).bind(column(now)))
                .await?;
        }
    }
    write.commit().await?;
    let solvency = chain
        .market
        .escrow
        .get_solvency(chain.market.asset_address());
    let solvency = chain.client.read(&solvency).await?;
    metrics::gauge!("oracle_escrow_surplus").set(solvency.surplus as f64);
    Ok(())
}

/// What an operator has to see of a round.
#[allow(clippy::cast_precision_loss)] // a gauge is a float
pub fn round(planned: &Planned, deals: &[Deal], now: u64) {
    metrics::gauge!("oracle_deals_without_status").set(planned.without_status as f64);
    metrics::gauge!("oracle_deals_contested").set(planned.contested.len() as f64);
    metrics::gauge!("oracle_deals_not_metered").set(planned.not_metered as f64);
    metrics::gauge!("oracle_deals_held").set(planned.held.len() as f64);
    let lag = |deal: &Deal| deal.limit_ts().min(now).saturating_sub(deal.through_ts);
    let live = deals.iter().filter(|deal| deal.takes_reports(now));
    let most = live.map(lag).max().unwrap_or(0);
    metrics::gauge!("oracle_lag_seconds_max").set(most as f64);
    for deal in &planned.contested {
        tracing::error!(
            deal,
            "its samples match another deal too and count for neither"
        );
    }
}

/// How old the newest ledger is, by this machine's clock.
#[allow(clippy::cast_precision_loss)] // a gauge is a float
pub fn ledger_age(close_ts: u64) {
    let age_secs = (now_ms() / 1_000).saturating_sub(close_ts);
    metrics::gauge!("oracle_ledger_age_seconds").set(age_secs as f64);
}

/// So that a counter that nothing has counted yet is 0, and not unknown.
pub fn begin_at_zero() {
    for name in [
        "oracle_rounds_failed_total",
        "oracle_fee_bumps_total",
        "oracle_fees_stroops_total",
        "oracle_pushes_refused_total",
        "oracle_quota_refusals_total",
        "oracle_sample_conflicts_total",
        "oracle_lines_not_understood_total",
        "oracle_retention_failed_total",
        "oracle_deals_set_aside_total",
    ] {
        metrics::counter!(name).increment(0);
    }
    for result in ["accepted", "duplicate", "rejected"] {
        metrics::counter!("oracle_samples_total", "result" => result).increment(0);
    }
    flash_client::count_rpc_errors_from_zero(&["read"]);
    metrics::counter!("oracle_http_refusals_total", "status" => "503").increment(0);
    // Rounds that fail from the start on count from here.
    seen("oracle_round_last_success_timestamp_seconds");
}

/// A gauge that tells when something last happened: what is told of it is as old.
#[allow(clippy::cast_precision_loss)] // a gauge is a float
pub fn seen(name: &'static str) {
    metrics::gauge!(name).set((now_ms() / 1_000) as f64);
}

/// Notes whether a source was read, and whether it is over its quota.
#[allow(clippy::cast_precision_loss)] // a gauge is a float
pub fn note_read(source: &str, read: &Result<Option<Over>>) {
    if let Ok(Some(over)) = read {
        metrics::counter!("oracle_quota_refusals_total").increment(1);
        tracing::warn!(source, over = over.reason, "the rest is read later");
    }
    match read {
        Ok(_) => {
            let now = now_ms() / 1_000;
            metrics::gauge!("oracle_source_read_timestamp_seconds", "source" => source.to_owned())
                .set(now as f64);
            metrics::counter!("oracle_source_errors_total", "source" => source.to_owned())
                .increment(0);
        }
        Err(error) => {
            metrics::counter!("oracle_source_errors_total", "source" => source.to_owned())
                .increment(1);
            tracing::error!(source, error = format!("{error:#}"), "not read");
        }
    }
}
