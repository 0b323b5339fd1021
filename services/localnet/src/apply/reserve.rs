//! The reserve that is locked for every entry and signer: by its owner, or by whoever sponsors it.

use super::{sponsorships::Sponsorships, Workplace};
use crate::{
    settings::BASE_RESERVE,
    state::{sponsor, Scratch},
    tx::account,
};
use stellar_xdr::{AccountEntry, AccountId, LedgerEntryData, LedgerKey, Signer, SignerKey};

/// The most sub-entries that one account may own.
const MAX_SUB_ENTRIES: u32 = 1_000;

/// Why an account cannot own one more entry.
pub enum Refusal {
    TooManySubEntries,
    TooManySponsoring,
    LowReserve,
}

/// How many base reserves an entry locks.
pub fn multiplier(data: &LedgerEntryData) -> u32 {
    match data {
        LedgerEntryData::Account(_) => 2,
        LedgerEntryData::ClaimableBalance(balance) => {
            u32::try_from(balance.claimants.len()).unwrap_or(u32::MAX)
        }
        _ => 1,
    }
}

/// Whether an entry counts among those of its owner.
fn is_sub_entry(data: &LedgerEntryData) -> bool {
    matches!(
        data,
        LedgerEntryData::Trustline(_) | LedgerEntryData::Data(_)
    )
}

/// What `count` base reserves are, in stroops.
pub fn stroops(count: u32) -> i64 {
    i64::from(count).saturating_mul(i64::from(BASE_RESERVE))
}

/// Makes an entry of `owner`, whose reserve is locked by its sponsor where there is one. Claimable
/// balances have no owner: whoever makes one sponsors it.
///
/// # Errors
/// [`Refusal`]; the work is then to be dropped.
pub fn create(
    at: &mut Workplace<'_, '_>,
    owner: &AccountId,
    data: LedgerEntryData,
) -> Result<(), Refusal> {
    let count = multiplier(&data);
    let is_balance = matches!(data, LedgerEntryData::ClaimableBalance(_));
    let sponsor = at.sponsorships.sponsor_of(owner).cloned();
    let sponsor = sponsor.or_else(|| is_balance.then(|| owner.clone()));
    if is_sub_entry(&data) {
        let mut account = account::load(at.scratch, owner).ok_or(Refusal::LowReserve)?;
        count_sub_entry(&mut account, sponsor.is_none())?;
        account::store(at.scratch, account);
    }
    if let (None, LedgerEntryData::Account(account)) = (&sponsor, &data) {
        if account.balance < account::min_balance(account) {
            return Err(Refusal::LowReserve);
        }
    }
    let key = data.to_key();
    at.scratch.put(data, None);
    if let Some(sponsor) = sponsor {
        lock(at.scratch, &sponsor, count)?;
        if !is_balance {
            add_sponsored(at.scratch, owner, i64::from(count));
        }
        at.scratch.set_sponsor(&key, Some(sponsor));
    }
    Ok(())
}

/// Removes an entry of `owner`, and frees its reserve.
pub fn remove(scratch: &mut Scratch, owner: &AccountId, key: &LedgerKey) {
    let Some(entry) = scratch.get(key).map(|entry| entry.entry.clone()) else {
        return;
    };
    let count = multiplier(&entry.data);
    if is_sub_entry(&entry.data) {
        if let Some(mut account) = account::load(scratch, owner) {
            account.num_sub_entries = account.num_sub_entries.saturating_sub(count);
            account::store(scratch, account);
        }
    }
    if let Some(sponsor) = sponsor(&entry) {
        free(scratch, sponsor, count);
        if is_sub_entry(&entry.data) {
            add_sponsored(scratch, owner, -i64::from(count));
        }
    }
    scratch.remove(key);
}

/// Counts one more sub-entry of an account, which locks the reserve for it unless somebody else does.
fn count_sub_entry(account: &mut AccountEntry, pays: bool) -> Result<(), Refusal> {
    if account.num_sub_entries >= MAX_SUB_ENTRIES {
        return Err(Refusal::TooManySubEntries);
    }
    if pays && account::spendable(account) < stroops(1) {
        return Err(Refusal::LowReserve);
    }
    account.num_sub_entries += 1;
    Ok(())
}

/// Adds a signer to an account that is not stored yet.
///
/// # Errors
/// As [`create`].
pub fn add_signer(
    scratch: &mut Scratch,
    sponsorships: &Sponsorships,
    account: &mut AccountEntry,
    signer: Signer,
) -> Result<(), Refusal> {
    let sponsor = sponsorships.sponsor_of(&account.account_id).cloned();
    count_sub_entry(account, sponsor.is_none())?;
    if let Some(sponsor) = &sponsor {
        lock(scratch, sponsor, 1)?;
        account::add_sponsored(account, 1);
    }
    let mut signers = account::signers(account);
    signers.push((signer, sponsor));
    account::set_signers(account, signers);
    Ok(())
}

/// Removes a signer from an account that is not stored yet. Nothing happens where it is none.
pub fn remove_signer(scratch: &mut Scratch, account: &mut AccountEntry, key: &SignerKey) {
    let mut signers = account::signers(account);
    let Some(index) = signers.iter().position(|(signer, _)| signer.key == *key) else {
        return;
    };
    let (_, sponsor) = signers.remove(index);
    account::set_signers(account, signers);
    account.num_sub_entries = account.num_sub_entries.saturating_sub(1);
    if let Some(sponsor) = sponsor {
        free(scratch, &sponsor, 1);
        account::add_sponsored(account, -1);
    }
}

/// Locks reserves of a sponsor.
///
/// # Errors
/// [`Refusal`] where its balance does not cover them, or it sponsors too much.
pub fn lock(scratch: &mut Scratch, sponsor: &AccountId, count: u32) -> Result<(), Refusal> {
    let mut account = account::load(scratch, sponsor).ok_or(Refusal::LowReserve)?;
    if account::spendable(&account) < stroops(count) {
        return Err(Refusal::LowReserve);
    }
    let (_, sponsoring) = account::sponsorships(&account);
    let total = sponsoring + i64::from(account.num_sub_entries) + i64::from(count);
    if total > i64::from(u32::MAX) {
        return Err(Refusal::TooManySponsoring);
    }
    account::add_sponsoring(&mut account, i64::from(count));
    account::store(scratch, account);
    Ok(())
}

/// Frees reserves of a sponsor.
pub fn free(scratch: &mut Scratch, sponsor: &AccountId, count: u32) {
    if let Some(mut account) = account::load(scratch, sponsor) {
        account::add_sponsoring(&mut account, -i64::from(count));
        account::store(scratch, account);
    }
}

/// Changes how many reserves of an account are locked by others.
pub fn add_sponsored(scratch: &mut Scratch, owner: &AccountId, count: i64) {
    if let Some(mut account) = account::load(scratch, owner) {
        account::add_sponsored(&mut account, count);
        account::store(scratch, account);
    }
}
