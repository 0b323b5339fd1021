//! `ChangeTrust`

use crate::{
    apply::{
        reserve::{self, Refusal},
        results::change_trust as done,
        Workplace,
    },
    state::Scratch,
    tx::account,
};
use stellar_xdr::{
    AccountEntry, AccountFlags, AccountId, Asset, ChangeTrustAsset, ChangeTrustOp,
    ChangeTrustResult as R, LedgerEntryData, OperationResult, TrustLineEntry, TrustLineEntryExt,
    TrustLineFlags,
};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &ChangeTrustOp, source: &AccountId) -> Option<OperationResult> {
    let Some(asset) = asset(&op.line) else {
        return Some(match op.line {
            ChangeTrustAsset::PoolShare(_) => OperationResult::OpNotSupported,
            _ => done(R::Malformed),
        });
    };
    let malformed =
        op.limit < 0 || !account::is_valid_asset(&asset) || account::issuer(&asset) == Some(source);
    malformed.then(|| done(R::Malformed))
}

fn asset(line: &ChangeTrustAsset) -> Option<Asset> {
    match line {
        ChangeTrustAsset::CreditAlphanum4(asset) => Some(Asset::CreditAlphanum4(asset.clone())),
        ChangeTrustAsset::CreditAlphanum12(asset) => Some(Asset::CreditAlphanum12(asset.clone())),
        ChangeTrustAsset::Native | ChangeTrustAsset::PoolShare(_) => None,
    }
}

/// Opens, changes or closes a trust line.
pub fn apply(
    op: &ChangeTrustOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> OperationResult {
    let Some(asset) = asset(&op.line) else {
        return done(R::Malformed);
    };
    let named = account::line_asset(&asset);
    let issuer = account::issuer(&asset).and_then(|id| account::load(at.scratch, id));
    match account::load_line(at.scratch, source, &named) {
        Some(line) => change(op, source, line, issuer.is_some(), at.scratch),
        None => {
            let line = TrustLineEntry {
                account_id: source.clone(),
                asset: named,
                balance: 0,
                limit: op.limit,
                flags: 0,
                ext: TrustLineEntryExt::V0,
            };
            open(source, line, issuer, at)
        }
    }
}

fn change(
    op: &ChangeTrustOp,
    source: &AccountId,
    mut line: TrustLineEntry,
    has_issuer: bool,
    scratch: &mut Scratch,
) -> OperationResult {
    let needed = line.limit.saturating_sub(account::line_receivable(&line));
    if op.limit < needed {
        return done(R::InvalidLimit);
    }
    if op.limit == 0 {
        reserve::remove(scratch, source, &account::line_key(source, &line.asset));
        return done(R::Success);
    }
    if !has_issuer {
        return done(R::NoIssuer);
    }
    line.limit = op.limit;
    account::store_line(scratch, line);
    done(R::Success)
}

fn open(
    source: &AccountId,
    mut line: TrustLineEntry,
    issuer: Option<AccountEntry>,
    at: &mut Workplace<'_, '_>,
) -> OperationResult {
    if line.limit == 0 {
        return done(R::InvalidLimit);
    }
    let Some(issuer) = issuer else {
        return done(R::NoIssuer);
    };
    if issuer.flags & (AccountFlags::RequiredFlag as u32) == 0 {
        line.flags |= TrustLineFlags::AuthorizedFlag as u32;
    }
    if issuer.flags & (AccountFlags::ClawbackEnabledFlag as u32) != 0 {
        line.flags |= TrustLineFlags::TrustlineClawbackEnabledFlag as u32;
    }
    match reserve::create(at, source, LedgerEntryData::Trustline(line)) {
        Err(Refusal::TooManySubEntries) => OperationResult::OpTooManySubentries,
        Err(Refusal::TooManySponsoring) => OperationResult::OpTooManySponsoring,
        Err(Refusal::LowReserve) => done(R::LowReserve),
        Ok(()) => done(R::Success),
    }
}
