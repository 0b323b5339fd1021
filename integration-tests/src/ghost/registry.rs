//! Providers, consumers, buckets, capacity.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    model::{ensure, refuse, signed, Answer, Ghost, Reply},
    order::{self, Order},
    step::{Asset, Call, Contract, Texts, Who},
};
use crate::{DAY, GB};

const MAX_PRICE: u128 = 10_000_000_000_000;

/// A provider or a consumer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Party {
    pub description: String,
    pub registered_ts: u64,
    pub last_update_ts: u64,
    pub deleted: bool,
    /// By the owner.
    pub removed: bool,
}

/// One of the two lists, in order of registration.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Parties {
    pub order: Vec<Who>,
    pub all: BTreeMap<Who, Party>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bucket {
    pub provider: Who,
    pub name: String,
    pub region: String,
    pub country: String,
    pub fb_bucket_id: String,
    pub api: String,
    pub price_storage: u128,
    pub price_egress: u128,
    pub latency_ms: u32,
    pub uptime_bps: u32,
    /// Policy and asset of the deals that it accepts.
    pub auto_accept: Option<(u32, Asset)>,
    pub endpoint: String,
    pub by_provider: bool,
    /// Counts the changes of the offer.
    pub revision: u32,
    pub versioned: bool,
    pub tags: Vec<String>,
    pub access_scope: String,
    pub created_ts: u64,
    pub listed: bool,
    pub locked: bool,
    pub deleted: bool,
    pub capacity_gb: (u64, u64),
    /// Repository ids and sizes of the deals that reserve a part of it.
    pub reserved: BTreeMap<u32, (String, u64, u64)>,
    /// Repository ids of consumers whose deals paid, and until when they are theirs.
    pub owned: BTreeMap<String, (Who, u64)>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Registry {
    pub providers: Parties,
    pub consumers: Parties,
    /// By id, starting at 1.
    pub buckets: BTreeMap<u32, Bucket>,
}

impl Bucket {
    pub fn is_exclusive(&self) -> bool {
        self.capacity_gb == (0, 0)
    }

    pub fn reserved_mb(&self) -> (u64, u64) {
        let add = |sum: (u64, u64), deal: &(String, u64, u64)| (sum.0 + deal.1, sum.1 + deal.2);
        self.reserved.values().fold((0, 0), add)
    }

    pub fn capacity_mb(&self) -> (u64, u64) {
        (self.capacity_gb.0 * GB, self.capacity_gb.1 * GB)
    }

    /// Locked by its provider, or without free capacity.
    pub fn shows_locked(&self) -> bool {
        let (reserved, capacity) = (self.reserved_mb(), self.capacity_mb());
        let nothing_left = if self.is_exclusive() {
            !self.reserved.is_empty()
        } else {
            reserved.0 >= capacity.0 || reserved.1 >= capacity.1
        };
        self.locked || nothing_left
    }

    /// As it would be without one of its deals.
    fn without(&self, deal: u32) -> Self {
        let mut left = self.clone();
        left.reserved.remove(&deal);
        left
    }

    /// Whether a deal of this size fits into the free capacity.
    pub fn check_room(&self, storage_mb: u64, egress_mb: u64) -> Answer<()> {
        if self.is_exclusive() {
            return ensure(self.reserved.is_empty(), 3016);
        }
        let (reserved, capacity) = (self.reserved_mb(), self.capacity_mb());
        let fits = reserved.0 + storage_mb <= capacity.0 && reserved.1 + egress_mb <= capacity.1;
        ensure(fits, 3013)
    }

    fn check_texts_and_terms(&self) -> Answer<()> {
        ensure((1..=64).contains(&self.name.len()), 3020)?;
        ensure(is_name(&self.name), 3037)?;
        ensure(self.region.len() <= 32, 3021)?;
        ensure(is_id(&self.region), 3037)?;
        ensure((1..=128).contains(&self.fb_bucket_id.len()), 3024)?;
        ensure(is_id(&self.fb_bucket_id), 3037)?;
        ensure((1..=32).contains(&self.api.len()), 3023)?;
        ensure(is_id(&self.api), 3037)?;
        self.check_terms()
    }

    fn check_terms(&self) -> Answer<()> {
        ensure(self.price_storage <= MAX_PRICE, 3029)?;
        ensure(self.price_egress <= MAX_PRICE, 3030)?;
        ensure((1..=60_000).contains(&self.latency_ms), 3031)?;
        ensure((5_000..=10_000).contains(&self.uptime_bps), 3032)
    }
}

impl Parties {
    pub fn active(&self, who: Who, missing: u32) -> Answer<&Party> {
        match self.all.get(&who).filter(|party| !party.deleted) {
            Some(party) => Ok(party),
            None => refuse(missing),
        }
    }

    /// Whether this person may register; `taken` if they are registered.
    fn check_free(&self, who: Who, taken: u32) -> Answer<()> {
        let Some(former) = self.all.get(&who) else {
            return Ok(());
        };
        ensure(former.deleted, taken)?;
        ensure(!former.removed, 3042)
    }

    fn enter(&mut self, who: Who, description: String, now: u64) {
        if let Some(party) = self.all.get_mut(&who) {
            party.description = description;
            party.last_update_ts = now;
            party.deleted = false;
            return;
        }
        self.order.push(who);
        let party = Party {
            description,
            registered_ts: now,
            last_update_ts: now,
            deleted: false,
            removed: false,
        };
        self.all.insert(who, party);
    }

    fn change(&mut self, who: Who, now: u64, change: impl FnOnce(&mut Party)) {
        let party = self.all.get_mut(&who).expect("checked");
        change(party);
        party.last_update_ts = now;
    }

    fn readmit(&mut self, who: Who, now: u64) -> Answer {
        let removed = self.all.get(&who).is_some_and(|party| party.removed);
        ensure(removed, 3043)?;
        self.change(who, now, |party| party.removed = false);
        Ok(Reply::Nothing)
    }

    pub fn description(&self, who: Who) -> String {
        let party = self.all.get(&who);
        party.map_or_else(String::new, |party| party.description.clone())
    }
}

impl Registry {
    pub fn settle_in(&mut self, now: u64) {
        for who in [Who::Ada, Who::Bert] {
            self.providers.enter(who, format!("{who:?}"), now);
        }
        for who in [Who::Carol, Who::Dan] {
            self.consumers.enter(who, format!("{who:?}"), now);
        }
    }

    pub fn units(&self, who: Who) -> u32 {
        let own = |bucket: &&Bucket| bucket.provider == who && !bucket.deleted;
        u32::try_from(self.buckets.values().filter(own).count()).expect("few")
    }

    fn find(&self, id: u32) -> Answer<&Bucket> {
        self.buckets.get(&id).map_or(refuse(3006), Ok)
    }

    /// The bucket, if this provider may change it.
    fn own(&mut self, who: Who, id: u32) -> Answer<&mut Bucket> {
        let bucket = self.find(id)?;
        ensure(bucket.provider == who, 3007)?;
        ensure(!bucket.deleted, 3008)?;
        Ok(self.buckets.get_mut(&id).expect("found"))
    }

    /// The conditions for creating a deal.
    pub fn listing(
        &mut self,
        id: u32,
        provider: Who,
        consumer: Who,
        size: (u64, u64),
        replaced: Option<u32>,
    ) -> Answer<Bucket> {
        self.providers.active(provider, 3001)?;
        self.consumers.active(consumer, 3003)?;
        let bucket = self.own(provider, id)?;
        if let Some(replaced) = replaced {
            return bucket
                .without(replaced)
                .check_room(size.0, size.1)
                .map(|()| bucket.clone());
        }
        ensure(bucket.listed, 3009)?;
        ensure(!bucket.locked, 3010)?;
        bucket.check_room(size.0, size.1)?;
        Ok(bucket.clone())
    }

    /// `revision`: of a deal that the bucket accepted.
    pub fn reserve(
        &mut self,
        id: u32,
        deal: u32,
        (repo, consumer): (&str, Who),
        size: (u64, u64),
        revision: Option<u32>,
        now: u64,
    ) -> Answer<()> {
        let bucket = self.find(id)?;
        ensure(!bucket.deleted, 3008)?;
        ensure(bucket.listed, 3009)?;
        ensure(!bucket.locked, 3010)?;
        let same_offer = revision.is_none_or(|revision| revision == bucket.revision);
        ensure(same_offer, 3040)?;
        ensure((1..=128).contains(&repo.len()), 3024)?;
        ensure(is_id(repo), 3037)?;
        let repos: BTreeSet<_> = bucket.reserved.values().map(|deal| &deal.0).collect();
        ensure(!repos.contains(&repo.to_owned()), 3017)?;
        let owner = bucket.owned.get(repo).filter(|(_, until)| *until > now);
        ensure(owner.is_none_or(|(owner, _)| *owner == consumer), 3041)?;
        bucket.check_room(size.0, size.1)?;
        let bucket = self.buckets.get_mut(&id).expect("found");
        bucket
            .reserved
            .insert(deal, (repo.to_owned(), size.0, size.1));
        Ok(())
    }

    /// Swaps a deal for its successor. `owner`: the consumer of a deal that paid.
    pub fn replace(
        &mut self,
        id: u32,
        replaced: u32,
        (deal, repo, size): (u32, &str, (u64, u64)),
        revision: Option<u32>,
        owner: Option<Who>,
        now: u64,
    ) -> Answer<()> {
        let bucket = self.find(id)?;
        let same_offer = revision.is_none_or(|revision| revision == bucket.revision);
        ensure(same_offer, 3040)?;
        bucket.without(replaced).check_room(size.0, size.1)?;
        self.release(id, replaced, owner, now);
        let bucket = self.buckets.get_mut(&id).expect("found");
        bucket
            .reserved
            .insert(deal, (repo.to_owned(), size.0, size.1));
        Ok(())
    }

    /// `owner`: the consumer of a deal that paid.
    pub fn release(&mut self, id: u32, deal: u32, owner: Option<Who>, now: u64) {
        let bucket = self.buckets.get_mut(&id).expect("a deal's bucket");
        let (repo, ..) = bucket.reserved.remove(&deal).expect("reserved once");
        if let Some(owner) = owner {
            bucket.owned.insert(repo, (owner, now + 30 * DAY));
        }
    }
}

impl Ghost {
    pub(super) fn run_registry(&mut self, order: &Order) -> Answer {
        use Call::*;
        match order.call {
            RegisterProvider(_, len) => self.register(order, len, true, false),
            RegisterConsumer(_, len) => self.register(order, len, false, true),
            RegisterBoth(_, len) => self.register(order, len, true, true),
            UpdateProvider(_, len) => self.update_party(order, len, true),
            UpdateConsumer(_, len) => self.update_party(order, len, false),
            DeleteProvider(_) => {
                signed(order, order.actor)?;
                self.delete_provider(order.actor, false)
            }
            DeleteConsumer(_) => {
                signed(order, order.actor)?;
                self.delete_consumer(order.actor, false)
            }
            RemoveProvider(who) => {
                signed(order, Who::Owner)?;
                self.delete_provider(who, true)
            }
            RemoveConsumer(who) => {
                signed(order, Who::Owner)?;
                self.delete_consumer(who, true)
            }
            ReadmitProvider(who) => {
                signed(order, Who::Owner)?;
                self.registry.providers.readmit(who, self.now)
            }
            ReadmitConsumer(who) => {
                signed(order, Who::Owner)?;
                self.registry.consumers.readmit(who, self.now)
            }
            RemoveBucket(id) => {
                signed(order, Who::Owner)?;
                let provider = self.registry.find(id)?.provider;
                self.delete_bucket(provider, id)
            }
            CreateBucket {
                texts,
                external,
                prices,
                sla,
                ..
            } => self.create_bucket(order, (texts, external), prices, sla),
            _ => self.change_bucket(order),
        }
    }

    fn begin_registry(&self, order: &Order) -> Answer<()> {
        signed(order, order.actor)?;
        ensure(!self.is_paused(Contract::Registry), 3000)
    }

    fn register(&mut self, order: &Order, len: u16, provider: bool, consumer: bool) -> Answer {
        self.begin_registry(order)?;
        let (who, now) = (order.actor, self.now);
        let registry = &mut self.registry;
        if provider {
            registry.providers.check_free(who, 3002)?;
        }
        if consumer {
            registry.consumers.check_free(who, 3004)?;
        }
        check_description(len)?;
        if provider {
            registry.providers.enter(who, order::description(len), now);
        }
        if consumer {
            registry.consumers.enter(who, order::description(len), now);
        }
        Ok(Reply::Nothing)
    }

    fn update_party(&mut self, order: &Order, len: u16, provider: bool) -> Answer {
        let (who, now) = (order.actor, self.now);
        signed(order, who)?;
        let (list, missing) = if provider {
            (&mut self.registry.providers, 3001)
        } else {
            (&mut self.registry.consumers, 3003)
        };
        list.active(who, missing)?;
        check_description(len)?;
        list.change(who, now, |party| {
            party.description = order::description(len)
        });
        Ok(Reply::Nothing)
    }

    fn delete_provider(&mut self, who: Who, by_owner: bool) -> Answer {
        self.registry.providers.active(who, 3001)?;
        ensure(self.registry.units(who) == 0, 3005)?;
        self.registry.providers.change(who, self.now, |party| {
            party.deleted = true;
            party.removed = by_owner;
        });
        Ok(Reply::Nothing)
    }

    fn delete_consumer(&mut self, who: Who, by_owner: bool) -> Answer {
        self.registry.consumers.active(who, 3003)?;
        self.registry.consumers.change(who, self.now, |party| {
            party.deleted = true;
            party.removed = by_owner;
        });
        Ok(Reply::Nothing)
    }

    fn delete_bucket(&mut self, who: Who, id: u32) -> Answer {
        let bucket = self.registry.own(who, id)?;
        ensure(bucket.reserved.is_empty(), 3012)?;
        bucket.deleted = true;
        Ok(Reply::Nothing)
    }

    fn create_bucket(
        &mut self,
        order: &Order,
        (texts, external): (Texts, u8),
        prices: (u128, u128),
        sla: (u32, u32),
    ) -> Answer {
        self.begin_registry(order)?;
        self.registry.providers.active(order.actor, 3001)?;
        let id = u32::try_from(self.registry.buckets.len()).expect("few") + 1;
        let (name, region, _, _, api) = order::texts(texts);
        let bucket = Bucket {
            provider: order.actor,
            name,
            region,
            country: String::new(),
            fb_bucket_id: order::external_id(texts, external),
            api,
            price_storage: prices.0,
            price_egress: prices.1,
            latency_ms: sla.0,
            uptime_bps: sla.1,
            auto_accept: None,
            endpoint: String::new(),
            by_provider: false,
            revision: 1,
            versioned: false,
            tags: vec![],
            access_scope: String::new(),
            created_ts: self.now,
            listed: true,
            locked: false,
            deleted: false,
            capacity_gb: (0, 0),
            reserved: BTreeMap::new(),
            owned: BTreeMap::new(),
        };
        bucket.check_texts_and_terms()?;
        let same = |other: &Bucket| {
            !other.deleted
                && (other.provider, &other.fb_bucket_id) == (bucket.provider, &bucket.fb_bucket_id)
        };
        ensure(!self.registry.buckets.values().any(same), 3038)?;
        self.registry.buckets.insert(id, bucket);
        Ok(Reply::Number(id.into()))
    }

    fn change_bucket(&mut self, order: &Order) -> Answer {
        let who = order.actor;
        match order.call {
            Call::LockBucket(id) => {
                signed(order, who)?;
                let bucket = self.registry.own(who, id)?;
                ensure(!bucket.locked, 3036)?;
                bucket.locked = true;
                return Ok(Reply::Nothing);
            }
            Call::DeleteBucket(id) => {
                signed(order, who)?;
                return self.delete_bucket(who, id);
            }
            _ => self.begin_registry(order)?,
        }
        match order.call {
            Call::UpdateBasic(id, bits, texts) => {
                let bucket = self.registry.own(who, id)?;
                ensure(bits & 7 != 0, 3034)?;
                rename(bucket, bits, texts)?;
                if bits & 4 != 0 {
                    let country = order::texts(texts).2;
                    ensure(country.len() <= 32, 3022)?;
                    ensure(is_id(&country), 3037)?;
                    bucket.country = country;
                }
                bucket.revision += u32::from(bits & 6 != 0);
            }
            Call::UpdateConditions {
                bucket,
                bits,
                texts,
                prices,
                sla,
            } => {
                let bucket = self.registry.own(who, bucket)?;
                let named = bits & 3 != 0 || prices != (None, None) || sla != (None, None);
                ensure(named, 3034)?;
                rename(bucket, bits, texts)?;
                bucket.price_storage = prices.0.unwrap_or(bucket.price_storage);
                bucket.price_egress = prices.1.unwrap_or(bucket.price_egress);
                bucket.latency_ms = sla.0.unwrap_or(bucket.latency_ms);
                bucket.uptime_bps = sla.1.unwrap_or(bucket.uptime_bps);
                bucket.check_terms()?;
                let terms = prices != (None, None) || sla != (None, None);
                bucket.revision += u32::from(terms || bits & 2 != 0);
            }
            Call::SetCapacity(id, storage_gb, egress_gb) => {
                let bucket = self.registry.own(who, id)?;
                resize(bucket, storage_gb, egress_gb)?;
            }
            Call::SetFeatures(id, auto_accept, tags, tag_len, scope_len) => {
                let bucket = self.registry.own(who, id)?;
                ensure(tags <= 8, 3027)?;
                let tags = order::tags(tags, tag_len);
                ensure(tags.iter().all(|tag| tag.len() <= 32), 3026)?;
                ensure(tags.iter().all(|tag| is_id(tag)), 3037)?;
                let scope = order::letters(scope_len);
                ensure(scope.len() <= 32, 3028)?;
                ensure(is_id(&scope), 3037)?;
                bucket.auto_accept = order.accepting;
                bucket.versioned = auto_accept;
                bucket.revision += 1;
                bucket.tags = tags;
                bucket.access_scope = scope;
            }
            Call::SetService(id, endpoint, by_provider) => {
                let bucket = self.registry.own(who, id)?;
                let endpoint = order::endpoint(endpoint);
                let scheme = endpoint.is_empty() || endpoint.starts_with("http");
                ensure(scheme && endpoint.len() <= 128, 3039)?;
                ensure(is_id(&endpoint), 3037)?;
                bucket.endpoint = endpoint;
                bucket.by_provider = by_provider;
                bucket.revision += 1;
            }
            Call::SetStatus(id, status) => {
                let bucket = self.registry.own(who, id)?;
                ensure(status < 2, 3033)?;
                bucket.listed = status == 0;
            }
            Call::UnlockBucket(id) => {
                let bucket = self.registry.own(who, id)?;
                ensure(bucket.locked, 3011)?;
                bucket.locked = false;
            }
            _ => unreachable!("not of a bucket"),
        }
        Ok(Reply::Nothing)
    }
}

/// Of the characters that show nothing, those that a sequence can have.
fn is_name(text: &str) -> bool {
    text.trim() == text && !text.contains(|c: char| c.is_control() || c == '\u{202E}')
}

pub fn is_id(text: &str) -> bool {
    text.trim() == text && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn check_description(len: u16) -> Answer<()> {
    let text = order::description(len);
    ensure(text.len() <= 256, 3025)?;
    ensure(is_name(&text), 3037)
}

fn rename(bucket: &mut Bucket, bits: u8, texts: Texts) -> Answer<()> {
    let (name, region, ..) = order::texts(texts);
    if bits & 1 != 0 {
        ensure((1..=64).contains(&name.len()), 3020)?;
        ensure(is_name(&name), 3037)?;
        bucket.name = name;
    }
    if bits & 2 != 0 {
        ensure(region.len() <= 32, 3021)?;
        ensure(is_id(&region), 3037)?;
        bucket.region = region;
    }
    Ok(())
}

/// Both 0 or both above 0, never below the reserved capacity, and no change between the two kinds
/// while anything is reserved.
fn resize(bucket: &mut Bucket, storage_gb: u64, egress_gb: u64) -> Answer<()> {
    let one_kind = (storage_gb == 0) == (egress_gb == 0);
    ensure(one_kind && storage_gb.max(egress_gb) <= 1 << 30, 3015)?;
    let exclusive = storage_gb == 0;
    let same_kind = bucket.is_exclusive() == exclusive;
    ensure(same_kind || bucket.reserved.is_empty(), 3012)?;
    let reserved = bucket.reserved_mb();
    let covers = reserved.0 <= storage_gb * GB && reserved.1 <= egress_gb * GB;
    ensure(exclusive || covers, 3014)?;
    bucket.revision += u32::from(!same_kind);
    bucket.capacity_gb = (storage_gb, egress_gb);
    Ok(())
}
