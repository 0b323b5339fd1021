//! A client of one network: what it is, and what it reads. [`Client::invoke`] simulates, signs, sends and
//! waits; each step is there by itself, for programs that write down what they are about to send.

use crate::{
    codec::FromScVal,
    https_agent,
    job::Job,
    limits::{Limits, Margin},
    Address, Call, Error,
};
use backon::ExponentialBuilder;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use stellar_rpc_client::FullLedgerEntry;
use stellar_xdr::{
    AccountId, LedgerEntryData, LedgerKey, LedgerKeyAccount, PublicKey, ReadXdr, Uint256,
};
use tokio::sync::OnceCell;

/// Stroops for inclusion, where nothing else is said.
const BID: u32 = 100;
/// How long to wait for a ledger.
const WAIT: Duration = Duration::from_secs(60);
/// Public friendbots answer when the account is in a ledger.
const FRIENDBOT_WAIT: Duration = Duration::from_secs(60);

/// A client of one network.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) rpc: stellar_rpc_client::Client,
    passphrase: String,
    pub(crate) network_id: [u8; 32],
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
    pub(crate) limits: Arc<OnceCell<Limits>>,
    pub(crate) network_checked: Arc<OnceCell<()>>,
}

pub(crate) fn rpc_error(what: &'static str) -> impl FnOnce(stellar_rpc_client::Error) -> Error {
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
            network_checked: Arc::default(),
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

    /// Pauses from `first` to `longest`, each about twice as long as the one before, until they add up
    /// to [`Self::wait`].
    pub(crate) fn pauses(&self, first: Duration, longest: Duration) -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(first)
            .with_max_delay(longest)
            .without_max_times()
            .with_total_delay(Some(self.wait))
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
        match LedgerEntryData::from_xdr_base64(&entry.xdr, crate::codec::XDR_LIMITS)? {
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
        T::from_scval(&simulated.answer).map_err(|error| error.within(call.name()))
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
        let ask = move || https_agent(FRIENDBOT_WAIT).get(&url).call().map(drop);
        let answer = tokio::task::spawn_blocking(ask);
        let answer = answer.await.map_err(|error| error.to_string());
        answer
            .and_then(|answer| answer.map_err(|error| error.to_string()))
            .map_err(|error| Error::Config(format!("friendbot does not fund {account}: {error}")))
    }
}

/// The account under an address, where it is one.
pub fn account_of(address: &Address) -> Option<&AccountId> {
    match address {
        Address::Account(account) => Some(account),
        _ => None,
    }
}
