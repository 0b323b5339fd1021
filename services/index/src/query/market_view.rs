//! Buckets and quotes out of the catalogue.

use super::{
    catalogue::{
        first, Catalogue, Entry, Status, AUTO_ACCEPT, ENCRYPTION_AT_REST, ENCRYPTION_IN_TRANSIT,
        OBJECT_LOCKING, VERSIONING,
    },
    deal_row::PolicyRow,
};
use crate::api::{
    cursor_number, read_cursor,
    types::{Bucket, BucketStatus, Features, Page, Quote, Quotes, Stroops, Wish},
    write_cursor, QuoteQuery, Result, Search,
};
use flash_meter::{
    bounds::Prices,
    money::{quote, Quote as Cost, MAX_MONEY},
};

/// An entry as it is shown.
pub fn bucket(catalogue: &Catalogue, entry: &Entry) -> Bucket {
    let details = entry.details.as_ref();
    let vendor = catalogue.vendor_of(entry);
    let has = |feature: u8| entry.features & feature != 0;
    let left = |left_mb: u64| (!entry.exclusive).then_some(left_mb);
    Bucket {
        bucket_id: entry.bucket_id,
        name: details.name.clone(),
        external_id: details.external_id.clone(),
        provider: details.provider.clone(),
        provider_name: vendor.map(|vendor| vendor.name.clone()).unwrap_or_default(),
        provider_reputation: vendor.map_or(0, |vendor| vendor.reputation),
        region: details.region.clone(),
        country: details.country.clone(),
        api: details.api.clone(),
        storage_price_stroops: Stroops(entry.storage_price.into()),
        egress_price_stroops: Stroops(entry.egress_price.into()),
        exclusive: entry.exclusive,
        max_storage_gb: details.max_storage_gb,
        max_egress_gb: details.max_egress_gb,
        reserved_storage_mb: details.reserved_storage_mb,
        reserved_egress_mb: details.reserved_egress_mb,
        left_storage_mb: left(entry.left_storage_mb),
        left_egress_mb: left(entry.left_egress_mb),
        latency_ms: entry.latency_ms,
        uptime_bps: entry.uptime_bps,
        features: Features {
            versioning: has(VERSIONING),
            encryption_at_rest: has(ENCRYPTION_AT_REST),
            encryption_in_transit: has(ENCRYPTION_IN_TRANSIT),
            object_locking: has(OBJECT_LOCKING),
            auto_accept: has(AUTO_ACCEPT),
        },
        access_scope: details.access_scope.clone(),
        tags: details.tags.clone(),
        status: match entry.status {
            Status::Active => BucketStatus::Active,
            Status::Inactive => BucketStatus::Inactive,
            Status::Deleted => BucketStatus::Deleted,
        },
        locked: entry.locked || entry.left_storage_mb == 0 || entry.left_egress_mb == 0,
        created_ts: details.created_ts,
    }
}

/// A page of what is looked for.
pub fn search(catalogue: &Catalogue, search: &Search) -> Result<Page<Bucket>> {
    let list = format!("buckets-{:?}-{}", search.sort, search.descending);
    let after = match &search.after {
        None => None,
        Some(cursor) => {
            let [key, id] = read_cursor(&list, cursor)?;
            Some((cursor_number(&key)?, cursor_number(&id)?))
        }
    };
    let order = (search.sort, search.descending);
    let (found, more) = catalogue.search(&search.filter, order, after, search.limit);
    let last = found.last().filter(|_| more);
    let next = last.map(|((key, id), _)| write_cursor(&list, &[&key.to_string(), &id.to_string()]));
    let items = found.iter().map(|(_, entry)| bucket(catalogue, entry));
    Ok(Page {
        items: items.collect(),
        next,
    })
}

/// What a wish costs at every bucket that matches; the cheapest, those first that would take it.
pub fn quotes(catalogue: &Catalogue, query: &QuoteQuery, policy: &PolicyRow) -> Quotes {
    let mut found: Vec<((bool, i128, u32), Cost, &Entry)> = catalogue
        .matching(&query.filter)
        .filter_map(|entry| {
            let cost = cost(entry, query, policy)?;
            let refused = !refusals(entry, query, &cost).is_empty();
            Some(((refused, cost.total, entry.bucket_id), cost, entry))
        })
        .collect();
    let matching = found.len();
    first(&mut found, query.limit, |one| one.0);
    let months = i128::from(query.months.max(1));
    let items = found.into_iter().map(|(_, cost, entry)| {
        let reasons = refusals(entry, query, &cost);
        Quote {
            bucket: bucket(catalogue, entry),
            total_stroops: Stroops(cost.total),
            storage_stroops: Stroops(cost.storage),
            egress_stroops: Stroops(cost.egress),
            per_month_stroops: Stroops(cost.total / months),
            min_fund_stroops: Stroops(cost.min_fund),
            fits: reasons.is_empty(),
            reasons: reasons.into_iter().map(str::to_owned).collect(),
        }
    });
    Quotes {
        wish: Wish {
            storage_mb: query.wish.storage_mb,
            egress_mb: query.wish.egress_mb,
            duration_secs: query.wish.duration_secs,
            policy_version: policy.version,
            fee_bps: policy.fee_bps,
        },
        items: items.collect(),
        matching: u64::try_from(matching).unwrap_or(u64::MAX),
    }
}

fn cost(entry: &Entry, query: &QuoteQuery, policy: &PolicyRow) -> Option<Cost> {
    let prices = Prices {
        storage: entry.storage_price,
        egress: entry.egress_price,
    };
    let min_runway_secs = policy.rules.min_runway_secs;
    quote(&prices, &query.wish, min_runway_secs, policy.min_fund)
}

/// Why the contract would not take the deal now.
fn refusals(entry: &Entry, query: &QuoteQuery, cost: &Cost) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    let mut refuse = |refused: bool, reason: &'static str| {
        if refused {
            reasons.push(reason);
        }
    };
    let wish = &query.wish;
    refuse(entry.status != Status::Active, "the bucket is not listed");
    refuse(entry.locked, "the bucket is locked by its provider");
    let taken = entry.exclusive && entry.left_storage_mb == 0;
    refuse(taken, "the bucket is exclusive and taken");
    let shared = !entry.exclusive;
    refuse(
        shared && entry.left_storage_mb < wish.storage_mb,
        "not enough storage is left",
    );
    refuse(
        shared && entry.left_egress_mb < wish.egress_mb,
        "not enough egress is left",
    );
    refuse(
        cost.total > MAX_MONEY,
        "the deal could cost more than the contract holds",
    );
    reasons
}
