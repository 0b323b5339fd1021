//! The provider's book: pages of fixed-size packed slots, one slot a live deal.
//!
//! What a daily round touches of a deal lives in a page per (provider, asset, number), in `deals`
//! the meter and in `escrow` the account. A page is a version byte and its live slots, each
//! starting with the deal's id, so a sparse page costs what a single entry would. Integers are
//! little-endian and as wide as their bounds; a value that does not fit is refused, never cut.
//!
//! A page is loaded in place, and a batch uses one for all its books: moving three kilobytes
//! costs more than all else that is done with them.

use core::marker::PhantomData;

use soroban_sdk::{Bytes, Env};

use flash_money::wide::halves;

/// First byte of every page. A new layout is a new version with a reader for the old one.
const VERSION: u8 = 1;
/// Live deals on one page.
pub const SLOTS_PER_PAGE: usize = 16;
/// So that a full page with its key stays below 3 KiB.
const MAX_SLOT_BYTES: usize = 176;
const ID_BYTES: usize = 4;
/// Integers are read and written through a window of 8 bytes, which may reach beyond the last one.
const WINDOW_BYTES: usize = 8;
/// A slot of any size and the window of its last integer: of a length known to the compiler, so
/// that a field costs one load or store at a fixed place.
const ROOM_BYTES: usize = MAX_SLOT_BYTES + WINDOW_BYTES;

type Room = [u8; ROOM_BYTES];

/// Room for a full page of slots of `size` bytes: the last one has a [`Room`] too.
pub const fn buffer_bytes(size: usize) -> usize {
    assert!(size <= MAX_SLOT_BYTES);
    page_bytes(SLOTS_PER_PAGE.saturating_sub(1), size).saturating_add(ROOM_BYTES)
}

/// The version byte and so many slots.
const fn page_bytes(slots: usize, size: usize) -> usize {
    size.saturating_mul(slots).saturating_add(1)
}

/// What lives in a slot. The encoding starts with the deal's id in 4 bytes.
pub trait Slot: Default {
    /// Bytes of the encoding, at most 176.
    const SIZE: usize;
    /// [`buffer_bytes`] of them: clearing more at every call costs more than reading a slot.
    type Buffer: AsRef<[u8]> + AsMut<[u8]>;
    fn buffer() -> Self::Buffer;
    fn encode(&self, out: &mut impl Writer);
    fn decode(from: &mut Reader) -> Self;
}

/// Takes integers of N bytes one after the other.
///
/// Everything here is inlined: a call costs as much as ten fields.
pub trait Writer {
    fn put(&mut self, value: u64, width: usize, most: u64);

    /// An integer of N ≤ 8 bytes.
    #[inline(always)]
    fn u64<const N: usize>(&mut self, value: u64) {
        self.put(value, N, const { u64::MAX >> (64 - 8 * N) });
    }

    /// An integer of 9 ≤ N ≤ 16 bytes.
    #[inline(always)]
    fn u128<const N: usize>(&mut self, value: u128) {
        let (high, low) = halves(value);
        self.put(low, 8, u64::MAX);
        self.put(high, const { N - 8 }, const { u64::MAX >> (128 - 8 * N) });
    }

    /// An amount of money: 0 ..= 2^63 − 1.
    #[inline(always)]
    fn money(&mut self, value: i128) {
        const MOST: u64 = u64::MAX >> 1;
        self.put(u64::try_from(value).unwrap_or(u64::MAX), 8, MOST);
    }
}

/// Whether every value is in the range that its field can hold.
struct RangeCheck {
    fits: bool,
}

impl Writer for RangeCheck {
    #[inline(always)]
    fn put(&mut self, value: u64, _: usize, most: u64) {
        self.fits &= value <= most;
    }
}

/// Writes values that fit; the window of each reaches into the next one's place.
struct Encoder<'a> {
    room: &'a mut Room,
    at: usize,
}

impl Writer for Encoder<'_> {
    #[inline(always)]
    fn put(&mut self, value: u64, width: usize, _: u64) {
        let window = self.room.get_mut(self.at..);
        if let Some(window) = window.and_then(|rest| rest.first_chunk_mut::<WINDOW_BYTES>()) {
            *window = value.to_le_bytes();
        }
        self.at = self.at.wrapping_add(width); // at most 176
    }
}

