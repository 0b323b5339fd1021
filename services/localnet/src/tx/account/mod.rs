//! Accounts: balances, reserves, signers. Beside them trust lines and assets.

mod asset;
mod extension;
mod trust_line;

pub use asset::{is_valid_asset, issuer, line_asset};
pub use extension::{add_sponsored, add_sponsoring, set_signers, signers};
pub use trust_line::{
    is_authorized, line_key, line_receivable, line_spendable, load_line, store_line,
};

use crate::{settings::BASE_RESERVE, state::Scratch};
use extension::extension_v2;
use stellar_xdr::{
    AccountEntry, AccountEntryExt, AccountEntryExtensionV1, AccountEntryExtensionV1Ext,
    AccountEntryExtensionV2, AccountEntryExtensionV2Ext, AccountEntryExtensionV3, AccountId,
    ExtensionPoint, LedgerEntryData, LedgerKey, LedgerKeyAccount, Liabilities, TimePoint,
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

/// The balance below which the account may not fall, in stroops.
pub fn min_balance(account: &AccountEntry) -> i64 {
    let (sponsored, sponsoring) = sponsorships(account);
    let entries = 2 + i64::from(account.num_sub_entries) + sponsoring - sponsored;
    entries.saturating_mul(i64::from(BASE_RESERVE))
}

/// How many reserves of the account others lock, and how many it locks for others.
pub fn sponsorships(account: &AccountEntry) -> (i64, i64) {
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

/// Uses a sequence number: notes when, which gives the account the extensions that hold it.
pub fn use_sequence(account: &mut AccountEntry, number: i64, ledger: u32, close_time: u64) {
    account.seq_num.0 = number;
    let v2 = extension_v2(account);
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
