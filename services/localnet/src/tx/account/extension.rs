//! The later parts of an account: who sponsors whom, and which signer.

use stellar_xdr::{
    AccountEntry, AccountEntryExt, AccountEntryExtensionV1, AccountEntryExtensionV1Ext,
    AccountEntryExtensionV2, AccountEntryExtensionV2Ext, AccountId, Liabilities, Signer,
    SponsorshipDescriptor,
};

/// The signers of an account, each with who sponsors it.
pub fn signers(account: &AccountEntry) -> Vec<(Signer, Option<AccountId>)> {
    let sponsors: &[SponsorshipDescriptor] = match &account.ext {
        AccountEntryExt::V1(AccountEntryExtensionV1 {
            ext: AccountEntryExtensionV1Ext::V2(v2),
            ..
        }) => &v2.signer_sponsoring_i_ds,
        _ => &[],
    };
    let sponsor_of = |index: usize| sponsors.get(index).and_then(|sponsor| sponsor.0.clone());
    account
        .signers
        .iter()
        .cloned()
        .enumerate()
        .map(|(index, signer)| (signer, sponsor_of(index)))
        .collect()
}

/// Replaces the signers of an account, in the order of their keys.
pub fn set_signers(account: &mut AccountEntry, mut signers: Vec<(Signer, Option<AccountId>)>) {
    signers.sort_by(|a, b| a.0.key.cmp(&b.0.key));
    let has_sponsors = signers.iter().any(|(_, sponsor)| sponsor.is_some());
    let (signers, sponsors): (Vec<_>, Vec<_>) = signers
        .into_iter()
        .map(|(signer, sponsor)| (signer, SponsorshipDescriptor(sponsor)))
        .unzip();
    account.signers = signers.try_into().unwrap_or_default();
    if has_sponsors || has_extension_v2(account) {
        extension_v2(account).signer_sponsoring_i_ds = sponsors.try_into().unwrap_or_default();
    }
}

/// Changes how many reserves of the account others lock.
pub fn add_sponsored(account: &mut AccountEntry, count: i64) {
    let v2 = extension_v2(account);
    v2.num_sponsored = plus(v2.num_sponsored, count);
}

/// Changes how many reserves the account locks for others.
pub fn add_sponsoring(account: &mut AccountEntry, count: i64) {
    let v2 = extension_v2(account);
    v2.num_sponsoring = plus(v2.num_sponsoring, count);
}

fn plus(number: u32, change: i64) -> u32 {
    let sum = i64::from(number).saturating_add(change);
    u32::try_from(sum.max(0)).unwrap_or(u32::MAX)
}

fn has_extension_v2(account: &AccountEntry) -> bool {
    matches!(&account.ext, AccountEntryExt::V1(v1)
        if matches!(v1.ext, AccountEntryExtensionV1Ext::V2(_)))
}

/// The part of an account that counts sponsorships; it is added where it is missing.
pub fn extension_v2(account: &mut AccountEntry) -> &mut AccountEntryExtensionV2 {
    let signers = account.signers.len();
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
            signer_sponsoring_i_ds: vec![SponsorshipDescriptor(None); signers]
                .try_into()
                .unwrap_or_default(),
            ext: AccountEntryExtensionV2Ext::V0,
        });
    }
    let AccountEntryExtensionV1Ext::V2(v2) = &mut v1.ext else {
        unreachable!("made above")
    };
    v2
}
