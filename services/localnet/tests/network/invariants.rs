//! What holds after every ledger, whatever happened. Every test's network is looked at as soon as a
//! ledger is closed, and once more at the end.

use flash_localnet::{
    asset_contract_id,
    state::{has_ttl, issued_total, native_total, ClosedLedger, View},
};
use std::collections::{HashMap, HashSet};
use stellar_xdr::{
    AccountEntry, AccountEntryExt, AccountEntryExtensionV1, AccountEntryExtensionV1Ext,
    AccountEntryExtensionV2, AccountId, Asset, ContractEvent, ContractEventBody, LedgerEntryData,
    LedgerEntryExt, Limits, ReadXdr, ScMapEntry, ScVal, TransactionMeta, TrustLineAsset,
    TrustLineEntry,
};

/// Looks at every ledger of a network as it is closed.
#[derive(Default)]
pub struct Watcher {
    /// What was there of each issued asset after the ledger before.
    supplies: HashMap<Asset, i128>,
}

impl Watcher {
    /// What is broken in this ledger, or was broken by it.
    pub fn look(&mut self, view: &View) -> Vec<String> {
        let mut faults = broken(view);
        let is_first = view.history.from(0).count() == 1;
        let before = std::mem::take(&mut self.supplies);
        let assets: HashSet<_> = issued_assets(view).chain(before.keys().cloned()).collect();
        for asset in assets {
            let now = issued_total(&view.entries, &asset, view.network.id).unwrap();
            let minted = view
                .history
                .newest()
                .map_or(0, |ledger| minted(ledger, &asset, view));
            let expected = before.get(&asset).copied().unwrap_or(0) + minted;
            if now != expected && !is_first {
                let sequence = view.sequence();
                faults.push(format!(
                    "there are {now} of {asset:?} in ledger {sequence}, not {expected}"
                ));
            }
            self.supplies.insert(asset, now);
        }
        faults
    }
}

fn issued_assets(view: &View) -> impl Iterator<Item = Asset> + '_ {
    view.entries
        .values()
        .filter_map(|entry| match &entry.entry.data {
            LedgerEntryData::Trustline(line) => match &line.asset {
                TrustLineAsset::CreditAlphanum4(asset) => {
                    Some(Asset::CreditAlphanum4(asset.clone()))
                }
                TrustLineAsset::CreditAlphanum12(asset) => {
                    Some(Asset::CreditAlphanum12(asset.clone()))
                }
                TrustLineAsset::Native | TrustLineAsset::PoolShare(_) => None,
            },
            LedgerEntryData::ClaimableBalance(balance) if balance.asset != Asset::Native => {
                Some(balance.asset.clone())
            }
            _ => None,
        })
}

/// What a ledger's events say was made of an asset, less what was destroyed.
fn minted(ledger: &ClosedLedger, asset: &Asset, view: &View) -> i128 {
    let contract = asset_contract_id(asset, view.network.id).unwrap();
    let metas = ledger.transactions.iter().map(|tx| {
        match TransactionMeta::from_xdr(&tx.meta, Limits::none()).unwrap() {
            TransactionMeta::V4(meta) => meta,
            other => panic!("{other:?}"),
        }
    });
    let events = metas
        .flat_map(|meta| meta.operations.to_vec())
        .flat_map(|op| op.events.to_vec());
    events
        .filter(|event| event.contract_id.as_ref() == Some(&contract))
        .map(|event| made(&event))
        .sum()
}

fn made(event: &ContractEvent) -> i128 {
    let ContractEventBody::V0(body) = &event.body;
    let amount = |value: &ScVal| match value {
        ScVal::I128(parts) => i128::from(parts),
        other => panic!("{other:?}"),
    };
    let whole = match &body.data {
        ScVal::Map(Some(fields)) => {
            let is_amount = |field: &&ScMapEntry| matches!(&field.key, ScVal::Symbol(name) if name.as_slice() == b"amount");
            fields
                .iter()
                .find(is_amount)
                .map_or(0, |field| amount(&field.val))
        }
        ScVal::I128(parts) => i128::from(parts),
        _ => 0,
    };
    match body.topics.first() {
        Some(ScVal::Symbol(name)) if name.as_slice() == b"mint" => whole,
        Some(ScVal::Symbol(name)) if [&b"burn"[..], b"clawback"].contains(&name.as_slice()) => {
            -whole
        }
        _ => 0,
    }
}

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
    broken.extend(sponsorship_faults(view));
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

