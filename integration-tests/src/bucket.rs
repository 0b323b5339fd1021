//! A builder for buckets.

use flash_interfaces::registry::BucketFeatures;
use soroban_sdk::Vec;

use crate::{expected::Prices, people::Person, Answer, World, USD};

/// A bucket to list. By default it is exclusive and has typical prices.
pub struct BucketBuilder<'a> {
    world: &'a World,
    provider: &'a Person,
    prices: Prices,
    latency_ms: u32,
    uptime_bps: u32,
    capacity_gb: Option<(u64, u64)>,
    auto_accept: bool,
}

/// 0.02 USD per GB per month, 0.01 USD per GB of egress.
pub const PRICES: Prices = Prices {
    storage: USD / 50,
    egress: USD / 100,
};
pub const LATENCY_MS: u32 = 200;
pub const UPTIME_BPS: u32 = 9_990;
pub const API: &str = "S3";

impl World {
    pub fn bucket<'a>(&'a self, provider: &'a Person) -> BucketBuilder<'a> {
        BucketBuilder {
            world: self,
            provider,
            prices: PRICES,
            latency_ms: LATENCY_MS,
            uptime_bps: UPTIME_BPS,
            capacity_gb: None,
            auto_accept: false,
        }
    }
}

impl BucketBuilder<'_> {
    pub fn prices(mut self, prices: Prices) -> Self {
        self.prices = prices;
        self
    }

    /// Promised service: latency in ms, uptime in basis points.
    pub fn sla(mut self, latency_ms: u32, uptime_bps: u32) -> Self {
        self.latency_ms = latency_ms;
        self.uptime_bps = uptime_bps;
        self
    }

    /// Shares the bucket between as many deals as fit.
    pub fn shared(mut self, storage_gb: u64, egress_gb: u64) -> Self {
        self.capacity_gb = Some((storage_gb, egress_gb));
        self
    }

    pub fn auto_accept(mut self) -> Self {
        self.auto_accept = true;
        self
    }

    /// Lists the bucket and returns its id.
    pub fn listed(self) -> u32 {
        let world = self.world;
        let provider = &self.provider.address;
        let number = world.registry().get_bucket_count() + 1;
        let price = |price: i128| u128::try_from(price).expect("a price");
        let bucket_id = self
            .command::<u32>(
                "create_bucket",
                (
                    provider,
                    world.text(&format!("bucket {number}")),
                    world.text("eu-west"),
                    world.text(&format!("fb-{number}")),
                    world.text(API),
                    price(self.prices.storage),
                    price(self.prices.egress),
                    self.latency_ms,
                    self.uptime_bps,
                ),
            )
            .expect("listed");
        if let Some((storage_gb, egress_gb)) = self.capacity_gb {
            let args = (provider, bucket_id, storage_gb, egress_gb);
            self.command::<()>("set_bucket_capacity", args)
                .expect("a capacity");
        }
        if self.auto_accept {
            let features = BucketFeatures {
                versioning_enabled: false,
                encryption_at_rest: true,
                encryption_in_transit: true,
                object_locking: false,
                access_scope: world.text("private"),
                auto_accept_asset: Some(world.asset.address()),
                auto_accept_policy: world.deals().get_config().policy_version,
                tags: Vec::new(&world.env),
            };
            self.command::<()>("set_bucket_features", (provider, bucket_id, features))
                .expect("features");
        }
        bucket_id
    }

    fn command<T>(
        &self,
        name: &str,
        args: impl soroban_sdk::IntoVal<soroban_sdk::Env, Vec<soroban_sdk::Val>>,
    ) -> Answer<T>
    where
        T: soroban_sdk::TryFromVal<soroban_sdk::Env, soroban_sdk::Val>,
    {
        self.world.by(self.provider).registry(name, args)
    }
}
