//! Reputation: a score of 0..=100 per address and role, with its evidence.

use soroban_sdk::{contractclient, contracterror, contractevent, contracttype, Address, Env, Vec};

use crate::admin::AdminConfig;

/// In which role an address is scored.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    Provider,
    Consumer,
}

/// How a deal that had been funded ended, as `deals` reads it off the deal.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Completed; service was measured and nothing was credited.
    CompletedClean,
    /// Completed; no window carried a verdict.
    CompletedUnmeasured,
    /// Completed; the credit was at most a tenth of what was charged.
    CompletedMinorCredit,
    /// Completed; the credit was more than that.
    CompletedMajorCredit,
    /// The provider gave notice.
    CancelledByNotice,
    /// The provider left while no reports came: nobody's fault.
    CancelledBySilence,
    BreachedProvider,
    BreachedConsumer,
    /// The provider left after the consumer used more than was agreed: not the provider's fault.
    CancelledForOveruse,
}

/// An outcome and what it weighs. All amounts are money and at least 0.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ending {
    pub outcome: Outcome,
    /// The consumer closed the deal in its grace: completing it gains nothing.
    pub closed_in_grace: bool,
    /// Paid in the deal, fee included.
    pub volume: i128,
    /// The platform's part of it: a gain is at most this in USD.
    pub fee: i128,
    /// By what a loss and the evidence are weighed against `min_volume`: what the usage cost before SLA credit;
    /// for a provider's breach the larger of that and the first deposit, up to the quote.
    pub weight: i128,
}

/// Points by outcome: `provider_clean`, `provider_unmeasured` and `consumer_completed` are gains of
/// 0..=25, all others losses of −25..=0.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Points {
    pub provider_clean: i32,
    pub provider_unmeasured: i32,
    pub provider_minor_credit: i32,
    pub provider_major_credit: i32,
    pub provider_notice: i32,
    pub provider_breach: i32,
    pub consumer_completed: i32,
    pub consumer_breach: i32,
    /// A deal of this weight (money) or more loses and counts in full, a smaller one by its part of it.
    pub min_volume: i128,
}

/// The evidence beside a score. Deals are counted in thousandths of a deal of full weight, so that dust adds up to
/// what it is: see [`Points::min_volume`].
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    /// Score as of now, with decay applied.
    pub score: u32,
    pub completed_milli: u32,
    /// Of the completed ones, those with SLA credit.
    pub completed_with_credit_milli: u32,
    pub cancelled_milli: u32,
    pub breached_by_provider_milli: u32,
    pub breached_by_consumer_milli: u32,
    /// Money paid in all these deals, fees included; at most 2^64 − 1.
    pub volume: i128,
    /// Those with whom there was a deal of full weight.
    pub distinct_counterparties: u32,
    pub first_outcome_ts: u64,
    pub last_outcome_ts: u64,
}

#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReputationConfig {
    pub admin: AdminConfig,
    pub deals: Address,
}

#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum ReputationError {
    /// More than 50 scores asked for in one call.
    TooManyScores = 3300,
    /// A value of the points table is outside ±25, or a loss is positive, or a gain negative.
    PointsOutOfBounds = 3301,
    /// `min_volume` is negative or above 10_000 USD.
    MinVolumeOutOfBounds = 3302,
    /// The volume, the fee or the weight of an outcome is negative.
    NegativeAmount = 3303,
    /// Provider and consumer of an outcome are the same address.
    SameParty = 3304,
}

/// A deal's outcome was written for both its parties.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutcomeRecorded {
    #[topic]
    pub provider: Address,
    #[topic]
    pub consumer: Address,
    pub deal_id: u32,
    pub outcome: Outcome,
    pub volume: i128,
    /// What the deal counts in the evidence, in thousandths of a deal of full weight.
    pub weight_milli: u32,
    /// Scores after the outcome.
    pub provider_score: u32,
    pub consumer_score: u32,
}

/// The owner changed the points table; it holds for outcomes recorded afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PointsChanged {
    pub points: Points,
}

#[contractclient(name = "ReputationClient")]
pub trait ReputationInterface {
    /// Writes the outcome of a funded deal for both parties.
    ///
    /// A gain is at most the deal's fee in USD; the gains of a pair in seven days are at most those of one full deal.
    /// A loss goes by the deal's weight; a party loses at most 20 points in any seven days, 10 of them by one counterparty.
    ///
    /// # Errors
    /// [`ReputationError::NegativeAmount`], [`ReputationError::SameParty`]
    ///
    /// # Events
    /// [`OutcomeRecorded`]
    ///
    /// Authorisation: `deals`, which calls it once per deal.
    fn record(
        env: Env,
        deal_id: u32,
        provider: Address,
        consumer: Address,
        ending: Ending,
    ) -> Result<(), ReputationError>;

    /// Score 0..=100 with decay applied; 50 for an address without outcomes.
    fn get_score(env: Env, who: Address, role: Role) -> u32;

    /// Scores in the order asked for; at most 50.
    ///
    /// # Errors
    /// [`ReputationError::TooManyScores`]
    fn get_scores(env: Env, of: Vec<(Address, Role)>) -> Result<Vec<u32>, ReputationError>;

    /// Score and evidence; `None` for an address without outcomes.
    fn get_record(env: Env, who: Address, role: Role) -> Option<Record>;

    fn get_points(env: Env) -> Points;

    /// Replaces the points table.
    ///
    /// # Errors
    /// [`ReputationError::PointsOutOfBounds`], [`ReputationError::MinVolumeOutOfBounds`]
    ///
    /// # Events
    /// [`PointsChanged`]
    ///
    /// Authorisation: owner.
    fn set_points(env: Env, points: Points) -> Result<(), ReputationError>;

    fn get_config(env: Env) -> ReputationConfig;
}
