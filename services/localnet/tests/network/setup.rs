//! Where most tests start: a network, somebody with money, a contract.

use flash_localnet::{state::View, Config, Localnet};
use flash_localnet_testkit::{contract_id, contract_wasm, create, invoke, upload, Client, Wallet};
use std::sync::{Arc, Mutex, PoisonError};
use stellar_xdr::{ContractId, OperationBody, ScAddress, ScVal};

/// A network that is looked at after every ledger, and once more when a test is done with it.
pub struct Checked {
    network: Option<Localnet>,
    faults: Arc<Mutex<Vec<String>>>,
}

impl Checked {
    /// Starts a network and keeps an eye on it.
    pub fn start(config: &Config) -> Self {
        let faults = Arc::new(Mutex::new(Vec::new()));
        let (noted, mut watcher) = (Arc::clone(&faults), crate::invariants::Watcher::default());
        let watch = move |view: &View| {
            let found = watcher.look(view);
            noted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(found);
        };
        Self {
            network: Some(Localnet::start_watched(config, watch).unwrap()),
            faults,
        }
    }

    /// Stops the network, after the look.
    pub fn stop(self) {
        drop(self);
    }
}

impl std::ops::Deref for Checked {
    type Target = Localnet;

    fn deref(&self) -> &Localnet {
        self.network.as_ref().expect("there until it is dropped")
    }
}

impl Drop for Checked {
    fn drop(&mut self) {
        let Some(network) = self.network.take() else {
            return;
        };
        let mut broken = crate::invariants::broken(&network.view());
        network.stop();
        broken.extend(
            self.faults
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .drain(..),
        );
        if !std::thread::panicking() {
            assert!(broken.is_empty(), "{broken:#?}");
        }
    }
}

/// A network with what a test needs on it.
pub struct Stage {
    pub network: Checked,
    pub client: Client,
    pub alice: Wallet,
    pub contract: ContractId,
    pub wasm: Vec<u8>,
}

/// A network with default settings, and its client.
pub fn network() -> (Checked, Client) {
    network_with(&Config::default())
}

/// A network, and its client.
pub fn network_with(config: &Config) -> (Checked, Client) {
    let network = Checked::start(config);
    let client = Client::new(&network.url(), network.passphrase());
    (network, client)
}

impl Stage {
    /// Everything, on default settings.
    pub fn new() -> Self {
        Self::with(&Config::default())
    }

    /// Everything, on these settings.
    pub fn with(config: &Config) -> Self {
        let (network, client) = network_with(config);
        let alice = Wallet::named("alice");
        client.fund(&alice).unwrap();
        let wasm = contract_wasm(28).unwrap();
        client.invoke(&alice, upload(&wasm).unwrap()).unwrap();
        let salt = [1; 32];
        let owner = ScVal::Address(ScAddress::Account(alice.account()));
        client
            .invoke(
                &alice,
                create(&alice.account(), salt, &wasm, vec![owner]).unwrap(),
            )
            .unwrap();
        let contract = contract_id(&alice.account(), salt, client.network_id).unwrap();
        Self {
            network,
            client,
            alice,
            contract,
            wasm,
        }
    }

    /// The operation that calls the contract.
    pub fn body(&self, function: &str, args: Vec<ScVal>) -> OperationBody {
        invoke(&self.contract, function, args).unwrap()
    }

    /// Calls the contract as Alice.
    pub fn call(&self, function: &str, args: Vec<ScVal>) -> ScVal {
        self.client
            .invoke(&self.alice, self.body(function, args))
            .unwrap()
    }
}

/// The name of the status of a result: `TxBadSeq` and the like.
pub fn code_of(answer: &serde_json::Value) -> String {
    use stellar_xdr::{Limits, ReadXdr, TransactionResult};
    let text = answer["errorResultXdr"]
        .as_str()
        .or(answer["resultXdr"].as_str());
    let text = text.unwrap_or_else(|| panic!("no result in {answer}"));
    let result = TransactionResult::from_xdr_base64(text, Limits::none()).unwrap();
    result.result.name().to_owned()
}

/// The texts of the diagnostic events in an answer.
pub fn diagnostics_of(answer: &serde_json::Value) -> String {
    use stellar_xdr::{DiagnosticEvent, Limits, ReadXdr};
    let events = answer["diagnosticEventsXdr"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let decode = |event: &serde_json::Value| {
        let text = event.as_str().unwrap();
        format!(
            "{:?}\n",
            DiagnosticEvent::from_xdr_base64(text, Limits::none()).unwrap()
        )
    };
    events.iter().map(decode).collect()
}
