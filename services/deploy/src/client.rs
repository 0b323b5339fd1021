//! A client of one network: simulate, sign, send, wait. Each step is there by itself, for programs
//! that write down what they are about to send, and all of them together as [`Client::invoke`].

use crate::{
    error::contract_error_in,
    job::Job,
    limits::{Limits, Margin},
    scval::FromScVal,
    signer::{asked, sign},
    Address, Call, Error, Signer,
};
use jsonrpsee_core::{client::ClientT, params::ObjectParams};
use sha2::{Digest, Sha256};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use stellar_rpc_client::{FullLedgerEntry, GetTransactionResponse, SendTransactionResponse};
use stellar_xdr::{
    AccountId, ContractEventBody, ContractEventType, DiagnosticEvent, Hash,
    InvokeHostFunctionResult, LedgerEntryData, LedgerKey, LedgerKeyAccount, Limits as XdrLimits,
    OperationResult, OperationResultTr, PublicKey, ReadXdr, ScError, ScVal,
    SorobanAuthorizationEntry, SorobanTransactionData, SorobanTransactionDataExt, Transaction,
    TransactionEnvelope, TransactionMeta, TransactionResult, TransactionResultResult, Uint256,
    WriteXdr,
};
use tokio::sync::OnceCell;

/// Stroops for inclusion, where nothing else is said.
const BID: u32 = 100;
/// How long an agreement that is signed apart holds.
const AUTH_LEDGERS: u32 = 120;
/// How often a transaction is made anew that others overtook.
const ATTEMPTS: u32 = 8;
/// How long to wait for a ledger.
const WAIT: Duration = Duration::from_secs(60);

/// A client of one network.
#[derive(Clone, Debug)]
pub struct Client {
    rpc: stellar_rpc_client::Client,
    passphrase: String,
    network_id: [u8; 32],
    /// Stroops bid for inclusion, on top of what the resources cost.
    pub bid: u32,
    /// How long to wait until a transaction is in a ledger.
    pub wait: Duration,
    /// What is declared on top of what a simulation found.
    pub margin: Margin,
    /// Whether a transaction that others signed is simulated again with their signatures. A first
    /// simulation counts one signature of an account in: enough where all have one key, as
    /// [`Signer`]s have.
    pub simulate_signed: bool,
    limits: Arc<OnceCell<Limits>>,
}

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

/// A transaction that is ready to be signed.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub tx: Transaction,
    /// As in [`Simulated`].
    pub event_bytes: usize,
}

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

/// A call that succeeded.
#[derive(Clone, Debug)]
pub struct Done<T> {
    pub answer: T,
    pub applied: Applied,
}

fn rpc_error(what: &'static str) -> impl FnOnce(stellar_rpc_client::Error) -> Error {
    move |source| Error::Rpc {
        what,
        source: Box::new(source),
    }
}

