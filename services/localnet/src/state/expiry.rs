//! What expires when: so that closing a ledger finds it without reading the whole state.

use super::{is_temporary, Entries};
use std::collections::BTreeMap;
use stellar_xdr::{Hash, LedgerKey};

/// The calendar of the entries whose end means work: temporary data vanishes, code leaves the cache.
#[derive(Default)]
pub struct Expiry(BTreeMap<u32, Vec<LedgerKey>>);

/// What ended by a ledger.
#[derive(Default)]
pub struct Expired {
    /// Temporary entries, to be removed from the ledger.
    pub temporary: Vec<LedgerKey>,
    /// Contract code that is archived now.
    pub code: Vec<Hash>,
}

impl Expiry {
    /// The calendar of all of `entries`.
    pub fn of(entries: &Entries) -> Self {
        let mut calendar = Self::default();
        for key in entries.keys() {
            calendar.note(entries, key);
        }
        calendar
    }

    /// Notes until when the entry under `key` lives now.
    pub fn note(&mut self, entries: &Entries, key: &LedgerKey) {
        if !is_temporary(key) && !matches!(key, LedgerKey::ContractCode(_)) {
            return;
        }
        if let Some(live_until) = entries.get(key).and_then(super::Entry::live_until) {
            self.0.entry(live_until).or_default().push(key.clone());
        }
    }

    /// Takes out what is no longer live in ledger `sequence`. A key whose life was extended since it
    /// was noted was noted again then, and is passed over here.
    pub fn take_expired(&mut self, entries: &Entries, sequence: u32) -> Expired {
        let later = self.0.split_off(&sequence);
        let due = std::mem::replace(&mut self.0, later);
        let mut expired = Expired::default();
        for key in due.into_values().flatten() {
            if entries
                .get(&key)
                .is_none_or(|entry| entry.is_live(sequence))
            {
                continue;
            }
            match key {
                LedgerKey::ContractCode(code) => expired.code.push(code.hash),
                temporary => expired.temporary.push(temporary),
            }
        }
        expired
    }
}
