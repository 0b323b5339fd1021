//! Calls from beginning to end: simulated, signed, sent, waited for; again where others were faster.

use crate::{
    codec::FromScVal, job::Job, limits::Margin, send::Applied, signer::sign, Call, Client, Error,
    Signer,
};
use stellar_xdr::{
    InvokeHostFunctionResult, OperationResult, OperationResultTr, TransactionResultResult,
};

/// How often a transaction is made anew that others overtook.
const ATTEMPTS: u32 = 8;

/// A call that succeeded.
#[derive(Clone, Debug)]
pub struct Done<T> {
    pub answer: T,
    pub applied: Applied,
}

impl Client {
    /// Calls a contract and waits until it is done. `source` pays and signs.
    ///
    /// # Errors
    /// [`Error::Contract`] where the contract refuses; the other variants otherwise.
    pub async fn invoke<T: FromScVal>(
        &self,
        source: &Signer,
        call: &Call<T>,
    ) -> Result<Done<T>, Error> {
        self.invoke_as(source, &[], call).await
    }

    /// As [`Self::invoke`], with agreements of `others`, who pay nothing.
    ///
    /// # Errors
    /// As [`Self::invoke`]; [`Error::NoKey`] where the call needs yet another agreement.
    pub async fn invoke_as<T: FromScVal>(
        &self,
        source: &Signer,
        others: &[&Signer],
        call: &Call<T>,
    ) -> Result<Done<T>, Error> {
        let applied = self.run(source, others, &Job::from(call)).await?;
        let answer = T::from_scval(&applied.return_value());
        let answer = answer.map_err(|error| error.within(call.name()))?;
        Ok(Done { answer, applied })
    }

    /// Runs a job until it is in a ledger. A transaction that others overtook since it was
    /// simulated (two creations take the same id, say) is simulated again, and then declares as much
    /// as others can make it write: [`Margin::WHOLE_PAGES`].
    ///
    /// # Errors
    /// As [`Self::invoke_as`].
    pub async fn run(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
    ) -> Result<Applied, Error> {
        let mut attempt = 1;
        let mut client = self.clone();
        loop {
            let tx = match client.prepare(source, others, job).await {
                Err(Error::Archived { keys, .. }) if attempt < ATTEMPTS => {
                    attempt += 1;
                    for key in keys {
                        let restoring = Job::restore(vec![key])?;
                        Box::pin(self.run(source, &[], &restoring)).await?;
                    }
                    continue;
                }
                prepared => prepared?,
            };
            let done = self
                .submit(&sign(&tx, self.network_id, &[source])?, &job.what())
                .await;
            match done {
                Err(error) if attempt < ATTEMPTS && was_overtaken(&error) => {
                    attempt += 1;
                    client.margin = client.margin.max(Margin::WHOLE_PAGES);
                }
                done => return done,
            }
        }
    }
}

/// Whether simulating again can help: somebody else was faster.
fn was_overtaken(error: &Error) -> bool {
    use TransactionResultResult::{TxBadSeq, TxFailed};
    match error {
        Error::Rejected { result, .. } => matches!(result.result, TxBadSeq),
        Error::Failed { result, .. } => match &result.result {
            // The operations' own failures say what is wrong; a contract's say that it ran with
            // other entries or resources than simulated.
            TxFailed(operations) => operations.iter().any(|result| {
                matches!(
                    result,
                    OperationResult::OpInner(OperationResultTr::InvokeHostFunction(
                        InvokeHostFunctionResult::Trapped
                            | InvokeHostFunctionResult::ResourceLimitExceeded
                            | InvokeHostFunctionResult::EntryArchived
                            | InvokeHostFunctionResult::InsufficientRefundableFee
                    ))
                )
            }),
            TxBadSeq => true,
            _ => false,
        },
        _ => false,
    }
}