/// Reads integers of N bytes one after the other.
pub struct Reader<'a> {
    room: &'a Room,
    at: usize,
}

impl Reader<'_> {
    /// An integer of N ≤ 8 bytes.
    #[inline(always)]
    pub fn u64<const N: usize>(&mut self) -> u64 {
        self.take(N, const { u64::MAX >> (64 - 8 * N) })
    }

    /// An integer of 9 ≤ N ≤ 16 bytes.
    #[inline(always)]
    pub fn u128<const N: usize>(&mut self) -> u128 {
        let low = self.take(8, u64::MAX);
        let high = self.take(const { N - 8 }, const { u64::MAX >> (128 - 8 * N) });
        u128::from(high) << 64 | u128::from(low)
    }

    /// An integer of N ≤ 4 bytes.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "at most 4 bytes are read, and more do not compile"
    )]
    #[inline(always)]
    pub fn u32<const N: usize>(&mut self) -> u32 {
        const { assert!(N <= 4) };
        self.u64::<N>() as u32
    }

    /// An amount of money.
    #[inline(always)]
    pub fn money(&mut self) -> i128 {
        self.u64::<8>().into()
    }

    #[inline(always)]
    fn take(&mut self, width: usize, most: u64) -> u64 {
        let window = self.room.get(self.at..).and_then(|rest| rest.first_chunk());
        self.at = self.at.wrapping_add(width); // at most 176
        window.map_or(0, |window| u64::from_le_bytes(*window) & most)
    }
}

/// One page in linear memory.
pub struct Page<S: Slot> {
    bytes: S::Buffer,
    /// Bytes in use, the version byte included.
    used: usize,
    slot: PhantomData<S>,
}

impl<S: Slot> Default for Page<S> {
    #[inline(always)]
    fn default() -> Self {
        let mut bytes = S::buffer();
        if let Some(version) = bytes.as_mut().first_mut() {
            *version = VERSION;
        }
        Self {
            bytes,
            used: 1,
            slot: PhantomData,
        }
    }
}

impl<S: Slot> Page<S> {
    /// Takes over a stored page; an absent one is empty. `None`, and an empty page, when the bytes
    /// are not a page of a known version with whole slots.
    #[inline(never)]
    pub fn load(&mut self, stored: Option<Bytes>) -> Option<()> {
        self.used = 1;
        let room = self.bytes.as_mut();
        let mut version = VERSION;
        if let Some(stored) = stored {
            let used = usize::try_from(stored.len()).ok()?;
            let whole = used.checked_sub(1)?.checked_rem(S::SIZE)? == 0;
            let full = const { page_bytes(SLOTS_PER_PAGE, S::SIZE) };
            let room = room.get_mut(..used).filter(|room| room.len() <= full)?;
            if !whole {
                return None;
            }
            stored.copy_into_slice(room);
            version = core::mem::replace(room.first_mut()?, VERSION);
            if version == VERSION {
                self.used = used;
            }
        }
        (version == VERSION).then_some(())
    }

    pub fn to_bytes(&self, env: &Env) -> Bytes {
        Bytes::from_slice(
            env,
            self.bytes.as_ref().get(..self.used).unwrap_or_default(),
        )
    }

    /// Live slots.
    pub fn len(&self) -> usize {
        self.ids().count()
    }

    pub fn is_empty(&self) -> bool {
        self.used <= 1
    }

    pub fn is_full(&self) -> bool {
        self.len() >= SLOTS_PER_PAGE
    }

