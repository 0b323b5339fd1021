//! Integers as the fields of a slot are written and read.

use flash_money::wide::halves;

use super::{Room, WINDOW_BYTES};

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
pub(super) struct RangeCheck {
    pub fits: bool,
}

impl Writer for RangeCheck {
    #[inline(always)]
    fn put(&mut self, value: u64, _: usize, most: u64) {
        self.fits &= value <= most;
    }
}

/// Writes values that fit. The window of each reaches into the place of the next.
pub(super) struct Encoder<'a> {
    pub room: &'a mut Room,
    pub at: usize,
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
    pub(super) room: &'a Room,
    pub(super) at: usize,
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
