//! Simulation: what a transaction would do, and what it needs.

use crate::{client::rpc_error, error::contract_error_in, signer::sign, Client, Error};
use stellar_xdr::{
    ContractEventType, DiagnosticEvent, Limits, ReadXdr, ScVal, SorobanAuthorizationEntry,
    SorobanTransactionData, Transaction, WriteXdr,
};

/// What a simulation found.
#[derive(Clone, Debug)]
pub struct Simulated {
    pub data: SorobanTransactionData,
    pub auth: Vec<SorobanAuthorizationEntry>,
    pub answer: ScVal,
    /// Of the contracts' events and the answer, which one limit holds for.
    pub event_bytes: usize,
    pub latest_ledger: u32,
}

impl Client {
    /// Simulates a transaction.
    ///
    /// # Errors
    /// [`Error::Contract`] and [`Error::Simulation`] where it would fail.
    pub async fn simulate(&self, tx: &Transaction) -> Result<Simulated, Error> {
        let what = crate::job::what(tx.operations.as_slice());
        let envelope = sign(tx, self.network_id, &[])?;
        let found = self
            .rpc
            .simulate_transaction_envelope(&envelope, None)
            .await;
        let found = found.map_err(rpc_error("simulateTransaction"))?;
        if let Some(message) = found.error {
            return Err(match contract_error_in(&message) {
                Some(code) => Error::Contract { what, code },
                None => Error::Simulation { what, message },
            });
        }
        let results = found.results().map_err(rpc_error("simulateTransaction"))?;
        let (auth, answer) = results
            .into_iter()
            .next()
            .map_or((vec![], ScVal::Void), |result| (result.auth, result.xdr));
        let event_bytes = event_bytes(&found.events, &answer)?;
        Ok(Simulated {
            event_bytes,
            data: SorobanTransactionData::from_xdr_base64(
                &found.transaction_data,
                crate::codec::XDR_LIMITS,
            )?,
            auth,
            answer,
            latest_ledger: found.latest_ledger,
        })
    }
}

/// What validators count: the contracts' events and the answer, without the host's own log.
fn event_bytes(events: &[String], answer: &ScVal) -> Result<usize, Error> {
    let mut bytes = answer.to_xdr(Limits::none())?.len();
    for text in events {
        let event = DiagnosticEvent::from_xdr_base64(text, crate::codec::XDR_LIMITS)?;
        if event.in_successful_contract_call && event.event.type_ != ContractEventType::Diagnostic {
            bytes += event.event.to_xdr(Limits::none())?.len();
        }
    }
    Ok(bytes)
}
