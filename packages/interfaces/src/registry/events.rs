//! What `registry` says about each change.

use soroban_sdk::{contractevent, Address, String};

use super::Bucket;

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderRegistered {
    #[topic]
    pub provider_id: Address,
    pub description: String,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderUpdated {
    #[topic]
    pub provider_id: Address,
    pub description: String,
}

/// A provider left, or was removed by the owner (`by_owner`).
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderDeleted {
    #[topic]
    pub provider_id: Address,
    pub by_owner: bool,
}

/// The owner lets a removed provider register again.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderReadmitted {
    #[topic]
    pub provider_id: Address,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsumerRegistered {
    #[topic]
    pub consumer_id: Address,
    pub description: String,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsumerUpdated {
    #[topic]
    pub consumer_id: Address,
    pub description: String,
}

/// A consumer left, or was removed by the owner (`by_owner`).
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsumerDeleted {
    #[topic]
    pub consumer_id: Address,
    pub by_owner: bool,
}

/// The owner lets a removed consumer register again.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsumerReadmitted {
    #[topic]
    pub consumer_id: Address,
}

/// A bucket was listed.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketCreated {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub provider_id: Address,
    pub bucket: Bucket,
}

/// Any change by the provider; the bucket is given as it is afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketUpdated {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub provider_id: Address,
    pub bucket: Bucket,
}

/// A bucket was deleted by its provider, or removed by the owner (`by_owner`).
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketRemoved {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub provider_id: Address,
    pub by_owner: bool,
}

/// A funded deal took capacity; the totals are those afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CapacityReserved {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub deal_id: u32,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
}

/// A closed deal gave its capacity back; the totals are those afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CapacityReleased {
    #[topic]
    pub bucket_id: u32,
    #[topic]
    pub deal_id: u32,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
}
