//! The ledger as validators keep it: a map of entries outside any host. Each call gets a fresh host
//! that reads from the map, and its changes are written back. So the host's storage contains only
//! the footprint of the call, however large the ledger is.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use soroban_env_host::{
    budget::Budget,
    storage::{EntryWithLiveUntil, SnapshotSource, Storage},
    xdr::{
        AccountId, HostFunction, LedgerEntry, LedgerEntryData, LedgerEntryExt, LedgerKey, Limits,
        ScVal, SorobanAuthorizationEntry, WriteXdr,
    },
    DiagnosticLevel, Host, HostError, LedgerInfo, ModuleCache,
};

use super::network;

pub const PRNG_SEED: [u8; 32] = [0; 32];

#[derive(Default)]
pub struct Entries(RefCell<HashMap<Rc<LedgerKey>, EntryWithLiveUntil>>);

impl SnapshotSource for Entries {
    fn get(&self, key: &Rc<LedgerKey>) -> Result<Option<EntryWithLiveUntil>, HostError> {
        Ok(self.0.borrow().get(key).cloned())
    }
}

/// A ledger. Like validators, it parses code once; a call only pays for the instantiation.
pub struct Ledger {
    pub entries: Rc<Entries>,
    pub info: LedgerInfo,
    pub modules: ModuleCache,
}

impl Ledger {
    /// An empty ledger.
    pub fn first() -> Self {
        let parser = free_host(Storage::default());
        Self {
            entries: Rc::default(),
            info: network::first_ledger(),
            modules: ModuleCache::new(&parser).expect("a cache of modules"),
        }
    }

    /// An independent copy of the ledger.
    pub fn fork(&self) -> Self {
        Self {
            entries: Rc::new(Entries(self.entries.0.clone())),
            info: self.info.clone(),
            modules: self.modules.clone(),
        }
    }

    pub fn get(&self, key: &LedgerKey) -> Option<EntryWithLiveUntil> {
        self.entries.0.borrow().get(key).cloned()
    }

    /// Writes an entry; without one, deletes it.
    pub fn put(&self, key: Rc<LedgerKey>, entry: Option<EntryWithLiveUntil>) {
        let mut entries = self.entries.0.borrow_mut();
        match entry {
            Some(entry) => entries.insert(key, entry),
            None => entries.remove(&key),
        };
    }

    /// Writes an entry like a classic operation; not measured.
    pub fn put_classic(&self, key: LedgerKey, data: LedgerEntryData) {
        let entry = LedgerEntry {
            last_modified_ledger_seq: self.info.sequence_number,
            data,
            ext: LedgerEntryExt::V0,
        };
        self.put(Rc::new(key), Some((Rc::new(entry), None)));
    }

    pub fn advance(&mut self, secs: u64) {
        self.info.timestamp += secs;
        let ledgers = secs / network::SECS_PER_LEDGER;
        self.info.sequence_number += u32::try_from(ledgers).expect("a jump that fits");
    }

    /// Parses uploaded Wasm.
    pub fn cache_module(&self, wasm: &[u8]) {
        self.modules
            .parse_and_cache_module_simple(
                &free_host(Storage::default()),
                network::PROTOCOL_VERSION,
                wasm,
            )
            .expect("Wasm that parses");
    }

    /// Makes a call that is not measured.
    pub fn apply(&mut self, source: &AccountId, call: HostFunction) -> Result<ScVal, HostError> {
        let host = self.fresh_host(source)?;
        host.switch_to_recording_auth(true)?;
        let answer = host.invoke_function(call)?;
        for (key, entry) in host.get_stored_entries()? {
            self.put(key, entry);
        }
        Ok(answer)
    }

    /// Instructions of the call alone, as a test `Env` counts them: without decoding the input and
    /// encoding the output.
    pub fn instructions_of_call(
        &self,
        source: &AccountId,
        call: HostFunction,
        auth: Vec<SorobanAuthorizationEntry>,
    ) -> Result<u64, HostError> {
        let host = self.fresh_host(source)?;
        // The invocation meter only works in debug mode, which is not metered.
        host.set_diagnostic_level(DiagnosticLevel::Debug)?;
        host.enable_invocation_metering();
        host.set_authorization_entries(auth)?;
        host.invoke_function(call)?;
        let used = host.get_last_invocation_resources();
        Ok(used.map_or(0, |used| used.instructions.unsigned_abs()))
    }

    fn fresh_host(&self, source: &AccountId) -> Result<Host, HostError> {
        let host = free_host(Storage::with_recording_footprint(self.entries.clone()));
        host.set_source_account(source.clone())?;
        host.set_ledger_info(self.info.clone())?;
        host.set_base_prng_seed(PRNG_SEED)?;
        host.set_module_cache(self.modules.clone())?;
        Ok(host)
    }

    /// The entries with the contracts' code.
    pub fn code(&self) -> Vec<(Rc<LedgerKey>, EntryWithLiveUntil)> {
        let entries = self.entries.0.borrow();
        entries
            .iter()
            .filter(|(key, _)| matches!(***key, LedgerKey::ContractCode(_)))
            .map(|(key, entry)| (key.clone(), entry.clone()))
            .collect()
    }

    /// Size of the largest contract data entry in bytes.
    pub fn largest_entry_bytes(&self) -> (u64, LedgerKey) {
        let entries = self.entries.0.borrow();
        let size = |entry: &LedgerEntry| entry.to_xdr(Limits::none()).map_or(0, |xdr| xdr.len());
        entries
            .iter()
            .filter(|(key, _)| matches!(***key, LedgerKey::ContractData(_)))
            .map(|(key, (entry, _))| (size(entry) as u64, key.as_ref().clone()))
            .max_by_key(|(bytes, _)| *bytes)
            .expect("a ledger with contracts")
    }
}

fn free_host(storage: Storage) -> Host {
    let budget = Budget::default();
    budget.reset_unlimited().expect("a budget without limits");
    Host::with_storage_and_budget(storage, budget)
}
