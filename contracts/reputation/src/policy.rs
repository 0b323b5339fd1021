//! The economics of reputation: every bound and rule as a named constant or pure function.

use flash_common::ensure;
use flash_interfaces::reputation::{Outcome, Points, ReputationError};
use flash_money::units::{ONE_USD, SECS_PER_DAY};

/// A score without outcomes, and what every score drifts to.
pub const NEUTRAL_SCORE: u32 = 50;
pub const MAX_SCORE: u32 = 100;
/// The time of one point towards neutral: 10 points in 30 days.
pub const DECAY_STEP_SECS: u64 = 3 * SECS_PER_DAY;
/// A pair of provider and consumer gains points at most once in this time, so it cannot farm them.
pub const PAIR_INTERVAL_SECS: u64 = 7 * SECS_PER_DAY;
/// Most points that one outcome gives or takes.
pub const MAX_POINTS: i32 = 25;
/// Largest volume gate that the owner may set.
pub const MAX_MIN_VOLUME: i128 = 10_000 * ONE_USD;
/// Scores asked for in one call.
pub const MAX_SCORES: u32 = 50;

/// The table until the owner sets another.
pub const DEFAULT_POINTS: Points = Points {
    provider_clean: 2,
    provider_unmeasured: 1,
    provider_minor_credit: 0,
    provider_major_credit: -2,
    provider_notice: -3,
    provider_breach: -10,
    consumer_completed: 1,
    consumer_breach: -10,
    min_volume: 10 * ONE_USD,
};

/// Serving as agreed and paying for it never costs points; missing the SLA, leaving and breaching
/// never earn them.
pub fn check(points: &Points) -> Result<(), ReputationError> {
    let gains = [
        points.provider_clean,
        points.provider_unmeasured,
        points.consumer_completed,
    ];
    let losses = [
        points.provider_minor_credit,
        points.provider_major_credit,
        points.provider_notice,
        points.provider_breach,
        points.consumer_breach,
    ];
    let in_bounds = gains.iter().all(|gain| (0..=MAX_POINTS).contains(gain))
        && losses.iter().all(|loss| (-MAX_POINTS..=0).contains(loss));
    ensure!(in_bounds, ReputationError::PointsOutOfBounds);
    ensure!(
        (0..=MAX_MIN_VOLUME).contains(&points.min_volume),
        ReputationError::MinVolumeOutOfBounds
    );
    Ok(())
}

/// What an outcome is worth by the table: (provider, consumer).
pub fn points_for(outcome: Outcome, table: &Points) -> (i32, i32) {
    match outcome {
        Outcome::CompletedClean => (table.provider_clean, table.consumer_completed),
        Outcome::CompletedUnmeasured => (table.provider_unmeasured, table.consumer_completed),
        Outcome::CompletedMinorCredit => (table.provider_minor_credit, table.consumer_completed),
        Outcome::CompletedMajorCredit => (table.provider_major_credit, table.consumer_completed),
        Outcome::CancelledByNotice => (table.provider_notice, 0),
        Outcome::CancelledBySilence => (0, 0),
        Outcome::BreachedProvider => (table.provider_breach, 0),
        Outcome::BreachedConsumer => (0, table.consumer_breach),
    }
}

/// Whether a deal may earn points: it paid enough, and its pair has not gained for
/// [`PAIR_INTERVAL_SECS`] (`last_gain_ts` is 0 when it never has). Losses always count.
pub fn may_gain(volume: i128, min_volume: i128, last_gain_ts: u64, now: u64) -> bool {
    volume >= min_volume && now.saturating_sub(last_gain_ts) >= PAIR_INTERVAL_SECS
}
