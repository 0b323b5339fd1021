//! Snapshots of a world, for searches that try one option after the other.

use std::{collections::BTreeMap, rc::Rc};

use soroban_sdk::{
    testutils::{Ledger as _, LedgerInfo},
    xdr::{
        ContractDataDurability, ContractExecutable, Hash, LedgerEntry, LedgerEntryData, LedgerKey,
        LedgerKeyContractData, ScAddress, ScVal,
    },
    Address, BytesN, TryFromVal, Val,
};

use crate::{invariants::History, World};

type Entries = BTreeMap<LedgerKey, (LedgerEntry, Option<u32>)>;

/// A snapshot of a world.
pub struct Checkpoint {
    entries: Entries,
    ledger: LedgerInfo,
    history: History,
    donated: i128,
}

impl World {
    /// Takes a snapshot.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            entries: self.entries(),
            ledger: self.env.ledger().get(),
            history: self.history.borrow().clone(),
            donated: self.donated.get(),
        }
    }

    /// Restores the ledger. Nonces used since the snapshot stay used.
    pub fn restore(&self, to: &Checkpoint) {
        self.env.set_auths(&[]);
        self.env.ledger().set(to.ledger.clone());
        let now = self.entries();
        for key in now.keys().filter(|key| !to.entries.contains_key(*key)) {
            self.remove_entry(key);
        }
        for (key, entry) in &to.entries {
            if now.get(key) != Some(entry) {
                self.put_entry(key, &entry.0, entry.1);
            }
        }
        self.history.replace(to.history.clone());
        self.donated.set(to.donated);
    }

    /// Replaces the code of a contract and keeps its state, which no transaction could do.
    pub fn replace_code(&self, contract: &Address, hash: &BytesN<32>) {
        let key = LedgerKey::ContractData(LedgerKeyContractData {
            contract: ScAddress::from(contract),
            key: ScVal::LedgerKeyContractInstance,
            durability: ContractDataDurability::Persistent,
        });
        let (mut entry, live_until) = self.entries().remove(&key).expect("a contract");
        let LedgerEntryData::ContractData(data) = &mut entry.data else {
            unreachable!("an instance is contract data");
        };
        let ScVal::ContractInstance(instance) = &mut data.val else {
            unreachable!("an instance is an instance");
        };
        instance.executable = ContractExecutable::Wasm(Hash(hash.to_array()));
        self.put_entry(&key, &entry, live_until);
    }

    fn entries(&self) -> Entries {
        let entries = self.ledger_entries().into_iter();
        entries
            .map(|(key, (entry, live_until))| (*key, (*entry, live_until)))
            .collect()
    }

    fn put_entry(&self, key: &LedgerKey, entry: &LedgerEntry, live_until: Option<u32>) {
        // The budget must not limit what tests do to the ledger.
        self.env.cost_estimate().budget().reset_tracker();
        self.env
            .host()
            .add_ledger_entry(&Rc::new(key.clone()), &Rc::new(entry.clone()), live_until)
            .expect("storage takes the entry");
    }

    fn remove_entry(&self, key: &LedgerKey) {
        let LedgerKey::ContractData(data) = key else {
            return; // code that was uploaded since; nobody runs it
        };
        let Ok(value) = Val::try_from_val(&self.env, &data.key) else {
            return; // a nonce
        };
        let owner = Address::try_from_val(&self.env, &data.contract).expect("an address");
        self.env.cost_estimate().budget().reset_tracker();
        self.env.as_contract(&owner, || {
            let storage = self.env.storage();
            match data.durability {
                ContractDataDurability::Persistent => storage.persistent().remove(&value),
                ContractDataDurability::Temporary => storage.temporary().remove(&value),
            }
        });
    }
}
