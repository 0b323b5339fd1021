//! The only file that touches storage.

use flash_common::ttl;
use flash_interfaces::reputation::{Points, Role};
use soroban_sdk::{contracttype, Address, BytesN, Env};

use crate::{
    policy,
    standing::{Pair, Standing, PAIR_LEN, STANDING_LEN},
};

#[contracttype]
enum DataKey {
    /// Instance: the contract that writes outcomes.
    Deals,
    /// Instance: the points table, once the owner has set one.
    Points,
    /// Persistent: [`Standing`] of an address in a role, packed.
    Standing(Address, Role),
    /// Persistent: [`Pair`] of a provider and a consumer, packed.
    Pair(Address, Address),
}

pub fn set_deals(env: &Env, deals: &Address) {
    env.storage().instance().set(&DataKey::Deals, deals);
}

/// The contract that writes outcomes. Absent only where the constructor never ran. Then it is this
/// contract, which never calls itself, so nobody can write.
pub fn deals(env: &Env) -> Address {
    env.storage()
        .instance()
        .get(&DataKey::Deals)
        .unwrap_or_else(|| env.current_contract_address())
}

pub fn set_points(env: &Env, points: &Points) {
    env.storage().instance().set(&DataKey::Points, points);
}

pub fn points(env: &Env) -> Points {
    env.storage()
        .instance()
        .get(&DataKey::Points)
        .unwrap_or(policy::DEFAULT_POINTS)
}

pub fn standing(env: &Env, who: &Address, role: Role) -> Option<Standing> {
    let key = DataKey::Standing(who.clone(), role);
    let stored: Option<BytesN<STANDING_LEN>> = env.storage().persistent().get(&key);
    stored.map(|bytes| Standing::read(&bytes.to_array()))
}

pub fn set_standing(env: &Env, who: &Address, role: Role, standing: &Standing) {
    let key = DataKey::Standing(who.clone(), role);
    let bytes = BytesN::from_array(env, &standing.write());
    env.storage().persistent().set(&key, &bytes);
    ttl::extend(env, &key);
}

/// What the two took and gave each other lately; nothing before their first outcome together.
pub fn pair(env: &Env, provider: &Address, consumer: &Address) -> Pair {
    let key = DataKey::Pair(provider.clone(), consumer.clone());
    let stored: Option<BytesN<PAIR_LEN>> = env.storage().persistent().get(&key);
    stored.map_or_else(Pair::default, |bytes| Pair::read(&bytes.to_array()))
}

pub fn set_pair(env: &Env, provider: &Address, consumer: &Address, pair: &Pair) {
    let key = DataKey::Pair(provider.clone(), consumer.clone());
    let bytes = BytesN::from_array(env, &pair.write());
    env.storage().persistent().set(&key, &bytes);
    ttl::extend(env, &key);
}
