//! What can go wrong.

use crate::codec::ContractError;
use std::path::PathBuf;
use stellar_xdr::{Hash, LedgerKey, TransactionResult};

/// Everything that can go wrong here.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The network does not answer, or not as it should.
    #[error("{what}: {source}")]
    Rpc {
        what: &'static str,
        source: Box<stellar_rpc_client::Error>,
    },
    /// A contract refused the call. See [`Error::contract_error`].
    #[error("{what}: {} (error {code})", contract_error_name(*code))]
    Contract { what: String, code: u32 },
    /// The call would fail, for another reason than a contract's error.
    #[error("{what}: the simulation failed: {message}")]
    Simulation { what: String, message: String },
    /// The transaction may not enter a ledger.
    #[error("{what}: the network refused the transaction: {}", .result.result.name())]
    Rejected {
        what: String,
        result: Box<TransactionResult>,
    },
    /// The RPC server is of another network than what is deployed.
    #[error("the RPC server is of the network {answered:?}, expected {expected:?}")]
    WrongNetwork { answered: String, expected: String },
    /// The network has no room for the transaction just now.
    #[error("{what}: the network asks to try again later")]
    Busy { what: String },
    /// The transaction is in a ledger, and failed.
    #[error("{what}: transaction {hash} failed in ledger {ledger}: {}", outcome(.result))]
    Failed {
        what: String,
        hash: Hash,
        ledger: u32,
        result: Box<TransactionResult>,
    },
    /// Nobody knows: the transaction may still enter a ledger.
    #[error("transaction {hash} is in no ledger after {waited_secs} s, but may still get there")]
    Unknown { hash: Hash, waited_secs: u64 },
    /// More is archived than one transaction can bring back on its way: it is to be restored first,
    /// key by key. [`crate::Client::run`] does so by itself.
    #[error("{what}: {} archived entries have to be restored first", keys.len())]
    Archived { what: String, keys: Vec<LedgerKey> },
    /// The fee of a transaction is a 32-bit number: work on fewer entries at once.
    #[error("{what}: the fee of {fee_stroops} stroops is above the 429 XLM that a transaction may offer")]
    FeeTooHigh { what: String, fee_stroops: i64 },
    #[error("there is no account {0}: fund it first")]
    NoAccount(String),
    #[error("{what}: no key was given to sign for {address}")]
    NoKey { what: String, address: String },
    /// Nothing was signed. Who does this may be an attacker: use another RPC server.
    #[error("{what}: the RPC server asks {address} to sign something else than this call: nothing was signed")]
    Forged { what: String, address: String },
    /// A value of a contract is not of the type that its interface says.
    #[error("unexpected value: {0}")]
    Value(String),
    #[error("not representable in XDR: {0}")]
    Xdr(#[from] stellar_xdr::Error),
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// What is deployed is not what was asked for.
    #[error("{0}")]
    Mismatch(String),
    /// Something that was given cannot be used.
    #[error("{0}")]
    Config(String),
}

impl Error {
    /// The error with which a contract refused the call; `None` where it did not, and where the error
    /// is none of these: `error.contract_error() == Some(DealsError::AlreadyReported)`.
    pub fn contract_error<E: ContractError>(&self) -> Option<E> {
        self.contract_code().and_then(E::from_code)
    }

    /// The code with which a contract refused the call, whoever's it is.
    pub fn contract_code(&self) -> Option<u32> {
        match self {
            Self::Contract { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The name of that error in its contract's spec: `"AlreadyReported"`.
    pub fn contract_error_name(&self) -> Option<&'static str> {
        let error = self.contract_error::<crate::ContractError>();
        error.map(ContractError::name)
    }

    /// The same error of a value that is part of something: the name goes in front.
    #[must_use]
    pub fn within(self, name: impl std::fmt::Display) -> Self {
        match self {
            Self::Value(message) => Self::Value(format!("{name}: {message}")),
            other => other,
        }
    }
}

fn contract_error_name(code: u32) -> &'static str {
    crate::ContractError::from_code(code).map_or("refused by a contract", ContractError::name)
}

fn outcome(result: &TransactionResult) -> String {
    use stellar_xdr::{OperationResult, TransactionResultResult};
    match &result.result {
        TransactionResultResult::TxFailed(operations) => match operations.first() {
            Some(OperationResult::OpInner(inner)) => format!("{inner:?}"),
            other => format!("{other:?}"),
        },
        other => other.name().to_owned(),
    }
}

/// The contract error in a host's message: `HostError: Error(Contract, #3101)` and what follows.
pub(crate) fn contract_error_in(message: &str) -> Option<u32> {
    let (_, rest) = message.split_once("Error(Contract, #")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_name_of_the_spec() {
        use crate::types::{AdminError, DealsError};
        let refused = |code| Error::Contract {
            what: "report".to_owned(),
            code,
        };
        let error = refused(3125);
        assert_eq!(error.contract_error(), Some(DealsError::AlreadyReported));
        assert_eq!(error.contract_error::<AdminError>(), None);
        assert_eq!(error.to_string(), "report: AlreadyReported (error 3125)");
        let error = refused(1);
        assert_eq!(error.contract_error::<crate::ContractError>(), None);
        assert_eq!(error.to_string(), "report: refused by a contract (error 1)");
    }

    #[test]
    fn the_first_contract_error_of_a_message_is_found() {
        let message = "HostError: Error(Contract, #3101)\n\nEvent log: Error(Contract, #1)";
        assert_eq!(contract_error_in(message), Some(3101));
        assert_eq!(
            contract_error_in("HostError: Error(Budget, ExceededLimit)"),
            None
        );
    }
}
