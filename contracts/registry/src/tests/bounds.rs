//! Each bound at its limit and one beyond.

use flash_interfaces::registry::{BucketFeatures, RegistryError};
use soroban_sdk::{vec, Address, IntoVal, String, Val};

use super::world::World;

const MAX_PRICE: u128 = 10_000_000_000_000;
const NO_TEXT: Option<String> = None;
const NO_PRICE: Option<u128> = None;
const NO_SLA: Option<u32> = None;

/// Creates a bucket with argument `n` of `new_bucket` replaced.
fn create_with(
    w: &World,
    n: u32,
    value: impl IntoVal<soroban_sdk::Env, Val>,
) -> Result<u32, RegistryError> {
    let anna = w.provider();
    let mut args = w.new_bucket(&anna);
    args.set(n, value.into_val(&w.env));
    w.call(&anna, "create_bucket", args)
}

#[test]
fn descriptions_have_at_most_256_bytes() {
    let w = World::new();
    let (longest, longer) = (w.text_of(256), w.text_of(257));
    let too_long: Result<(), _> = Err(RegistryError::DescriptionLength);
    for (register, update) in [
        ("register_provider", "update_provider"),
        ("register_consumer", "update_consumer"),
        ("register_full_user", "update_provider"),
    ] {
        let who = w.someone();
        assert_eq!(w.call(&who, register, (&who, longer.clone())), too_long);
        assert_eq!(w.call(&who, register, (&who, longest.clone())), Ok(()));
        assert_eq!(w.call(&who, update, (&who, longer.clone())), too_long);
        assert_eq!(w.call(&who, update, (&who, longest.clone())), Ok(()));
    }
}

#[test]
fn texts_of_a_new_bucket_are_bounded() {
    let w = World::new();
    for (n, longest, error) in [
        (1, 64, RegistryError::NameLength),
        (2, 32, RegistryError::RegionLength),
        (3, 128, RegistryError::ExternalIdLength),
        (4, 32, RegistryError::ApiLength),
    ] {
        assert!(create_with(&w, n, w.text_of(longest)).is_ok());
        assert_eq!(create_with(&w, n, w.text_of(longest + 1)), Err(error));
        let may_be_empty = n == 2;
        let empty = create_with(&w, n, w.text(""));
        assert_eq!(empty.is_ok(), may_be_empty);
        assert!(may_be_empty || empty == Err(error));
        assert!(create_with(&w, n, w.text("x")).is_ok());
    }
}

#[test]
fn prices_of_a_new_bucket_are_bounded() {
    let w = World::new();
    for (n, error) in [
        (5, RegistryError::StoragePriceTooHigh),
        (6, RegistryError::EgressPriceTooHigh),
    ] {
        assert!(create_with(&w, n, 0_u128).is_ok());
        assert!(create_with(&w, n, MAX_PRICE).is_ok());
        assert_eq!(create_with(&w, n, MAX_PRICE + 1), Err(error));
        assert_eq!(create_with(&w, n, u128::MAX), Err(error));
    }
}

#[test]
fn the_sla_of_a_new_bucket_is_bounded() {
    let w = World::new();
    for (n, least, most, error) in [
        (7, 1_u32, 60_000_u32, RegistryError::LatencyOutOfBounds),
        (8, 5_000, 10_000, RegistryError::UptimeOutOfBounds),
    ] {
        assert!(create_with(&w, n, least).is_ok());
        assert!(create_with(&w, n, most).is_ok());
        assert_eq!(create_with(&w, n, least - 1), Err(error));
        assert_eq!(create_with(&w, n, most + 1), Err(error));
        assert_eq!(create_with(&w, n, u32::MAX), Err(error));
    }
}

#[test]
fn texts_of_an_update_are_bounded() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let basic = |name: Option<String>, region: Option<String>, country: Option<String>| {
        let args = (&anna, id, name, region, country);
        w.call::<()>(&anna, "update_bucket_basic", args)
    };
    let some = |len| Some(w.text_of(len));
    let name = Err(RegistryError::NameLength);
    assert_eq!(basic(some(0), NO_TEXT, NO_TEXT), name);
    assert_eq!(basic(some(64), NO_TEXT, NO_TEXT), Ok(()));
    assert_eq!(basic(some(65), NO_TEXT, NO_TEXT), name);
    let region = Err(RegistryError::RegionLength);
    assert_eq!(basic(NO_TEXT, some(32), NO_TEXT), Ok(()));
    assert_eq!(basic(NO_TEXT, some(33), NO_TEXT), region);
    let country = Err(RegistryError::CountryLength);
    assert_eq!(basic(NO_TEXT, NO_TEXT, some(32)), Ok(()));
    assert_eq!(basic(NO_TEXT, NO_TEXT, some(33)), country);
    // Of several fields one that does not fit keeps all from changing.
    let before = w.registry.get_bucket(&id);
    assert_eq!(basic(some(1), some(1), some(33)), country);
    assert_eq!(w.registry.get_bucket(&id), before);
}

