//! Assets: who issues them, and whether they are well formed.

use stellar_xdr::{AccountId, Asset, TrustLineAsset};

/// Who issues an asset; nobody issues the native one.
pub fn issuer(asset: &Asset) -> Option<&AccountId> {
    match asset {
        Asset::Native => None,
        Asset::CreditAlphanum4(asset) => Some(&asset.issuer),
        Asset::CreditAlphanum12(asset) => Some(&asset.issuer),
    }
}

/// Whether an asset's code is well formed: letters and digits, then zeros, and not too short.
pub fn is_valid_asset(asset: &Asset) -> bool {
    let (code, least): (&[u8], usize) = match asset {
        Asset::Native => return true,
        Asset::CreditAlphanum4(asset) => (&asset.asset_code.0, 1),
        Asset::CreditAlphanum12(asset) => (&asset.asset_code.0, 5),
    };
    let length = code
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(code.len());
    length >= least
        && code[..length].iter().all(u8::is_ascii_alphanumeric)
        && code[length..].iter().all(|byte| *byte == 0)
}

/// The same asset, as trust lines name it.
pub fn line_asset(asset: &Asset) -> TrustLineAsset {
    match asset {
        Asset::Native => TrustLineAsset::Native,
        Asset::CreditAlphanum4(asset) => TrustLineAsset::CreditAlphanum4(asset.clone()),
        Asset::CreditAlphanum12(asset) => TrustLineAsset::CreditAlphanum12(asset.clone()),
    }
}
