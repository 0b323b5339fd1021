//! `AccountMerge`

use crate::{
    apply::{
        events::{self, Movement},
        reserve,
        results::account_merge as done,
        Done, Workplace,
    },
    tx::account,
};
use stellar_xdr::{
    AccountFlags, AccountId, AccountMergeResult as R, Asset, MuxedAccount, OperationResult,
    ScAddress,
};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(destination: &MuxedAccount, source: &AccountId) -> Option<OperationResult> {
    (destination.clone().account_id() == *source).then(|| done(R::Malformed))
}

/// Gives everything that an account holds to another, and removes it.
pub fn apply(
    destination: &MuxedAccount,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    let heir = destination.clone().account_id();
    let balance = match merge(&heir, source, at) {
        Ok(balance) => balance,
        Err(fault) => return Ok(Done::with(done(fault))),
    };
    let movement = Movement {
        asset: &Asset::Native,
        from: ScAddress::Account(source.clone()),
        to: ScAddress::Account(heir),
        muxed_id: events::muxed_id(destination),
        amount: balance,
        memo: &at.frame.tx().memo,
    };
    Ok(Done {
        result: done(R::Success(balance)),
        events: vec![movement.event(at.context.network.id)?],
        return_value: None,
    })
}

fn merge(heir: &AccountId, source: &AccountId, at: &mut Workplace<'_, '_>) -> Result<i64, R> {
    if account::load(at.scratch, heir).is_none() {
        return Err(R::NoAccount);
    }
    let mut merged = account::load(at.scratch, source).ok_or(R::NoAccount)?;
    if merged.flags & (AccountFlags::ImmutableFlag as u32) != 0 {
        return Err(R::ImmutableSet);
    }
    if merged.num_sub_entries as usize != merged.signers.len() {
        return Err(R::HasSubEntries);
    }
    // Made anew it would count from this ledger's number, and could use a number twice.
    if merged.seq_num.0 >= i64::from(at.context.sequence) << 32 {
        return Err(R::SeqnumTooFar);
    }
    let (_, sponsoring) = account::sponsorships(&merged);
    if at.sponsorships.is_sponsor(source) || sponsoring > 0 {
        return Err(R::IsSponsor);
    }
    for signer in merged.signers.to_vec() {
        reserve::remove_signer(at.scratch, &mut merged, &signer.key);
    }
    let balance = merged.balance;
    account::store(at.scratch, merged);
    let mut receiver = account::load(at.scratch, heir).ok_or(R::NoAccount)?;
    if account::receivable(&receiver) < balance {
        return Err(R::DestFull);
    }
    receiver.balance += balance;
    account::store(at.scratch, receiver);
    reserve::remove(at.scratch, source, &account::key(source));
    Ok(balance)
}
