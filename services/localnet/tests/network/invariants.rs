//! What holds after every ledger, whatever happened. Every test ends in these checks.

use flash_localnet::state::{has_ttl, native_total, View};
use std::collections::HashMap;
use stellar_xdr::{AccountEntry, AccountId, LedgerEntryData, TrustLineEntry};

/// What is broken: empty where all is well.
pub fn broken(view: &View) -> Vec<String> {
    let mut broken = Vec::new();
    let held = native_total(&view.entries, view.network.id).unwrap();
    let total = held + i128::from(view.header.fee_pool);
    if total != i128::from(view.header.total_coins) {
        broken.push(format!(
            "there are {total} stroops, not {}",
            view.header.total_coins
        ));
    }
    let owned = owned_entries(view);
    for (key, entry) in &view.entries {
        if *key != entry.entry.to_key() {
            broken.push(format!("{:?} is under another key", entry.entry.data));
        }
        if has_ttl(key) != entry.ttl.is_some() {
            broken.push(format!("{key:?} has no TTL, or one that it cannot have"));
        }
        if entry.entry.last_modified_ledger_seq > view.sequence() {
            broken.push(format!("{key:?} was modified in the future"));
        }
        match &entry.entry.data {
            LedgerEntryData::Account(account) => broken.extend(account_faults(account, &owned)),
            LedgerEntryData::Trustline(line) => broken.extend(line_faults(line)),
            _ => {}
        }
    }
    broken.extend(chain_faults(view));
    broken
}

/// How many trust lines and data entries each account owns.
fn owned_entries(view: &View) -> HashMap<AccountId, usize> {
    let mut owned = HashMap::new();
    for entry in view.entries.values() {
        let owner = match &entry.entry.data {
            LedgerEntryData::Trustline(line) => line.account_id.clone(),
            LedgerEntryData::Data(data) => data.account_id.clone(),
            _ => continue,
        };
        *owned.entry(owner).or_default() += 1;
    }
    owned
}

fn account_faults(account: &AccountEntry, owned: &HashMap<AccountId, usize>) -> Vec<String> {
    let mut faults = Vec::new();
    let entries = owned.get(&account.account_id).copied().unwrap_or(0) + account.signers.len();
    if account.num_sub_entries as usize != entries {
        let counted = account.num_sub_entries;
        faults.push(format!(
            "{} counts {counted} entries of {entries}",
            account.account_id
        ));
    }
    if account.balance < 0 {
        faults.push(format!("{} owns {}", account.account_id, account.balance));
    }
    if !account.signers.is_sorted_by(|a, b| a.key < b.key) {
        faults.push(format!(
            "the signers of {} are not in order",
            account.account_id
        ));
    }
    faults
}

fn line_faults(line: &TrustLineEntry) -> Option<String> {
    let within = (0..=line.limit).contains(&line.balance);
    (!within).then(|| format!("{} of {} on a line", line.balance, line.limit))
}

/// The newest ledger is the one that the header describes, and the history ends in it.
fn chain_faults(view: &View) -> Vec<String> {
    let mut faults = Vec::new();
    match view.history.newest() {
        Some(newest) if newest.hash == view.hash && newest.sequence == view.sequence() => {}
        _ => faults.push("the history does not end in the newest ledger".to_owned()),
    }
    let times: Vec<_> = view
        .history
        .from(0)
        .map(|ledger| ledger.close_time)
        .collect();
    if !times.is_sorted() {
        faults.push("a ledger closed before the one that came before it".to_owned());
    }
    faults
}

#[test]
fn the_checks_see_what_is_broken() {
    let (network, _client) = crate::setup::network();
    let mut view = network.view();
    assert!(broken(&view).is_empty());
    let mut header = view.header.as_ref().clone();
    header.fee_pool += 1;
    view.header = std::sync::Arc::new(header);
    assert_eq!(broken(&view).len(), 1);
    let key = view
        .entries
        .keys()
        .find(|key| has_ttl(key))
        .cloned()
        .unwrap();
    let mut entry = view.entries.get(&key).cloned().unwrap();
    entry.ttl = None;
    view.entries.insert(key, entry);
    assert_eq!(broken(&view).len(), 2);
}
