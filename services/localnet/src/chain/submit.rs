//! What is told to somebody who sends a transaction.

use super::{CloseMode, Ledgers};
use crate::{
    state::Scratch,
    tx::{code, frame::Unsupported, validate, Frame, Rejection},
};
use stellar_xdr::{AccountId, TransactionEnvelope, TransactionResultResult};

/// The answer to a submitted transaction.
#[derive(Debug)]
pub enum Submission {
    /// It is in a ledger, or waits for one.
    Pending,
    /// It was here before.
    Duplicate,
    /// Its account has another one waiting.
    TryAgainLater,
    /// It may not enter a ledger.
    Error(Box<Rejection>),
}

impl Ledgers {
    /// Takes a transaction in. With instant closing it is applied when this returns.
    ///
    /// # Errors
    /// Where something fails that is not the transaction's fault.
    pub fn submit(&mut self, envelope: TransactionEnvelope) -> anyhow::Result<Submission> {
        let frame = match Frame::new(envelope, self.view.network.id) {
            Ok(frame) => frame,
            Err(error) if error.is::<Unsupported>() => {
                let result = code::plain(TransactionResultResult::TxNotSupported, 0);
                let diagnostics = Vec::new();
                return Ok(Submission::Error(Box::new(Rejection {
                    result,
                    diagnostics,
                })));
            }
            Err(error) => return Err(error),
        };
        let is_known = |frame: &Frame| self.view.history.find(&frame.hash).is_some();
        if is_known(&frame)
            || self
                .pending
                .iter()
                .any(|waiting| waiting.hash == frame.hash)
        {
            return Ok(Submission::Duplicate);
        }
        if self.has_pending(&frame.source()) {
            return Ok(Submission::TryAgainLater);
        }
        if let Err(rejection) = self.check(&frame) {
            return Ok(Submission::Error(rejection));
        }
        self.accept(frame)?;
        Ok(Submission::Pending)
    }

    /// Whether an account has a transaction waiting.
    pub fn has_pending(&self, source: &AccountId) -> bool {
        self.pending
            .iter()
            .any(|waiting| waiting.source() == *source)
    }

    /// Queues a transaction; with instant closing, closes the ledger with it.
    pub fn accept(&mut self, frame: Frame) -> anyhow::Result<()> {
        self.pending.push(frame);
        if self.mode == CloseMode::Instant {
            self.close()?;
        }
        Ok(())
    }

    fn check(&self, frame: &Frame) -> Result<(), Box<Rejection>> {
        let context = self.next();
        let scratch = Scratch::new(self.view.entries.clone(), context.sequence);
        validate(frame, &scratch, context)
    }
}
