//! The only file that touches storage.

use flash_common::{stored, ttl};
use flash_interfaces::reputation::{Points, Record, Role};
use soroban_sdk::{contracttype, Address, Env};

use crate::{math::Anchored, policy};

#[contracttype]
enum DataKey {
    /// Instance: the contract that writes outcomes.
    Deals,
    /// Instance: the points table, once the owner has set one.
    Points,
    /// Persistent: [`Standing`] of an address in a role.
    Standing(Address, Role),
    /// Persistent: when a provider and a consumer last gained points by a deal of theirs.
    Pair(Address, Address),
}

stored! {
    /// Score and evidence of an address in a role. The score is as of `anchor_ts`; what is read is
    /// decayed from there.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Standing {
        pub record: Record,
        pub anchor_ts: u64,
    }
}

impl Standing {
    pub fn anchored(&self) -> Anchored {
        Anchored {
            score: self.record.score,
            anchor_ts: self.anchor_ts,
        }
    }

    pub fn set_anchored(&mut self, anchored: Anchored) {
        self.record.score = anchored.score;
        self.anchor_ts = anchored.anchor_ts;
    }
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
    env.storage().persistent().get(&key)
}

pub fn set_standing(env: &Env, who: &Address, role: Role, standing: &Standing) {
    let key = DataKey::Standing(who.clone(), role);
    env.storage().persistent().set(&key, standing);
    ttl::extend(env, &key);
}

/// When the pair last gained points, 0 before the first time; `None` without an outcome together.
pub fn pair(env: &Env, provider: &Address, consumer: &Address) -> Option<u64> {
    let key = DataKey::Pair(provider.clone(), consumer.clone());
    env.storage().persistent().get(&key)
}

pub fn set_pair(env: &Env, provider: &Address, consumer: &Address, last_gain_ts: u64) {
    let key = DataKey::Pair(provider.clone(), consumer.clone());
    env.storage().persistent().set(&key, &last_gain_ts);
    ttl::extend(env, &key);
}
