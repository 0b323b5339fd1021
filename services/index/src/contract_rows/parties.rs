//! Buckets, providers, consumers.

use super::int;
use crate::{
    chain::{address, Chain},
    json_rows::bucket,
    rows::{Bucket, Consumer, Provider},
    table::Int128,
};
use anyhow::Result;
use flash_client::types::Role;

/// A bucket; `None` where there is none.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn bucket_of(chain: &Chain, bucket_id: i64, ledger: i64) -> Result<Option<Bucket>> {
    let id = u32::try_from(bucket_id)?;
    let found = chain.read(chain.market.registry.get_bucket(id)).await?;
    found
        .map(|found| bucket(&serde_json::to_value(found)?, ledger))
        .transpose()
}

macro_rules! with_record {
    ($row:ident, $record:expr) => {
        if let Some(record) = $record {
            $row.completed_milli = record.completed_milli.into();
            $row.completed_with_credit_milli = record.completed_with_credit_milli.into();
            $row.cancelled_milli = record.cancelled_milli.into();
            $row.breached_by_provider_milli = record.breached_by_provider_milli.into();
            $row.breached_by_consumer_milli = record.breached_by_consumer_milli.into();
            $row.volume = Int128(record.volume);
            $row.first_outcome_ts = int(record.first_outcome_ts)?;
            $row.last_outcome_ts = int(record.last_outcome_ts)?;
        }
    };
}

/// A provider, but for its live deals.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn provider_of(chain: &Chain, who: &str, ledger: i64) -> Result<Option<Provider>> {
    let id = address(who)?;
    let market = &chain.market;
    let found = chain.read(market.registry.get_provider(id.clone())).await?;
    let Some(found) = found else { return Ok(None) };
    let record = chain.read(market.reputation.get_record(id, Role::Provider));
    let mut row = Provider {
        address: who.to_owned(),
        description: found.description.to_string(),
        registered_ts: int(found.registered_ts)?,
        updated_ts: int(found.last_update_ts)?,
        deleted: found.deleted.into(),
        bucket_count: found.units_count.into(),
        reputation: found.reputation.into(),
        changed_ledger: ledger,
        ..Provider::default()
    };
    with_record!(row, record.await?);
    Ok(Some(row))
}

/// A consumer, but for its live deals.
///
/// # Errors
/// Where the network does not answer as it should.
pub async fn consumer_of(chain: &Chain, who: &str, ledger: i64) -> Result<Option<Consumer>> {
    let id = address(who)?;
    let market = &chain.market;
    let found = chain.read(market.registry.get_consumer(id.clone())).await?;
    let Some(found) = found else { return Ok(None) };
    let record = chain.read(market.reputation.get_record(id, Role::Consumer));
    let mut row = Consumer {
        address: who.to_owned(),
        description: found.description.to_string(),
        registered_ts: int(found.registered_ts)?,
        updated_ts: int(found.last_update_ts)?,
        deleted: found.deleted.into(),
        reputation: found.reputation.into(),
        changed_ledger: ledger,
        ..Consumer::default()
    };
    with_record!(row, record.await?);
    Ok(Some(row))
}
