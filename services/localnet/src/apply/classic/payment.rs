//! `Payment`, native and issued

use crate::{
    apply::{
        events::{self, Movement},
        results::payment as done,
        Done, Workplace,
    },
    state::Scratch,
    tx::account,
};
use stellar_xdr::{AccountId, Asset, OperationResult, PaymentOp, PaymentResult as R, ScAddress};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &PaymentOp) -> Option<OperationResult> {
    (op.amount <= 0 || !account::is_valid_asset(&op.asset)).then(|| done(R::Malformed))
}

/// Moves the amount: first to the receiver, then from the sender, as the protocol orders its checks.
pub fn apply(
    op: &PaymentOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    let to = op.destination.clone().account_id();
    let moves = to != *source || op.asset != Asset::Native;
    if moves {
        if let Err(fault) = transfer(op, source, &to, at.scratch) {
            return Ok(Done::with(done(fault)));
        }
    }
    let movement = Movement {
        asset: &op.asset,
        from: ScAddress::Account(source.clone()),
        to: ScAddress::Account(to),
        muxed_id: events::muxed_id(&op.destination),
        amount: op.amount,
        memo: &at.frame.tx().memo,
    };
    let event = movement.event(at.context.network.id)?;
    Ok(Done {
        result: done(R::Success),
        events: vec![event],
        return_value: None,
    })
}

fn transfer(
    op: &PaymentOp,
    from: &AccountId,
    to: &AccountId,
    scratch: &mut Scratch,
) -> Result<(), R> {
    let to_issuer = account::issuer(&op.asset) == Some(to);
    if !to_issuer && account::load(scratch, to).is_none() {
        return Err(R::NoDestination);
    }
    match op.asset {
        Asset::Native => native(op.amount, from, to, scratch),
        _ => issued(op, from, to, scratch),
    }
}

fn native(amount: i64, from: &AccountId, to: &AccountId, scratch: &mut Scratch) -> Result<(), R> {
    let mut receiver = account::load(scratch, to).ok_or(R::NoDestination)?;
    if account::receivable(&receiver) < amount {
        return Err(R::LineFull);
    }
    receiver.balance += amount;
    account::store(scratch, receiver);
    let mut sender = account::load(scratch, from).ok_or(R::Underfunded)?;
    if account::spendable(&sender) < amount {
        return Err(R::Underfunded);
    }
    sender.balance -= amount;
    account::store(scratch, sender);
    Ok(())
}

fn issued(
    op: &PaymentOp,
    from: &AccountId,
    to: &AccountId,
    scratch: &mut Scratch,
) -> Result<(), R> {
    let asset = account::line_asset(&op.asset);
    let issuer = account::issuer(&op.asset);
    if issuer != Some(to) {
        let mut line = account::load_line(scratch, to, &asset).ok_or(R::NoTrust)?;
        if !account::is_authorized(&line) {
            return Err(R::NotAuthorized);
        }
        if account::line_receivable(&line) < op.amount {
            return Err(R::LineFull);
        }
        line.balance += op.amount;
        account::store_line(scratch, line);
    }
    if issuer != Some(from) {
        let mut line = account::load_line(scratch, from, &asset).ok_or(R::SrcNoTrust)?;
        if !account::is_authorized(&line) {
            return Err(R::SrcNotAuthorized);
        }
        if account::line_spendable(&line) < op.amount {
            return Err(R::Underfunded);
        }
        line.balance -= op.amount;
        account::store_line(scratch, line);
    }
    Ok(())
}
