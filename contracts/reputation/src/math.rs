//! Pure arithmetic of scores: decay towards neutral, and points.

use crate::policy::{DECAY_STEP_SECS, MAX_SCORE, NEUTRAL_SCORE};

/// A score and the time up to which its decay is accounted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Anchored {
    pub score: u32,
    pub anchor_ts: u64,
}

impl Anchored {
    /// A score without outcomes.
    pub fn neutral(now: u64) -> Self {
        Self {
            score: NEUTRAL_SCORE,
            anchor_ts: now,
        }
    }

    /// The score as of `now`: whole steps towards neutral, never past it.
    ///
    /// The anchor moves by the steps taken and no further, so neither a query nor an outcome without
    /// points delays the next step. A neutral score does not decay: its anchor is the present.
    pub fn decayed(self, now: u64) -> Self {
        let elapsed_secs = now.saturating_sub(self.anchor_ts);
        let steps = elapsed_secs / DECAY_STEP_SECS;
        let distance = u64::from(self.score.abs_diff(NEUTRAL_SCORE));
        if steps >= distance {
            return Self::neutral(now);
        }
        // Below the distance, which is at most 50.
        let moved = u32::try_from(steps).unwrap_or(NEUTRAL_SCORE);
        let score = if self.score > NEUTRAL_SCORE {
            self.score.saturating_sub(moved)
        } else {
            self.score.saturating_add(moved)
        };
        Self {
            score,
            anchor_ts: now.saturating_sub(elapsed_secs % DECAY_STEP_SECS),
        }
    }

    /// The score with points added or taken, within 0..=100.
    pub fn with_points(self, points: i32) -> Self {
        Self {
            score: self.score.saturating_add_signed(points).min(MAX_SCORE),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::prelude::*;

    use super::*;

    const START_TS: u64 = 1_750_000_000;

    fn anchored() -> impl Strategy<Value = Anchored> {
        (0..=MAX_SCORE, START_TS..START_TS + 1_000_000_000)
            .prop_map(|(score, anchor_ts)| Anchored { score, anchor_ts })
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
        fn decay_is_one_point_a_step_and_never_crosses_neutral(start in anchored(), a in elapsed()) {
            let now = start.anchor_ts + a;
            let end = start.decayed(now);
            let steps = i64::try_from(a / DECAY_STEP_SECS).expect("small");
            let (from, to) = (i64::from(start.score), i64::from(end.score));
            let expected = if from > 50 { (from - steps).max(50) } else { (from + steps).min(50) };
            prop_assert_eq!(to, expected);
            prop_assert!(end.anchor_ts <= now);
            prop_assert!(end.score == NEUTRAL_SCORE || now - end.anchor_ts < DECAY_STEP_SECS);
        }

        #[test]
        fn an_outcome_without_points_changes_no_later_score(
            start in anchored(), a in elapsed(), b in elapsed(),
        ) {
            let (middle, end) = (start.anchor_ts + a, start.anchor_ts + a + b);
            prop_assert_eq!(
                start.decayed(middle).with_points(0).decayed(end).score,
                start.decayed(end).score
            );
        }

        #[test]
        fn a_score_stays_within_its_bounds(start in anchored(), points in any::<i32>()) {
            let expected = (i64::from(start.score) + i64::from(points)).clamp(0, 100);
            prop_assert_eq!(i64::from(start.with_points(points).score), expected);
        }
    }

    #[test]
    fn a_step_is_taken_at_its_second() {
        for (score, after) in [(60, 59), (40, 41), (51, 50), (49, 50), (100, 99), (0, 1)] {
            let start = Anchored {
                score,
                anchor_ts: START_TS,
            };
            assert_eq!(start.decayed(START_TS).score, score);
            assert_eq!(start.decayed(START_TS + DECAY_STEP_SECS - 1).score, score);
            assert_eq!(start.decayed(START_TS + DECAY_STEP_SECS).score, after);
            assert_eq!(start.decayed(START_TS + DECAY_STEP_SECS + 1).score, after);
        }
    }

    #[test]
    fn a_score_that_reaches_neutral_is_anchored_at_the_present() {
        for (score, over) in [(53, 0), (53, 5), (47, 0), (47, 5), (50, 5)] {
            let start = Anchored {
                score,
                anchor_ts: START_TS,
            };
            let now = START_TS + 3 * DECAY_STEP_SECS + over;
            assert_eq!(start.decayed(now), Anchored::neutral(now));
        }
    }

    #[test]
    fn a_clock_before_the_anchor_takes_no_step() {
        let start = Anchored {
            score: 70,
            anchor_ts: START_TS,
        };
        assert_eq!(start.decayed(0).score, 70);
        assert_eq!(start.decayed(u64::MAX).score, NEUTRAL_SCORE);
    }
}
