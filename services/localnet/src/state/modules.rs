//! The cache of parsed Wasm. It is not an optimisation: simulation prices a cache hit, so a network
//! without the cache would let every simulated transaction run out of its declared instructions.

use super::Entries;
use crate::settings::{free_budget, PROTOCOL_VERSION};
use soroban_env_host::{
    budget::{AsBudget, Budget},
    CompilationContext, Error, ErrorHandler, HostError, ModuleCache,
};
use stellar_xdr::{Hash, LedgerEntryData, LedgerKey};

/// Every live Wasm, parsed.
pub struct Modules(ModuleCache);

impl Modules {
    /// Parses all code that is live in ledger `sequence`.
    ///
    /// # Errors
    /// Where the host refuses to make a cache.
    pub fn of(entries: &Entries, sequence: u32) -> Result<Self, HostError> {
        let cache = Self(ModuleCache::new(&Unmetered::new()?)?);
        for (key, entry) in entries {
            if matches!(key, LedgerKey::ContractCode(_)) && entry.is_live(sequence) {
                cache.note(entries, key)?;
            }
        }
        Ok(cache)
    }

    /// Parses the code under `key`, where there is code and it is not parsed yet.
    ///
    /// # Errors
    /// Where the Wasm does not parse: it was accepted on upload, so that would be a fault of ours.
    pub fn note(&self, entries: &Entries, key: &LedgerKey) -> Result<(), HostError> {
        let Some(entry) = entries.get(key) else {
            return Ok(());
        };
        let LedgerEntryData::ContractCode(code) = &entry.entry.data else {
            return Ok(());
        };
        if self.0.contains_module(&code.hash)? {
            return Ok(());
        }
        let context = Unmetered::new()?;
        self.0
            .parse_and_cache_module_simple(&context, PROTOCOL_VERSION, code.code.as_slice())
    }

    /// Forgets archived code.
    ///
    /// # Errors
    /// Where the cache's lock is poisoned.
    pub fn forget(&self, hash: &Hash) -> Result<(), HostError> {
        self.0.remove_module(hash).map(|_| ())
    }

    /// The cache to run a transaction with: another handle on the same modules.
    pub fn handle(&self) -> ModuleCache {
        self.0.clone()
    }
}

/// Parsing outside of a transaction: nobody pays for it.
#[derive(Clone)]
struct Unmetered(Budget);

impl Unmetered {
    fn new() -> Result<Self, HostError> {
        Ok(Self(free_budget()?))
    }
}

impl AsBudget for Unmetered {
    fn as_budget(&self) -> &Budget {
        &self.0
    }
}

impl ErrorHandler for Unmetered {
    fn map_err<T, E>(&self, res: Result<T, E>) -> Result<T, HostError>
    where
        Error: From<E>,
        E: core::fmt::Debug,
    {
        res.map_err(HostError::from)
    }

    fn error(&self, error: Error, _msg: &str, _args: &[soroban_env_host::Val]) -> HostError {
        HostError::from(error)
    }
}

impl CompilationContext for Unmetered {}