impl Client {
    /// A client of the network at `url`, which is asked for its passphrase.
    ///
    /// # Errors
    /// Where it does not answer.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let rpc = stellar_rpc_client::Client::new(url).map_err(rpc_error("the URL"))?;
        let network = rpc.get_network().await.map_err(rpc_error("getNetwork"))?;
        Self::new(url, &network.passphrase)
    }

    /// A client of a network whose passphrase is known.
    ///
    /// # Errors
    /// Where the URL is none.
    pub fn new(url: &str, passphrase: &str) -> Result<Self, Error> {
        Ok(Self {
            rpc: stellar_rpc_client::Client::new(url).map_err(rpc_error("the URL"))?,
            network_id: Sha256::digest(passphrase.as_bytes()).into(),
            passphrase: passphrase.to_owned(),
            bid: BID,
            wait: WAIT,
            margin: Margin::default(),
            simulate_signed: true,
            limits: Arc::default(),
        })
    }

    /// The RPC client inside, for everything that is not here.
    pub fn rpc(&self) -> &stellar_rpc_client::Client {
        &self.rpc
    }

    pub fn passphrase(&self) -> &str {
        &self.passphrase
    }

    /// SHA-256 of the passphrase.
    pub fn network_id(&self) -> [u8; 32] {
        self.network_id
    }

    /// The entries under keys (at most 200), in the order asked for; what is not there is left out.
    ///
    /// # Errors
    /// Where the network does not answer.
    pub async fn entries(&self, keys: &[LedgerKey]) -> Result<Vec<FullLedgerEntry>, Error> {
        let found = self.rpc.get_full_ledger_entries(keys).await;
        Ok(found.map_err(rpc_error("getLedgerEntries"))?.entries)
    }

    /// The sequence number that an account's next transaction has.
    ///
    /// # Errors
    /// Where there is no such account.
    pub async fn next_sequence(&self, account: &AccountId) -> Result<i64, Error> {
        let key = LedgerKey::Account(LedgerKeyAccount {
            account_id: account.clone(),
        });
        let found = self.rpc.get_ledger_entries(&[key]).await;
        let entries = found.map_err(rpc_error("getLedgerEntries"))?.entries;
        let entry = entries.into_iter().flatten().next();
        let entry = entry.ok_or_else(|| Error::NoAccount(account.to_string()))?;
        match LedgerEntryData::from_xdr_base64(&entry.xdr, XdrLimits::none())? {
            LedgerEntryData::Account(account) => Ok(account.seq_num.0 + 1),
            other => Err(Error::Value(format!("an account, found {}", other.name()))),
        }
    }

    /// Whether the network has an account.
    ///
    /// # Errors
    /// Where the network does not answer.
    pub async fn has_account(&self, account: &AccountId) -> Result<bool, Error> {
        match self.next_sequence(account).await {
            Ok(_) => Ok(true),
            Err(Error::NoAccount(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Asks a contract something. Nothing is signed and nothing changes.
    ///
    /// # Errors
    /// Where the contract refuses, or answers with another type.
    pub async fn read<T: FromScVal>(&self, call: &Call<T>) -> Result<T, Error> {
        let nobody = AccountId(PublicKey::PublicKeyTypeEd25519(Uint256([0; 32])));
        let job = Job::from(call);
        let simulated = self.simulate(&job.transaction(&nobody, 0, 0)?).await?;
        T::from_scval(&simulated.answer)
    }

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
        let answer = T::from_scval(&applied.return_value())?;
        Ok(Done { answer, applied })
    }

    /// Runs a job until it is in a ledger. A transaction that others overtook since it was
    /// simulated (two creations take the same id, say) is simulated again.
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
        loop {
            let tx = match self.prepare(source, others, job).await {
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
                Err(error) if attempt < ATTEMPTS && was_overtaken(&error) => attempt += 1,
                done => return done,
            }
        }
    }

    /// The transaction that does a job, with the source's next sequence number, the resources that
    /// it needs and the agreements of `others`; unsigned.
    ///
    /// # Errors
    /// As [`Self::invoke_as`].
    pub async fn prepare(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
    ) -> Result<Transaction, Error> {
        Ok(self.prepare_measured(source, others, job).await?.tx)
    }

    /// As [`Self::prepare`], with what the network's limits are to be held against besides.
    ///
    /// # Errors
    /// As [`Self::invoke_as`].
    pub async fn prepare_measured(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
    ) -> Result<Prepared, Error> {
        let sequence = self.next_sequence(&source.account()).await?;
        self.measured_at(source, others, job, sequence).await
    }

    /// As [`Self::prepare`], with a sequence number that the caller keeps.
    ///
    /// # Errors
    /// As [`Self::invoke_as`].
    pub async fn prepare_at(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
        sequence: i64,
    ) -> Result<Transaction, Error> {
        let prepared = self.measured_at(source, others, job, sequence).await?;
        Ok(prepared.tx)
    }

    async fn measured_at(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
        sequence: i64,
    ) -> Result<Prepared, Error> {
        let tx = job.transaction(&source.account(), sequence, self.bid)?;
        if !job.is_soroban() {
            return Ok(Prepared { tx, event_bytes: 0 });
        }
        let mut simulated = self.simulate(&tx).await?;
        let event_bytes = simulated.event_bytes;
        self.provide(job, &mut simulated.data).await?;
        let is_signed_apart = simulated.auth.iter().any(|entry| asked(entry).is_some());
        let expires = simulated.latest_ledger.saturating_add(AUTH_LEDGERS);
        let auth = self.agreements(source, others, job, simulated.auth, expires)?;
        let tx = job.with_resources(tx, simulated.data, auth, self.bid)?;
        if !is_signed_apart || !self.simulate_signed {
            return Ok(Prepared { tx, event_bytes });
        }
        // What verifying those signatures takes is known once they are there.
        let mut enforced = self.simulate(&tx).await?;
        self.provide(job, &mut enforced.data).await?;
        let tx = job.with_resources(tx, enforced.data, vec![], self.bid)?;
        Ok(Prepared { tx, event_bytes })
    }

    /// Makes sure that the resources are within the limits, and adds the margin.
    async fn provide(&self, job: &Job, data: &mut SorobanTransactionData) -> Result<(), Error> {
        let has_archived = matches!(data.ext, SorobanTransactionDataExt::V1(_));
        if self.margin.write_bytes > 0 || has_archived {
            let limits = *self.limits.get_or_try_init(|| Limits::load(self)).await?;
            let keys = limits.to_restore_first(data);
            if !keys.is_empty() {
                let what = job.what();
                return Err(Error::Archived { what, keys });
            }
            limits.widen(data, self.margin.write_bytes);
        }
        let more = i64::from(self.margin.refundable_stroops);
        data.resource_fee = data.resource_fee.saturating_add(more);
        Ok(())
    }

    fn agreements(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
        auth: Vec<SorobanAuthorizationEntry>,
        expires: u32,
    ) -> Result<Vec<SorobanAuthorizationEntry>, Error> {
        let sign = |entry: SorobanAuthorizationEntry| {
            let Some(credentials) = asked(&entry) else {
                return Ok(entry);
            };
            // The server chooses what it answers, and what is signed can be used without the job.
            if !job.is_asked_by(&entry) {
                return Err(Error::Forged {
                    what: job.what(),
                    address: credentials.address.to_string(),
                });
            }
            let is_it = |signer: &&Signer| signer.address() == credentials.address;
            let mut signers = others.iter().copied().chain([source]);
            let signer = signers.find(|signer| is_it(signer));
            let signer = signer.ok_or_else(|| Error::NoKey {
                what: job.what(),
                address: credentials.address.to_string(),
            })?;
            signer.authorize(&entry, expires, self.network_id)
        };
        auth.into_iter().map(sign).collect()
    }

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
                XdrLimits::none(),
            )?,
            auth,
            answer,
            latest_ledger: found.latest_ledger,
        })
    }

    /// Hands a signed transaction in, once.
    ///
    /// # Errors
    /// Where the network does not answer: it may have the transaction all the same.
    pub async fn send(&self, envelope: &TransactionEnvelope) -> Result<Sent, Error> {
        let mut params = ObjectParams::new();
        params
            .insert("transaction", envelope.to_xdr_base64(XdrLimits::none())?)
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
                TransactionResult::from_xdr_base64(result, XdrLimits::none())?,
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
        let begun = Instant::now();
        let mut pause = Duration::from_millis(10);
        loop {
            if let Some(applied) = self.find(hash).await? {
                return Ok(applied);
            }
            if begun.elapsed() > self.wait {
                let (hash, waited_secs) = (hash.clone(), self.wait.as_secs());
                return Err(Error::Unknown { hash, waited_secs });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
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
        let what = what.to_owned();
        let begun = Instant::now();
        let mut pause = Duration::from_millis(50);
        loop {
            match self.send(envelope).await? {
                Sent::Pending => break,
                Sent::Rejected(result) => return Err(Error::Rejected { what, result }),
                Sent::TryAgainLater if begun.elapsed() > self.wait => {
                    return Err(Error::Busy { what })
                }
                Sent::TryAgainLater => {}
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
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

    /// Has the network's friendbot fund an account. Funding it twice is fine.
    ///
    /// # Errors
    /// Where there is no friendbot, or it refuses.
    pub async fn fund(&self, account: &AccountId) -> Result<(), Error> {
        if self.has_account(account).await? {
            return Ok(());
        }
        let friendbot = self.rpc.friendbot_url().await;
        let friendbot = friendbot.map_err(rpc_error("friendbot"))?;
        let url = format!("{friendbot}?addr={account}");
        let answer = tokio::task::spawn_blocking(move || ureq::get(&url).call().map(|_| ()));
        let answer = answer.await.map_err(|error| error.to_string());
        answer
            .and_then(|answer| answer.map_err(|error| error.to_string()))
            .map_err(|error| Error::Config(format!("friendbot does not fund {account}: {error}")))
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

/// What validators count: the contracts' events and the answer, without the host's own log.
fn event_bytes(events: &[String], answer: &ScVal) -> Result<usize, Error> {
    let mut bytes = answer.to_xdr(XdrLimits::none())?.len();
    for text in events {
        let event = DiagnosticEvent::from_xdr_base64(text, XdrLimits::none())?;
        if event.in_successful_contract_call && event.event.type_ != ContractEventType::Diagnostic {
            bytes += event.event.to_xdr(XdrLimits::none())?.len();
        }
    }
    Ok(bytes)
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

/// The account under an address, where it is one.
pub fn account_of(address: &Address) -> Option<&AccountId> {
    match address {
        Address::Account(account) => Some(account),
        _ => None,
    }
}
