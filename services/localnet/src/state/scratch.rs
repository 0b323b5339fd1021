//! A working copy of the ledger that records what was touched, so that it can be committed as a
//! whole, dropped as a whole, and told as `LedgerEntryChanges`.

use super::{ttl_entry, ttl_key_hash, Entries, Entry, Ttl};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use stellar_xdr::{
    AccountId, LedgerEntry, LedgerEntryChange, LedgerEntryChanges, LedgerEntryData, LedgerEntryExt,
    LedgerEntryExtensionV1, LedgerEntryExtensionV1Ext, LedgerKey, LedgerKeyTtl,
    SponsorshipDescriptor,
};

/// What of a key was touched.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Data,
    Ttl,
}

/// The working copy.
pub struct Scratch {
    before: Entries,
    now: Entries,
    sequence: u32,
    touched: Vec<(LedgerKey, Part)>,
    seen: HashSet<(LedgerKey, Part)>,
    /// Entries that came back from the archive, and until when they live by that alone.
    restored: HashMap<LedgerKey, u32>,
}

impl Scratch {
    /// Starts from `entries`; what is written carries `sequence` as its last modification.
    pub fn new(entries: Entries, sequence: u32) -> Self {
        Self {
            before: entries.clone(),
            now: entries,
            sequence,
            touched: Vec::new(),
            seen: HashSet::new(),
            restored: HashMap::new(),
        }
    }

    /// A nested working copy on top of what this one holds now.
    pub fn nested(&self) -> Self {
        Self::new(self.now.clone(), self.sequence)
    }

    /// The ledger that is being built.
    pub fn sequence(&self) -> u32 {
        self.sequence
    }

    /// The entry under `key`, whether it is live or not.
    pub fn get(&self, key: &LedgerKey) -> Option<&Entry> {
        self.now.get(key)
    }

    /// The entries as they are now.
    pub fn entries(&self) -> &Entries {
        &self.now
    }

    /// Writes an entry, keeping the time to live that it has. Returns whether it is new.
    pub fn put(&mut self, data: LedgerEntryData, template: Option<&LedgerEntry>) -> bool {
        let key = data.to_key();
        // Who sponsors an entry stays so, whatever becomes of its data.
        let old = self.now.get(&key).map(|old| old.entry.as_ref());
        let ext = template.or(old).map(|entry| entry.ext.clone());
        let ext = ext.unwrap_or_default();
        let entry = LedgerEntry {
            last_modified_ledger_seq: self.sequence,
            data,
            ext,
        };
        let ttl = self.now.get(&key).and_then(|old| old.ttl);
        let is_new = ttl.is_none() && !self.now.contains_key(&key);
        self.touch(&key, Part::Data);
        self.now.insert(
            key,
            Entry {
                entry: Arc::new(entry),
                ttl,
            },
        );
        is_new
    }

    /// Sets who sponsors the entry under `key`. Nothing happens where there is no entry, or where
    /// nobody sponsored it and nobody does now, except that it counts as touched.
    pub fn set_sponsor(&mut self, key: &LedgerKey, sponsor: Option<AccountId>) {
        let Some(old) = self.now.get(key).cloned() else {
            return;
        };
        let mut entry = old.entry.as_ref().clone();
        entry.last_modified_ledger_seq = self.sequence;
        if sponsor.is_some() || entry.ext != LedgerEntryExt::V0 {
            entry.ext = LedgerEntryExt::V1(LedgerEntryExtensionV1 {
                sponsoring_id: SponsorshipDescriptor(sponsor),
                ext: LedgerEntryExtensionV1Ext::V0,
            });
        }
        self.touch(key, Part::Data);
        let entry = Arc::new(entry);
        self.now.insert(key.clone(), Entry { entry, ..old });
    }

    /// Sets until when the entry under `key` lives. Nothing happens where there is no entry.
    pub fn set_live_until(&mut self, key: &LedgerKey, live_until: u32) {
        let Some(old) = self.now.get(key) else { return };
        let ttl = Ttl {
            live_until,
            modified: self.sequence,
        };
        let entry = Entry {
            entry: Arc::clone(&old.entry),
            ttl: Some(ttl),
        };
        self.touch(key, Part::Ttl);
        self.now.insert(key.clone(), entry);
    }

