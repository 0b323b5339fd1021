//! The network as the oracle sees it: what it asks, and nothing that it decides.

use crate::deal::Deal;
use anyhow::{Context, Result};
use flash_base::text::storable;
use flash_client::{types::Meter, Client, Market, Signer};
use jsonrpsee_core::params::ObjectParams;
use serde_json::Value;
use stellar_xdr::{Hash, ReadXdr, TransactionMeta, TransactionResult};

/// Deals of one answer of `get_meters`.
pub const METERS_PER_READ: usize = 100;
/// A hash that no transaction has.
const NO_TRANSACTION: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const READ_ATTEMPTS: usize = 6;

/// A handle.
#[derive(Clone)]
pub struct Chain {
    pub client: Client,
    pub market: Market,
    pub oracle: Signer,
}

/// The newest ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    pub ledger: u32,
    pub close_ts: u64,
}

/// What the network knows of a transaction.
#[derive(Debug)]
pub enum Found {
    Applied(Box<Outcome>),
    /// It is in no ledger from `oldest_close_ts` to `latest_close_ts`.
    Nowhere {
        latest_close_ts: u64,
        oldest_close_ts: u64,
    },
}

/// A transaction in a ledger.
#[derive(Debug)]
pub struct Outcome {
    pub succeeded: bool,
    pub ledger: u32,
    pub fee_charged: i64,
    pub result: TransactionResult,
    pub returned: stellar_xdr::ScVal,
}

impl Chain {
    /// The newest ledger.
    ///
    /// # Errors
    /// Where the network does not answer as it should.
    pub async fn tip(&self) -> Result<Tip> {
        // Not from `getLatestLedger`, which sends the metadata of the whole ledger: megabytes.
        let health = self.client.ask("getHealth", ObjectParams::new()).await;
        if let Some(tip) = health.ok().and_then(|answer| tip_of(&answer).ok()) {
            return Ok(tip);
        }
        // It refuses while it lags behind, and older servers leave the time out.
        let mut params = ObjectParams::new();
        params.insert("hash", NO_TRANSACTION)?;
        tip_of(&self.client.ask("getTransaction", params).await?)
    }

    /// What became of a transaction.
    ///
    /// # Errors
    /// Where the network does not answer as it should: then nobody knows.
    pub async fn find(&self, hash: &str) -> Result<Found> {
        let mut params = ObjectParams::new();
        params.insert("hash", hash)?;
        let answer = self.client.ask("getTransaction", params).await?;
        match answer["status"].as_str() {
            Some("NOT_FOUND") => Ok(Found::Nowhere {
                latest_close_ts: number(&answer, "latestLedgerCloseTime")?,
                oldest_close_ts: number(&answer, "oldestLedgerCloseTime")?,
            }),
            Some(status @ ("SUCCESS" | "FAILED")) => {
                let result = xdr(&answer, "resultXdr")?;
                let result =
                    TransactionResult::from_xdr_base64(result, flash_client::codec::XDR_LIMITS)?;
                let meta = xdr(&answer, "resultMetaXdr")?;
                let meta = TransactionMeta::from_xdr_base64(meta, flash_client::codec::XDR_LIMITS)?;
                Ok(Found::Applied(Box::new(Outcome {
                    succeeded: status == "SUCCESS",
                    ledger: u32::try_from(number(&answer, "ledger")?)?,
                    fee_charged: result.fee_charged,
                    returned: returned(&meta),
                    result,
                })))
            }
            other => anyhow::bail!("getTransaction answers the status {other:?}"),
        }
    }

    /// Meters of at most [`METERS_PER_READ`] deals; `None` for what was never funded.
    ///
    /// # Errors
    /// Where the network does not answer as it should.
    pub async fn meters(&self, ids: &[u32]) -> Result<Vec<Option<Meter>>> {
        let call = self.market.deals.get_meters(ids.to_vec());
        let meters = self.client.read_again(&call, READ_ATTEMPTS).await?;
        anyhow::ensure!(meters.len() == ids.len(), "get_meters left deals out");
        Ok(meters)
    }

