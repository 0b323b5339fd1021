//! The provider's book: pages of fixed-size packed slots, one slot a live deal.
//!
//! What a daily round touches of a deal lives in a page per (provider, asset, number), in `deals`
//! the meter and in `escrow` the account. A page is a version byte and its live slots, each
//! starting with the deal's id, so a sparse page costs what a single entry would. Integers are
//! big-endian and as wide as their bounds; a value that does not fit is refused, never cut.

use core::marker::PhantomData;

use soroban_sdk::{Bytes, Env};

/// First byte of every page. A new layout is a new version with a reader for the old one.
const VERSION: u8 = 1;
/// Live deals on one page.
pub const SLOTS_PER_PAGE: usize = 16;
/// Room for 16 slots of at most 176 bytes; with its key an entry stays below 3 KiB.
const MAX_PAGE_BYTES: usize = 1 + SLOTS_PER_PAGE * MAX_SLOT_BYTES;
const MAX_SLOT_BYTES: usize = 176;
const ID_BYTES: usize = 4;

/// What lives in a slot. The encoding starts with the deal's id in 4 bytes.
pub trait Slot: Sized {
    /// Bytes of the encoding, at most 176.
    const SIZE: usize;
    /// `None` when a value is out of the range that its field can hold.
    fn encode(&self, out: &mut Writer) -> Option<()>;
    fn decode(from: &mut Reader) -> Option<Self>;
}

/// Writes integers of N bytes one after the other.
pub struct Writer<'a> {
    rest: &'a mut [u8],
}

impl<'a> Writer<'a> {
    pub fn new(out: &'a mut [u8]) -> Self {
        Self { rest: out }
    }

    /// An integer of N ≤ 8 bytes.
    pub fn u64<const N: usize>(&mut self, value: u64) -> Option<()> {
        let bytes = value.to_be_bytes();
        let (high, low) = bytes.split_at_checked(8_usize.checked_sub(N)?)?;
        if high.iter().any(|byte| *byte != 0) {
            return None;
        }
        self.bytes(low)
    }

    /// An integer of N ≤ 16 bytes.
    pub fn u128<const N: usize>(&mut self, value: u128) -> Option<()> {
        let bytes = value.to_be_bytes();
        let (high, low) = bytes.split_at_checked(16_usize.checked_sub(N)?)?;
        if high.iter().any(|byte| *byte != 0) {
            return None;
        }
        self.bytes(low)
    }

    /// An amount of money: 0 ..= 2^63 − 1.
    pub fn money(&mut self, value: i128) -> Option<()> {
        let value = i64::try_from(value).ok()?;
        self.u64::<8>(u64::try_from(value).ok()?)
    }

    fn bytes(&mut self, source: &[u8]) -> Option<()> {
        let (field, rest) = core::mem::take(&mut self.rest).split_at_mut_checked(source.len())?;
        field.copy_from_slice(source);
        self.rest = rest;
        Some(())
    }
}

/// Reads integers of N bytes one after the other.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(from: &'a [u8]) -> Self {
        Self { rest: from }
    }

    /// An integer of N ≤ 8 bytes.
    pub fn u64<const N: usize>(&mut self) -> Option<u64> {
        let mut bytes = [0_u8; 8];
        bytes
            .get_mut(8_usize.checked_sub(N)?..)?
            .copy_from_slice(self.bytes(N)?);
        Some(u64::from_be_bytes(bytes))
    }

    /// An integer of N ≤ 16 bytes.
    pub fn u128<const N: usize>(&mut self) -> Option<u128> {
        let mut bytes = [0_u8; 16];
        bytes
            .get_mut(16_usize.checked_sub(N)?..)?
            .copy_from_slice(self.bytes(N)?);
        Some(u128::from_be_bytes(bytes))
    }

    /// An integer of N ≤ 4 bytes.
    pub fn u32<const N: usize>(&mut self) -> Option<u32> {
        u32::try_from(self.u64::<N>()?).ok()
    }

    /// An amount of money.
    pub fn money(&mut self) -> Option<i128> {
        Some(i128::from(self.u64::<8>()?))
    }

    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (field, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(field)
    }
}

/// One page in linear memory.
pub struct Page<S: Slot> {
    bytes: [u8; MAX_PAGE_BYTES],
    /// Bytes in use, the version byte included.
    used: usize,
    slot: PhantomData<S>,
}

impl<S: Slot> Default for Page<S> {
    fn default() -> Self {
        let mut bytes = [0; MAX_PAGE_BYTES];
        bytes[0] = VERSION;
        Self {
            bytes,
            used: 1,
            slot: PhantomData,
        }
    }
}

