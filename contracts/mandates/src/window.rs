//! How much was drawn in the last 30 days, bounded in any 30 days. Pure.

use flash_money::units::SECS_PER_DAY;

/// A tenth of 30 days. Any 30 days touch at most eleven of these slots.
pub const SLOT_SECS: u64 = 3 * SECS_PER_DAY;
const SLOTS: usize = 11;
/// Bytes of a stored [`Drawn`]: the number of the newest slot, and the amounts.
pub const DRAWN_LEN: usize = 8 + 8 * SLOTS;

/// What was drawn in the newest slot and the ten before it, the newest first.
///
/// A draw counts for 30 to 33 days. So at most the limit is drawn in any 30 days, not only in those of a
/// calendar.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Drawn {
    newest: u64,
    amounts: [u64; SLOTS],
}

impl Drawn {
    /// What counts at `now`.
    pub fn total(&self, now: u64) -> i128 {
        let moved = self.at(now);
        moved.amounts.iter().fold(0_i128, |total, amount| {
            total.saturating_add((*amount).into())
        })
    }

    /// Adds a draw. `None`, and nothing changes, where the total would exceed `limit`.
    pub fn add(&mut self, now: u64, amount: i128, limit: i128) -> Option<()> {
        let total = self.total(now).checked_add(amount)?;
        let amount = u64::try_from(amount).ok()?;
        let mut moved = self.at(now);
        let [newest, ..] = &mut moved.amounts;
        *newest = newest.checked_add(amount)?;
        if total > limit {
            return None;
        }
        *self = moved;
        Some(())
    }

    /// The same, seen from `now`: what is older than ten slots is gone.
    fn at(&self, now: u64) -> Self {
        let newest = (now / SLOT_SECS).max(self.newest);
        let slots = newest.saturating_sub(self.newest);
        let slots = usize::try_from(slots).unwrap_or(SLOTS).min(SLOTS);
        let mut amounts = [0; SLOTS];
        let moved = amounts.iter_mut().skip(slots);
        for (to, from) in moved.zip(self.amounts) {
            *to = from;
        }
        Self { newest, amounts }
    }

    pub fn read(bytes: &[u8; DRAWN_LEN]) -> Self {
        let mut numbers = bytes
            .chunks_exact(8)
            .map(|chunk| u64::from_be_bytes(chunk.try_into().unwrap_or_default()));
        let newest = numbers.next().unwrap_or_default();
        let mut amounts = [0; SLOTS];
        for (to, from) in amounts.iter_mut().zip(numbers) {
            *to = from;
        }
        Self { newest, amounts }
    }

    pub fn write(&self) -> [u8; DRAWN_LEN] {
        let mut bytes = [0; DRAWN_LEN];
        let numbers = core::iter::once(self.newest).chain(self.amounts);
        for (to, from) in bytes.chunks_exact_mut(8).zip(numbers) {
            to.copy_from_slice(&from.to_be_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    const LIMIT: i128 = 20_000;
    const MONTH_SECS: u64 = 30 * SECS_PER_DAY;

    proptest! {
        #[test]
        fn no_thirty_days_draw_more_than_the_limit(
            draws in prop::collection::vec((0..3 * SLOT_SECS, 1..25_000_i128), 1..80),
        ) {
            let (mut now, mut drawn) = (1_750_000_000, Drawn::default());
            let mut history: Vec<(u64, i128)> = Vec::new();
            for (pause_secs, wanted) in draws {
                now += pause_secs;
                let before = drawn;
                if drawn.add(now, wanted, LIMIT).is_some() {
                    history.push((now, wanted));
                } else {
                    prop_assert_eq!(drawn, before);
                }
                let recent: i128 = history
                    .iter()
                    .filter(|(ts, _)| *ts + MONTH_SECS > now)
                    .map(|(_, amount)| amount)
                    .sum();
                prop_assert!(recent <= drawn.total(now));
                prop_assert!(drawn.total(now) <= LIMIT);
            }
        }

        #[test]
        fn a_record_reads_as_it_was_written(newest: u64, amounts: [u64; SLOTS]) {
            let drawn = Drawn { newest, amounts };
            prop_assert_eq!(Drawn::read(&drawn.write()), drawn);
        }
    }

    #[test]
    fn a_draw_counts_for_eleven_slots_and_no_longer() {
        let start = 1_750_000_000 / SLOT_SECS * SLOT_SECS;
        let mut drawn = Drawn::default();
        drawn.add(start, LIMIT, LIMIT).expect("the first");
        assert_eq!(drawn.add(start + 11 * SLOT_SECS - 1, 1, LIMIT), None);
        assert_eq!(drawn.total(start + 11 * SLOT_SECS - 1), LIMIT);
        assert_eq!(drawn.total(start + 11 * SLOT_SECS), 0);
        drawn
            .add(start + 11 * SLOT_SECS, LIMIT, LIMIT)
            .expect("the next");
    }

    #[test]
    fn draws_of_different_slots_come_back_one_after_the_other() {
        let start = 1_750_000_000 / SLOT_SECS * SLOT_SECS;
        let mut drawn = Drawn::default();
        for day in [0, 3, 6] {
            drawn
                .add(start + day * SECS_PER_DAY, 5, 15)
                .expect("within the limit");
        }
        for (day, left) in [(32, 15), (33, 10), (35, 10), (36, 5), (39, 0)] {
            assert_eq!(drawn.total(start + day * SECS_PER_DAY), left, "day {day}");
        }
    }

    #[test]
    fn an_amount_out_of_range_is_refused() {
        let mut drawn = Drawn::default();
        for amount in [-1, i128::MAX, i128::from(u64::MAX) + 1] {
            assert_eq!(
                drawn.add(1_750_000_000, amount, i128::MAX),
                None,
                "{amount}"
            );
        }
        assert_eq!(drawn, Drawn::default());
    }
}
