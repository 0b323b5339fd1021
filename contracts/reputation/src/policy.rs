//! The economics of reputation: every bound and rule as a named constant or pure function.
//!
//! Points are whole in the table and thousandths everywhere else. A score cannot be bought for less than its fees,
//! and cannot be damaged for less than what was charged.

use flash_common::ensure;
use flash_interfaces::reputation::{Ending, Outcome, Points, ReputationError};
use flash_money::units::{ONE_USD, SECS_PER_DAY};

/// Thousandths in a point, and in a deal of full weight.
pub const MILLI: u32 = 1_000;
/// A score without outcomes, and what every score drifts to; thousandths.
pub const NEUTRAL_MILLI: u32 = 50 * MILLI;
pub const MAX_MILLI: u32 = 100 * MILLI;
/// A score moves one point towards neutral in so long: 10 points in 30 days.
pub const DECAY_STEP_SECS: u64 = 3 * SECS_PER_DAY;
/// Most that a party loses in any seven days; thousandths.
pub const MAX_LOSS_MILLI: u32 = 20 * MILLI;
/// The part of it that one counterparty can cause.
pub const MAX_LOSS_BY_COUNTERPARTY_MILLI: u32 = 10 * MILLI;
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

/// What an outcome is worth by the table, in points: (provider, consumer).
pub fn points_for(ending: &Ending, table: &Points) -> (i32, i32) {
    let completed = if ending.closed_in_grace {
        0
    } else {
        table.consumer_completed
    };
    match ending.outcome {
        Outcome::CompletedClean => (table.provider_clean, completed),
        Outcome::CompletedUnmeasured => (table.provider_unmeasured, completed),
        Outcome::CompletedMinorCredit => (table.provider_minor_credit, completed),
        Outcome::CompletedMajorCredit => (table.provider_major_credit, completed),
        Outcome::CancelledByNotice => (table.provider_notice, 0),
        Outcome::CancelledBySilence | Outcome::CancelledForOveruse => (0, 0),
        Outcome::BreachedProvider => (table.provider_breach, 0),
        Outcome::BreachedConsumer => (0, table.consumer_breach),
    }
}

/// What the gains of one pair in seven days are at most: those of one full deal, as (provider, consumer).
pub fn most_gains_milli(table: &Points) -> (u32, u32) {
    let provider = table.provider_clean.max(table.provider_unmeasured);
    (milli(provider), milli(table.consumer_completed))
}

/// A gain: what the table gives, and at most the deal's platform fee in USD.
pub fn gain_milli(points: i32, fee: i128) -> u32 {
    let whole = i128::from(MILLI).saturating_mul(fee.max(0)) / ONE_USD;
    milli(points).min(u32::try_from(whole).unwrap_or(u32::MAX))
}

/// A loss: what the table takes, by the deal's weight. A deal of `min_volume` or more has the full one.
pub fn loss_milli(points: i32, weight: i128, min_volume: i128) -> u32 {
    share_milli(weight, min_volume, points.min(0).unsigned_abs())
}

/// A deal's weight in the evidence, in thousandths of a deal.
pub fn weight_milli(weight: i128, min_volume: i128) -> u32 {
    share_milli(weight, min_volume, 1)
}

/// Whole points as thousandths; 0 for a loss.
fn milli(points: i32) -> u32 {
    points.max(0).unsigned_abs().saturating_mul(MILLI)
}

/// `most × part / whole` in thousandths, rounded down, and at most `most`. A whole of 0 has no parts.
fn share_milli(part: i128, whole: i128, most: u32) -> u32 {
    let most_milli = most.saturating_mul(MILLI);
    if part >= whole {
        return most_milli;
    }
    // `part < whole ≤ 10_000 USD` and `most ≤ 25`: far below the largest i128.
    part.max(0)
        .saturating_mul(most_milli.into())
        .checked_div(whole)
        .and_then(|share| u32::try_from(share).ok())
        .unwrap_or(0)
}
