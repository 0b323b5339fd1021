//! `CreateAccount`

use crate::{
    apply::{
        events::Movement,
        reserve::{self, Refusal},
        results::create_account as done,
        Done, Workplace,
    },
    tx::account,
};
use stellar_xdr::{
    AccountEntry, AccountEntryExt, AccountId, Asset, CreateAccountOp, CreateAccountResult as R,
    LedgerEntryData, OperationResult, ScAddress, SequenceNumber, String32, Thresholds,
};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &CreateAccountOp, source: &AccountId) -> Option<OperationResult> {
    (op.starting_balance < 0 || op.destination == *source).then(|| done(R::Malformed))
}

/// Creates the account out of the source's balance.
pub fn apply(
    op: &CreateAccountOp,
    source: &AccountId,
    at: &mut Workplace<'_, '_>,
) -> anyhow::Result<Done> {
    if account::load(at.scratch, &op.destination).is_some() {
        return Ok(Done::with(done(R::AlreadyExist)));
    }
    let first = i64::from(at.context.sequence) << 32;
    let made = new(op.destination.clone(), op.starting_balance, first);
    if let Err(refusal) = reserve::create(at, &op.destination, LedgerEntryData::Account(made)) {
        return Ok(Done::with(match refusal {
            Refusal::LowReserve => done(R::LowReserve),
            Refusal::TooManySponsoring => OperationResult::OpTooManySponsoring,
            Refusal::TooManySubEntries => OperationResult::OpTooManySubentries,
        }));
    }
    let Some(mut payer) = account::load(at.scratch, source) else {
        return Ok(Done::with(OperationResult::OpNoAccount));
    };
    if account::spendable(&payer) < op.starting_balance {
        return Ok(Done::with(done(R::Underfunded)));
    }
    payer.balance -= op.starting_balance;
    account::store(at.scratch, payer);
    let movement = Movement {
        asset: &Asset::Native,
        from: ScAddress::Account(source.clone()),
        to: ScAddress::Account(op.destination.clone()),
        muxed_id: None,
        amount: op.starting_balance,
        memo: &at.frame.tx().memo,
    };
    let event = movement.event(at.context.network.id)?;
    Ok(Done {
        result: done(R::Success),
        events: vec![event],
        return_value: None,
    })
}

/// An account with one key and nothing else.
pub fn new(account_id: AccountId, balance: i64, sequence: i64) -> AccountEntry {
    AccountEntry {
        account_id,
        balance,
        seq_num: SequenceNumber(sequence),
        num_sub_entries: 0,
        inflation_dest: None,
        flags: 0,
        home_domain: String32::default(),
        thresholds: Thresholds([1, 0, 0, 0]),
        signers: Default::default(),
        ext: AccountEntryExt::V0,
    }
}
