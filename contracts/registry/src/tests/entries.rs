//! Size, key and time to live of what is stored.

use std::vec::Vec as StdVec;

use flash_interfaces::registry::{BucketFeatures, BucketStatus};
use soroban_sdk::{
    xdr::{ContractDataDurability, LedgerEntry, LedgerKey, Limits, ScAddress, WriteXdr},
    Address, IntoVal,
};

use super::world::{World, MAX_TTL, START_SEQUENCE};

/// The design's limit of an entry, and the network's of a key.
const MAX_ENTRY_BYTES: usize = 3 * 1_024;
const MAX_KEY_BYTES: usize = 250;
const EXTEND_TO: u32 = 120 * 17_280;

struct Stored {
    key: LedgerKey,
    entry: LedgerEntry,
    live_until_ledger: u32,
}

/// Persistent entries of the registry, the instance left out.
fn persistent(w: &World) -> StdVec<Stored> {
    let registry = ScAddress::from(&w.id);
    let mut found = StdVec::new();
    for (key, (entry, live_until)) in w.env.to_ledger_snapshot().ledger_entries {
        let LedgerKey::ContractData(data) = key.as_ref() else {
            continue;
        };
        let instance = data.key == soroban_sdk::xdr::ScVal::LedgerKeyContractInstance;
        if data.contract == registry && !instance {
            assert_eq!(data.durability, ContractDataDurability::Persistent);
            found.push(Stored {
                key: *key,
                entry: *entry,
                live_until_ledger: live_until.unwrap(),
            });
        }
    }
    found
}

fn size(of: &impl WriteXdr) -> usize {
    of.to_xdr(Limits::none()).unwrap().len()
}

/// A provider and a bucket with the longest texts, and a reservation with the longest id.
fn longest(w: &World) -> (Address, u32) {
    let anna = w.someone();
    let args = (&anna, w.text_of(256));
    w.call::<()>(&anna, "register_full_user", args).unwrap();
    let most = 10_000_000_000_000_u128;
    let mut args = w.new_bucket(&anna);
    args.set(1, w.text_of(64).into_val(&w.env));
    args.set(2, w.text_of(32).into_val(&w.env));
    args.set(3, w.text_of(128).into_val(&w.env));
    args.set(4, w.text_of(32).into_val(&w.env));
    args.set(5, most.into_val(&w.env));
    args.set(6, most.into_val(&w.env));
    let id = w.call::<u32>(&anna, "create_bucket", args).unwrap();
    let country = (&anna, id, (), (), Some(w.text_of(32)));
    w.call::<()>(&anna, "update_bucket_basic", country).unwrap();
    let features = (&anna, id, w.longest_features());
    w.call::<()>(&anna, "set_bucket_features", features)
        .unwrap();
    w.set_capacity(&anna, id, 1 << 30, 1 << 30).unwrap();
    let reserve = (id, u32::MAX, w.text_of(128), 1_u64 << 40, 1_u64 << 40);
    w.call::<()>(&w.deals, "reserve", reserve).unwrap();
    (anna, id)
}

#[test]
fn the_largest_entry_and_the_longest_key_stay_below_the_limits() {
    let w = World::new();
    longest(&w);
    let entries = persistent(&w);
    let largest = entries.iter().map(|stored| size(&stored.entry)).max();
    assert!(largest.unwrap() <= MAX_ENTRY_BYTES);
    // Proves that it looks: the longest bucket has more than a kilobyte of texts and names.
    assert!(largest.unwrap() > 1_024);
    let longest_key = entries.iter().map(|stored| size(&stored.key)).max();
    assert!(longest_key.unwrap() <= MAX_KEY_BYTES);
    assert!(longest_key.unwrap() > 200);
}

