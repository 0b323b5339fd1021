//! All buckets in memory, as the search needs them: filters, order and text in one pass over compact
//! entries. A pass over 100_000 takes a few milliseconds whatever is asked for, which no index of a
//! database does for every combination of filters and orders. `load.rs` keeps it up with the tables.

use super::text::{Bits, TextIndex};
use std::collections::HashMap;

pub const VERSIONING: u8 = 1;
pub const ENCRYPTION_AT_REST: u8 = 2;
pub const ENCRYPTION_IN_TRANSIT: u8 = 4;
pub const OBJECT_LOCKING: u8 = 8;
pub const AUTO_ACCEPT: u8 = 16;

const MB_PER_GB: u64 = 1_024;

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Status {
    #[default]
    Active,
    Inactive,
    Deleted,
}

/// What is shown and not searched by number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    pub name: String,
    pub external_id: String,
    pub provider: String,
    pub region: String,
    pub country: String,
    pub api: String,
    pub access_scope: String,
    pub tags: Vec<String>,
    pub max_storage_gb: u64,
    pub max_egress_gb: u64,
    pub reserved_storage_mb: u64,
    pub reserved_egress_mb: u64,
    pub created_ts: u64,
}

/// A bucket as its table has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    pub bucket_id: u32,
    pub storage_price: u64,
    pub egress_price: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub features: u8,
    pub status: Status,
    pub locked: bool,
    pub details: Details,
}

/// A provider as its table has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vendor {
    pub address: String,
    pub name: String,
    pub reputation: u32,
}

/// A bucket with what the filters look at beside each other.
#[derive(Debug)]
pub struct Entry {
    pub bucket_id: u32,
    /// Place in `Catalogue::vendors`.
    vendor: u32,
    region: u32,
    country: u32,
    api: u32,
    pub storage_price: u64,
    pub egress_price: u64,
    /// `u64::MAX` where the bucket is exclusive and free.
    pub left_storage_mb: u64,
    pub left_egress_mb: u64,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    pub features: u8,
    pub status: Status,
    pub locked: bool,
    pub exclusive: bool,
    pub details: Box<Details>,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Lower-cased; a word must begin with each.
    pub words: Vec<String>,
    pub region: Option<String>,
    pub country: Option<String>,
    pub api: Option<String>,
    pub max_storage_price: Option<u64>,
    pub max_egress_price: Option<u64>,
    pub min_uptime_bps: Option<u32>,
    pub max_latency_ms: Option<u32>,
    pub min_capacity_gb: Option<u64>,
    pub min_reputation: Option<u32>,
    /// All of these.
    pub features: u8,
    /// `None` for any.
    pub status: Option<Status>,
    pub provider: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Sort {
    StoragePrice,
    EgressPrice,
    Reputation,
    Capacity,
    #[default]
    Newest,
}

/// What the listed buckets offer in sum.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Offer {
    pub listed: u64,
    pub offered_gb: u64,
    pub reserved_mb: u64,
}

/// Place of an item in an order; the smallest comes first.
pub type Key = (u64, u32);

#[derive(Default, Debug)]
pub struct Catalogue {
    /// By id.
    entries: Vec<Entry>,
    vendors: Vec<Vendor>,
    vendor_places: HashMap<String, u32>,
    /// Regions, countries and APIs, lower-cased, by the number that entries carry.
    words: HashMap<String, u32>,
    /// Texts of buckets by id, and names of providers by place.
    texts: TextIndex,
    names: TextIndex,
}

impl Details {
    /// Everything in which words are looked for.
    fn texts(&self) -> Vec<&str> {
        let own = [
            &*self.name,
            &self.region,
            &self.country,
            &self.api,
            &self.external_id,
        ];
        own.into_iter()
            .chain(self.tags.iter().map(String::as_str))
            .collect()
    }
}

impl Catalogue {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn offer(&self) -> Offer {
        let listed = self.entries.iter();
        let listed = listed.filter(|entry| entry.status == Status::Active);
        listed.fold(Offer::default(), |sum, entry| Offer {
            listed: sum.listed.saturating_add(1),
            offered_gb: sum.offered_gb.saturating_add(entry.details.max_storage_gb),
            reserved_mb: sum
                .reserved_mb
                .saturating_add(entry.details.reserved_storage_mb),
        })
    }

