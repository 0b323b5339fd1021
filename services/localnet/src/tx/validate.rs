//! Whether a transaction may enter the next ledger. The checks come in the order of the protocol: a
//! transaction with two faults is refused for the same one as on a validator.

use super::{
    account, code, fee_bump, limits, operation, preconditions, resources::resource_fee, Context,
    Diagnostics, Frame, Outcome, Rejection, SignatureChecker,
};
use crate::{apply, settings::PROTOCOL_VERSION, state::Scratch};
use stellar_xdr::{
    AccountEntry, Memo, OperationBody, OperationResult, ScError, ScErrorCode, TransactionExt,
    TransactionResultResult,
};

/// The highest resource fee that can be written down, in stroops.
const MAX_RESOURCE_FEE: i64 = 1 << 50;

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The sender, who has not paid yet.
    Submit,
    /// The ledger, which has taken the fee already.
    Apply,
}

/// How far the checks got, where the transaction itself is not valid.
pub struct Validity {
    pub outcome: Result<(), Outcome>,
    /// Whether the sequence number is right, so that a failed transaction uses it up.
    pub uses_sequence: bool,
}

/// Checks a transaction, with the fee bump around it.
///
/// # Errors
/// The result that the sender is told.
pub fn validate(
    frame: &Frame,
    scratch: &Scratch,
    context: Context<'_>,
) -> Result<(), Box<Rejection>> {
    let mut diagnostics = Diagnostics::default();
    let refused = |result, diagnostics: Diagnostics| {
        Box::new(Rejection {
            result,
            diagnostics: diagnostics.0,
        })
    };
    let fee = frame.fee_if_refused();
    if let Some(rejection) = fee_fault(frame) {
        return Err(rejection);
    }
    if let Err((error, fee)) = fee_bump::check(frame, scratch) {
        return Err(refused(code::plain(error, fee), diagnostics));
    }
    let validity = check(frame, scratch, context, Phase::Submit, &mut diagnostics);
    validity
        .outcome
        .map_err(|outcome| refused(code::result(frame, outcome, fee), diagnostics))
}

/// Checks the transaction itself.
pub fn check(
    frame: &Frame,
    scratch: &Scratch,
    context: Context<'_>,
    phase: Phase,
    diagnostics: &mut Diagnostics,
) -> Validity {
    let mut checker = SignatureChecker::new(frame.inner_hash, frame.signatures());
    let source = match before_sequence(frame, scratch, context, diagnostics) {
        Ok(source) => source,
        Err(outcome) => {
            return Validity {
                outcome: Err(outcome),
                uses_sequence: false,
            }
        }
    };
    if !preconditions::is_next_sequence(frame, &source, context.counts_from) {
        return Validity {
            outcome: Err(Outcome::TxBadSeq),
            uses_sequence: false,
        };
    }
    let outcome = after_sequence(frame, context, phase, &source, &mut checker)
        .and_then(|()| check_operations(frame, scratch, context, &mut checker, diagnostics))
        .and_then(|()| require(checker.all_used(), Outcome::TxBadAuthExtra));
    Validity {
        outcome,
        uses_sequence: true,
    }
}

pub(super) fn require(holds: bool, otherwise: Outcome) -> Result<(), Outcome> {
    if holds {
        Ok(())
    } else {
        Err(otherwise)
    }
}

/// What is wrong with the fee as it is written, whatever the ledger holds.
pub fn fee_fault(frame: &Frame) -> Option<Box<Rejection>> {
    (!has_valid_fee(frame)).then(|| {
        Box::new(Rejection {
            result: code::plain(TransactionResultResult::TxMalformed, 0),
            diagnostics: Vec::new(),
        })
    })
}

/// What is wrong with the resources that a transaction declares, where something is.
pub fn resource_fault(frame: &Frame, context: Context<'_>) -> Option<Box<Rejection>> {
    if !frame.is_soroban() {
        return None;
    }
    let mut diagnostics = Diagnostics::default();
    let fault = limits::check(frame, &context.network.settings, &mut diagnostics);
    fault.err().map(|()| {
        Box::new(Rejection {
            result: code::plain(TransactionResultResult::TxSorobanInvalid, 0),
            diagnostics: diagnostics.0,
        })
    })
}

fn has_valid_fee(frame: &Frame) -> bool {
    if frame.full_fee() < 0 || frame.inclusion_fee() < 0 {
        return false;
    }
    if !frame.is_soroban() {
        return true;
    }
    let declared = frame.soroban_data().map(|data| data.resource_fee);
    declared.is_some_and(|fee| (0..=MAX_RESOURCE_FEE).contains(&fee))
}

