//! Lists and quotes. Nothing here writes or extends a TTL.

use flash_common::{
    ensure,
    gathered::Gathered,
    limits::{MAX_REPORTS, PAGE_JOINED, PAGE_PLAIN},
};
use flash_interfaces::{
    deals::{Deal, DealInfo, DealStatus, DealsError, Meter, Quote},
    registry::PartiesQuery,
    reputation::{ReputationClient, Role},
};
use flash_money::{
    units::{self, MAX_MONEY},
    Agreed, Prices,
};
// `EnvBase` is what the SDK's own macros read structs with.
use soroban_sdk::{
    contractclient, Address, Env, EnvBase, FromVal, IntoVal, Map, Symbol, TryFromVal, Val, Vec,
};

use crate::{
    storage::{self, Side},
    view,
};

pub fn deal(env: &Env, consumer: &Address, provider: &Address, deal_id: u32) -> Option<Deal> {
    let record = storage::deal(env, deal_id).ok()?;
    record.ensure_parties(consumer, provider).ok()?;
    view::deal(env, deal_id, &record)
}

/// All deals, newest first. `only_funded` filters the same window of ids.
pub fn deals(env: &Env, skip: u32, take: u32, only_funded: bool) -> Vec<Deal> {
    let mut found = Gathered::<Deal, { PAGE_PLAIN as usize }>::default();
    for deal_id in newest_first(storage::deal_count(env), skip, take.min(PAGE_PLAIN)) {
        let Ok(record) = storage::deal(env, deal_id) else {
            continue;
        };
        if only_funded && record.progress.status != DealStatus::Funded {
            continue;
        }
        if let Some(deal) = view::deal(env, deal_id, &record) {
            found.push(env, &deal);
        }
    }
    found.to_vec(env)
}

/// A page of one party's deals, joined with one answer each of `registry` and `reputation`.
pub fn deals_of(env: &Env, side: Side, who: &Address, skip: u32, take: u32) -> Vec<DealInfo> {
    let mut listed = Listed {
        deals: Gathered::default(),
        parties: Gathered::default(),
        scored: Gathered::default(),
    };
    let count = storage::index_count(env, side, who);
    for nth in newest_first(count, skip, take.min(PAGE_JOINED)) {
        // Ids count from 1, places in the index from 0.
        if let Some(id) = storage::index_item(env, side, who, nth.saturating_sub(1)) {
            // A page has room for all that it lists.
            listed.add(env, id);
        }
    }
    Vec::from_val(env, &listed.join(env).to_val())
}

/// The deals of a list, and the questions about them.
struct Listed {
    deals: Gathered<Deal, { PAGE_JOINED as usize }>,
    parties: Gathered<PartiesQuery, { PAGE_JOINED as usize }>,
    scored: Gathered<(Address, Role), { 2 * PAGE_JOINED as usize }>,
}

impl Listed {
    fn add(&mut self, env: &Env, deal_id: u32) {
        let Ok(record) = storage::deal(env, deal_id) else {
            return;
        };
        let Some(deal) = view::deal(env, deal_id, &record) else {
            return;
        };
        let (provider, consumer) = (record.terms.provider_id, record.terms.consumer_id);
        let of_deal = PartiesQuery {
            bucket_id: record.terms.bucket_id,
            provider,
            consumer,
        };
        self.scored
            .push(env, &(of_deal.provider.clone(), Role::Provider));
        self.scored
            .push(env, &(of_deal.consumer.clone(), Role::Consumer));
        self.deals.push(env, &deal);
        self.parties.push(env, &of_deal);
    }

    /// [`DealInfo`]s: the registry's answer for each deal with three more fields.
    fn join(&self, env: &Env) -> Vec<Unread> {
        let mut infos = Gathered::<Unread, { PAGE_JOINED as usize }>::default();
        let links = storage::links(env).ok().filter(|_| !self.deals.is_empty());
        let Some(links) = links else {
            return infos.to_vec(env);
        };
        let known = UnreadClient::new(env, &links.registry).get_parties(&self.parties.to_vec(env));
        let mut scores = ReputationClient::new(env, &links.reputation)
            .get_scores(&self.scored.to_vec(env))
            .iter();
        let mut score = || scores.next().unwrap_or(0).into_val(env);
        for (known, deal) in known.iter().zip(self.deals.as_slice().iter().copied()) {
            let [bucket, consumer_name, provider_name] =
                fields(env, &known, &["bucket", "consumer_name", "provider_name"]);
            let provider_reputation = score();
            let values = [
                bucket,
                consumer_name,
                score(),
                deal,
                provider_name,
                provider_reputation,
            ];
            let Ok(info) = env.map_new_from_slices(&INFO, &values);
            infos.push(env, &Unread::from_val(env, &info.to_val()));
        }
        infos.to_vec(env)
    }
}

