//! One transaction between its fee and its refund: the sequence number, the signers that it uses up,
//! then the operations, all of them or none.

use super::{
    refund::RefundTracker, run, spent_signers, sponsorships::Sponsorships, Progress, Workplace,
};
use crate::{
    state::Scratch,
    tx::{account, check, code, Context, Diagnostics, Frame, Outcome, Phase},
};
use soroban_env_host::ModuleCache;
use stellar_xdr::{ExtensionPoint, LedgerEntryChange, LedgerEntryChanges, OperationMetaV2, ScVal};

/// What is around a transaction, beyond the ledger's state.
pub struct Surroundings {
    pub modules: ModuleCache,
    /// The hash of the ledger before; contracts' randomness comes from it.
    pub previous_hash: [u8; 32],
}

/// What a transaction did, without its fee.
pub struct Executed {
    pub ran: Ran,
    /// What changed before the operations.
    pub changes_before: LedgerEntryChanges,
    pub refund: RefundTracker,
    pub diagnostics: Diagnostics,
}

/// Runs a transaction whose fee was taken.
///
/// # Errors
/// Where something fails that is not the transaction's fault. The ledger stays as it was.
pub fn execute(
    frame: &Frame,
    progress: &mut Progress,
    context: Context<'_>,
    around: &Surroundings,
) -> anyhow::Result<Executed> {
    let mut changes_before = Vec::new();
    if frame.is_fee_bump() {
        changes_before.extend(use_fee_bump(frame, progress)?);
    }
    let mut diagnostics = Diagnostics::default();
    let mut refund = RefundTracker::new(frame, &context.network.settings);
    let mut before = progress.scratch();
    let validity = check(frame, &before, context, Phase::Apply, &mut diagnostics);
    if validity.uses_sequence {
        use_sequence(frame, &mut before, context);
        spent_signers::remove_from_sources(frame, &mut before);
    }
    changes_before.extend(progress.take(before)?.0.to_vec());

    let mut all = progress.scratch();
    let ran = match validity.outcome {
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
    if !matches!(ran.outcome, Outcome::TxSuccess(_)) {
        refund.forget();
    }
    progress.take(all)?;
    Ok(Executed {
        ran,
        changes_before: LedgerEntryChanges(changes_before.try_into()?),
        refund,
        diagnostics,
    })
}

/// What a fee bump does by itself: it uses up the signer that allowed it, where there is one. The
/// account that pays is among the changes in any case.
fn use_fee_bump(frame: &Frame, progress: &mut Progress) -> anyhow::Result<Vec<LedgerEntryChange>> {
    let mut scratch = progress.scratch();
    if let Some(payer) = account::load(&scratch, &frame.fee_source()) {
        account::store(&mut scratch, payer);
    }
    spent_signers::remove(&frame.fee_source(), frame.hash, &mut scratch);
    Ok(progress.take(scratch)?.0.to_vec())
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
    let mut sponsorships = Sponsorships::default();
    for (index, op) in frame.operations().iter().enumerate() {
        let mut alone = together.nested();
        let source = frame.operation_source(op);
        let mut at = Workplace {
            frame,
            index: u32::try_from(index)?,
            context,
            around,
            scratch: &mut alone,
            sponsorships: &mut sponsorships,
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
    if !sponsorships.are_all_ended() {
        return Ok(Ran::not(Outcome::TxBadSponsorship));
    }
    all.adopt(together);
    Ok(Ran {
        outcome,
        metas,
        return_value,
    })
}
