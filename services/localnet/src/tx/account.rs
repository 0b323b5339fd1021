//! Accounts and trust lines: balances, reserves, assets.

use crate::{settings::BASE_RESERVE, state::Scratch};
use stellar_xdr::{
    AccountEntry, AccountEntryExt, AccountEntryExtensionV1, AccountEntryExtensionV1Ext,
    AccountEntryExtensionV2, AccountEntryExtensionV2Ext, AccountEntryExtensionV3, AccountId, Asset,
    ExtensionPoint, LedgerEntryData, LedgerKey, LedgerKeyAccount, LedgerKeyTrustLine, Liabilities,
    SponsorshipDescriptor, TimePoint, TrustLineAsset, TrustLineEntry, TrustLineEntryExt,
};

/// The key of an account.
pub fn key(id: &AccountId) -> LedgerKey {
    LedgerKey::Account(LedgerKeyAccount {
        account_id: id.clone(),
    })
}

/// The account, where there is one.
pub fn load(scratch: &Scratch, id: &AccountId) -> Option<AccountEntry> {
    match &scratch.get(&key(id))?.entry.data {
        LedgerEntryData::Account(account) => Some(account.clone()),
        _ => None,
    }
}

/// Writes the account.
pub fn store(scratch: &mut Scratch, account: AccountEntry) {
    scratch.put(LedgerEntryData::Account(account), None);
}

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

/// The balance below which the account may not fall, in stroops.
pub fn min_balance(account: &AccountEntry) -> i64 {
    let (sponsored, sponsoring) = sponsorships(account);
    let entries = 2 + i64::from(account.num_sub_entries) + sponsoring - sponsored;
    entries.saturating_mul(i64::from(BASE_RESERVE))
}

fn sponsorships(account: &AccountEntry) -> (i64, i64) {
    match &account.ext {
        AccountEntryExt::V1(AccountEntryExtensionV1 {
            ext: AccountEntryExtensionV1Ext::V2(v2),
            ..
        }) => (i64::from(v2.num_sponsored), i64::from(v2.num_sponsoring)),
        _ => (0, 0),
    }
}

fn liabilities(account: &AccountEntry) -> Liabilities {
    match &account.ext {
        AccountEntryExt::V1(v1) => v1.liabilities.clone(),
        AccountEntryExt::V0 => Liabilities {
            buying: 0,
            selling: 0,
        },
    }
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

/// What the account can spend, in stroops; negative where it is below its reserve.
pub fn spendable(account: &AccountEntry) -> i64 {
    let locked = min_balance(account).saturating_add(liabilities(account).selling);
    account.balance.saturating_sub(locked)
}

/// What the account can take in, in stroops.
pub fn receivable(account: &AccountEntry) -> i64 {
    i64::MAX
        .saturating_sub(account.balance)
        .saturating_sub(liabilities(account).buying)
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

/// Uses a sequence number: notes when, which gives the account the extensions that hold it.
pub fn use_sequence(account: &mut AccountEntry, number: i64, ledger: u32, close_time: u64) {
    account.seq_num.0 = number;
    let signers = account.signers.len();
    let v2 = extension_v2(account, signers);
    v2.ext = AccountEntryExtensionV2Ext::V3(AccountEntryExtensionV3 {
        ext: ExtensionPoint::V0,
        seq_ledger: ledger,
        seq_time: TimePoint(close_time),
    });
}

/// In which ledger and when the account last used a sequence number; zeros where it is not known.
pub fn last_use(account: &AccountEntry) -> (u32, u64) {
    match &account.ext {
        AccountEntryExt::V1(AccountEntryExtensionV1 {
            ext:
                AccountEntryExtensionV1Ext::V2(AccountEntryExtensionV2 {
                    ext: AccountEntryExtensionV2Ext::V3(v3),
                    ..
                }),
            ..
        }) => (v3.seq_ledger, v3.seq_time.0),
        _ => (0, 0),
    }
}

/// Keeps the list of who sponsors which signer as long as the list of signers.
pub fn resize_sponsors(account: &mut AccountEntry) {
    let signers = account.signers.len();
    if matches!(&account.ext, AccountEntryExt::V1(v1)
        if matches!(v1.ext, AccountEntryExtensionV1Ext::V2(_)))
    {
        extension_v2(account, signers).signer_sponsoring_i_ds = nobody(signers);
    }
}

fn extension_v2(account: &mut AccountEntry, signers: usize) -> &mut AccountEntryExtensionV2 {
    if matches!(account.ext, AccountEntryExt::V0) {
        account.ext = AccountEntryExt::V1(AccountEntryExtensionV1 {
            liabilities: Liabilities {
                buying: 0,
                selling: 0,
            },
            ext: AccountEntryExtensionV1Ext::V0,
        });
    }
    let AccountEntryExt::V1(v1) = &mut account.ext else {
        unreachable!("made above")
    };
    if matches!(v1.ext, AccountEntryExtensionV1Ext::V0) {
        v1.ext = AccountEntryExtensionV1Ext::V2(AccountEntryExtensionV2 {
            num_sponsored: 0,
            num_sponsoring: 0,
            signer_sponsoring_i_ds: nobody(signers),
            ext: AccountEntryExtensionV2Ext::V0,
        });
    }
    let AccountEntryExtensionV1Ext::V2(v2) = &mut v1.ext else {
        unreachable!("made above")
    };
    v2
}

fn nobody(signers: usize) -> stellar_xdr::VecM<SponsorshipDescriptor, 20> {
    vec![SponsorshipDescriptor(None); signers]
        .try_into()
        .unwrap_or_default()
}

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
