//! What the provider of a bucket signs.

use flash_common::ttl;
use flash_interfaces::registry::{
    BucketFeatures, BucketStatus, Metering, ProviderCommands, RegistryError,
};
use soroban_sdk::{contractimpl, Address, Env, String};

use super::{not_paused, Registry, RegistryArgs, RegistryClient};
use crate::{bucket, change};

#[contractimpl]
impl ProviderCommands for Registry {
    /// Lists a bucket and returns its id: Active, unlocked, exclusive, without features. Uptime in
    /// basis points. Authorisation: `provider_id`.
    fn create_bucket(
        env: Env,
        provider_id: Address,
        name: String,
        region: String,
        fb_bucket_id: String,
        api_compatibility: String,
        price_per_gb_storage: u128,
        price_per_gb_egress: u128,
        sla_avg_latency_ms: u32,
        sla_avg_uptime_pct: u32,
    ) -> Result<u32, RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        bucket::create(
            &env,
            provider_id,
            name,
            region,
            fb_bucket_id,
            api_compatibility,
            price_per_gb_storage,
            price_per_gb_egress,
            sla_avg_latency_ms,
            sla_avg_uptime_pct,
        )
    }

    /// Changes texts; void leaves a field as it is. Authorisation: `provider_id`.
    fn update_bucket_basic(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        name: Option<String>,
        region: Option<String>,
        country: Option<String>,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::basic(&env, &provider_id, bucket_id, name, region, country)
    }

    /// Changes the conditions of deals created afterwards; void leaves a field as it is.
    /// Authorisation: `provider_id`.
    fn update_bucket_conditions(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        name: Option<String>,
        region: Option<String>,
        price_per_gb_storage: Option<u128>,
        price_per_gb_egress: Option<u128>,
        sla_avg_latency_ms: Option<u32>,
        sla_avg_uptime_pct: Option<u32>,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::conditions(
            &env,
            &provider_id,
            bucket_id,
            name,
            region,
            price_per_gb_storage,
            price_per_gb_egress,
            sla_avg_latency_ms,
            sla_avg_uptime_pct,
        )
    }

    /// Both 0: exclusive; both above 0: shared. Never below what is reserved.
    /// Authorisation: `provider_id`.
    fn set_bucket_capacity(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        max_storage_gb: u64,
        max_egress_gb: u64,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::capacity(&env, &provider_id, bucket_id, max_storage_gb, max_egress_gb)
    }

    /// Replaces what a bucket offers beside price and SLA. Authorisation: `provider_id`.
    fn set_bucket_features(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        features: BucketFeatures,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::features(&env, &provider_id, bucket_id, features)
    }

    /// Where the bucket's API is, and whose counts its deals are billed by. Authorisation: `provider_id`.
    fn set_bucket_service(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        endpoint: String,
        metering: Metering,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::service(&env, &provider_id, bucket_id, endpoint, metering)
    }

    /// Active (listed) or Inactive (not listed). Authorisation: `provider_id`.
    fn set_bucket_status(
        env: Env,
        provider_id: Address,
        bucket_id: u32,
        status: BucketStatus,
    ) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::status(&env, &provider_id, bucket_id, status)
    }

    /// The bucket stays listed but takes no new deals. Authorisation: `provider_id`.
    fn lock_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        change::lock(&env, &provider_id, bucket_id)
    }

    /// The bucket takes new deals again. Authorisation: `provider_id`.
    fn unlock_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        not_paused(&env)?;
        change::unlock(&env, &provider_id, bucket_id)
    }

    /// Deletes a bucket on which nothing is reserved; its record stays readable.
    /// Authorisation: `provider_id`.
    fn delete_bucket(env: Env, provider_id: Address, bucket_id: u32) -> Result<(), RegistryError> {
        ttl::extend_instance(&env);
        provider_id.require_auth();
        bucket::delete(&env, Some(&provider_id), bucket_id)
    }
}