/// What does not depend on the account's state, and that there is an account.
fn before_sequence(
    frame: &Frame,
    scratch: &Scratch,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<AccountEntry, Outcome> {
    preconditions::check_extra_signers(frame)?;
    require(!frame.operations().is_empty(), Outcome::TxMissingOperation)?;
    let sorobans = frame
        .operations()
        .iter()
        .filter(|op| super::frame::is_soroban(&op.body));
    let sorobans = sorobans.count();
    require(
        sorobans == 0 || (sorobans == 1 && frame.operations().len() == 1),
        Outcome::TxMalformed,
    )?;
    if frame.is_soroban() {
        check_soroban(frame, context, diagnostics)?;
    } else {
        require(frame.tx().ext == TransactionExt::V0, Outcome::TxMalformed)?;
    }
    preconditions::check_bounds(frame, context)?;
    if !frame.is_fee_bump() {
        require(
            frame.inclusion_fee() >= frame.min_inclusion_fee(),
            Outcome::TxInsufficientFee,
        )?;
    }
    account::load(scratch, &frame.source()).ok_or(Outcome::TxNoAccount)
}

fn check_soroban(
    frame: &Frame,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(), Outcome> {
    let invalid = |()| Outcome::TxSorobanInvalid;
    let settings = &context.network.settings;
    let invokes = matches!(
        frame.operations().first().map(|op| &op.body),
        Some(OperationBody::InvokeHostFunction(_))
    );
    if invokes && (frame.tx().memo != Memo::None || frame.has_muxed_source()) {
        let message = "Soroban transactions are not allowed to use memo or muxed source account";
        diagnostics.error(ScError::Value(ScErrorCode::InvalidInput), message, &[]);
        return Err(Outcome::TxSorobanInvalid);
    }
    limits::check(frame, settings, diagnostics).map_err(invalid)?;
    let declared = limits::unsigned(frame.declared_resource_fee());
    let (fees, _) = settings.fees();
    let (non_refundable, events) = resource_fee(frame, &fees, 0);
    let actual = limits::unsigned(non_refundable.saturating_add(events));
    if declared < actual {
        let message =
            "transaction `sorobanData.resourceFee` is lower than the actual Soroban resource fee";
        let error = ScError::Value(ScErrorCode::ExceededLimit);
        diagnostics.error(error, message, &[declared, actual]);
        return Err(Outcome::TxSorobanInvalid);
    }
    limits::check_duplicates(frame, diagnostics).map_err(invalid)
}

/// What depends on the account: age, signatures, balance.
fn after_sequence(
    frame: &Frame,
    context: Context<'_>,
    phase: Phase,
    source: &AccountEntry,
    checker: &mut SignatureChecker<'_>,
) -> Result<(), Outcome> {
    preconditions::check_age(frame, context, source)?;
    require(
        checker.account(source, source.thresholds.0[1]),
        Outcome::TxBadAuth,
    )?;
    for signer in preconditions::extra_signers(frame) {
        require(checker.extra_signer(signer), Outcome::TxBadAuth)?;
    }
    if frame.is_fee_bump() {
        return Ok(());
    }
    let due = if phase == Phase::Submit {
        frame.full_fee()
    } else {
        0
    };
    require(
        account::spendable(source) >= due,
        Outcome::TxInsufficientBalance,
    )
}

/// What each operation needs. The first that lacks something decides.
fn check_operations(
    frame: &Frame,
    scratch: &Scratch,
    context: Context<'_>,
    checker: &mut SignatureChecker<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(), Outcome> {
    let operations = frame.operations();
    let mut results: Vec<_> = operations
        .iter()
        .map(|op| operation::untouched(&op.body))
        .collect();
    for (index, op) in operations.iter().enumerate() {
        let source = frame.operation_source(op);
        let fault = if !operation::is_supported(&op.body) {
            Some(OperationResult::OpNotSupported)
        } else {
            signature_fault(
                op.source_account.is_some(),
                &source,
                &op.body,
                scratch,
                checker,
            )
            .or_else(|| apply::static_fault(&op.body, &source, frame, context, diagnostics))
        };
        if let Some(fault) = fault {
            results[index] = fault;
            return Err(code::with_operations(false, results).unwrap_or(Outcome::TxInternalError));
        }
    }
    Ok(())
}

fn signature_fault(
    is_explicit: bool,
    source: &stellar_xdr::AccountId,
    body: &OperationBody,
    scratch: &Scratch,
    checker: &mut SignatureChecker<'_>,
) -> Option<OperationResult> {
    match account::load(scratch, source) {
        Some(account) => {
            let needed = account.thresholds.0[operation::threshold(body) as usize];
            (!checker.account(&account, needed)).then_some(OperationResult::OpBadAuth)
        }
        None if !is_explicit => Some(OperationResult::OpNoAccount),
        // An earlier operation may create the account, so the key alone is asked for.
        None => (!checker.bare_key(source)).then_some(OperationResult::OpBadAuth),
    }
}

// The rules above are those of one protocol version.
const _: () = assert!(PROTOCOL_VERSION == 28);
