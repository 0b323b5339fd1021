//! What an operator has to see of the network: accounts, and the escrow's money.

use crate::chain::Chain;
use anyhow::Result;
use flash_base::db::{column, Db};
use flash_deploy::Signer;
use stellar_xdr::{LedgerEntryData, LedgerKey, LedgerKeyAccount};

/// Sets the gauges.
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
    let mut write = db.write().await?;
    write.run(sqlx::query("DELETE FROM accounts")).await?;
    for entry in chain.client.entries(&keys).await? {
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
