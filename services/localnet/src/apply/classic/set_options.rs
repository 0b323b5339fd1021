//! `SetOptions`

use crate::{
    apply::{
        reserve::{self, Refusal},
        results::set_options as done,
        Workplace,
    },
    tx::account,
};
use stellar_xdr::{
    AccountEntry, AccountFlags, AccountId, OperationResult, PublicKey, SetOptionsOp,
    SetOptionsResult as R, Signer, SignerKey,
};

/// Every flag that an account can have.
const ALL_FLAGS: u32 = AccountFlags::RequiredFlag as u32
    | AccountFlags::RevocableFlag as u32
    | AccountFlags::ImmutableFlag as u32
    | AccountFlags::ClawbackEnabledFlag as u32;
const MAX_SIGNERS: usize = 20;

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &SetOptionsOp, source: &AccountId) -> Option<OperationResult> {
    let (set, clear) = (op.set_flags.unwrap_or(0), op.clear_flags.unwrap_or(0));
    let weights = [
        op.master_weight,
        op.low_threshold,
        op.med_threshold,
        op.high_threshold,
    ];
    let fault = if (set | clear) & !ALL_FLAGS != 0 {
        R::UnknownFlag
    } else if set & clear != 0 {
        R::BadFlags
    } else if weights.into_iter().flatten().any(|weight| weight > 255) {
        R::ThresholdOutOfRange
    } else if op
        .signer
        .as_ref()
        .is_some_and(|signer| is_bad(signer, source))
    {
        R::BadSigner
    } else if op
        .home_domain
        .as_ref()
        .is_some_and(|domain| !is_printable(domain.as_slice()))
    {
        R::InvalidHomeDomain
    } else {
        return None;
    };
    Some(done(fault))
}

fn is_bad(signer: &Signer, source: &AccountId) -> bool {
    let PublicKey::PublicKeyTypeEd25519(own) = &source.0;
    let is_self = matches!(&signer.key, SignerKey::Ed25519(key) if key == own);
    let is_empty =
        matches!(&signer.key, SignerKey::Ed25519SignedPayload(key) if key.payload.is_empty());
    is_self || is_empty || signer.weight > 255
}

/// Whether text is plain: no control characters, nothing beyond ASCII.
pub fn is_printable(text: &[u8]) -> bool {
    text.iter()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_control())
}

/// Changes the account.
pub fn apply(op: &SetOptionsOp, source: &AccountId, at: &mut Workplace<'_, '_>) -> OperationResult {
    let Some(mut owner) = account::load(at.scratch, source) else {
        return OperationResult::OpNoAccount;
    };
    if let Some(destination) = &op.inflation_dest {
        if destination != source && account::load(at.scratch, destination).is_none() {
            return done(R::InvalidInflation);
        }
        owner.inflation_dest = Some(destination.clone());
    }
    if let Err(fault) = flags(op, &mut owner) {
        return done(fault);
    }
    if let Some(domain) = &op.home_domain {
        owner.home_domain = domain.clone();
    }
    let weights = [
        op.master_weight,
        op.low_threshold,
        op.med_threshold,
        op.high_threshold,
    ];
    for (place, weight) in owner.thresholds.0.iter_mut().zip(weights) {
        if let Some(weight) = weight.and_then(|weight| u8::try_from(weight).ok()) {
            *place = weight;
        }
    }
    if let Some(signer) = &op.signer {
        if let Some(fault) = change_signer(&mut owner, signer, at) {
            return fault;
        }
    }
    account::store(at.scratch, owner);
    done(R::Success)
}

fn flags(op: &SetOptionsOp, owner: &mut AccountEntry) -> Result<(), R> {
    let (set, clear) = (op.set_flags.unwrap_or(0), op.clear_flags.unwrap_or(0));
    let immutable = AccountFlags::ImmutableFlag as u32;
    if (set | clear) != 0 && owner.flags & immutable != 0 {
        return Err(R::CantChange);
    }
    owner.flags = (owner.flags & !clear) | set;
    let (clawback, revocable) = (
        AccountFlags::ClawbackEnabledFlag as u32,
        AccountFlags::RevocableFlag as u32,
    );
    if (set | clear) != 0 && owner.flags & clawback != 0 && owner.flags & revocable == 0 {
        return Err(R::AuthRevocableRequired);
    }
    Ok(())
}

/// Changes the list of signers; what went wrong, where something did.
fn change_signer(
    owner: &mut AccountEntry,
    signer: &Signer,
    at: &mut Workplace<'_, '_>,
) -> Option<OperationResult> {
    if signer.weight == 0 {
        reserve::remove_signer(at.scratch, owner, &signer.key);
        return None;
    }
    let mut signers = account::signers(owner);
    let present = signers
        .iter_mut()
        .find(|(present, _)| present.key == signer.key);
    if let Some((present, _)) = present {
        present.weight = signer.weight;
        account::set_signers(owner, signers);
        return None;
    }
    if signers.len() >= MAX_SIGNERS {
        return Some(done(R::TooManySigners));
    }
    match reserve::add_signer(at.scratch, at.sponsorships, owner, signer.clone()) {
        Err(Refusal::TooManySubEntries) => Some(OperationResult::OpTooManySubentries),
        Err(Refusal::TooManySponsoring) => Some(OperationResult::OpTooManySponsoring),
        Err(Refusal::LowReserve) => Some(done(R::LowReserve)),
        Ok(()) => None,
    }
}
