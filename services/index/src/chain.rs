//! What the network is asked: events, and the contracts' own queries.

use anyhow::{Context, Result};
use flash_client::{Address, Call, Client, Contract, Deployment, FromScVal, Market};
use jsonrpsee_core::params::ObjectParams;
use serde_json::{json, Value};
use std::{future::Future, str::FromStr, sync::Arc};
use tokio::{sync::Semaphore, task::JoinSet};

const READ_ATTEMPTS: usize = 4;

/// A handle.
#[derive(Clone)]
pub struct Chain {
    pub client: Client,
    pub market: Market,
    /// Queries under way at a time.
    turns: Arc<Semaphore>,
}

/// The ledgers of which the RPC server has events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub oldest: i64,
    pub latest: i64,
    pub latest_ts: i64,
}

impl Range {
    /// As `getHealth` and `getEvents` tell it.
    fn of(answer: &Value) -> Result<Self> {
        Ok(Self {
            oldest: number(answer, "oldestLedger")?,
            latest: number(answer, "latestLedger")?,
            latest_ts: number(answer, "latestLedgerCloseTime")?,
        })
    }
}

impl Chain {
    /// # Errors
    /// Where the URL is none, or a contract is missing in the deployment.
    pub fn new(rpc_url: &str, deployment: &Deployment, queries_at_once: usize) -> Result<Self> {
        Ok(Self {
            client: Client::new(rpc_url, &deployment.network_passphrase)?,
            market: deployment.market()?,
            turns: Arc::new(Semaphore::new(queries_at_once)),
        })
    }

    /// The contracts' ids, sorted by the contracts' names.
    pub fn contract_ids(&self) -> [String; Contract::ALL.len()] {
        let addresses = self.market.addresses();
        addresses.map(|(_, address)| address.to_string())
    }

    /// The ledgers by `getHealth`, whose answer is short: `getLatestLedger` carries the whole ledger.
    ///
    /// # Errors
    /// Where the network does not answer as it should.
    pub async fn range(&self) -> Result<Range> {
        Range::of(&self.client.ask("getHealth", ObjectParams::new()).await?)
    }

    /// A page of `getEvents`, from a ledger or after a cursor; and the ledgers that the server had when it
    /// answered, which may be another one than answers next.
    ///
    /// # Errors
    /// Where the network does not answer as it should.
    pub async fn events(&self, from: From<'_>, limit: u32) -> Result<(Value, Range)> {
        let mut params = ObjectParams::new();
        let filter = json!({ "type": "contract", "contractIds": self.contract_ids() });
        params.insert("filters", json!([filter]))?;
        let page = match from {
            From::Ledger(ledger) => {
                params.insert("startLedger", ledger)?;
                json!({ "limit": limit })
            }
            From::Cursor(cursor) => json!({ "limit": limit, "cursor": cursor }),
        };
        params.insert("pagination", page)?;
        let answer = self.client.ask("getEvents", params).await?;
        let range = Range::of(&answer)?;
        Ok((answer, range))
    }

    /// Asks a contract; again where the network does not answer. What a contract refuses stays so.
    ///
    /// # Errors
    /// Where it refuses, or the network does not answer as it should.
    pub async fn read<T: FromScVal>(&self, call: Call<T>) -> Result<T> {
        let turn = self.turns.acquire().await?;
        let answer = self.client.read_again(&call, READ_ATTEMPTS).await;
        drop(turn);
        answer.with_context(|| call.function.to_owned())
    }
}

/// Where a page begins.
#[derive(Clone, Copy, Debug)]
pub enum From<'a> {
    Ledger(i64),
    /// The last place that was seen.
    Cursor(&'a str),
}

/// Many questions side by side; the answers in the order of the questions.
///
/// # Errors
/// The first question's that fails.
pub async fn many<I, T, F>(items: Vec<I>, ask: impl Fn(I) -> F) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for (nth, item) in items.into_iter().enumerate() {
        let asked = ask(item);
        tasks.spawn(async move { (nth, asked.await) });
    }
    let mut answers = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (nth, answer) = done?;
        answers.push((nth, answer?));
    }
    answers.sort_by_key(|one| one.0);
    Ok(answers.into_iter().map(|one| one.1).collect())
}

/// # Errors
/// Where the text is no address.
pub fn address(text: &str) -> Result<Address> {
    let address = Address::from_str(text).ok();
    address.with_context(|| format!("{text:?} is no address"))
}

/// A number, which some methods give as text.
///
/// # Errors
/// Where there is none.
pub fn number(answer: &Value, field: &str) -> Result<i64> {
    let value = &answer[field];
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.with_context(|| format!("the answer has no {field}"))
}
