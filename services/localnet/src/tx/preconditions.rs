//! What a transaction asks of time, ledger, its account's sequence number and of further signers.

use super::{account, validate::require, Context, Frame, Outcome};
use stellar_xdr::{AccountEntry, Preconditions, PreconditionsV2, SignerKey};

fn conditions(frame: &Frame) -> Option<&PreconditionsV2> {
    match frame.conditions() {
        Preconditions::V2(conditions) => Some(conditions),
        Preconditions::None | Preconditions::Time(_) => None,
    }
}

pub fn extra_signers(frame: &Frame) -> impl Iterator<Item = &SignerKey> {
    let conditions = conditions(frame).into_iter();
    conditions.flat_map(|conditions| conditions.extra_signers.iter())
}

pub fn check_extra_signers(frame: &Frame) -> Result<(), Outcome> {
    let Some(conditions) = conditions(frame) else {
        return Ok(());
    };
    let signers = &conditions.extra_signers;
    let twice = signers.len() == 2 && signers[0] == signers[1];
    let empty = signers.iter().any(
        |signer| matches!(signer, SignerKey::Ed25519SignedPayload(key) if key.payload.is_empty()),
    );
    require(!twice && !empty, Outcome::TxMalformed)
}

pub fn check_bounds(frame: &Frame, context: Context<'_>) -> Result<(), Outcome> {
    let (time, ledger) = match frame.conditions() {
        Preconditions::None => (None, None),
        Preconditions::Time(time) => (Some(time), None),
        Preconditions::V2(all) => (all.time_bounds.as_ref(), all.ledger_bounds.as_ref()),
    };
    let (now, next) = (context.close_time, context.sequence);
    let early = time.is_some_and(|bounds| bounds.min_time.0 > now)
        || ledger.is_some_and(|bounds| bounds.min_ledger > next);
    require(!early, Outcome::TxTooEarly)?;
    let late = time
        .is_some_and(|bounds| bounds.max_time.0 != 0 && bounds.max_time.0 < context.closes_by)
        || ledger.is_some_and(|bounds| bounds.max_ledger != 0 && bounds.max_ledger <= next);
    require(!late, Outcome::TxTooLate)
}

pub fn is_next_sequence(frame: &Frame, source: &AccountEntry, ledger: u32) -> bool {
    let (wanted, current) = (frame.tx().seq_num.0, source.seq_num.0);
    // The number that a new account would start with in this ledger is never used.
    if wanted == i64::from(ledger) << 32 {
        return false;
    }
    match conditions(frame).and_then(|conditions| conditions.min_seq_num.as_ref()) {
        Some(least) => current >= least.0 && current < wanted,
        None => current.checked_add(1) == Some(wanted),
    }
}

/// How long the account's sequence number has stood.
pub fn check_age(
    frame: &Frame,
    context: Context<'_>,
    source: &AccountEntry,
) -> Result<(), Outcome> {
    let Some(conditions) = conditions(frame) else {
        return Ok(());
    };
    let (ledger, time) = account::last_use(source);
    let old_enough = context.close_time.saturating_sub(time) >= conditions.min_seq_age.0
        && context.sequence.saturating_sub(ledger) >= conditions.min_seq_ledger_gap;
    require(old_enough, Outcome::TxBadMinSeqAgeOrGap)
}
