//! One transaction, from the fee to the refund.

use super::{
    refund::RefundTracker,
    run,
    told::{fee_events, meta, record},
    Workplace,
};
use crate::{
    state::{AppliedTransaction, Entries, Scratch},
    tx::{account, check, code, Context, Diagnostics, Frame, Outcome, Phase},
};
use soroban_env_host::ModuleCache;
use stellar_xdr::{
    ExtensionPoint, LedgerKey, OperationMetaV2, ScVal, SignerKey, TransactionResult,
};

/// What is around a transaction, beyond the ledger's state.
pub struct Surroundings {
    pub modules: ModuleCache,
    /// The hash of the ledger before; contracts' randomness comes from it.
    pub previous_hash: [u8; 32],
}

/// What a transaction did.
pub struct Applied {
    pub record: AppliedTransaction,
    pub result: TransactionResult,
    pub entries: Entries,
    pub touched: Vec<LedgerKey>,
    /// What went to the fee pool, in stroops.
    pub fee: i64,
}

/// Applies a transaction to the entries of the ledger.
///
/// # Errors
/// Where something fails that is not the transaction's fault. The ledger stays as it was.
pub fn apply(
    frame: &Frame,
    entries: Entries,
    context: Context<'_>,
    around: &Surroundings,
) -> anyhow::Result<Applied> {
    let mut fees = Scratch::new(entries, context.sequence);
    let charged = charge(frame, &mut fees);
    let fee_changes = fees.changes()?;
    let (entries, mut touched) = fees.finish();

    let mut diagnostics = Diagnostics::default();
    let mut refund = RefundTracker::new(frame, &context.network.settings);
    let mut before = Scratch::new(entries, context.sequence);
    let validity = check(frame, &before, context, Phase::Apply, &mut diagnostics);
    if validity.uses_sequence {
        use_sequence(frame, &mut before, context);
        remove_one_time_signers(frame, &mut before);
    }
    let changes_before = before.changes()?;
    let (entries, keys) = before.finish();
    touched.extend(keys);

    let mut all = Scratch::new(entries, context.sequence);
    let done = match validity.outcome {
        Err(outcome) => Ran::not(outcome),
        Ok(()) => operations(
            frame,
            context,
            around,
            &mut all,
            &mut refund,
            &mut diagnostics,
        )
        .unwrap_or_else(|error| {
            tracing::error!("transaction {}: {error:#}", hex::encode(frame.hash));
            Ran::not(Outcome::TxInternalError)
        }),
    };
    let success = matches!(done.outcome, Outcome::TxSuccess(_));
    if !success {
        refund.forget();
    }
    let (entries, keys) = all.finish();
    touched.extend(keys);

    let mut after = Scratch::new(entries, context.sequence);
    let returned = if frame.is_soroban() {
        give_back(frame, &mut after, &refund)
    } else {
        0
    };
    let refund_changes = after.changes()?;
    let (entries, keys) = after.finish();
    touched.extend(keys);

    let result = code::result(frame, done.outcome.clone(), charged - returned);
    let events = fee_events(frame, charged, returned, context.network.id)?;
    let meta = meta(frame, changes_before, done, &refund, events, diagnostics)?;
    let record = record(
        frame,
        &result,
        &fee_changes,
        &meta,
        &refund_changes,
        success,
    )?;
    Ok(Applied {
        record,
        result,
        entries,
        touched,
        fee: charged - returned,
    })
}

/// Takes the fee, as far as the account has it. Returns what was taken, in stroops.
fn charge(frame: &Frame, scratch: &mut Scratch) -> i64 {
    let Some(mut payer) = account::load(scratch, &frame.fee_source()) else {
        return 0;
    };
    let fee = frame.fee_to_charge().clamp(0, payer.balance.max(0));
    payer.balance -= fee;
    account::store(scratch, payer);
    fee
}

fn use_sequence(frame: &Frame, scratch: &mut Scratch, context: Context<'_>) {
    let Some(mut source) = account::load(scratch, &frame.source()) else {
        return;
    };
    account::use_sequence(
        &mut source,
        frame.tx().seq_num.0,
        context.sequence,
        context.close_time,
    );
    account::store(scratch, source);
}

/// A signer that allowed exactly this transaction has served its purpose.
fn remove_one_time_signers(frame: &Frame, scratch: &mut Scratch) {
    let mut sources: Vec<_> = frame
        .operations()
        .iter()
        .map(|op| frame.operation_source(op))
        .collect();
    sources.push(frame.source());
    sources.sort();
    sources.dedup();
    for id in sources {
        let Some(mut source) = account::load(scratch, &id) else {
            continue;
        };
        let is_spent = |key: &SignerKey| matches!(key, SignerKey::PreAuthTx(hash) if hash.0 == frame.inner_hash);
        let kept: Vec<_> = source
            .signers
            .iter()
            .filter(|signer| !is_spent(&signer.key))
            .cloned()
            .collect();
        let removed = source.signers.len() - kept.len();
        if removed == 0 {
            continue;
        }
        source.num_sub_entries -= u32::try_from(removed).unwrap_or_default();
        source.signers = kept.try_into().unwrap_or_default();
        account::resize_sponsors(&mut source);
        account::store(scratch, source);
    }
}

/// What became of the operations.
pub struct Ran {
    pub outcome: Outcome,
    pub metas: Vec<OperationMetaV2>,
    pub return_value: Option<ScVal>,
}

impl Ran {
    fn not(outcome: Outcome) -> Self {
        Self {
            outcome,
            metas: Vec::new(),
            return_value: None,
        }
    }
}

/// Runs the operations one after the other. What they did is kept only if all of them succeeded.
fn operations(
    frame: &Frame,
    context: Context<'_>,
    around: &Surroundings,
    all: &mut Scratch,
    refund: &mut RefundTracker,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Ran> {
    let mut together = all.nested();
    let (mut metas, mut results, mut success) = (Vec::new(), Vec::new(), true);
    let mut return_value = None;
    for op in frame.operations() {
        let mut alone = together.nested();
        let source = frame.operation_source(op);
        let mut at = Workplace {
            frame,
            context,
            around,
            scratch: &mut alone,
            refund,
            diagnostics,
        };
        let done = run(&op.body, &source, &mut at)?;
        if done.is_success() {
            metas.push(OperationMetaV2 {
                ext: ExtensionPoint::V0,
                changes: alone.changes()?,
                events: done.events.try_into()?,
            });
            together.adopt(alone);
        } else {
            success = false;
        }
        return_value = done.return_value;
        results.push(done.result);
    }
    let outcome = code::with_operations(success, results)?;
    if !success {
        return Ok(Ran::not(outcome));
    }
    all.adopt(together);
    Ok(Ran {
        outcome,
        metas,
        return_value,
    })
}

/// Pays back what was not used. Returns it, in stroops.
fn give_back(frame: &Frame, scratch: &mut Scratch, refund: &RefundTracker) -> i64 {
    let amount = refund.refund();
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
