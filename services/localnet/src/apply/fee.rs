//! The fee: taken before a ledger's transactions run; what was not used comes back after all of them.

use super::{
    record::{fee_events, meta, record},
    transaction::Executed,
    Progress,
};
use crate::{
    state::{AppliedTransaction, Scratch},
    tx::{account, code, Context, Frame, Outcome},
};
use stellar_xdr::{LedgerEntryChanges, TransactionResult};

/// The fee that was taken.
pub struct Charged {
    stroops: i64,
    changes: LedgerEntryChanges,
}

/// What a transaction did, from the fee to the refund.
pub struct Applied {
    pub record: AppliedTransaction,
    pub result: TransactionResult,
    /// What went to the fee pool, in stroops.
    pub fee: i64,
}

/// Takes the fee, as far as the account has it.
///
/// # Errors
/// Where a key cannot be encoded.
pub fn charge(frame: &Frame, progress: &mut Progress) -> anyhow::Result<Charged> {
    let mut scratch = progress.scratch();
    let stroops = take_fee(frame, &mut scratch);
    let changes = progress.take(scratch)?;
    Ok(Charged { stroops, changes })
}

fn take_fee(frame: &Frame, scratch: &mut Scratch) -> i64 {
    let Some(mut payer) = account::load(scratch, &frame.fee_source()) else {
        return 0;
    };
    let fee = frame.fee_to_charge().clamp(0, payer.balance.max(0));
    payer.balance -= fee;
    account::store(scratch, payer);
    fee
}

/// Pays back what was not used, and writes down the transaction.
///
/// # Errors
/// Where something cannot be encoded.
pub fn settle(
    frame: &Frame,
    charged: Charged,
    executed: Executed,
    progress: &mut Progress,
    context: Context<'_>,
) -> anyhow::Result<Applied> {
    let mut scratch = progress.scratch();
    let returned = if frame.is_soroban() {
        give_back(frame, &mut scratch, executed.refund.refund())
    } else {
        0
    };
    let refund_changes = progress.take(scratch)?;
    let fee = charged.stroops - returned;
    let success = matches!(executed.ran.outcome, Outcome::TxSuccess(_));
    let result = code::result(frame, executed.ran.outcome.clone(), fee);
    let events = fee_events(frame, charged.stroops, returned, context.network.id)?;
    let meta = meta(frame, executed, events)?;
    let record = record(
        frame,
        &result,
        &charged.changes,
        &meta,
        &refund_changes,
        success,
    )?;
    Ok(Applied {
        record,
        result,
        fee,
    })
}

/// Pays back `amount`, where the payer can take it. Returns what came back, in stroops.
fn give_back(frame: &Frame, scratch: &mut Scratch, amount: i64) -> i64 {
    let Some(mut payer) = account::load(scratch, &frame.fee_source()) else {
        return 0;
    };
    if amount == 0 || account::receivable(&payer) < amount {
        return 0;
    }
    payer.balance += amount;
    account::store(scratch, payer);
    amount
}