    /// Refuses a key whose reports the contract would not take, and says whose it takes.
    ///
    /// # Errors
    /// Where the oracle is somebody else, or the network does not answer as it should.
    pub async fn check_oracle(&self) -> Result<()> {
        let call = self.market.deals.get_config();
        let told = self.client.read_again(&call, READ_ATTEMPTS).await?.oracle;
        let own = self.oracle.address();
        // Nobody while it is suspended: then reports are refused with a code that says so.
        let others = told.acting.as_ref().filter(|acting| **acting != own);
        metrics::gauge!("oracle_key_is_refused").set(f64::from(u8::from(others.is_some())));
        if let Some(acting) = others {
            let when = match told.next == Some(own.clone()) {
                true => format!(", until {own} takes over at {}", told.next_from_ts),
                false => String::new(),
            };
            anyhow::bail!(
                "the contract's oracle is {acting}{when}; the key is of {own}: nothing is reported. \
                 Set network.secret_key_file, or see `scripts/owner.sh oracle`"
            );
        }
        Ok(())
    }

    /// How many deals there ever were.
    ///
    /// # Errors
    /// Where the network does not answer as it should.
    pub async fn deal_count(&self) -> Result<u32> {
        let call = self.market.deals.get_deal_count();
        Ok(self.client.read_again(&call, READ_ATTEMPTS).await?)
    }

    /// External id of a bucket.
    ///
    /// # Errors
    /// Where there is none, or the network does not answer as it should.
    pub async fn external_id(&self, bucket_id: u32) -> Result<String> {
        let call = self.market.registry.get_bucket(bucket_id);
        let bucket = self.client.read_again(&call, READ_ATTEMPTS).await?;
        let bucket = bucket.with_context(|| format!("there is no bucket {bucket_id}"))?;
        Ok(storable(&bucket.fb_bucket_id.to_str_lossy()).into_owned())
    }
}

fn tip_of(answer: &Value) -> Result<Tip> {
    Ok(Tip {
        ledger: u32::try_from(number(answer, "latestLedger")?)?,
        close_ts: number(answer, "latestLedgerCloseTime")?,
    })
}

/// A number, which some methods give as text.
fn number(answer: &Value, field: &str) -> Result<u64> {
    let value = &answer[field];
    let number = match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    number.with_context(|| format!("the answer has no {field}"))
}

fn xdr<'a>(answer: &'a Value, field: &str) -> Result<&'a str> {
    answer[field]
        .as_str()
        .with_context(|| format!("the answer has no {field}"))
}

fn returned(meta: &TransactionMeta) -> stellar_xdr::ScVal {
    let value = match meta {
        TransactionMeta::V4(meta) => meta
            .soroban_meta
            .as_ref()
            .and_then(|meta| meta.return_value.clone()),
        TransactionMeta::V3(meta) => meta
            .soroban_meta
            .as_ref()
            .map(|meta| meta.return_value.clone()),
        _ => None,
    };
    value.unwrap_or(stellar_xdr::ScVal::Void)
}

/// A deal, from what the chain says and the external id of its bucket.
///
/// # Errors
/// Where its prices are above what the contract allows.
pub fn deal_of(meter: Meter, bucket: String) -> Result<Deal> {
    Ok(Deal {
        deal_id: meter.deal_id,
        provider: meter.provider.to_string(),
        asset: meter.asset.to_string(),
        page: meter.page,
        bucket_id: meter.bucket_id,
        bucket,
        repo: storable(&meter.fb_repo_id.to_str_lossy()).into_owned(),
        released: meter.released,
        start_ts: meter.start_ts,
        end_ts: meter.end_ts,
        close_ts: meter.close_ts,
        final_until_ts: meter.final_until_ts,
        through_ts: meter.through_ts,
        storage_mb_secs: meter.storage_mb_secs,
        payable_mb_secs_bps: meter.payable_mb_secs_bps,
        egress_mb: meter.egress_mb,
        agreed_storage_mb: meter.agreed_storage_mb,
        agreed_egress_mb: meter.agreed_egress_mb,
        price_storage: u64::try_from(meter.price_per_gb_storage)?,
        price_egress: u64::try_from(meter.price_per_gb_egress)?,
        min_window_secs: meter.min_window_secs,
        paid_total: meter.paid_total,
        strikes: meter.strikes,
        arrears_since_ts: meter.arrears_since_ts,
    })
}

/// A hash as text.
pub fn hash_text(hash: &Hash) -> String {
    hex::encode(hash.0)
}
