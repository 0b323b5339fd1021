//! `CreateClaimableBalance`

use super::claim_predicate;
use crate::{
    apply::{
        events::Movement,
        reserve::{self, Refusal},
        results::create_claimable_balance as done,
        Done, Workplace,
    },
    tx::account,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use stellar_xdr::{
    AccountFlags, AccountId, Asset, ClaimableBalanceEntry, ClaimableBalanceEntryExt,
    ClaimableBalanceEntryExtensionV1, ClaimableBalanceEntryExtensionV1Ext, ClaimableBalanceFlags,
    ClaimableBalanceId, Claimant, ClaimantV0, CreateClaimableBalanceOp,
    CreateClaimableBalanceResult as R, Error, Hash, HashIdPreimage, HashIdPreimageOperationId,
    LedgerEntryData, Limits, OperationResult, ScAddress, SequenceNumber, TrustLineFlags, WriteXdr,
};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &CreateClaimableBalanceOp) -> Option<OperationResult> {
    let claimants = op
        .claimants
        .iter()
        .map(|Claimant::ClaimantTypeV0(claimant)| claimant);
    let destinations: BTreeSet<_> = claimants.clone().map(|c| &c.destination).collect();
    let malformed = op.amount <= 0
        || !account::is_valid_asset(&op.asset)
        || op.claimants.is_empty()
        || destinations.len() != op.claimants.len()
        || !claimants
            .clone()
            .all(|claimant| claim_predicate::is_valid(&claimant.predicate));
    malformed.then(|| done(R::Malformed))
}

/// Sets an amount aside for whoever of the claimants takes it first.
pub fn apply(
    op: &CreateClaimableBalanceOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    let can_claw_back = match deduct(op, source, at) {
        Ok(can_claw_back) => can_claw_back,
        Err(fault) => return Ok(Done::with(done(fault))),
    };
    let id = balance_id(at)?;
    let entry = entry(op, id.clone(), can_claw_back, at.context.close_time);
    let data = LedgerEntryData::ClaimableBalance(entry);
    if let Err(refusal) = reserve::create(at, source, data) {
        return Ok(Done::with(match refusal {
            Refusal::LowReserve => done(R::LowReserve),
            Refusal::TooManySponsoring => OperationResult::OpTooManySponsoring,
            Refusal::TooManySubEntries => OperationResult::OpTooManySubentries,
        }));
    }
    let movement = Movement {
        asset: &op.asset,
        from: ScAddress::Account(source.clone()),
        to: ScAddress::ClaimableBalance(id.clone()),
        muxed_id: None,
        amount: op.amount,
        memo: &at.frame.tx().memo,
    };
    Ok(Done {
        result: done(R::Success(id)),
        events: vec![movement.event(at.context.network.id)?],
        return_value: None,
    })
}

/// Takes the amount from the source. Returns whether the issuer may claw it back.
fn deduct(
    op: &CreateClaimableBalanceOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> Result<bool, R> {
    let mut owner = account::load(at.scratch, source).ok_or(R::Underfunded)?;
    if op.asset == Asset::Native {
        if account::spendable(&owner) < op.amount {
            return Err(R::Underfunded);
        }
        owner.balance -= op.amount;
        account::store(at.scratch, owner);
        return Ok(false);
    }
    let issues = account::issuer(&op.asset) == Some(source);
    let can_claw_back = owner.flags & (AccountFlags::ClawbackEnabledFlag as u32) != 0;
    // Whoever pays is among the changes, whatever is paid.
    account::store(at.scratch, owner);
    if issues {
        return Ok(can_claw_back);
    }
    let asset = account::line_asset(&op.asset);
    let mut line = account::load_line(at.scratch, source, &asset).ok_or(R::NoTrust)?;
    if !account::is_authorized(&line) {
        return Err(R::NotAuthorized);
    }
    if account::line_spendable(&line) < op.amount {
        return Err(R::Underfunded);
    }
    line.balance -= op.amount;
    let can_claw_back = line.flags & (TrustLineFlags::TrustlineClawbackEnabledFlag as u32) != 0;
    account::store_line(at.scratch, line);
    Ok(can_claw_back)
}

fn entry(
    op: &CreateClaimableBalanceOp,
    balance_id: ClaimableBalanceId,
    can_claw_back: bool,
    close_time: u64,
) -> ClaimableBalanceEntry {
    let claimants: Vec<_> = op
        .claimants
        .iter()
        .cloned()
        .map(|Claimant::ClaimantTypeV0(claimant)| {
            Claimant::ClaimantTypeV0(ClaimantV0 {
                predicate: claim_predicate::absolute(claimant.predicate, close_time),
                ..claimant
            })
        })
        .collect();
    let ext = if can_claw_back {
        ClaimableBalanceEntryExt::V1(ClaimableBalanceEntryExtensionV1 {
            ext: ClaimableBalanceEntryExtensionV1Ext::V0,
            flags: ClaimableBalanceFlags::ClaimableBalanceClawbackEnabledFlag as u32,
        })
    } else {
        ClaimableBalanceEntryExt::V0
    };
    ClaimableBalanceEntry {
        balance_id,
        claimants: claimants.try_into().unwrap_or_default(),
        asset: op.asset.clone(),
        amount: op.amount,
        ext,
    }
}

/// The id follows from the place of the operation.
fn balance_id(at: &Workplace<'_, '_>) -> Result<ClaimableBalanceId, Error> {
    let image = HashIdPreimage::OpId(HashIdPreimageOperationId {
        source_account: at.frame.source(),
        seq_num: SequenceNumber(at.frame.tx().seq_num.0),
        op_num: at.index,
    });
    let hash = Sha256::digest(image.to_xdr(Limits::none())?).into();
    Ok(ClaimableBalanceId::ClaimableBalanceIdTypeV0(Hash(hash)))
}
