//! Invariants of every world: money, deals, registry and reputation, as public queries show them.
//!
//! [`observe`] reads the world. [`broken`] is a pure function of this observation and the one
//! before, so tests can show for each invariant that it detects violations.

use std::collections::{BTreeMap, BTreeSet};

use flash_interfaces::{
    deals::{Deal, DealStatus, Meter, Policy, Terms},
    escrow::{Account, Solvency},
    registry::{Bucket, BucketStatus, Provider},
    reputation::{Record, Role},
};
use soroban_sdk::{vec, Address};

use crate::World;

mod rules;

pub use rules::broken;

/// A deal as returned by the queries.
#[derive(Clone, Debug)]
pub struct SeenDeal {
    pub deal: Deal,
    pub terms: Terms,
    pub policy: Policy,
    /// `Some` if the deal was funded.
    pub meter: Option<Meter>,
    pub account: Option<Account>,
}

/// A world as returned by the queries.
#[derive(Clone, Debug)]
pub struct Observed {
    pub now: u64,
    pub donated: i128,
    pub solvency: Solvency,
    /// The claimable balance of each party.
    pub claimable: i128,
    pub deal_count: u32,
    /// Buckets that are not deleted, by id.
    pub deals: BTreeMap<u32, SeenDeal>,
    /// Ids in the order of the joined pages.
    pub listed_deals: Vec<u32>,
    pub bucket_count: u32,
    pub buckets: BTreeMap<u32, Bucket>,
    pub listed_buckets: Vec<u32>,
    pub provider_count: u32,
    pub providers: Vec<Provider>,
    pub consumer_count: u32,
    pub consumers: Vec<Address>,
    /// Score and evidence of each person in each role.
    pub standings: Vec<(Address, Role, u32, Option<Record>)>,
}

/// The previous observation, and facts that only the caller knows.
#[derive(Clone, Default)]
pub struct History {
    pub last: Option<Observed>,
    /// Deals whose capacity was released.
    pub freed: BTreeSet<u32>,
    pub deleted: BTreeSet<u32>,
}

/// Violations in this world and since the previous observation.
pub fn check_invariants(world: &World) -> Vec<String> {
    let seen = observe(world);
    let broken = broken(&seen, &world.history.borrow());
    world.history.borrow_mut().last = Some(seen);
    broken
}

/// Reads everything through the public queries.
pub fn observe(world: &World) -> Observed {
    let registry = world.registry();
    let provider_count = registry.get_provider_count();
    let consumer_count = registry.get_consumer_count();
    let providers = pages(provider_count, 20, |skip| {
        registry.get_provider_list(&skip, &20).iter().collect()
    });
    let consumers: Vec<_> = pages(consumer_count, 20, |skip| {
        let page = registry.get_consumer_list(&skip, &20);
        page.iter().map(|consumer| consumer.consumer_id).collect()
    });
    let bucket_count = registry.get_bucket_count();
    let (deal_count, deals) = observe_deals(world);
    Observed {
        now: world.now(),
        donated: world.donated.get(),
        solvency: world.solvency(),
        claimable: claimable(world, &providers, &consumers),
        deal_count,
        deals,
        listed_deals: pages(deal_count, 50, |skip| {
            let page = world.deals().get_deals(&skip, &50);
            page.iter().map(|deal| deal.deal_id).collect()
        }),
        bucket_count,
        buckets: (1..=bucket_count)
            .filter_map(|id| Some((id, registry.get_bucket(&id)?)))
            .collect(),
        listed_buckets: pages(bucket_count, 20, |skip| {
            let page = registry.get_buckets(&skip, &20);
            page.iter().map(|bucket| bucket.bucket_id).collect()
        }),
        standings: standings(world, &providers, &consumers),
        provider_count,
        providers,
        consumer_count,
        consumers,
    }
}

/// All pages of a list, joined.
fn pages<T>(count: u32, take: u32, page: impl Fn(u32) -> Vec<T>) -> Vec<T> {
    (0..count)
        .step_by(usize::try_from(take).expect("small"))
        .flat_map(page)
        .collect()
}

fn observe_deals(world: &World) -> (u32, BTreeMap<u32, SeenDeal>) {
    let deals = world.deals();
    let count = deals.get_deal_count();
    let seen = (1..=count).filter_map(|id| {
        let terms = deals.get_deal_terms(&id)?;
        let meters = deals.get_meters(&vec![&world.env, id]);
        let seen = SeenDeal {
            deal: deals.get_deal(&terms.consumer_id, &terms.provider_id, &id)?,
            policy: deals.get_policy(&terms.policy_version)?,
            meter: meters.get(0).flatten(),
            account: world.escrow().get_account(&id),
            terms,
        };
        Some((id, seen))
    });
    (count, seen.collect())
}

/// A person in both roles has one balance.
fn claimable(world: &World, providers: &[Provider], consumers: &[Address]) -> i128 {
    let providers = providers.iter().map(|provider| &provider.provider_id);
    let mut everybody: Vec<_> = providers.chain(consumers).collect();
    everybody.sort_unstable();
    everybody.dedup();
    everybody
        .into_iter()
        .map(|who| world.escrow().get_claimable(who, &world.asset.address()))
        .sum()
}

fn standings(
    world: &World,
    providers: &[Provider],
    consumers: &[Address],
) -> Vec<(Address, Role, u32, Option<Record>)> {
    let providers = providers
        .iter()
        .map(|provider| (&provider.provider_id, Role::Provider));
    let consumers = consumers.iter().map(|consumer| (consumer, Role::Consumer));
    let reputation = world.reputation();
    providers
        .chain(consumers)
        .map(|(who, role)| {
            let score = reputation.get_score(who, &role);
            (who.clone(), role, score, reputation.get_record(who, &role))
        })
        .collect()
}

/// Whether a bucket is deleted.
pub fn is_deleted(bucket: &Bucket) -> bool {
    bucket.status == BucketStatus::Deleted
}

/// Whether a deal certainly holds capacity of its bucket.
pub fn is_funded(seen: &SeenDeal) -> bool {
    seen.deal.status == DealStatus::Funded
}