/// A published struct as a map of its fields, to pass on or to read a few fields of.
type Unread = Map<Symbol, Val>;

/// The fields of a [`DealInfo`], in the order of their names.
const INFO: [&str; 6] = [
    "bucket",
    "consumer_name",
    "consumer_reputation",
    "deal",
    "provider_name",
    "provider_reputation",
];

/// Some fields of a published struct, by their names in order.
fn fields<const N: usize>(env: &Env, of: &Unread, names: &[&str; N]) -> [Val; N] {
    let mut values = [Val::VOID.to_val(); N];
    let Ok(_) = env.sparse_map_unpack_to_slice(of.to_object(), names, &mut values);
    values
}

/// Answers of the registry that stay maps: decoding the whole struct would cost more.
#[contractclient(name = "UnreadClient")]
#[allow(dead_code, reason = "read by the macro only")]
trait UnreadAnswers {
    fn get_bucket(env: Env, bucket_id: u32) -> Option<Map<Symbol, Val>>;
    fn get_parties(env: Env, of: Vec<PartiesQuery>) -> Vec<Map<Symbol, Val>>;
}

/// The numbers from `count` down to 1, without the first `skip`, at most `take` of them.
fn newest_first(count: u32, skip: u32, take: u32) -> impl Iterator<Item = u32> {
    let newest = count.saturating_sub(skip);
    let oldest = newest.saturating_sub(take);
    (oldest..newest).rev().map(|below| below.saturating_add(1))
}

pub fn meters(env: &Env, deal_ids: &Vec<u32>) -> Result<Vec<Option<Meter>>, DealsError> {
    ensure!(deal_ids.len() <= MAX_REPORTS, DealsError::TooManyItems);
    let mut meters = Gathered::<Option<Meter>, { MAX_REPORTS as usize }>::default();
    for deal_id in deal_ids.iter() {
        let meter = view::meter(env, deal_id);
        meters.push(env, &meter).ok_or(DealsError::TooManyItems)?;
    }
    Ok(meters.to_vec(env))
}

/// The asset of new deals. The typed client would import one more host function, which every call of
/// this contract would pay for.
pub fn asset_of(env: &Env, escrow: &Address) -> Address {
    let name = Symbol::new(env, "get_stable_asset_address");
    env.invoke_contract(escrow, &name, Vec::from_array(env, []))
}

/// What a deal on a bucket would cost under the policy in force.
pub fn quote(
    env: &Env,
    bucket_id: u32,
    duration_secs: u64,
    storage_mb: u64,
    egress_mb: u64,
) -> Result<Quote, DealsError> {
    ensure!(
        units::duration_in_bounds(duration_secs),
        DealsError::DurationOutOfBounds
    );
    ensure!(
        units::sizes_in_bounds(storage_mb, egress_mb),
        DealsError::SizeOutOfBounds
    );
    let links = storage::links(env)?;
    let bucket = UnreadClient::new(env, &links.registry)
        .get_bucket(&bucket_id)
        .ok_or(DealsError::BucketNotFound)?;
    let [egress, storage] = fields(
        env,
        &bucket,
        &["price_per_gb_egress", "price_per_gb_storage"],
    );
    let price = |value: &Val| u128::try_from_val(env, value).ok();
    let policy_version = storage::policy_version(env);
    let policy = storage::read_policy(env, policy_version).ok_or(DealsError::PolicyNotFound)?;
    let prices = price(&storage)
        .zip(price(&egress))
        .and_then(|(storage, egress)| Prices::published(storage, egress))
        .ok_or(DealsError::Overflow)?;
    let agreed = Agreed {
        storage_mb,
        egress_mb,
        duration_secs,
    };
    let price = prices
        .quote(&agreed)
        .filter(|price| *price <= MAX_MONEY)
        .ok_or(DealsError::QuoteTooLarge)?;
    let min_fund = prices
        .min_fund(&agreed, policy.min_runway_secs, policy.min_fund)
        .ok_or(DealsError::Overflow)?;
    let asset = asset_of(env, &links.escrow);
    Ok(Quote {
        price,
        min_fund,
        asset,
        fee_bps: policy.fee_bps,
        policy_version,
    })
}
