use flash_interfaces::registry::{BucketStatus, Listing, Metering, RegistryError};
use soroban_sdk::Address;

use super::world::World;

fn ask(
    w: &World,
    id: u32,
    provider: &Address,
    consumer: &Address,
    size_mb: (u64, u64),
) -> Result<Listing, RegistryError> {
    let (storage_mb, egress_mb) = size_mb;
    let answer =
        w.registry
            .try_get_listing(&id, provider, consumer, &storage_mb, &egress_mb, &None);
    match answer {
        Ok(listing) => Ok(listing.unwrap()),
        Err(error) => Err(error.unwrap()),
    }
}

#[test]
fn a_listing_is_what_a_deal_copies() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let carl = w.consumer();
    let args = (&anna, id, w.longest_features());
    w.call::<()>(&anna, "set_bucket_features", args).unwrap();
    let args = (&anna, id, w.text(""), Metering::Provider);
    w.call::<()>(&anna, "set_bucket_service", args).unwrap();
    let expected = Listing {
        provider_id: anna.clone(),
        api_compatibility: w.text("S3"),
        price_per_gb_storage: 1_5000000,
        price_per_gb_egress: 2000000,
        sla_avg_latency_ms: 120,
        sla_avg_uptime_pct: 9_990,
        auto_accept_asset: Some(w.deals.clone()),
        auto_accept_policy: u32::MAX,
        metering: Metering::Provider,
        offer_revision: 3,
    };
    assert_eq!(ask(&w, id, &anna, &carl, (1, 1)), Ok(expected));
}

#[test]
fn both_parties_must_be_registered_in_their_roles() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let (bert, carl, dora) = (w.provider(), w.consumer(), w.someone());
    let no_provider = Err(RegistryError::ProviderNotFound);
    let no_consumer = Err(RegistryError::ConsumerNotFound);
    assert_eq!(ask(&w, id, &dora, &carl, (1, 1)), no_provider);
    assert_eq!(ask(&w, id, &carl, &carl, (1, 1)), no_provider);
    assert_eq!(ask(&w, id, &anna, &dora, (1, 1)), no_consumer);
    assert_eq!(ask(&w, id, &anna, &bert, (1, 1)), no_consumer);
    w.call::<()>(&carl, "delete_consumer", (&carl,)).unwrap();
    assert_eq!(ask(&w, id, &anna, &carl, (1, 1)), no_consumer);
    w.call::<()>(&bert, "delete_provider", (&bert,)).unwrap();
    assert_eq!(ask(&w, id, &bert, &carl, (1, 1)), no_provider);
}

#[test]
fn the_bucket_must_be_the_providers_listed_and_unlocked() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    let (bert, carl) = (w.provider(), w.consumer());
    let fits = (1, 1);
    let missing = Err(RegistryError::BucketNotFound);
    assert_eq!(ask(&w, id + 1, &anna, &carl, fits), missing);
    let foreign = Err(RegistryError::NotBucketProvider);
    assert_eq!(ask(&w, id, &bert, &carl, fits), foreign);

    let status = |status| {
        let args = (&anna, id, status);
        w.call::<()>(&anna, "set_bucket_status", args).unwrap();
    };
    status(BucketStatus::Inactive);
    let inactive = Err(RegistryError::BucketInactive);
    assert_eq!(ask(&w, id, &anna, &carl, fits), inactive);
    status(BucketStatus::Active);
    assert!(ask(&w, id, &anna, &carl, fits).is_ok());

    w.call::<()>(&anna, "lock_bucket", (&anna, id)).unwrap();
    let locked = Err(RegistryError::BucketLocked);
    assert_eq!(ask(&w, id, &anna, &carl, fits), locked);
    w.delete_bucket(&anna, id);
    let deleted = Err(RegistryError::BucketDeleted);
    assert_eq!(ask(&w, id, &anna, &carl, fits), deleted);
}

#[test]
fn the_bucket_must_have_room() {
    let w = World::new();
    let (anna, id) = w.bucket(1, 1);
    let carl = w.consumer();
    assert!(ask(&w, id, &anna, &carl, (1_024, 1_024)).is_ok());
    let full = Err(RegistryError::CapacityExceeded);
    assert_eq!(ask(&w, id, &anna, &carl, (1_025, 0)), full);
    assert_eq!(ask(&w, id, &anna, &carl, (0, 1_025)), full);
    assert_eq!(ask(&w, id, &anna, &carl, (u64::MAX, u64::MAX)), full);
    w.reserve(id, 1, "films", (1_000, 0)).unwrap();
    assert!(ask(&w, id, &anna, &carl, (24, 1_024)).is_ok());
    assert_eq!(ask(&w, id, &anna, &carl, (25, 0)), full);

    let (bert, exclusive) = w.bucket(0, 0);
    assert!(ask(&w, exclusive, &bert, &carl, (u64::MAX, 0)).is_ok());
    w.reserve(exclusive, 2, "films", (1, 0)).unwrap();
    let taken = Err(RegistryError::BucketTaken);
    assert_eq!(ask(&w, exclusive, &bert, &carl, (1, 0)), taken);
}
