//! `CreateAccount`

use crate::{
    apply::{events, results::create_account as done, Done, Workplace},
    settings::BASE_RESERVE,
    tx::account,
};
use stellar_xdr::{
    AccountEntry, AccountEntryExt, AccountId, Asset, CreateAccountOp, CreateAccountResult as R,
    MuxedAccount, OperationResult, SequenceNumber, String32, Thresholds,
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
    if op.starting_balance < 2 * i64::from(BASE_RESERVE) {
        return Ok(Done::with(done(R::LowReserve)));
    }
    let Some(mut payer) = account::load(at.scratch, source) else {
        return Ok(Done::with(OperationResult::OpNoAccount));
    };
    if account::spendable(&payer) < op.starting_balance {
        return Ok(Done::with(done(R::Underfunded)));
    }
    payer.balance -= op.starting_balance;
    account::store(at.scratch, payer);
    let first = i64::from(at.context.sequence) << 32;
    account::store(
        at.scratch,
        new(op.destination.clone(), op.starting_balance, first),
    );
    let to = MuxedAccount::from(op.destination.clone());
    let memo = &at.frame.tx().memo;
    let network = at.context.network.id;
    let event = events::movement(
        &Asset::Native,
        source,
        &to,
        op.starting_balance,
        memo,
        network,
    )?;
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