    /// Ids of the deals on the page, in the order of their slots.
    pub fn ids(&self) -> impl Iterator<Item = u32> + '_ {
        let slots = self.bytes.as_ref().get(1..self.used).unwrap_or_default();
        slots
            .chunks_exact(S::SIZE)
            .filter_map(|slot| slot.first_chunk::<ID_BYTES>())
            .map(|id| u32::from_le_bytes(*id))
    }

    /// Index of a deal's slot.
    pub fn find(&self, deal_id: u32) -> Option<usize> {
        self.ids().position(|id| id == deal_id)
    }

    pub fn get(&self, index: usize) -> Option<S> {
        let mut slot = S::default();
        self.read_at(index, &mut slot)?;
        Some(slot)
    }

    /// The slot of a deal, and its index.
    pub fn get_by_id(&self, deal_id: u32) -> Option<(usize, S)> {
        let index = self.find(deal_id)?;
        Some((index, self.get(index)?))
    }

    /// Reads the slot of a deal in place; answers its index.
    pub fn read(&self, deal_id: u32, into: &mut S) -> Option<usize> {
        let index = self.find(deal_id)?;
        self.read_at(index, into)?;
        Some(index)
    }

    #[inline(never)]
    fn read_at(&self, index: usize, into: &mut S) -> Option<()> {
        let (start, _) = self.range(index)?;
        let room = self.bytes.as_ref().get(start..)?.first_chunk()?;
        *into = S::decode(&mut Reader { room, at: 0 });
        Some(())
    }

    /// Overwrites a slot; every other byte of the page stays as it was. On `None` (a value out of
    /// range, no such slot) nothing is written.
    pub fn set(&mut self, index: usize, value: &S) -> Option<()> {
        let (start, _) = self.range(index)?;
        self.write(start, value)
    }

    /// Adds a slot at the end; `None` when the page is full or a value out of range.
    pub fn push(&mut self, value: &S) -> Option<()> {
        if self.is_full() {
            return None;
        }
        self.write(self.used, value)?;
        self.used = self.used.checked_add(S::SIZE)?;
        Some(())
    }

    /// Takes a slot out; the last one moves into its place.
    pub fn remove(&mut self, index: usize) -> Option<()> {
        let (start, end) = self.range(index)?;
        let last = self.used.checked_sub(S::SIZE)?;
        if end <= last {
            // Two slots that cannot overlap: no `memmove`, which the contract would have to carry.
            let (before, moved) = self.bytes.as_mut().split_at_mut_checked(last)?;
            let hole = before.get_mut(start..end)?;
            hole.copy_from_slice(moved.get(..S::SIZE)?);
        }
        self.used = last;
        Some(())
    }

    #[inline(never)]
    fn write(&mut self, start: usize, value: &S) -> Option<()> {
        let mut check = RangeCheck { fits: true };
        value.encode(&mut check);
        let room: &mut Room = self.bytes.as_mut().get_mut(start..)?.first_chunk_mut()?;
        if !check.fits {
            return None;
        }
        let beyond: [u8; WINDOW_BYTES] = *room.get(S::SIZE..)?.first_chunk()?;
        value.encode(&mut Encoder { room, at: 0 });
        *room.get_mut(S::SIZE..)?.first_chunk_mut()? = beyond;
        Some(())
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

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Sample {
        id: u32,
        size: u64,
        total: u128,
        amount: i128,
    }

    impl Slot for Sample {
        const SIZE: usize = 4 + 5 + 11 + 8;
        type Buffer = [u8; buffer_bytes(Self::SIZE)];

        fn buffer() -> Self::Buffer {
            [0; buffer_bytes(Self::SIZE)]
        }

        fn encode(&self, out: &mut impl Writer) {
            out.u64::<4>(self.id.into());
            out.u64::<5>(self.size);
            out.u128::<11>(self.total);
            out.money(self.amount);
        }

        fn decode(from: &mut Reader) -> Self {
            Self {
                id: from.u32::<4>(),
                size: from.u64::<5>(),
                total: from.u128::<11>(),
                amount: from.money(),
            }
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

    /// Loads over a page that had other slots.
    fn parse(stored: &Bytes) -> Option<Page<Sample>> {
        let mut page = page_of(&[Sample {
            id: 1,
            size: 2,
            total: 3,
            amount: 4,
        }]);
        let known = page.load(Some(stored.clone()));
        assert!(known.is_some() || page.is_empty());
        known.map(|()| page)
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
            let read = parse(&page.to_bytes(&env)).expect("parses");
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
        assert!(parse(&other_version).is_none());
        assert!(parse(&good.slice(..good.len() - 1)).is_none());
        assert!(parse(&Bytes::new(&env)).is_none());
        assert!(parse(&Bytes::from_slice(&env, &[1; 4096])).is_none());
        assert!(parse(&good).is_some());
    }
}
