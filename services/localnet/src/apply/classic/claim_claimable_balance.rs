//! `ClaimClaimableBalance`

use super::claim_predicate;
use crate::{
    apply::{events::Movement, reserve, results::claim_claimable_balance as done, Done, Workplace},
    tx::account,
};
use stellar_xdr::{
    AccountId, Asset, ClaimClaimableBalanceOp, ClaimClaimableBalanceResult as R,
    ClaimableBalanceEntry, Claimant, LedgerEntryData, LedgerKey, LedgerKeyClaimableBalance,
    ScAddress,
};

/// Takes a claimable balance.
pub fn apply(
    op: &ClaimClaimableBalanceOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    let key = LedgerKey::ClaimableBalance(LedgerKeyClaimableBalance {
        balance_id: op.balance_id.clone(),
    });
    let entry = at.scratch.get(&key).map(|entry| entry.entry.clone());
    let Some(LedgerEntryData::ClaimableBalance(balance)) = entry.as_deref().map(|e| &e.data) else {
        return Ok(Done::with(done(R::DoesNotExist)));
    };
    if !may_claim(balance, source, at.context.close_time) {
        return Ok(Done::with(done(R::CannotClaim)));
    }
    if let Err(fault) = receive(balance, source, at) {
        return Ok(Done::with(done(fault)));
    }
    reserve::remove(at.scratch, source, &key);
    let movement = Movement {
        asset: &balance.asset,
        from: ScAddress::ClaimableBalance(op.balance_id.clone()),
        to: ScAddress::Account(source.clone()),
        muxed_id: at.muxed_source_id(),
        amount: balance.amount,
        memo: &at.frame.tx().memo,
    };
    Ok(Done {
        result: done(R::Success),
        events: vec![movement.event(at.context.network.id)?],
        return_value: None,
    })
}

fn may_claim(balance: &ClaimableBalanceEntry, source: &AccountId, close_time: u64) -> bool {
    let mut claimants = balance
        .claimants
        .iter()
        .map(|Claimant::ClaimantTypeV0(claimant)| claimant);
    claimants
        .find(|claimant| claimant.destination == *source)
        .is_some_and(|claimant| claim_predicate::holds(&claimant.predicate, close_time))
}

fn receive(
    balance: &ClaimableBalanceEntry,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> Result<(), R> {
    let mut owner = account::load(at.scratch, source).ok_or(R::CannotClaim)?;
    if balance.asset == Asset::Native {
        if account::receivable(&owner) < balance.amount {
            return Err(R::LineFull);
        }
        owner.balance += balance.amount;
    }
    // Whoever claims is among the changes, whatever is claimed.
    account::store(at.scratch, owner);
    if balance.asset == Asset::Native || account::issuer(&balance.asset) == Some(source) {
        return Ok(());
    }
    let asset = account::line_asset(&balance.asset);
    let mut line = account::load_line(at.scratch, source, &asset).ok_or(R::NoTrust)?;
    if !account::is_authorized(&line) {
        return Err(R::NotAuthorized);
    }
    if account::line_receivable(&line) < balance.amount {
        return Err(R::LineFull);
    }
    line.balance += balance.amount;
    account::store_line(at.scratch, line);
    Ok(())
}