#[test]
fn no_entry_grows_with_use() {
    let w = World::new();
    let (anna, id) = longest(&w);
    let sizes = |w: &World| -> StdVec<usize> {
        let mut sizes: StdVec<usize> = persistent(w).iter().map(|s| size(&s.entry)).collect();
        sizes.sort_unstable();
        sizes
    };
    let before = sizes(&w);
    let repo = |n: u32| w.text(&std::format!("repo {n}"));
    w.call::<()>(&w.deals, "release", {
        (id, u32::MAX, w.text_of(128), 1_u64 << 40, 1_u64 << 40)
    })
    .unwrap();
    for n in 0..30 {
        let size_mb = (1_u64, 1_u64);
        let args = (id, n, repo(n), size_mb.0, size_mb.1);
        w.call::<()>(&w.deals, "reserve", args.clone()).unwrap();
        w.call::<()>(&w.deals, "release", args).unwrap();
        for status in [BucketStatus::Inactive, BucketStatus::Active] {
            let args = (&anna, id, status);
            w.call::<()>(&anna, "set_bucket_status", args).unwrap();
        }
    }
    // Only the reservation is gone.
    let after = sizes(&w);
    assert_eq!(after.len() + 1, before.len());
    assert!(after.iter().max() <= before.iter().max());
    assert!(after.iter().sum::<usize>() < before.iter().sum::<usize>());
}

#[test]
fn a_command_extends_what_it_touches() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    let carl = w.consumer();
    w.reserve(id, 1, "films", (1, 1)).unwrap();
    for stored in persistent(&w) {
        let lives = stored.live_until_ledger - START_SEQUENCE;
        // A new entry lives to the ledger before; indices, which nothing touches again, longest.
        assert!(lives == EXTEND_TO - 1 || lives == EXTEND_TO || lives >= MAX_TTL - 1);
    }

    let days = 95;
    w.wait(days * 86_400);
    let now = w.env.ledger().sequence();
    let extended = |w: &World| {
        let all = persistent(w);
        let fresh = |stored: &&Stored| stored.live_until_ledger == now + EXTEND_TO;
        all.iter().filter(fresh).count()
    };
    assert_eq!(extended(&w), 0);
    w.call::<()>(&carl, "update_consumer", (&carl, w.text("x")))
        .unwrap();
    assert_eq!(extended(&w), 1);
    w.call::<()>(&anna, "update_provider", (&anna, w.text("x")))
        .unwrap();
    assert_eq!(extended(&w), 2);
    // Both entries of the bucket, and the repository id.
    w.release(id, 1, "films", (1, 1)).unwrap();
    assert_eq!(extended(&w), 4);
    w.reserve(id, 2, "films", (1, 1)).unwrap();
    assert!(extended(&w) >= 4);
}

#[test]
fn a_change_of_either_entry_extends_both() {
    for change in 0..3 {
        let w = World::new();
        let (anna, id) = w.bucket(4, 4);
        w.wait(95 * 86_400);
        let now = w.env.ledger().sequence();
        let answer: Result<(), _> = match change {
            0 => w.call(&anna, "lock_bucket", (&anna, id)),
            1 => {
                let features = BucketFeatures {
                    tags: soroban_sdk::Vec::new(&w.env),
                    ..w.longest_features()
                };
                w.call(&anna, "set_bucket_features", (&anna, id, features))
            }
            _ => w.set_capacity(&anna, id, 5, 5),
        };
        answer.unwrap();
        let fresh = |stored: &&Stored| stored.live_until_ledger == now + EXTEND_TO;
        assert_eq!(persistent(&w).iter().filter(fresh).count(), 2);
    }
}

#[test]
fn a_deleted_bucket_is_kept_as_long_as_the_network_allows() {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    w.wait(86_400);
    let longest = w.env.ledger().sequence() + MAX_TTL - 1;
    w.delete_bucket(&anna, id);
    let kept = |stored: &&Stored| stored.live_until_ledger >= longest;
    assert_eq!(persistent(&w).iter().filter(kept).count(), 2);
}