impl<S: Slot> Page<S> {
    /// `None` when the bytes are not a page of a known version with whole slots.
    pub fn parse(stored: &Bytes) -> Option<Self> {
        let mut page = Self::default();
        let used = usize::try_from(stored.len()).ok()?;
        if used.checked_sub(1)?.checked_rem(S::SIZE)? != 0 {
            return None;
        }
        stored.copy_into_slice(page.bytes.get_mut(..used)?);
        page.used = used;
        (page.bytes[0] == VERSION).then_some(page)
    }

    pub fn to_bytes(&self, env: &Env) -> Bytes {
        Bytes::from_slice(env, self.bytes.get(..self.used).unwrap_or_default())
    }

    /// Live slots.
    pub fn len(&self) -> usize {
        self.slots().len()
    }

    pub fn is_empty(&self) -> bool {
        self.used <= 1
    }

    pub fn is_full(&self) -> bool {
        self.len() >= SLOTS_PER_PAGE
    }

    /// Ids of the deals on the page, in the order of their slots.
    pub fn ids(&self) -> impl Iterator<Item = u32> + '_ {
        self.slots()
            .filter_map(|slot| Reader::new(slot).u32::<ID_BYTES>())
    }

    /// Index of a deal's slot.
    pub fn find(&self, deal_id: u32) -> Option<usize> {
        let id = deal_id.to_be_bytes();
        self.slots().position(|slot| slot.starts_with(&id))
    }

    pub fn get(&self, index: usize) -> Option<S> {
        let (start, end) = self.range(index)?;
        S::decode(&mut Reader::new(self.bytes.get(start..end)?))
    }

    /// The slot of a deal.
    pub fn get_by_id(&self, deal_id: u32) -> Option<(usize, S)> {
        let index = self.find(deal_id)?;
        Some((index, self.get(index)?))
    }

    /// Overwrites a slot; every other byte of the page stays as it was. On `None` (a value out of
    /// range, no such slot) the page is not to be stored.
    pub fn set(&mut self, index: usize, value: &S) -> Option<()> {
        let (start, end) = self.range(index)?;
        value.encode(&mut Writer::new(self.bytes.get_mut(start..end)?))
    }

    /// Adds a slot at the end; `None` when the page is full or a value out of range.
    pub fn push(&mut self, value: &S) -> Option<()> {
        if self.is_full() {
            return None;
        }
        let (start, end) = (self.used, self.used.checked_add(S::SIZE)?);
        value.encode(&mut Writer::new(self.bytes.get_mut(start..end)?))?;
        self.used = end;
        Some(())
    }

    /// Takes a slot out; the last one moves into its place.
    pub fn remove(&mut self, index: usize) -> Option<()> {
        let (start, end) = self.range(index)?;
        let last = self.used.checked_sub(S::SIZE)?;
        if end <= last {
            // Two slots that cannot overlap: no `memmove`, which the contract would have to carry.
            let (before, moved) = self.bytes.split_at_mut_checked(last)?;
            let hole = before.get_mut(start..end)?;
            hole.copy_from_slice(moved.get(..S::SIZE)?);
        }
        self.used = last;
        Some(())
    }

    fn slots(&self) -> core::slice::ChunksExact<'_, u8> {
        self.bytes
            .get(1..self.used)
            .unwrap_or_default()
            .chunks_exact(S::SIZE)
    }

    fn range(&self, index: usize) -> Option<(usize, usize)> {
        let start = index.checked_mul(S::SIZE)?.checked_add(1)?;
        let end = start.checked_add(S::SIZE)?;
        (end <= self.used).then_some((start, end))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use proptest::prelude::*;
    use soroban_sdk::Env;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Sample {
        id: u32,
        size: u64,
        total: u128,
        amount: i128,
    }

    impl Slot for Sample {
        const SIZE: usize = 4 + 5 + 11 + 8;

        fn encode(&self, out: &mut Writer) -> Option<()> {
            out.u64::<4>(self.id.into())?;
            out.u64::<5>(self.size)?;
            out.u128::<11>(self.total)?;
            out.money(self.amount)
        }

        fn decode(from: &mut Reader) -> Option<Self> {
            Some(Self {
                id: from.u32::<4>()?,
                size: from.u64::<5>()?,
                total: from.u128::<11>()?,
                amount: from.money()?,
            })
        }
    }

    fn sample() -> impl Strategy<Value = Sample> {
        (any::<u32>(), 0..1_u64 << 40, 0..1_u128 << 88, 0..=i64::MAX).prop_map(
            |(id, size, total, amount)| Sample {
                id,
                size,
                total,
                amount: amount.into(),
            },
        )
    }

    fn page_of(samples: &[Sample]) -> Page<Sample> {
        let mut page = Page::default();
        samples.iter().for_each(|s| page.push(s).expect("fits"));
        page
    }

    proptest! {
        #[test]
        fn a_stored_page_reads_back_as_it_was(samples in prop::collection::vec(sample(), 0..=16)) {
            let env = Env::default();
            let page = page_of(&samples);
            let read = Page::<Sample>::parse(&page.to_bytes(&env)).expect("parses");
            let back: Vec<Sample> = (0..read.len()).map(|i| read.get(i).expect("live")).collect();
            prop_assert_eq!(back, samples);
        }

        #[test]
        fn writing_a_slot_leaves_every_other_byte(
            samples in prop::collection::vec(sample(), 1..=16),
            new in sample(),
            pick in any::<prop::sample::Index>(),
        ) {
            let index = pick.index(samples.len());
            let before = page_of(&samples);
            let mut after = page_of(&samples);
            after.set(index, &new).expect("in range");
            let (start, end) = after.range(index).expect("live");
            prop_assert_eq!(&before.bytes[..start], &after.bytes[..start]);
            prop_assert_eq!(&before.bytes[end..], &after.bytes[end..]);
            prop_assert_eq!(after.get(index), Some(new));
        }

        #[test]
        fn removing_a_slot_keeps_the_others(
            samples in prop::collection::vec(sample(), 1..=16),
            pick in any::<prop::sample::Index>(),
        ) {
            let index = pick.index(samples.len());
            let mut page = page_of(&samples);
            page.remove(index).expect("live");
            let mut left: Vec<Sample> = (0..page.len()).filter_map(|i| page.get(i)).collect();
            let mut expected = samples;
            expected.swap_remove(index);
            left.sort_by_key(|s| (s.id, s.size, s.total));
            expected.sort_by_key(|s| (s.id, s.size, s.total));
            prop_assert_eq!(left, expected);
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_refused() {
        let fits = Sample {
            id: 1,
            size: (1 << 40) - 1,
            total: (1 << 88) - 1,
            amount: i64::MAX.into(),
        };
        let mut page = Page::<Sample>::default();
        assert!(page.push(&fits).is_some());
        for wrong in [
            Sample {
                size: 1 << 40,
                ..fits.clone()
            },
            Sample {
                total: 1 << 88,
                ..fits.clone()
            },
            Sample {
                amount: i128::from(i64::MAX) + 1,
                ..fits.clone()
            },
            Sample {
                amount: -1,
                ..fits.clone()
            },
        ] {
            assert!(page.push(&wrong).is_none(), "{wrong:?}");
        }
        assert_eq!(page.len(), 1);
    }

    #[test]
    fn the_seventeenth_slot_is_refused() {
        let slot = Sample {
            id: 7,
            size: 1,
            total: 2,
            amount: 3,
        };
        let mut page = page_of(&std::vec![slot.clone(); SLOTS_PER_PAGE]);
        assert!(page.is_full());
        assert!(page.push(&slot).is_none());
    }

    #[test]
    fn slots_are_found_by_deal_id_and_only_live_ones() {
        let slot = |id| Sample {
            id,
            size: 1,
            total: 2,
            amount: 3,
        };
        let mut page = page_of(&[slot(5), slot(0x0500_0000), slot(9)]);
        assert_eq!(page.find(9), Some(2));
        assert_eq!(page.ids().collect::<Vec<_>>(), [5, 0x0500_0000, 9]);
        page.remove(0);
        assert_eq!(page.find(5), None);
        assert_eq!(page.get_by_id(9), Some((0, slot(9))));
        assert_eq!(page.get(2), None);
        assert!(page.remove(2).is_none());
    }

    #[test]
    fn foreign_bytes_are_not_a_page() {
        let env = Env::default();
        let good = page_of(&[Sample {
            id: 1,
            size: 1,
            total: 1,
            amount: 1,
        }])
        .to_bytes(&env);
        let mut other_version = good.clone();
        other_version.set(0, 2);
        assert!(Page::<Sample>::parse(&other_version).is_none());
        assert!(Page::<Sample>::parse(&good.slice(..good.len() - 1)).is_none());
        assert!(Page::<Sample>::parse(&Bytes::new(&env)).is_none());
        assert!(Page::<Sample>::parse(&Bytes::from_slice(&env, &[1; 4096])).is_none());
        assert!(Page::<Sample>::parse(&good).is_some());
    }
}
