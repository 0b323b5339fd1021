//! How long entries live, in one place.
//!
//! A TTL is never a deadline. An archived entry loses nothing: the transaction that names it restores
//! it.

use soroban_sdk::{Env, IntoVal, Val};

/// Ledgers of 5 seconds.
pub const LEDGERS_PER_DAY: u32 = 17_280;
/// An entry that is touched with less than this left is extended …
pub const THRESHOLD: u32 = 30 * LEDGERS_PER_DAY;
/// … to this: mainnet's minimum for a new persistent entry.
pub const EXTEND_TO: u32 = 120 * LEDGERS_PER_DAY;

/// Keeps the instance alive. Every command calls it, no query does. It does not extend the code: its
/// rent is a thousand times the fee of a command, and whoever happened to call would pay it. The
/// operator extends the code (`scripts/owner.sh extend`).
pub fn extend_instance(env: &Env) {
    env.deployer().extend_ttl_for_contract_instance(
        env.current_contract_address(),
        THRESHOLD,
        EXTEND_TO,
    );
}

/// Keeps a persistent entry alive that a command has touched. The entry must exist.
pub fn extend<K: IntoVal<Env, Val>>(env: &Env, key: &K) {
    env.storage()
        .persistent()
        .extend_ttl(key, THRESHOLD, EXTEND_TO);
}

/// Extends a persistent entry to the network's longest TTL: for records that nothing will touch
/// again and that people still want to read.
pub fn extend_longest<K: IntoVal<Env, Val>>(env: &Env, key: &K) {
    let longest = env.storage().max_ttl();
    env.storage().persistent().extend_ttl(key, longest, longest);
}
