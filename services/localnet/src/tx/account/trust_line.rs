//! Trust lines: what an account holds of an issued asset.

use crate::state::Scratch;
use stellar_xdr::{
    AccountId, LedgerEntryData, LedgerKey, LedgerKeyTrustLine, Liabilities, TrustLineAsset,
    TrustLineEntry, TrustLineEntryExt, TrustLineFlags,
};

/// The key of a trust line.
pub fn line_key(id: &AccountId, asset: &TrustLineAsset) -> LedgerKey {
    LedgerKey::Trustline(LedgerKeyTrustLine {
        account_id: id.clone(),
        asset: asset.clone(),
    })
}

/// The trust line of an account for an asset, where there is one.
pub fn load_line(
    scratch: &Scratch,
    id: &AccountId,
    asset: &TrustLineAsset,
) -> Option<TrustLineEntry> {
    match &scratch.get(&line_key(id, asset))?.entry.data {
        LedgerEntryData::Trustline(line) => Some(line.clone()),
        _ => None,
    }
}

/// Writes the trust line.
pub fn store_line(scratch: &mut Scratch, line: TrustLineEntry) {
    scratch.put(LedgerEntryData::Trustline(line), None);
}

/// Whether the holder may send and receive the asset.
pub fn is_authorized(line: &TrustLineEntry) -> bool {
    line.flags & (TrustLineFlags::AuthorizedFlag as u32) != 0
}

fn line_liabilities(line: &TrustLineEntry) -> Liabilities {
    match &line.ext {
        TrustLineEntryExt::V1(v1) => v1.liabilities.clone(),
        TrustLineEntryExt::V0 => Liabilities {
            buying: 0,
            selling: 0,
        },
    }
}

/// What the trust line can give, in the asset's smallest unit.
pub fn line_spendable(line: &TrustLineEntry) -> i64 {
    line.balance.saturating_sub(line_liabilities(line).selling)
}

/// What the trust line can take in, in the asset's smallest unit.
pub fn line_receivable(line: &TrustLineEntry) -> i64 {
    line.limit
        .saturating_sub(line.balance)
        .saturating_sub(line_liabilities(line).buying)
}
