//! Pure arithmetic of scores: decay towards neutral, and points. All in thousandths of a point.

use crate::policy::{DECAY_STEP_SECS, MAX_MILLI, MILLI, NEUTRAL_MILLI};

/// A score and the time up to which its decay is accounted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Anchored {
    pub score_milli: u32,
    pub anchor_ts: u64,
}

impl Anchored {
    /// A score without outcomes.
    pub fn neutral(now: u64) -> Self {
        Self {
            score_milli: NEUTRAL_MILLI,
            anchor_ts: now,
        }
    }

    /// The score as of `now`: steps of a point towards neutral, the last one stopping there.
    ///
    /// The anchor moves by the steps that were taken and no further, so reading a score, or an outcome without
    /// points, never delays the next step. A neutral score has nothing to decay: its anchor is the present.
    pub fn decayed(self, now: u64) -> Self {
        let elapsed_secs = now.saturating_sub(self.anchor_ts);
        let steps = u32::try_from(elapsed_secs / DECAY_STEP_SECS).unwrap_or(u32::MAX);
        let moved = steps.saturating_mul(MILLI);
        if moved >= self.score_milli.abs_diff(NEUTRAL_MILLI) {
            return Self::neutral(now);
        }
        let score_milli = if self.score_milli > NEUTRAL_MILLI {
            self.score_milli.saturating_sub(moved)
        } else {
            self.score_milli.saturating_add(moved)
        };
        Self {
            score_milli,
            anchor_ts: now.saturating_sub(elapsed_secs % DECAY_STEP_SECS),
        }
    }

    /// The score with a gain added and a loss taken, within 0..=100 points.
    pub fn with(self, gain_milli: u32, loss_milli: u32) -> Self {
        let score_milli = self
            .score_milli
            .saturating_add(gain_milli)
            .min(MAX_MILLI)
            .saturating_sub(loss_milli);
        Self {
            score_milli,
            ..self
        }
    }

    /// The score in whole points.
    pub fn score(&self) -> u32 {
        self.score_milli / MILLI
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::prelude::*;

    use super::*;

    const START_TS: u64 = 1_750_000_000;

    fn anchored() -> impl Strategy<Value = Anchored> {
        (0..=MAX_MILLI, START_TS..START_TS + 1_000_000_000).prop_map(|(score_milli, anchor_ts)| {
            Anchored {
                score_milli,
                anchor_ts,
            }
        })
    }

    /// Elapsed times that matter: around whole steps, and up to far beyond the last one.
    fn elapsed() -> impl Strategy<Value = u64> {
        prop_oneof![
            0..60 * DECAY_STEP_SECS,
            (0..60_u64, 0..3_u64)
                .prop_map(|(steps, off)| (steps * DECAY_STEP_SECS + off).saturating_sub(1)),
        ]
    }

    proptest! {
        #[test]
        fn decay_composes_over_time(start in anchored(), a in elapsed(), b in elapsed()) {
            let (middle, end) = (start.anchor_ts + a, start.anchor_ts + a + b);
            prop_assert_eq!(start.decayed(middle).decayed(end), start.decayed(end));
        }

        #[test]
        fn decay_is_a_point_a_step_and_never_crosses_neutral(start in anchored(), a in elapsed()) {
            let now = start.anchor_ts + a;
            let end = start.decayed(now);
            let moved = 1_000 * i64::try_from(a / DECAY_STEP_SECS).expect("small");
            let (from, to) = (i64::from(start.score_milli), i64::from(end.score_milli));
            let expected = if from > 50_000 {
                (from - moved).max(50_000)
            } else {
                (from + moved).min(50_000)
            };
            prop_assert_eq!(to, expected);
            prop_assert!(end.anchor_ts <= now);
            prop_assert!(
                end.score_milli == NEUTRAL_MILLI || now - end.anchor_ts < DECAY_STEP_SECS
            );
        }

        #[test]
        fn an_outcome_without_points_changes_no_later_score(
            start in anchored(), a in elapsed(), b in elapsed(),
        ) {
            let (middle, end) = (start.anchor_ts + a, start.anchor_ts + a + b);
            prop_assert_eq!(
                start.decayed(middle).with(0, 0).decayed(end).score_milli,
                start.decayed(end).score_milli
            );
        }

        #[test]
        fn a_score_stays_within_its_bounds(
            start in anchored(), gain in any::<u32>(), loss in any::<u32>(),
        ) {
            let gained = (i64::from(start.score_milli) + i64::from(gain)).min(100_000);
            let expected = (gained - i64::from(loss)).max(0);
            prop_assert_eq!(i64::from(start.with(gain, loss).score_milli), expected);
        }
    }

    #[test]
    fn a_step_is_taken_at_its_second_and_the_last_one_stops_at_neutral() {
        for (score_milli, after) in [
            (60_000, 59_000),
            (40_000, 41_000),
            (51_000, 50_000),
            (50_300, 50_000),
            (49_999, 50_000),
            (100_000, 99_000),
            (0, 1_000),
        ] {
            let start = Anchored {
                score_milli,
                anchor_ts: START_TS,
            };
            let at = |secs| start.decayed(START_TS + secs).score_milli;
            assert_eq!(at(DECAY_STEP_SECS - 1), score_milli);
            assert_eq!(at(DECAY_STEP_SECS), after);
            assert_eq!(at(DECAY_STEP_SECS + 1), after);
        }
    }

    #[test]
    fn a_score_that_reaches_neutral_is_anchored_at_the_present() {
        for (score_milli, over) in [
            (53_000, 0),
            (52_001, 5),
            (47_000, 0),
            (47_999, 5),
            (50_000, 5),
        ] {
            let start = Anchored {
                score_milli,
                anchor_ts: START_TS,
            };
            let now = START_TS + 3 * DECAY_STEP_SECS + over;
            assert_eq!(start.decayed(now), Anchored::neutral(now));
        }
    }

    #[test]
    fn a_clock_before_the_anchor_takes_no_step() {
        let start = Anchored {
            score_milli: 70_500,
            anchor_ts: START_TS,
        };
        assert_eq!(start.decayed(0).score_milli, 70_500);
        assert_eq!(start.decayed(u64::MAX).score_milli, NEUTRAL_MILLI);
        assert_eq!(start.score(), 70);
    }
}
