//! `RevokeSponsorship`: who pays a reserve from now on.

use super::set_options::is_printable;
use crate::{
    apply::{
        reserve::{self, Refusal},
        results::revoke_sponsorship as done,
        Workplace,
    },
    state::sponsor,
    tx::account,
};
use stellar_xdr::{
    AccountId, Asset, LedgerEntry, LedgerEntryData, LedgerKey, OperationResult,
    RevokeSponsorshipOp, RevokeSponsorshipOpSigner, RevokeSponsorshipResult as R, TrustLineAsset,
};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &RevokeSponsorshipOp) -> Option<OperationResult> {
    let RevokeSponsorshipOp::LedgerEntry(key) = op else {
        return None;
    };
    let is_well_formed = match key {
        LedgerKey::Account(_) | LedgerKey::ClaimableBalance(_) => true,
        LedgerKey::Trustline(line) => asset(&line.asset).is_some_and(|asset| {
            account::is_valid_asset(&asset) && account::issuer(&asset) != Some(&line.account_id)
        }),
        LedgerKey::Data(data) => {
            let name = data.data_name.as_slice();
            !name.is_empty() && is_printable(name)
        }
        LedgerKey::Offer(offer) => offer.offer_id > 0,
        _ => false,
    };
    (!is_well_formed).then(|| done(R::Malformed))
}

fn asset(asset: &TrustLineAsset) -> Option<Asset> {
    match asset {
        TrustLineAsset::CreditAlphanum4(asset) => Some(Asset::CreditAlphanum4(asset.clone())),
        TrustLineAsset::CreditAlphanum12(asset) => Some(Asset::CreditAlphanum12(asset.clone())),
        TrustLineAsset::Native | TrustLineAsset::PoolShare(_) => None,
    }
}

/// Why a reserve does not change hands.
enum Fault {
    Revoke(R),
    TooManySponsoring,
}

/// Whose reserve it is now, and whose it becomes.
struct Move {
    owner: AccountId,
    old: Option<AccountId>,
    new: Option<AccountId>,
    count: u32,
}

/// Gives the reserve back to the owner, or to whoever sponsors the source now.
pub fn apply(
    op: &RevokeSponsorshipOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> OperationResult {
    let outcome = match op {
        RevokeSponsorshipOp::LedgerEntry(key) => of_entry(key, source, at),
        RevokeSponsorshipOp::Signer(signer) => of_signer(signer, source, at),
    };
    match outcome {
        Ok(()) => done(R::Success),
        Err(Fault::Revoke(fault)) => done(fault),
        Err(Fault::TooManySponsoring) => OperationResult::OpTooManySponsoring,
    }
}

fn of_entry(key: &LedgerKey, source: &AccountId, at: &mut Workplace<'_, '_>) -> Result<(), Fault> {
    let entry = at.scratch.get(key).map(|entry| entry.entry.clone());
    let entry = entry.ok_or(Fault::Revoke(R::DoesNotExist))?;
    let is_balance = matches!(entry.data, LedgerEntryData::ClaimableBalance(_));
    let owner = owner(&entry).ok_or(Fault::Revoke(R::DoesNotExist))?;
    let change = Move {
        new: new_sponsor(source, &owner, at),
        old: sponsor(&entry).cloned(),
        count: reserve::multiplier(&entry.data),
        owner,
    };
    change.check_source(source)?;
    if is_balance && change.new.is_none() {
        return Err(Fault::Revoke(R::OnlyTransferable));
    }
    // The entry is among the changes in any case.
    at.scratch.set_sponsor(key, change.old.clone());
    change.apply(!is_balance, at)?;
    if change.old != change.new {
        at.scratch.set_sponsor(key, change.new);
    }
    Ok(())
}

fn of_signer(
    op: &RevokeSponsorshipOpSigner,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> Result<(), Fault> {
    let missing = || Fault::Revoke(R::DoesNotExist);
    let account = account::load(at.scratch, &op.account_id).ok_or_else(missing)?;
    let signers = account::signers(&account);
    let index = signers
        .iter()
        .position(|(signer, _)| signer.key == op.signer_key);
    let index = index.ok_or_else(missing)?;
    let change = Move {
        owner: op.account_id.clone(),
        old: signers[index].1.clone(),
        new: new_sponsor(source, &op.account_id, at),
        count: 1,
    };
    change.check_source(source)?;
    account::store(at.scratch, account);
    change.apply(true, at)?;
    let mut account = account::load(at.scratch, &op.account_id).ok_or_else(missing)?;
    let mut signers = account::signers(&account);
    signers[index].1 = change.new;
    account::set_signers(&mut account, signers);
    account::store(at.scratch, account);
    Ok(())
}

/// The account that an entry counts for; a claimable balance counts for its sponsor.
fn owner(entry: &LedgerEntry) -> Option<AccountId> {
    Some(match &entry.data {
        LedgerEntryData::Account(account) => account.account_id.clone(),
        LedgerEntryData::Trustline(line) => line.account_id.clone(),
        LedgerEntryData::Data(data) => data.account_id.clone(),
        LedgerEntryData::ClaimableBalance(_) => sponsor(entry)?.clone(),
        _ => return None,
    })
}

/// Who sponsors the source now, unless that is the owner itself.
fn new_sponsor(source: &AccountId, owner: &AccountId, at: &Workplace<'_, '_>) -> Option<AccountId> {
    let sponsor = at.sponsorships.sponsor_of(source)?;
    (sponsor != owner).then(|| sponsor.clone())
}

impl Move {
    /// Only whoever pays the reserve may give it away.
    fn check_source(&self, source: &AccountId) -> Result<(), Fault> {
        let payer = self.old.as_ref().unwrap_or(&self.owner);
        if payer == source {
            Ok(())
        } else {
            Err(Fault::Revoke(R::NotSponsor))
        }
    }

    fn apply(&self, counts_for_owner: bool, at: &mut Workplace<'_, '_>) -> Result<(), Fault> {
        let count = i64::from(self.count);
        let sponsored = i64::from(self.new.is_some()) - i64::from(self.old.is_some());
        if sponsored < 0 {
            let owner = account::load(at.scratch, &self.owner);
            let spendable = owner.map_or(0, |owner| account::spendable(&owner));
            if spendable < reserve::stroops(self.count) {
                return Err(Fault::Revoke(R::LowReserve));
            }
        }
        if let Some(new) = &self.new {
            reserve::lock(at.scratch, new, self.count).map_err(|refusal| match refusal {
                Refusal::LowReserve => Fault::Revoke(R::LowReserve),
                _ => Fault::TooManySponsoring,
            })?;
        }
        if let Some(old) = &self.old {
            reserve::free(at.scratch, old, self.count);
        }
        if counts_for_owner && sponsored != 0 {
            reserve::add_sponsored(at.scratch, &self.owner, sponsored * count);
        }
        Ok(())
    }
}
