//! R1 to R4: the lists, the capacity and the external ids.

use std::collections::BTreeMap;

use flash_interfaces::registry::Bucket;
use soroban_sdk::Address;

use super::{require, Broken};
use crate::invariants::{is_deleted, History, Observed, SeenDeal};

/// R1: counts equal the records; the pages of a list, joined, are the list.
pub fn lists(seen: &Observed, history: &History, out: &mut Broken) {
    let deals: Vec<u32> = (1..=seen.deal_count)
        .rev()
        .filter(|id| !history.deleted.contains(id))
        .collect();
    require(seen.listed_deals == deals, out, || {
        format!(
            "R1: deals are listed as {:?}, not {deals:?}",
            seen.listed_deals
        )
    });
    let alive = |id: &u32| {
        seen.buckets
            .get(id)
            .is_some_and(|bucket| !is_deleted(bucket))
    };
    let buckets: Vec<u32> = (1..=seen.bucket_count).rev().filter(alive).collect();
    require(seen.listed_buckets == buckets, out, || {
        format!(
            "R1: buckets are listed as {:?}, not {buckets:?}",
            seen.listed_buckets
        )
    });
    require(
        seen.buckets.keys().copied().eq(1..=seen.bucket_count),
        out,
        || {
            format!(
                "R1: of {} buckets there are {:?}",
                seen.bucket_count,
                seen.buckets.keys()
            )
        },
    );
    let providers: Vec<_> = seen.providers.iter().map(|p| &p.provider_id).collect();
    require(each_once(providers, seen.provider_count), out, || {
        format!(
            "R1: {} providers listed of {}",
            seen.providers.len(),
            seen.provider_count
        )
    });
    let consumers: Vec<_> = seen.consumers.iter().collect();
    require(each_once(consumers, seen.consumer_count), out, || {
        format!(
            "R1: {} consumers listed of {}",
            seen.consumers.len(),
            seen.consumer_count
        )
    });
    for provider in &seen.providers {
        let own = |bucket: &&Bucket| bucket.provider_id == provider.provider_id;
        let units = seen.buckets.values().filter(own).filter(|b| !is_deleted(b));
        let units = units.count();
        require(
            usize::try_from(provider.units_count) == Ok(units),
            out,
            || {
                format!(
                    "R1: a provider of {units} buckets counts {}",
                    provider.units_count
                )
            },
        );
    }
}

/// R4: of a provider's buckets that are not deleted, no two have the same external id.
pub fn external_ids(seen: &Observed, out: &mut Broken) {
    let mut listed = BTreeMap::new();
    for bucket in seen.buckets.values().filter(|bucket| !is_deleted(bucket)) {
        let id = bucket.bucket_id;
        let provider = bucket.provider_id.to_string().to_string();
        let external = (provider, bucket.fb_bucket_id.to_string());
        let other = listed.insert(external, id);
        require(other.is_none(), out, || {
            format!("R4: buckets {other:?} and {id} are one external bucket")
        });
    }
}

/// Whether a list has so many people in it, and nobody twice.
fn each_once(mut listed: Vec<&Address>, count: u32) -> bool {
    let all = listed.len();
    listed.sort_unstable();
    listed.dedup();
    listed.len() == all && usize::try_from(count) == Ok(all)
}

/// R2: what is reserved is what funded deals agreed, within the capacity. R3: nothing is reserved
/// on a deleted bucket.
pub fn reservations(bucket: &Bucket, seen: &Observed, history: &History, out: &mut Broken) {
    let id = bucket.bucket_id;
    let of_bucket = |deal: &&SeenDeal| deal.deal.bucket_id == id && deal.meter.is_some();
    let holding = seen
        .deals
        .values()
        .filter(of_bucket)
        .filter(|deal| !history.freed.contains(&deal.deal.deal_id));
    let agreed = holding.clone().fold((0, 0), |(storage, egress), deal| {
        let deal = &deal.deal;
        (
            storage + deal.agreed_storage_mb,
            egress + deal.agreed_egress_mb,
        )
    });
    let reserved = (bucket.reserved_storage_mb, bucket.reserved_egress_mb);
    require(reserved == agreed, out, || {
        format!("R2: bucket {id} reserves {reserved:?} for {agreed:?}")
    });
    let exclusive = bucket.max_storage_gb == 0 && bucket.max_egress_gb == 0;
    let fits = if exclusive {
        holding.count() <= 1
    } else {
        let mb = |gb: u64| gb * crate::GB;
        reserved.0 <= mb(bucket.max_storage_gb) && reserved.1 <= mb(bucket.max_egress_gb)
    };
    require(fits, out, || format!("R2: bucket {id} is overbooked"));
    require(!is_deleted(bucket) || reserved == (0, 0), out, || {
        format!("R3: bucket {id} is deleted with {reserved:?} reserved")
    });
}