/// Every account counts what others lock for it, and what it locks for others.
fn sponsorship_faults(view: &View) -> Vec<String> {
    let mut sponsoring: HashMap<AccountId, u32> = HashMap::new();
    let mut sponsored: HashMap<AccountId, u32> = HashMap::new();
    for entry in view.entries.values() {
        let (owner, count) = match &entry.entry.data {
            LedgerEntryData::Account(account) => (Some(&account.account_id), 2),
            LedgerEntryData::Trustline(line) => (Some(&line.account_id), 1),
            LedgerEntryData::Data(data) => (Some(&data.account_id), 1),
            LedgerEntryData::ClaimableBalance(balance) => {
                (None, u32::try_from(balance.claimants.len()).unwrap())
            }
            _ => continue,
        };
        let mut locked = Vec::new();
        if let LedgerEntryExt::V1(ext) = &entry.entry.ext {
            locked.extend(ext.sponsoring_id.0.clone().map(|sponsor| (sponsor, count)));
        }
        if let LedgerEntryData::Account(account) = &entry.entry.data {
            let signers = signer_sponsors(account).into_iter().flatten();
            locked.extend(signers.map(|sponsor| (sponsor, 1)));
        }
        for (sponsor, count) in locked {
            *sponsoring.entry(sponsor).or_default() += count;
            if let Some(owner) = owner {
                *sponsored.entry(owner.clone()).or_default() += count;
            }
        }
    }
    let accounts = view
        .entries
        .values()
        .filter_map(|entry| match &entry.entry.data {
            LedgerEntryData::Account(account) => Some(account),
            _ => None,
        });
    let mut faults = Vec::new();
    for account in accounts {
        let counted = sponsorship_counts(account);
        let expected = (
            sponsored.get(&account.account_id).copied().unwrap_or(0),
            sponsoring.get(&account.account_id).copied().unwrap_or(0),
        );
        if counted != expected {
            let id = &account.account_id;
            faults.push(format!(
                "{id} counts {counted:?} sponsored reserves of {expected:?}"
            ));
        }
    }
    faults
}

/// The part of an account that counts sponsorships, where it has one.
fn sponsorships(account: &AccountEntry) -> Option<&AccountEntryExtensionV2> {
    match &account.ext {
        AccountEntryExt::V1(AccountEntryExtensionV1 {
            ext: AccountEntryExtensionV1Ext::V2(v2),
            ..
        }) => Some(v2),
        _ => None,
    }
}

fn sponsorship_counts(account: &AccountEntry) -> (u32, u32) {
    sponsorships(account).map_or((0, 0), |v2| (v2.num_sponsored, v2.num_sponsoring))
}

fn signer_sponsors(account: &AccountEntry) -> Vec<Option<AccountId>> {
    let of_signers = sponsorships(account).map(|v2| v2.signer_sponsoring_i_ds.to_vec());
    let of_signers = of_signers.unwrap_or_default();
    of_signers.into_iter().map(|sponsor| sponsor.0).collect()
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

#[test]
fn the_watcher_sees_what_came_from_nowhere() {
    let (network, client) = crate::setup::network();
    let holder = flash_localnet_testkit::Wallet::named("holder");
    client.fund(&holder).unwrap();
    let mut view = network.view();
    let mut watcher = Watcher::default();
    assert_eq!(watcher.look(&view), Vec::<String>::new());
    let asset = stellar_xdr::AlphaNum4 {
        asset_code: stellar_xdr::AssetCode4(*b"USD\0"),
        issuer: flash_localnet_testkit::Wallet::named("issuer").account(),
    };
    let data = LedgerEntryData::Trustline(TrustLineEntry {
        account_id: holder.account(),
        asset: TrustLineAsset::CreditAlphanum4(asset),
        balance: 5,
        limit: 10,
        flags: 1,
        ext: Default::default(),
    });
    let entry = stellar_xdr::LedgerEntry {
        last_modified_ledger_seq: 1,
        data,
        ext: Default::default(),
    };
    let key = entry.to_key();
    let entry = flash_localnet::state::Entry {
        entry: std::sync::Arc::new(entry),
        ttl: None,
    };
    view.entries.insert(key, entry);
    let faults = watcher.look(&view).join(" ");
    assert!(faults.contains("there are 5 of"), "{faults}");
    // The account does not count the line either.
    assert!(faults.contains("counts 0 entries of 1"), "{faults}");
}
