//! Size, key and time to live of what is stored.

use std::vec::Vec as StdVec;

use flash_interfaces::registry::{BucketFeatures, BucketStatus, Metering};
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
    let endpoint = w.text(&std::format!("https://{}", "x".repeat(120)));
    let service = (&anna, id, endpoint, Metering::Provider);
    w.call::<()>(&anna, "set_bucket_service", service).unwrap();
    let size_mb = 1_u64 << 40;
    let repo = w.text_of(128);
    let any_offer = None::<u32>;
    let reserve = (id, u32::MAX, repo, &w.renter, size_mb, size_mb, any_offer);
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
    let size_mb = 1_u64 << 40;
    let release = (
        id,
        u32::MAX,
        w.text_of(128),
        &w.renter,
        size_mb,
        size_mb,
        false,
    );
    w.call::<()>(&w.deals, "release", release).unwrap();
    for n in 0..30 {
        let (storage_mb, egress_mb) = (1_u64, 1_u64);
        let args = (
            id,
            n,
            repo(n),
            &w.renter,
            storage_mb,
            egress_mb,
            None::<u32>,
        );
        w.call::<()>(&w.deals, "reserve", args).unwrap();
        let args = (id, n, repo(n), &w.renter, storage_mb, egress_mb, false);
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
fn indices_live_longest_because_nothing_touches_them_again() {
    let w = World::new();
    let (_, id) = w.bucket(4, 4);
    w.consumer();
    w.reserve(id, 1, "films", (1, 1)).unwrap();
    let all = persistent(&w);
    let lives = |stored: &Stored| stored.live_until_ledger - START_SEQUENCE;
    assert!(all.iter().all(|stored| lives(stored) >= EXTEND_TO - 1));
    // The first provider, the first consumer, and the first bucket of the provider.
    let longest = all.iter().filter(|stored| lives(stored) >= MAX_TTL - 1);
    assert_eq!(longest.count(), 3);
}

/// How many entries a command extends when all have less than the threshold left.
fn extends(command: impl Fn(&World, &Address, &Address, u32)) -> usize {
    let w = World::new();
    let (anna, id) = w.bucket(4, 4);
    let carl = w.consumer();
    w.reserve(id, 1, "films", (1, 1)).unwrap();
    w.wait(95 * 86_400);
    let extended_to = w.env.ledger().sequence() + EXTEND_TO;
    let extended = |stored: &&Stored| stored.live_until_ledger == extended_to;
    assert_eq!(persistent(&w).iter().filter(extended).count(), 0);
    command(&w, &anna, &carl, id);
    persistent(&w).iter().filter(extended).count()
}

#[test]
fn a_command_extends_what_it_touches() {
    let updated = extends(|w, anna, _, _| {
        let args = (anna, w.text("x"));
        w.call::<()>(anna, "update_provider", args).unwrap();
    });
    assert_eq!(updated, 1);
    let updated = extends(|w, _, carl, _| {
        let args = (carl, w.text("x"));
        w.call::<()>(carl, "update_consumer", args).unwrap();
    });
    assert_eq!(updated, 1);
    // The bucket's state; the repository id is new and lives as long without.
    let reserved = extends(|w, _, _, id| w.reserve(id, 2, "series", (1, 1)).unwrap());
    assert_eq!(reserved, 1);
    // Both entries of the bucket.
    let released = extends(|w, _, _, id| w.release(id, 1, "films", (1, 1)).unwrap());
    assert_eq!(released, 2);
    // The provider and the counter.
    let created = extends(|w, anna, _, _| {
        w.create_bucket(anna).unwrap();
    });
    assert_eq!(created, 2);
    // The counter.
    let registered = extends(|w, _, _, _| {
        w.provider();
    });
    assert_eq!(registered, 1);
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
