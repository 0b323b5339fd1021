//! What the sender of a transaction is answered.

use super::{queue::Admission, CloseMode, Ledgers};
use crate::{
    friendbot,
    state::Scratch,
    tx::{
        account, code, fee_fault, frame::Unsupported, resource_fault, validate, Context, Frame,
        Rejection,
    },
};
use stellar_xdr::{TransactionEnvelope, TransactionResultResult};

/// How long after the newest ledger, or after now where that is later, a transaction has to stay
/// valid: two ledgers of five seconds, in which it should find its place.
const VALID_FOR_SECS: u64 = 10;

/// The answer to a submitted transaction.
#[derive(Debug)]
pub enum Submission {
    /// It is in a ledger, or waits for one.
    Pending,
    /// It was here before.
    Duplicate,
    /// Its account has another one waiting, or it was applied in one of the latest ledgers.
    TryAgainLater,
    /// It may not enter a ledger.
    Error(Box<Rejection>),
}

impl Submission {
    fn error(result: TransactionResultResult, fee: i64) -> Self {
        Self::Error(Box::new(Rejection {
            result: code::plain(result, fee),
            diagnostics: Vec::new(),
        }))
    }
}

impl Ledgers {
    /// Takes a transaction in. With instant closing it is applied when this returns.
    ///
    /// # Errors
    /// Where something fails that is not the transaction's fault.
    pub fn submit(&mut self, envelope: TransactionEnvelope) -> anyhow::Result<Submission> {
        self.submit_at(envelope, self.clock.now())
    }

    /// As [`Self::submit`], with the time that it is told.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub fn submit_at(
        &mut self,
        envelope: TransactionEnvelope,
        now: u64,
    ) -> anyhow::Result<Submission> {
        let frame = match Frame::new(envelope, self.view.network.id) {
            Ok(frame) => frame,
            Err(error) if error.is::<Unsupported>() => {
                return Ok(Submission::error(
                    TransactionResultResult::TxNotSupported,
                    0,
                ));
            }
            Err(error) => return Err(error),
        };
        if self.mode == CloseMode::Instant && self.view.history.find(&frame.hash).is_some() {
            return Ok(Submission::Duplicate);
        }
        if let Some(refusal) = self.refusal(&frame, now) {
            return Ok(refusal);
        }
        self.queue.replace(frame);
        if self.mode == CloseMode::Instant {
            self.close()?;
        }
        Ok(Submission::Pending)
    }

    /// Queues a transaction beside others of the same account; with instant closing, closes the
    /// ledger with it. For friendbot, whose single account serves many in one ledger.
    ///
    /// # Errors
    /// Where the ledger cannot be closed.
    pub fn accept(&mut self, frame: Frame) -> anyhow::Result<()> {
        self.queue.push(frame);
        if self.mode == CloseMode::Instant {
            self.close()?;
        }
        Ok(())
    }

    /// Why a transaction may not wait for the next ledger, where it may not.
    fn refusal(&self, frame: &Frame, now: u64) -> Option<Submission> {
        let context = self.submission_context(now);
        if let Some(fault) = fee_fault(frame) {
            return Some(Submission::Error(fault));
        }
        if let Some(refusal) = self.queue_refusal(frame, context) {
            return Some(refusal);
        }
        let scratch = Scratch::new(self.view.entries.clone(), context.sequence);
        if let Err(rejection) = validate(frame, &scratch, context) {
            return Some(Submission::Error(rejection));
        }
        let payer = frame.fee_source();
        let promised = self.queue.promised_fees(&payer, frame);
        let spendable =
            account::load(&scratch, &payer).map_or(0, |payer| account::spendable(&payer));
        (spendable.saturating_sub(frame.full_fee()) < promised)
            .then(|| Submission::error(TransactionResultResult::TxInsufficientBalance, 0))
    }

    /// Why a transaction may not wait beside, or in the place of, what waits already.
    fn queue_refusal(&self, frame: &Frame, context: Context<'_>) -> Option<Submission> {
        use TransactionResultResult as R;
        let admission = self.queue.admission(frame);
        match &admission {
            Admission::Free => return None,
            Admission::TryAgainLater => return Some(Submission::TryAgainLater),
            Admission::Duplicate => return Some(Submission::Duplicate),
            Admission::TooOld => return Some(Submission::error(R::TxBadSeq, 0)),
            Admission::Replaces | Admission::BehindAnother | Admission::BidTooLow(_) => {}
        }
        // A sender whose declared resources are wrong learns that at once, not when it is its turn.
        if let Some(fault) = resource_fault(frame, context) {
            return Some(Submission::Error(fault));
        }
        match admission {
            Admission::BehindAnother => Some(Submission::TryAgainLater),
            Admission::BidTooLow(needed) => Some(Submission::error(R::TxInsufficientFee, needed)),
            _ => None,
        }
    }

    /// The ledger that a transaction is checked against while it is still to wait for it.
    fn submission_context(&self, now: u64) -> Context<'_> {
        let newest = self.view.close_time();
        Context {
            network: &self.view.network,
            sequence: self.view.sequence().saturating_add(1),
            counts_from: self.view.sequence(),
            close_time: newest,
            closes_by: newest.max(now).saturating_add(VALID_FOR_SECS),
        }
    }

    /// Whether a transaction is still valid in the ledger that closes now. Friendbot's are not
    /// checked: each but the first is valid only after the one before it.
    pub(super) fn is_still_valid(&self, frame: &Frame, context: Context<'_>) -> bool {
        let scratch = Scratch::new(self.view.entries.clone(), context.sequence);
        frame.source() == friendbot::account(&self.view.network)
            || validate(frame, &scratch, context).is_ok()
    }
}