    pub fn get(&self, bucket_id: u32) -> Option<&Entry> {
        let place = self.place(bucket_id).ok()?;
        self.entries.get(place)
    }

    fn place(&self, bucket_id: u32) -> Result<usize, usize> {
        self.entries
            .binary_search_by_key(&bucket_id, |entry| entry.bucket_id)
    }

    pub fn vendor_of(&self, entry: &Entry) -> Option<&Vendor> {
        self.vendors.get(usize::try_from(entry.vendor).ok()?)
    }

    /// Adds a provider, or replaces what is known of it.
    pub fn put_vendor(&mut self, vendor: Vendor) {
        let place = self.vendor_place(&vendor.address);
        let known = usize::try_from(place).ok();
        let Some(known) = known.and_then(|place| self.vendors.get_mut(place)) else {
            return;
        };
        if known.name != vendor.name {
            self.names.remove(place, &[&known.name]);
            self.names.add(place, &[&vendor.name]);
        }
        *known = vendor;
    }

    fn vendor_place(&mut self, address: &str) -> u32 {
        if let Some(place) = self.vendor_places.get(address) {
            return *place;
        }
        let place = u32::try_from(self.vendors.len()).unwrap_or(u32::MAX);
        self.vendors.push(Vendor {
            address: address.to_owned(),
            ..Vendor::default()
        });
        self.vendor_places.insert(address.to_owned(), place);
        place
    }

    fn word(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        *self.words.entry(text.to_lowercase()).or_insert(next)
    }

    /// Adds a bucket, or replaces it.
    pub fn put(&mut self, listed: Listed) {
        let entry = self.entry(listed);
        let id = entry.bucket_id;
        match self.place(id) {
            Ok(place) => {
                let Some(old) = self.entries.get_mut(place) else {
                    return;
                };
                let (before, after) = (old.details.texts(), entry.details.texts());
                if before != after {
                    self.texts.remove(id, &before);
                    self.texts.add(id, &after);
                }
                *old = entry;
            }
            Err(place) => {
                self.texts.add(id, &entry.details.texts());
                self.entries.insert(place, entry);
            }
        }
    }

    fn entry(&mut self, listed: Listed) -> Entry {
        let details = listed.details;
        let exclusive = details.max_storage_gb == 0 && details.max_egress_gb == 0;
        let taken = details.reserved_storage_mb > 0 || details.reserved_egress_mb > 0;
        let left = |max_gb: u64, reserved_mb: u64| match (exclusive, taken) {
            (true, true) => 0,
            (true, false) => u64::MAX,
            (false, _) => max_gb.saturating_mul(MB_PER_GB).saturating_sub(reserved_mb),
        };
        Entry {
            bucket_id: listed.bucket_id,
            vendor: self.vendor_place(&details.provider),
            region: self.word(&details.region),
            country: self.word(&details.country),
            api: self.word(&details.api),
            storage_price: listed.storage_price,
            egress_price: listed.egress_price,
            left_storage_mb: left(details.max_storage_gb, details.reserved_storage_mb),
            left_egress_mb: left(details.max_egress_gb, details.reserved_egress_mb),
            latency_ms: listed.latency_ms,
            uptime_bps: listed.uptime_bps,
            features: listed.features,
            status: listed.status,
            locked: listed.locked,
            exclusive,
            details: Box::new(details),
        }
    }

