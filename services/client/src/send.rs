//! Sending, and waiting until a transaction is in a ledger.

use crate::{client::rpc_error, events::Event, Address, Client, Error, Market};
use backon::Retryable;
use jsonrpsee_core::{client::ClientT, params::ObjectParams};
use std::time::Duration;
use stellar_rpc_client::{GetTransactionResponse, SendTransactionResponse};
use stellar_xdr::{
    ContractEventBody, Hash, Limits, ReadXdr, ScError, ScVal, TransactionEnvelope, TransactionMeta,
    TransactionResult, TransactionResultResult, WriteXdr,
};

/// Pauses between two looks for a transaction in a ledger.
const FIRST_LOOK: Duration = Duration::from_millis(10);
const LONGEST_LOOK: Duration = Duration::from_secs(1);
/// Pauses before a transaction is sent again that the network had no room for.
const FIRST_RESEND: Duration = Duration::from_millis(50);
const LONGEST_RESEND: Duration = Duration::from_secs(5);

/// What became of a transaction that was handed in.
#[derive(Clone, Debug)]
pub enum Sent {
    /// It waits for a ledger, or is in one; or it was handed in before.
    Pending,
    /// The same bytes can be handed in again.
    TryAgainLater,
    /// It may not enter a ledger.
    Rejected(Box<TransactionResult>),
}

/// A transaction in a ledger.
#[derive(Clone, Debug)]
pub struct Applied {
    pub hash: Hash,
    pub ledger: u32,
    /// Close time of that ledger.
    pub closed_at: u64,
    pub result: TransactionResult,
    pub meta: TransactionMeta,
    pub events: stellar_rpc_client::GetTransactionEvents,
}

impl Client {
    /// Hands a signed transaction in, once.
    ///
    /// # Errors
    /// Where the network does not answer: it may have the transaction all the same.
    pub async fn send(&self, envelope: &TransactionEnvelope) -> Result<Sent, Error> {
        let mut params = ObjectParams::new();
        params
            .insert("transaction", envelope.to_xdr_base64(Limits::none())?)
            .map_err(|error| Error::Value(error.to_string()))?;
        let answer: Result<SendTransactionResponse, _> =
            self.rpc.client().request("sendTransaction", params).await;
        let answer = answer
            .map_err(stellar_rpc_client::Error::from)
            .map_err(rpc_error("sendTransaction"))?;
        match (answer.status.as_str(), answer.error_result_xdr) {
            ("PENDING" | "DUPLICATE", _) => Ok(Sent::Pending),
            ("TRY_AGAIN_LATER", _) => Ok(Sent::TryAgainLater),
            ("ERROR", Some(result)) => Ok(Sent::Rejected(Box::new(
                TransactionResult::from_xdr_base64(result, crate::codec::XDR_LIMITS)?,
            ))),
            (other, _) => Err(Error::Value(format!("sendTransaction answers {other}"))),
        }
    }

    /// What became of a transaction; `None` where it is in no ledger that the network remembers.
    ///
    /// # Errors
    /// Where the network does not answer.
    pub async fn find(&self, hash: &Hash) -> Result<Option<Applied>, Error> {
        let found = self.rpc.get_transaction(hash).await;
        let found = found.map_err(rpc_error("getTransaction"))?;
        if found.status == "NOT_FOUND" {
            return Ok(None);
        }
        Applied::of(hash, found).map(Some)
    }

    /// Waits until a transaction is in a ledger.
    ///
    /// # Errors
    /// [`Error::Unknown`] where it is in none after [`Self::wait`].
    pub async fn wait_for(&self, hash: &Hash) -> Result<Applied, Error> {
        let look = || async {
            self.find(hash).await?.ok_or_else(|| Error::Unknown {
                hash: hash.clone(),
                waited_secs: self.wait.as_secs(),
            })
        };
        look.retry(self.pauses(FIRST_LOOK, LONGEST_LOOK))
            .when(|error| matches!(error, Error::Unknown { .. }))
            .await
    }

    /// Hands a signed transaction in and waits until it is in a ledger. `what` is for the error.
    ///
    /// # Errors
    /// [`Error::Rejected`], [`Error::Busy`], [`Error::Unknown`], and [`Error::Contract`] or
    /// [`Error::Failed`] where it failed.
    pub async fn submit(
        &self,
        envelope: &TransactionEnvelope,
        what: &str,
    ) -> Result<Applied, Error> {
        let hand_in = || async {
            let what = what.to_owned();
            match self.send(envelope).await? {
                Sent::Pending => Ok(()),
                Sent::Rejected(result) => Err(Error::Rejected { what, result }),
                Sent::TryAgainLater => Err(Error::Busy { what }),
            }
        };
        hand_in
            .retry(self.pauses(FIRST_RESEND, LONGEST_RESEND))
            .when(|error| matches!(error, Error::Busy { .. }))
            .await?;
        let what = what.to_owned();
        let hash = Hash(envelope.hash(self.network_id)?);
        let applied = self.wait_for(&hash).await?;
        match applied.contract_error() {
            _ if applied.succeeded() => Ok(applied),
            Some(code) => Err(Error::Contract { what, code }),
            None => Err(Error::Failed {
                what,
                hash,
                ledger: applied.ledger,
                result: Box::new(applied.result),
            }),
        }
    }
}

impl Applied {
    fn of(hash: &Hash, found: GetTransactionResponse) -> Result<Self, Error> {
        let missing = || Error::Value("getTransaction leaves something out".to_owned());
        Ok(Self {
            hash: hash.clone(),
            ledger: found.ledger.ok_or_else(missing)?,
            closed_at: found
                .created_at
                .and_then(|time| time.try_into().ok())
                .ok_or_else(missing)?,
            result: found.result.ok_or_else(missing)?,
            meta: found.result_meta.ok_or_else(missing)?,
            events: found.events,
        })
    }

    pub fn succeeded(&self) -> bool {
        use TransactionResultResult::{TxFeeBumpInnerSuccess, TxSuccess};
        matches!(self.result.result, TxSuccess(_) | TxFeeBumpInnerSuccess(_))
    }

    /// What the contract returned; void where nothing was called.
    pub fn return_value(&self) -> ScVal {
        let TransactionMeta::V4(meta) = &self.meta else {
            return ScVal::Void;
        };
        let returned = meta.soroban_meta.as_ref();
        let returned = returned.and_then(|meta| meta.return_value.clone());
        returned.unwrap_or(ScVal::Void)
    }

    /// The events of the market's contracts, in their order; events of others, and such that the
    /// specs do not have, are left out.
    ///
    /// # Errors
    /// Where an event is not as its contract's spec says.
    pub fn contract_events(&self, market: &Market) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        for event in self.events.contract_events.iter().flatten() {
            let address = event.contract_id.clone().map(Address::Contract);
            let contract = address.and_then(|address| market.contract_at(&address));
            let ContractEventBody::V0(body) = &event.body;
            if let Some(contract) = contract {
                events.extend(Event::decode(contract, &body.topics, &body.data)?);
            }
        }
        Ok(events)
    }

    /// The error that the outermost contract failed with.
    pub fn contract_error(&self) -> Option<u32> {
        let mut codes = self.events.diagnostic_events.iter().filter_map(|event| {
            let ContractEventBody::V0(body) = &event.event.body;
            match body.topics.as_slice() {
                [ScVal::Symbol(name), ScVal::Error(ScError::Contract(code)), ..]
                    if name.as_slice() == b"error" =>
                {
                    Some(*code)
                }
                _ => None,
            }
        });
        codes.next_back()
    }
}
