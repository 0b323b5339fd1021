//! The crowd: everything in the ledger besides the measured deals.

use crate::market::{Market, Party};

/// Live deals on a full page of a book.
const SLOTS_PER_PAGE: u32 = flash_common::book::SLOTS_PER_PAGE as u32;

/// The size of a marketplace.
#[derive(Clone, Copy)]
pub struct Size {
    pub providers: u32,
    pub buckets: u32,
    pub consumers: u32,
    pub deals: u32,
}

/// As many providers as a page of buckets, so that a page always has the same number of providers.
pub const SMALL: Size = Size {
    providers: 20,
    buckets: 20,
    consumers: 10,
    deals: 10,
};
pub const MEDIUM: Size = Size {
    providers: 500,
    buckets: 1_000,
    consumers: 100,
    deals: 1_000,
};
pub const LARGE: Size = Size {
    deals: 10_000,
    ..MEDIUM
};

/// A busy marketplace, and the two parties whose transactions are measured. They grow with the
/// marketplace: a tenth of all deals is theirs, in whole pages of the book.
pub struct Crowd {
    pub market: Market,
    pub ada: Party,
    pub carol: Party,
    /// Shared, accepts automatically.
    pub bucket_id: u32,
    size: Size,
    providers: Vec<Party>,
    consumers: Vec<Party>,
    buckets: Vec<(u32, Party)>,
}

impl Crowd {
    pub fn new(mut market: Market) -> Self {
        let ada = market.new_provider("Ada");
        let carol = market.new_consumer("Carol");
        let bucket_id = market.new_bucket(&ada, true);
        Self {
            market,
            ada,
            carol,
            bucket_id,
            size: Size {
                providers: 0,
                buckets: 0,
                consumers: 0,
                deals: 0,
            },
            providers: Vec::new(),
            consumers: Vec::new(),
            buckets: Vec::new(),
        }
    }

    /// Grows to a size.
    pub fn grow(&mut self, to: Size) {
        for n in self.size.providers..to.providers {
            let provider = self.market.new_provider(&format!("provider {n:05}"));
            self.providers.push(provider);
        }
        for n in self.size.consumers..to.consumers {
            let consumer = self.market.new_consumer(&format!("consumer {n:05}"));
            self.consumers.push(consumer);
        }
        for n in self.size.buckets..to.buckets {
            let provider = self.providers[n as usize % self.providers.len()].clone();
            let id = self.market.new_bucket(&provider, true);
            self.buckets.push((id, provider));
        }
        let theirs = |deals: u32| deals / 10 / SLOTS_PER_PAGE * SLOTS_PER_PAGE;
        let (before, after) = (theirs(self.size.deals), theirs(to.deals));
        let (ada, carol) = (self.ada.clone(), self.carol.clone());
        for _ in before..after {
            self.market.make_deal(&ada, &carol, self.bucket_id);
        }
        for n in self.size.deals - before..to.deals - after {
            let (bucket_id, provider) = self.buckets[n as usize % self.buckets.len()].clone();
            let consumer = self.consumers[n as usize % self.consumers.len()].clone();
            self.market.make_deal(&provider, &consumer, bucket_id);
        }
        self.size = to;
    }
}
