//! The provider's book: pages of packed slots of a fixed size, one slot per live deal.
//!
//! What a daily round changes of a deal lives in a page per (provider, asset, number): the meter in
//! `deals`, the account in `escrow`. A page is a version byte and its live slots, each starting with
//! the deal's id, so a page with one slot costs what a single entry would. Integers are little-endian
//! and as wide as their bounds; a value that does not fit is refused, never cut.
//!
//! A page is loaded in place, and a batch reuses one page for all its books: moving three kilobytes
//! costs more than everything else that is done with them.

use core::marker::PhantomData;

use soroban_sdk::{Bytes, Env};

mod codec;

use codec::{Encoder, RangeCheck};
pub use codec::{Reader, Writer};

/// First byte of every page. A new layout is a new version with a reader for the old one.
const VERSION: u8 = 1;
/// Live deals on one page.
pub const SLOTS_PER_PAGE: usize = 16;
/// So that a full page with its key stays below 3 KiB.
const MAX_SLOT_BYTES: usize = 176;
const ID_BYTES: usize = 4;
/// Integers are read and written through a window of 8 bytes, which may reach beyond the last one.
const WINDOW_BYTES: usize = 8;
/// Room for a slot of any size and the window of its last integer. The compiler knows its length, so
/// a field costs one load or store at a fixed place.
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
    /// An array of [`buffer_bytes`]: clearing a larger one at every call costs more than reading a slot.
    type Buffer: AsRef<[u8]> + AsMut<[u8]>;
    fn buffer() -> Self::Buffer;
    fn encode(&self, out: &mut impl Writer);
    fn decode(from: &mut Reader) -> Self;
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
    /// Loads a stored page; an absent one is empty. `None`, and an empty page, when the bytes are not
    /// a page of a known version with whole slots.
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

    /// Reads the slot of a deal in place and returns its index.
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

    /// Removes a slot; the last one moves into its place.
    pub fn remove(&mut self, index: usize) -> Option<()> {
        let (start, end) = self.range(index)?;
        let last = self.used.checked_sub(S::SIZE)?;
        if end <= last {
            // The slots cannot overlap, so no `memmove` gets into the Wasm.
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
mod tests;