    /// The first `limit` that match and come after `after`, with their keys, in order; and whether
    /// there are more.
    pub fn search<'a>(
        &'a self,
        filter: &'a Filter,
        (sort, descending): (Sort, bool),
        after: Option<Key>,
        limit: usize,
    ) -> (Vec<(Key, &'a Entry)>, bool) {
        let mut found: Vec<(Key, &Entry)> = self
            .matching(filter)
            .map(|entry| {
                let key = self.sort_key(entry, sort);
                let key = if descending { u64::MAX - key } else { key };
                ((key, entry.bucket_id), entry)
            })
            .filter(|(key, _)| after.is_none_or(|after| *key > after))
            .collect();
        let more = first(&mut found, limit, |(key, _)| *key);
        (found, more)
    }

    fn sort_key(&self, entry: &Entry, sort: Sort) -> u64 {
        match sort {
            Sort::StoragePrice => entry.storage_price,
            Sort::EgressPrice => entry.egress_price,
            Sort::Reputation => self
                .vendor_of(entry)
                .map_or(0, |vendor| vendor.reputation.into()),
            Sort::Capacity => entry.left_storage_mb,
            Sort::Newest => entry.bucket_id.into(),
        }
    }

    /// All that match, by id.
    pub fn matching<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = &'a Entry> + 'a {
        let check = self.check(filter);
        self.entries
            .iter()
            .filter(move |entry| check.as_ref().is_some_and(|check| check.passes(entry)))
    }

    /// The filter in terms of the entries; `None` where nothing can match.
    fn check<'a>(&'a self, filter: &'a Filter) -> Option<Check<'a>> {
        let word = |text: &Option<String>| match text {
            None => Some(None),
            Some(text) => self.words.get(&text.to_lowercase()).map(|word| Some(*word)),
        };
        let vendor = match &filter.provider {
            None => None,
            Some(address) => Some(*self.vendor_places.get(address)?),
        };
        let words = filter.words.iter();
        let words = words.map(|word| (self.texts.beginning(word), self.names.beginning(word)));
        Some(Check {
            filter,
            vendor,
            region: word(&filter.region)?,
            country: word(&filter.country)?,
            api: word(&filter.api)?,
            least_left_mb: filter
                .min_capacity_gb
                .map_or(0, |gb| gb.saturating_mul(MB_PER_GB)),
            reputable: filter.min_reputation.map(|least| {
                let vendors = self.vendors.iter();
                vendors.map(|vendor| vendor.reputation >= least).collect()
            }),
            words: words.collect(),
        })
    }
}

/// A filter, made ready for a pass.
struct Check<'a> {
    filter: &'a Filter,
    vendor: Option<u32>,
    region: Option<u32>,
    country: Option<u32>,
    api: Option<u32>,
    least_left_mb: u64,
    /// By vendor.
    reputable: Option<Vec<bool>>,
    /// By word: buckets that have it, and vendors that have it in their names.
    words: Vec<(Bits, Bits)>,
}

impl Check<'_> {
    fn passes(&self, entry: &Entry) -> bool {
        let filter = self.filter;
        let is = |wanted: Option<u32>, found: u32| wanted.is_none_or(|wanted| wanted == found);
        let at_vendor = |list: &[bool]| {
            let place = usize::try_from(entry.vendor).unwrap_or(usize::MAX);
            list.get(place).copied().unwrap_or(false)
        };
        filter.status.is_none_or(|status| status == entry.status)
            && entry.features & filter.features == filter.features
            && is(self.vendor, entry.vendor)
            && is(self.region, entry.region)
            && is(self.country, entry.country)
            && is(self.api, entry.api)
            && filter
                .max_storage_price
                .is_none_or(|most| entry.storage_price <= most)
            && filter
                .max_egress_price
                .is_none_or(|most| entry.egress_price <= most)
            && filter
                .min_uptime_bps
                .is_none_or(|least| entry.uptime_bps >= least)
            && filter
                .max_latency_ms
                .is_none_or(|most| entry.latency_ms <= most)
            && entry.left_storage_mb >= self.least_left_mb
            && self.reputable.as_ref().is_none_or(|list| at_vendor(list))
            && self.words.iter().all(|(in_texts, in_names)| {
                in_texts.has(entry.bucket_id) || in_names.has(entry.vendor)
            })
    }
}

/// Cuts a list to its first items in order; answers whether something was cut.
pub fn first<T, K: Ord + Copy>(list: &mut Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> bool {
    let more = list.len() > limit;
    if more && limit > 0 {
        list.select_nth_unstable_by_key(limit - 1, &key);
    }
    list.truncate(limit);
    list.sort_unstable_by_key(&key);
    more
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