#[test]
fn conditions_of_an_update_are_bounded() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let texts = |name: Option<String>, region: Option<String>| {
        let args = (&anna, id, name, region, NO_PRICE, NO_PRICE, NO_SLA, NO_SLA);
        w.call::<()>(&anna, "update_bucket_conditions", args)
    };
    let some = |len| Some(w.text_of(len));
    assert_eq!(texts(some(64), some(32)), Ok(()));
    assert_eq!(texts(some(0), NO_TEXT), Err(RegistryError::NameLength));
    assert_eq!(texts(some(65), NO_TEXT), Err(RegistryError::NameLength));
    assert_eq!(texts(NO_TEXT, some(33)), Err(RegistryError::RegionLength));

    let prices = |storage: Option<u128>, egress: Option<u128>| {
        let args = (&anna, id, NO_TEXT, NO_TEXT, storage, egress, NO_SLA, NO_SLA);
        w.call::<()>(&anna, "update_bucket_conditions", args)
    };
    let (most, more) = (Some(MAX_PRICE), Some(MAX_PRICE + 1));
    assert_eq!(prices(most, most), Ok(()));
    let storage = Err(RegistryError::StoragePriceTooHigh);
    assert_eq!(prices(more, NO_PRICE), storage);
    let egress = Err(RegistryError::EgressPriceTooHigh);
    assert_eq!(prices(NO_PRICE, more), egress);

    let sla = |latency: Option<u32>, uptime: Option<u32>| {
        let args = (
            &anna, id, NO_TEXT, NO_TEXT, NO_PRICE, NO_PRICE, latency, uptime,
        );
        w.call::<()>(&anna, "update_bucket_conditions", args)
    };
    assert_eq!(sla(Some(1), Some(5_000)), Ok(()));
    assert_eq!(sla(Some(60_000), Some(10_000)), Ok(()));
    for latency in [0, 60_001] {
        let answer = sla(Some(latency), NO_SLA);
        assert_eq!(answer, Err(RegistryError::LatencyOutOfBounds));
    }
    for uptime in [4_999, 10_001] {
        let answer = sla(NO_SLA, Some(uptime));
        assert_eq!(answer, Err(RegistryError::UptimeOutOfBounds));
    }
}

#[test]
fn features_are_bounded() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let set = |features: BucketFeatures| {
        w.call::<()>(&anna, "set_bucket_features", (&anna, id, features))
    };
    assert_eq!(set(w.longest_features()), Ok(()));

    let mut features = w.longest_features();
    features.tags.push_back(w.text("9"));
    assert_eq!(set(features), Err(RegistryError::TooManyTags));

    let mut features = w.longest_features();
    features.tags = vec![&w.env, w.text("short"), w.text_of(33)];
    assert_eq!(set(features), Err(RegistryError::TagLength));

    let mut features = w.longest_features();
    features.access_scope = w.text_of(33);
    assert_eq!(set(features), Err(RegistryError::AccessScopeLength));
}

#[test]
fn capacities_are_both_0_or_both_from_1_to_2_pow_30_gb() {
    let w = World::new();
    let (anna, id) = w.bucket(0, 0);
    let most = 1_u64 << 30;
    for (storage_gb, egress_gb) in [(1, 1), (most, most), (1, most), (most, 1), (0, 0)] {
        assert_eq!(w.set_capacity(&anna, id, storage_gb, egress_gb), Ok(()));
    }
    for (storage_gb, egress_gb) in [
        (0, 1),
        (1, 0),
        (most + 1, 1),
        (1, most + 1),
        (u64::MAX, u64::MAX),
        (0, u64::MAX),
    ] {
        let answer = w.set_capacity(&anna, id, storage_gb, egress_gb);
        assert_eq!(answer, Err(RegistryError::CapacityOutOfBounds));
    }
}

#[test]
fn repository_ids_have_1_to_128_bytes() {
    let w = World::new();
    let (_, id) = w.bucket(1, 1);
    let reserve = |repo: String| {
        let args = (id, 1_u32, repo, &w.renter, 1_u64, 1_u64, None::<u32>);
        w.call::<()>(&w.deals, "reserve", args)
    };
    let length = Err(RegistryError::ExternalIdLength);
    assert_eq!(reserve(w.text("")), length);
    assert_eq!(reserve(w.text_of(129)), length);
    assert_eq!(reserve(w.text_of(128)), Ok(()));
    assert_eq!(reserve(w.text("r")), Ok(()));
}

#[test]
fn existence_and_state_are_looked_at_before_bounds() {
    let w = World::new();
    let stranger: Address = w.someone();
    let mut args = w.new_bucket(&stranger);
    args.set(1, w.text_of(65).into_val(&w.env));
    let answer = w.call::<u32>(&stranger, "create_bucket", args);
    assert_eq!(answer, Err(RegistryError::ProviderNotFound));
    let anna = w.provider();
    let args = (&anna, w.text_of(257));
    let answer = w.call::<()>(&anna, "register_provider", args);
    assert_eq!(answer, Err(RegistryError::ProviderExists));
    let answer = w.set_capacity(&anna, 1, 0, 1);
    assert_eq!(answer, Err(RegistryError::BucketNotFound));
}