    /// Brings an archived entry back to life until `live_until`.
    pub fn restore(&mut self, key: &LedgerKey, live_until: u32) {
        self.touch(key, Part::Data);
        self.restored.insert(key.clone(), live_until);
        self.set_live_until(key, live_until);
    }

    /// Removes an entry, and its time to live with it. Returns whether there was one.
    pub fn remove(&mut self, key: &LedgerKey) -> bool {
        let Some(old) = self.now.remove(key) else {
            return false;
        };
        self.touch(key, Part::Data);
        if old.ttl.is_some() {
            self.touch(key, Part::Ttl);
        }
        true
    }

    /// Ends the work: the resulting entries, and the keys that were touched.
    pub fn finish(self) -> (Entries, Vec<LedgerKey>) {
        let keys = self.touched.into_iter().map(|(key, _)| key).collect();
        (self.now, keys)
    }

    /// Takes over what a nested copy did.
    pub fn adopt(&mut self, nested: Self) {
        for (key, part) in nested.touched {
            self.touch(&key, part);
        }
        self.now = nested.now;
    }

    /// What changed since the start, in the order in which it was first touched.
    ///
    /// # Errors
    /// Where a key cannot be encoded.
    pub fn changes(&self) -> Result<LedgerEntryChanges, stellar_xdr::Error> {
        let mut changes = Vec::new();
        for (key, part) in &self.touched {
            let before = self.version(&self.before, key, *part)?;
            let now = self.version(&self.now, key, *part)?;
            changes.extend(match (before, now) {
                (None, None) => vec![],
                (None, Some(now)) => vec![LedgerEntryChange::Created(now)],
                (Some(before), now) => self.change(key, *part, before, now)?,
            });
        }
        Ok(LedgerEntryChanges(changes.try_into()?))
    }

    fn version(
        &self,
        entries: &Entries,
        key: &LedgerKey,
        part: Part,
    ) -> Result<Option<LedgerEntry>, stellar_xdr::Error> {
        let Some(entry) = entries.get(key) else {
            return Ok(None);
        };
        match part {
            Part::Data => Ok(Some(entry.entry.as_ref().clone())),
            Part::Ttl => entry.ttl.map(|ttl| ttl_entry(key, ttl)).transpose(),
        }
    }

    /// What became of something that was there before.
    fn change(
        &self,
        key: &LedgerKey,
        part: Part,
        before: LedgerEntry,
        now: Option<LedgerEntry>,
    ) -> Result<Vec<LedgerEntryChange>, stellar_xdr::Error> {
        let restored_until = self.restored.get(key);
        let first = self.first(before.clone(), restored_until.is_some());
        let Some(now) = now else {
            let gone = LedgerEntryChange::Removed(match part {
                Part::Data => key.clone(),
                Part::Ttl => LedgerKey::Ttl(LedgerKeyTtl {
                    key_hash: ttl_key_hash(key)?,
                }),
            });
            return Ok(vec![first, gone]);
        };
        // What came back and was then left alone is told by one change; its time to live by the new one.
        let only_restored = restored_until.is_some_and(|restored_until| match &now.data {
            LedgerEntryData::Ttl(ttl) => ttl.live_until_ledger_seq == *restored_until,
            data => *data == before.data,
        });
        Ok(if only_restored {
            vec![LedgerEntryChange::Restored(now)]
        } else {
            vec![first, LedgerEntryChange::Updated(now)]
        })
    }

    /// The state before a change; an archived entry first comes back as it was.
    fn first(&self, mut before: LedgerEntry, restored: bool) -> LedgerEntryChange {
        if !restored {
            return LedgerEntryChange::State(before);
        }
        before.last_modified_ledger_seq = self.sequence;
        LedgerEntryChange::Restored(before)
    }

    fn touch(&mut self, key: &LedgerKey, part: Part) {
        if self.seen.insert((key.clone(), part)) {
            self.touched.push((key.clone(), part));
        }
    }
}
