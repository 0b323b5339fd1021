//! A blocking client that shows answers as they are.

use crate::{assemble, sign, transaction, with_footprint, Wallet};
use anyhow::{bail, Context, Result};
use serde_json::{json, Value};
use sha2::{Digest, Sha256};
use stellar_xdr::{
    AccountEntry, LedgerEntryData, LedgerKey, LedgerKeyAccount, Limits, OperationBody, ReadXdr,
    ScVal, SorobanAuthorizationEntry, SorobanTransactionData, Transaction, TransactionEnvelope,
    TransactionMeta, TransactionResult, WriteXdr,
};

/// The client of one network.
#[derive(Clone)]
pub struct Client {
    url: String,
    /// SHA-256 of the passphrase.
    pub network_id: [u8; 32],
    agent: ureq::Agent,
}

/// What a simulation found.
pub struct Simulated {
    pub answer: Value,
    pub data: SorobanTransactionData,
    pub auth: Vec<SorobanAuthorizationEntry>,
}

impl Client {
    /// A client of the network at `url`.
    pub fn new(url: &str, passphrase: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build();
        Self {
            url: url.to_owned(),
            network_id: Sha256::digest(passphrase.as_bytes()).into(),
            agent: config.into(),
        }
    }

    /// Posts a body as it is; the status and the text that come back.
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Result<(u16, String)> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let mut response = request.header("content-type", content_type).send(body)?;
        Ok((response.status().as_u16(), text(&mut response)?))
    }

    /// Gets a path; the status and the text that come back.
    pub fn get(&self, path: &str) -> Result<(u16, String)> {
        let mut response = self.agent.get(format!("{}{path}", self.url)).call()?;
        Ok((response.status().as_u16(), text(&mut response)?))
    }

    /// Calls a method. The whole answer, error or result.
    pub fn call(&self, method: &str, params: Value) -> Result<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let (status, text) = self.post("/", "application/json", body.to_string().as_bytes())?;
        serde_json::from_str(&text).with_context(|| format!("status {status}: {text}"))
    }

    /// Calls a method that has to succeed.
    pub fn result(&self, method: &str, params: Value) -> Result<Value> {
        let mut answer = self.call(method, params)?;
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => bail!("{method}: {answer}"),
        }
    }

    /// Has friendbot fund somebody.
    pub fn fund(&self, wallet: &Wallet) -> Result<()> {
        let (status, text) = self.get(&format!("/friendbot?addr={}", wallet.address()))?;
        anyhow::ensure!(status == 200, "friendbot: {status} {text}");
        Ok(())
    }

    /// Moves time.
    pub fn advance(&self, secs: u64, ledgers: u32) -> Result<Value> {
        let body = json!({ "secs": secs, "ledgers": ledgers }).to_string();
        let (status, text) = self.post("/admin/advance", "application/json", body.as_bytes())?;
        anyhow::ensure!(status == 200, "advance: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Starts the network over.
    pub fn reset(&self, passphrase: &str) -> Result<(u16, String)> {
        let body = json!({ "passphrase": passphrase }).to_string();
        self.post("/admin/reset", "application/json", body.as_bytes())
    }

    /// Replaces the ledger by that of a snapshot.
    pub fn load(&self, passphrase: &str, snapshot: Value) -> Result<(u16, String)> {
        let body = json!({ "passphrase": passphrase, "snapshot": snapshot }).to_string();
        self.post("/admin/load", "application/json", body.as_bytes())
    }

    /// Gets or posts a path with headers of a caller's choice; the status that comes back.
    pub fn with_headers(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Result<u16> {
        let url = format!("{}{path}", self.url);
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.agent.run(request.body(Vec::<u8>::new())?)?;
        Ok(response.status().as_u16())
    }

    /// The entry under a key, with the rest of what is told about it.
    pub fn entry(&self, key: &LedgerKey) -> Result<Option<(LedgerEntryData, Value)>> {
        let keys = json!({ "keys": [key.to_xdr_base64(Limits::none())?] });
        let mut answer = self.result("getLedgerEntries", keys)?;
        let Some(entry) = answer["entries"].get_mut(0).map(Value::take) else {
            return Ok(None);
        };
        let xdr = entry["xdr"].as_str().context("no xdr")?;
        Ok(Some((
            LedgerEntryData::from_xdr_base64(xdr, Limits::none())?,
            entry,
        )))
    }

    /// An account.
    pub fn account(&self, wallet: &Wallet) -> Result<AccountEntry> {
        let key = LedgerKey::Account(LedgerKeyAccount {
            account_id: wallet.account(),
        });
        match self.entry(&key)? {
            Some((LedgerEntryData::Account(account), _)) => Ok(account),
            _ => bail!("there is no account {}", wallet.address()),
        }
    }

    /// The sequence number that an account uses next.
    pub fn next_sequence(&self, wallet: &Wallet) -> Result<i64> {
        Ok(self.account(wallet)?.seq_num.0 + 1)
    }

    /// The answer to a simulation, whatever it is.
    pub fn simulate_raw(&self, tx: &Transaction) -> Result<Value> {
        let envelope = sign(tx, self.network_id, &[])?.to_xdr_base64(Limits::none())?;
        self.result("simulateTransaction", json!({ "transaction": envelope }))
    }

    /// Simulates a transaction that has to succeed.
    pub fn simulate(&self, tx: &Transaction) -> Result<Simulated> {
        let answer = self.simulate_raw(tx)?;
        let data = answer["transactionData"].as_str();
        let data = data.with_context(|| format!("the simulation failed: {answer}"))?;
        let data = SorobanTransactionData::from_xdr_base64(data, Limits::none())?;
        let auth = answer["results"][0]["auth"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let auth = auth
            .iter()
            .map(|entry| {
                let text = entry.as_str().unwrap_or_default();
                SorobanAuthorizationEntry::from_xdr_base64(text, Limits::none())
            })
            .collect::<Result<_, _>>()?;
        Ok(Simulated { answer, data, auth })
    }

    /// The transaction that runs one operation, with the resources that it needs.
    pub fn prepare(&self, wallet: &Wallet, body: OperationBody) -> Result<Transaction> {
        let operations = vec![crate::operation(body)];
        let tx = transaction(&wallet.account(), self.next_sequence(wallet)?, operations)?;
        let simulated = self.simulate(&tx)?;
        assemble(tx, simulated.data, simulated.auth)
    }

    /// As [`Self::prepare`], for an operation that works on a footprint.
    pub fn prepare_footprint(
        &self,
        wallet: &Wallet,
        body: OperationBody,
        read_only: Vec<LedgerKey>,
        read_write: Vec<LedgerKey>,
    ) -> Result<Transaction> {
        let operations = vec![crate::operation(body)];
        let tx = transaction(&wallet.account(), self.next_sequence(wallet)?, operations)?;
        let tx = with_footprint(tx, read_only, read_write)?;
        let simulated = self.simulate(&tx)?;
        assemble(tx, simulated.data, vec![])
    }

    /// Sends. The answer, whatever it is.
    pub fn send(&self, envelope: &TransactionEnvelope) -> Result<Value> {
        let text = envelope.to_xdr_base64(Limits::none())?;
        self.result("sendTransaction", json!({ "transaction": text }))
    }

    /// Sends, and returns what became of it.
    pub fn submit(&self, envelope: &TransactionEnvelope) -> Result<Value> {
        let sent = self.send(envelope)?;
        anyhow::ensure!(sent["status"] == "PENDING", "{sent}");
        for _ in 0..600 {
            let found = self.result("getTransaction", json!({ "hash": sent["hash"] }))?;
            if found["status"] != "NOT_FOUND" {
                return Ok(found);
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        bail!("the transaction is in no ledger");
    }

    /// Signs and sends a transaction that has to succeed; its meta comes back.
    pub fn run(&self, tx: &Transaction, signers: &[&Wallet]) -> Result<TransactionMeta> {
        let done = self.submit(&sign(tx, self.network_id, signers)?)?;
        anyhow::ensure!(
            done["status"] == "SUCCESS",
            "{:?}\n{done}",
            result_of(&done)?
        );
        meta_of(&done)
    }

    /// Runs one operation that has to succeed; what it returned comes back.
    pub fn invoke(&self, wallet: &Wallet, body: OperationBody) -> Result<ScVal> {
        let tx = self.prepare(wallet, body)?;
        let TransactionMeta::V4(meta) = self.run(&tx, &[wallet])? else {
            bail!("an old meta")
        };
        meta.soroban_meta
            .and_then(|meta| meta.return_value)
            .context("nothing came back")
    }
}

fn text(response: &mut ureq::http::Response<ureq::Body>) -> Result<String> {
    Ok(response
        .body_mut()
        .with_config()
        .limit(256 * 1024 * 1024)
        .read_to_string()?)
}

/// The result in an answer of `getTransaction`.
pub fn result_of(answer: &Value) -> Result<TransactionResult> {
    let text = answer["resultXdr"].as_str().context("no result")?;
    Ok(TransactionResult::from_xdr_base64(text, Limits::none())?)
}

/// The meta in an answer of `getTransaction`.
pub fn meta_of(answer: &Value) -> Result<TransactionMeta> {
    let text = answer["resultMetaXdr"].as_str().context("no meta")?;
    Ok(TransactionMeta::from_xdr_base64(text, Limits::none())?)
}
