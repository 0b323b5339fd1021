//! How much of something was used in the last seven days, bounded in any seven days. Pure.

use flash_money::units::SECS_PER_DAY;

use crate::packed::{Reader, Writer};

/// A third of seven days. Any seven days touch at most four of these slots.
pub const SLOT_SECS: u64 = 7 * SECS_PER_DAY / 3;
const SLOTS: usize = 4;
/// Bytes of a stored [`Used`].
pub const USED_LEN: usize = 2 * SLOTS;

/// The number of the slot in which a time lies.
pub fn slot_at(now: u64) -> u32 {
    u32::try_from(now / SLOT_SECS).unwrap_or(u32::MAX)
}

/// Thousandths of a point used in the present slot and the three before it, the present one first.
///
/// What is used comes back slot by slot, 7 to 9⅓ days later. So at most `limit` is used in any seven days,
/// which no allowance that refills from the first second on can promise.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Used([u16; SLOTS]);

impl Used {
    /// The same `slots` slots later.
    pub fn later(self, slots: u32) -> Self {
        let mut used = self;
        for _ in 0..slots.min(4) {
            let [first, second, third, _] = used.0;
            used = Self([0, first, second, third]);
        }
        used
    }

    /// What is left of `limit`.
    pub fn left(&self, limit: u32) -> u32 {
        self.0
            .iter()
            .fold(limit, |left, used| left.saturating_sub((*used).into()))
    }

    /// Uses `amount` in the present slot.
    pub fn add(&mut self, amount: u32) {
        let [first, ..] = &mut self.0;
        *first = first.saturating_add(u16::try_from(amount).unwrap_or(u16::MAX));
    }

    pub fn read(reader: &mut Reader<'_>) -> Self {
        Self([reader.u16(), reader.u16(), reader.u16(), reader.u16()])
    }

    pub fn write(&self, writer: &mut Writer<'_>) {
        for used in self.0 {
            writer.u16(used);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    const LIMIT: u32 = 20_000;
    const WEEK_SECS: u64 = 7 * SECS_PER_DAY;

    proptest! {
        #[test]
        fn no_seven_days_use_more_than_the_limit(
            uses in prop::collection::vec((0..3 * SLOT_SECS, 0..25_000_u32), 1..60),
        ) {
            let (mut now, mut slot, mut used) = (1_750_000_000, 0, Used::default());
            let mut history: Vec<(u64, u32)> = Vec::new();
            for (pause_secs, wanted) in uses {
                now += pause_secs;
                used = used.later(slot_at(now) - slot);
                slot = slot_at(now);
                let granted = wanted.min(used.left(LIMIT));
                used.add(granted);
                history.push((now, granted));
                let recent: u32 = history
                    .iter()
                    .filter(|(ts, _)| *ts + WEEK_SECS > now)
                    .map(|(_, granted)| granted)
                    .sum();
                prop_assert!(recent <= LIMIT);
            }
        }

        #[test]
        fn a_record_reads_as_it_was_written(parts in any::<[u16; SLOTS]>()) {
            let mut bytes = [0; USED_LEN];
            Used(parts).write(&mut Writer(&mut bytes));
            prop_assert_eq!(Used::read(&mut Reader(&bytes)), Used(parts));
        }
    }

    #[test]
    fn what_is_used_is_back_after_four_slots_and_not_before() {
        let mut used = Used::default();
        used.add(LIMIT);
        for slots in 0..4 {
            assert_eq!(used.later(slots).left(LIMIT), 0, "{slots} slots later");
        }
        assert_eq!(used.later(4).left(LIMIT), LIMIT);
        assert_eq!(used.later(u32::MAX).left(LIMIT), LIMIT);
    }

    #[test]
    fn seven_days_touch_four_slots_at_most() {
        assert_eq!(SLOT_SECS * 3, WEEK_SECS);
        for offset in [0, 1, SLOT_SECS - 1] {
            let first = slot_at(offset);
            let last = slot_at(offset + WEEK_SECS - 1);
            assert!(last - first < 4);
        }
    }
}
