//! A bucket in the API.

use super::row::Row;
use crate::{
    answers::{Bucket, BucketStatus, Features, Metering, Stroops},
    listing::Capacity,
    rows,
    table::Table,
};
use anyhow::Result;

/// The columns of a bucket and the shown columns of its provider.
pub const COLUMNS: &str =
    "b.*, p.description AS provider_name, p.reputation AS provider_reputation";

pub fn status_of(text: &str) -> BucketStatus {
    match text {
        "active" => BucketStatus::Active,
        "deleted" => BucketStatus::Deleted,
        _ => BucketStatus::Inactive,
    }
}

pub fn metering_of(text: &str) -> Metering {
    match text {
        "provider" => Metering::Provider,
        _ => Metering::Gateway,
    }
}

/// From a row of [`COLUMNS`].
pub fn bucket(row: &Row) -> Result<Bucket> {
    let stored = rows::Bucket::read(&row.0)?;
    let capacity = Capacity::of(&stored);
    let left = |left_mb: i64| match capacity.exclusive {
        true => Ok(None),
        false => u64::try_from(left_mb).map(Some),
    };
    let full = capacity.storage_mb == 0 || capacity.egress_mb == 0;
    Ok(Bucket {
        bucket_id: stored.bucket_id.try_into()?,
        tags: stored.tag_list(),
        status: status_of(&stored.status),
        provider_name: row.text("provider_name")?,
        provider_reputation: row.number("provider_reputation")?,
        storage_price_stroops: Stroops(stored.price_storage.into()),
        egress_price_stroops: Stroops(stored.price_egress.into()),
        exclusive: capacity.exclusive,
        max_storage_gb: stored.max_storage_gb.try_into()?,
        max_egress_gb: stored.max_egress_gb.try_into()?,
        reserved_storage_mb: stored.reserved_storage_mb.try_into()?,
        reserved_egress_mb: stored.reserved_egress_mb.try_into()?,
        left_storage_mb: left(capacity.storage_mb)?,
        left_egress_mb: left(capacity.egress_mb)?,
        latency_ms: stored.sla_latency_ms.try_into()?,
        uptime_bps: stored.sla_uptime_bps.try_into()?,
        features: Features {
            versioning: stored.versioning != 0,
            encryption_at_rest: stored.encryption_at_rest != 0,
            encryption_in_transit: stored.encryption_in_transit != 0,
            object_locking: stored.object_locking != 0,
            auto_accept: stored.auto_accept != 0,
        },
        auto_accept_policy: stored.auto_accept_policy.try_into()?,
        metering: metering_of(&stored.metering),
        offer_revision: stored.offer_revision.try_into()?,
        endpoint: stored.endpoint,
        locked: stored.locked != 0 || full,
        created_ts: stored.created_ts.try_into()?,
        name: stored.name,
        external_id: stored.external_id,
        provider: stored.provider,
        region: stored.region,
        country: stored.country,
        api: stored.api,
        access_scope: stored.access_scope,
    })
}
