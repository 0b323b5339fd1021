//! Deals: terms, state machine, metering, SLA verdicts; orchestrates the other three contracts.

use soroban_sdk::{
    contractclient, contracterror, contractevent, contracttype, Address, Env, String, Vec,
};

use crate::{admin::AdminConfig, registry::Bucket};

/// In a report: this window's latency or uptime was not measured.
pub const NOT_MEASURED: u32 = u32::MAX;

#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DealStatus {
    Pending,
    Accepted,
    Funded,
    Completed,
    Cancelled,
    BreachedConsumer,
    BreachedProvider,
}

/// Why a deal ended, and who made it end.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EndReason {
    /// It has not ended.
    Open,
    /// The consumer closed it.
    Consumer,
    /// The provider's notice ran out.
    Notice,
    /// The provider left while no reports came.
    Silence,
    /// The agreed duration was over.
    Term,
    /// Arrears were older than the grace period.
    Grace,
    /// Critical windows in a row reached the limit.
    Strikes,
    /// A window to accept or to fund passed.
    Expired,
    /// The provider rejected it, or cancelled it before it was funded.
    Rejected,
    /// The consumer withdrew it before it was funded.
    Withdrawn,
}

/// SLA tiers: the worst of uptime and latency decides. The met tier credits nothing; more than
/// `major_uptime_bps` short is critical.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SlaTiers {
    /// Uptime short of the agreed by at most this (basis points) is minor. Default 90.
    pub minor_uptime_bps: u32,
    /// Latency up to this share of the agreed (basis points) is minor, above is major. Default 12_000.
    pub minor_latency_bps: u32,
    /// Uptime short by at most this (basis points) is major, by more critical. Default 490.
    pub major_uptime_bps: u32,
    /// Credits on the storage part, rising, at most 10_000. Defaults 1_000, 2_500, 10_000.
    pub minor_credit_bps: u32,
    pub major_credit_bps: u32,
    pub critical_credit_bps: u32,
}

/// What a deal is held to from its creation on. Bounds in brackets.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// For the provider to accept (1 h – 14 d).
    pub accept_window_secs: u64,
    /// For the consumer to fund after acceptance (1 h – 14 d).
    pub fund_window_secs: u64,
    /// Between a provider's notice and the end (0 – 14 d).
    pub notice_secs: u64,
    /// For a consumer in arrears to top up (1 d – 14 d).
    pub grace_secs: u64,
    /// For the final report, from the moment of closing (12 h – 5 d).
    pub final_window_secs: u64,
    /// Without reports for so long, a provider may leave at once (1 d – 14 d).
    pub silence_secs: u64,
    /// Storage that the first deposit must cover (1 h – 30 d).
    pub min_runway_secs: u64,
    /// Least first deposit, money (0 – 100 USD).
    pub min_fund: i128,
    /// Shorter windows carry no SLA verdict (1 h – 7 d).
    pub min_window_secs: u64,
    /// Critical windows in a row that breach the provider (2 – 30).
    pub critical_limit: u32,
    /// Platform fee of what is paid (0 – 1_000 basis points).
    pub fee_bps: u32,
    pub sla: SlaTiers,
}

/// What is agreed. Copied at creation, never changed.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Terms {
    pub consumer_id: Address,
    pub provider_id: Address,
    pub bucket_id: u32,
    pub api_compatibility: String,
    pub duration_secs: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    /// Money per GB and month of 30 days.
    pub price_per_gb_storage: u128,
    /// Money per GB.
    pub price_per_gb_egress: u128,
    pub sla_avg_latency_ms: u32,
    /// Basis points.
    pub sla_avg_uptime_pct: u32,
    pub asset: Address,
    pub policy_version: u32,
    pub created_ts: u64,
}

/// A deal asked for, with the limits that the consumer's signature covers.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealRequest {
    pub provider_id: Address,
    pub bucket_id: u32,
    /// May be empty until funding; at most 128 bytes.
    pub fb_repo_id: String,
    /// 1 h – 5 years.
    pub duration_secs: u64,
    /// At most 2^40 each, their sum above 0.
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    pub api_compatibility: String,
    /// Refuse when the bucket asks for more per GB and month.
    pub max_price_storage: u128,
    /// Refuse when the bucket asks for more per GB of egress.
    pub max_price_egress: u128,
    /// Refuse when another policy is in force.
    pub policy_version: u32,
}

/// A deal in the shape of the published client.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deal {
    pub deal_id: u32,
    pub consumer_id: Address,
    pub provider_id: Address,
    pub bucket_id: u32,
    pub fb_repo_id: String,
    pub api_compatibility: String,
    /// When metering started; 0 until funded.
    pub start_ts: u64,
    pub duration_secs: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    /// Average of the stage, else of the unsettled span.
    pub unpaid_storage_mb: u64,
    pub unpaid_egress_mb: u64,
    /// Average of the settled span.
    pub paid_storage_mb: u64,
    pub paid_egress_mb: u64,
    pub status: DealStatus,
    /// Locked in the escrow.
    pub balance_consumer: u128,
    /// Paid to the provider so far, net of the fee.
    pub balance_provider: u128,
    /// Last measured; 0 when never.
    pub sla_avg_latency_ms: u32,
    pub sla_avg_uptime_pct: u32,
    /// Always 0: credit is given in money.
    pub slash_storage_mb: u64,
    pub slash_egress_mb: u64,
    /// SLA credit so far.
    pub slash_amount_usd: u128,
    /// The watermark: usage is reported up to here.
    pub last_settled_ts: u64,
    pub reason: EndReason,
}

/// A deal with what a list shows of its parties.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealInfo {
    pub deal: Deal,
    pub bucket: Bucket,
    pub provider_name: String,
    pub provider_reputation: u32,
    pub consumer_name: String,
    pub consumer_reputation: u32,
}

/// Everything that the oracle and an auditor need to know of a deal that was funded.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Meter {
    pub deal_id: u32,
    pub provider: Address,
    pub asset: Address,
    /// Page of the provider's book; the deal leaves it when released.
    pub page: u32,
    pub bucket_id: u32,
    pub fb_repo_id: String,
    pub status: DealStatus,
    pub released: bool,
    /// S: stored MB integrated over seconds since the start.
    pub storage_mb_secs: u128,
    /// U: the payable part of S, in basis points of it.
    pub payable_mb_secs_bps: u128,
    /// E: egress since the start, MB.
    pub egress_mb: u64,
    /// The watermark, seconds.
    pub through_ts: u64,
    pub start_ts: u64,
    pub end_ts: u64,
    /// 0 while live.
    pub close_ts: u64,
    /// Last time at which a report is taken; 0 while live.
    pub final_until_ts: u64,
    pub agreed_storage_mb: u64,
    pub agreed_egress_mb: u64,
    pub price_per_gb_storage: u128,
    pub price_per_gb_egress: u128,
    /// Average of the last window, MB.
    pub rate_mb: u64,
    /// Critical windows in a row.
    pub strikes: u32,
    pub min_window_secs: u64,
    /// net(U, E) − paid_total.
    pub owed: i128,
    pub reserve: i128,
    /// Gross, the fee in it.
    pub paid_total: i128,
    pub locked: i128,
    /// SLA credit so far.
    pub credited: i128,
    /// 0 when there are none.
    pub arrears_since_ts: u64,
}

/// Where a deal's live part is stored.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BookPage {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
}

/// (deal_id, storage_mb_secs, egress_mb, latency_ms, uptime_bps, through_ts): new totals since the
/// start of the deal, and the window's service ([`NOT_MEASURED`] where it was not measured).
pub type Report = (u32, u128, u64, u32, u32, u64);

/// Reports on deals of one page of a provider's book, as [`Meter::page`] names it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BookReports {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    /// [`Report`]s, written out because the contract's spec knows no aliases.
    pub reports: Vec<(u32, u128, u64, u32, u32, u64)>,
}

/// Deals of one page of a provider's book, to be settled.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BookDeals {
    pub provider: Address,
    pub asset: Address,
    pub page: u32,
    pub deal_ids: Vec<u32>,
}

#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HealthLevel {
    Ok,
    /// Less than 7 days of runway.
    Low,
    /// Less than the policy's `min_runway_secs`.
    Critical,
    /// In arrears: the grace period runs.
    Grace,
}

/// How a funded deal stands.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Health {
    pub level: HealthLevel,
    /// (locked − reserve − owed) at the price of the last window's rate; `u64::MAX` at rate 0.
    pub runway_secs: u64,
    pub egress_left_mb: u64,
    pub arrears: i128,
    /// When the grace period ends; 0 without arrears.
    pub grace_until_ts: u64,
    /// What the consumer would get back when closing now: at once, and at most after the final report.
    pub refund_at_close: i128,
    pub refund_at_release: i128,
}

/// What a deal would cost.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quote {
    /// Most that the deal can cost, fee included.
    pub price: i128,
    /// Least first deposit.
    pub min_fund: i128,
    pub asset: Address,
    pub fee_bps: u32,
    pub policy_version: u32,
}

/// What [`DealsInterface::advance_deal`] did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Advance {
    NothingDue = 0,
    Expired = 1,
    Closed = 2,
    Released = 3,
    CapacityFreed = 4,
    OutcomeWritten = 5,
}

/// Who reports.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleConfig {
    /// Who reports now: the oracle, the owner while none was ever set, or nobody while suspended.
    pub acting: Option<Address>,
    /// Scheduled, and from when on.
    pub next: Option<Address>,
    pub next_from_ts: u64,
}

#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealsConfig {
    pub admin: AdminConfig,
    pub registry: Address,
    pub escrow: Address,
    pub reputation: Address,
    pub oracle: OracleConfig,
    /// In force for new deals.
    pub policy_version: u32,
}

#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum DealsError {
    /// New obligations are refused until the pause ends.
    Paused = 3100,
    DealNotFound = 3101,
    /// Consumer or provider are not those of the deal.
    PartyMismatch = 3102,
    /// The deal is not Pending.
    NotPending = 3103,
    /// The deal is not Accepted.
    NotAccepted = 3104,
    /// The deal is not Funded.
    NotFunded = 3105,
    /// The deal was funded or has ended.
    NotUnfunded = 3106,
    /// The window to accept has passed.
    AcceptWindowPassed = 3107,
    /// The window to fund has passed.
    FundWindowPassed = 3108,
    /// Consumer and provider are the same address.
    SelfDeal = 3109,
    /// A contract of the system or the asset cannot be a party.
    PartyNotAllowed = 3110,
    /// 1 h – 5 years.
    DurationOutOfBounds = 3111,
    /// Above 2^40 MB, or both sizes 0.
    SizeOutOfBounds = 3112,
    /// Another API text than the bucket's.
    ApiMismatch = 3113,
    /// The most that the deal can cost exceeds 2^62.
    QuoteTooLarge = 3114,
    /// The bucket's storage price is above the request's limit.
    StoragePriceAboveLimit = 3115,
    /// The bucket's egress price is above the request's limit.
    EgressPriceAboveLimit = 3116,
    /// The request names another policy than the one in force.
    PolicyVersionMismatch = 3117,
    /// Empty at funding, or above 128 bytes.
    RepoIdLength = 3118,
    /// The deposit is below the deal's minimum.
    BelowMinimum = 3119,
    /// The amount is zero or above 2^62.
    AmountOutOfBounds = 3120,
    /// What would be left is below what the deal must keep.
    LeavesTooLittle = 3121,
    /// Notice was given already.
    NoticeGiven = 3122,
    /// Nobody but the oracle may report, and there is none while it is suspended.
    OracleSuspended = 3123,
    /// No oracle is acting that could be suspended.
    NoOracle = 3124,
    /// The report equals what is stored.
    AlreadyReported = 3125,
    /// The watermark is not after the stored one.
    WatermarkNotAfter = 3126,
    /// The watermark is in the future, or after the deal's end or close.
    WatermarkTooLate = 3127,
    /// A total is below the stored one.
    TotalsFell = 3128,
    /// Latency or uptime outside what can be measured.
    ServiceOutOfBounds = 3129,
    /// No live deal of that id on that page.
    NotOnPage = 3130,
    /// The deal takes no reports any more.
    ReportsClosed = 3131,
    /// A second report for the same deal in one batch.
    DuplicateInBatch = 3132,
    /// More than 60 books, or more than 100 items, in one call.
    BatchTooLarge = 3133,
    /// Nothing is owed, or nothing is left to pay it with.
    NothingToSettle = 3134,
    /// Nothing is staged, or the stage has no consumption.
    NothingStaged = 3135,
    /// The staged window would be empty: the watermark is there already.
    StageEmpty = 3136,
    /// An amount or a total is out of the range that the contract computes with.
    Overflow = 3137,
    /// The stored bytes of a page are not of a known version.
    CorruptPage = 3138,
    /// A value of the policy is out of its bounds.
    PolicyOutOfBounds = 3139,
    PolicyNotFound = 3140,
    /// The deal has not ended, or has steps left to do: `advance_deal` first.
    NotSynced = 3141,
    /// More than 100 deals asked for in one call.
    TooManyItems = 3142,
    /// The same address is the oracle already.
    OracleUnchanged = 3143,
    /// The same page twice in one batch.
    DuplicateBook = 3144,
    /// With the staged window applied, closing is not due yet.
    NotDue = 3145,
    BucketNotFound = 3146,
    /// The instance was never constructed.
    NotConstructed = 3147,
}

/// A consumer asked for a deal; with `accepted` the bucket accepts by itself.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealCreated {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    #[topic]
    pub provider: Address,
    pub terms: Terms,
    pub fb_repo_id: String,
    pub accepted: bool,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealAccepted {
    #[topic]
    pub deal_id: u32,
    pub fund_until_ts: u64,
}

/// An unfunded deal ended.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealDropped {
    #[topic]
    pub deal_id: u32,
    pub reason: EndReason,
}

/// Metering starts.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealFunded {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    #[topic]
    pub provider: Address,
    pub amount: i128,
    pub fb_repo_id: String,
    pub page: u32,
    pub start_ts: u64,
    pub end_ts: u64,
}

/// Money was added; `locked` is what the deal holds afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealToppedUp {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub from: Address,
    pub amount: i128,
    pub locked: i128,
}

/// The consumer took surplus back; `locked` is what the deal holds afterwards.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DepositReduced {
    #[topic]
    pub deal_id: u32,
    pub amount: i128,
    pub locked: i128,
}

/// The provider gave notice: the deal ends at `end_ts`.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoticeGiven {
    #[topic]
    pub deal_id: u32,
    pub end_ts: u64,
    /// No report had come for the policy's `silence_secs`.
    pub under_silence: bool,
}

/// Flags of [`ReportItem`].
pub mod report_flags {
    /// Usage was clipped to what is agreed; a [`super::ReportClipped`] tells by how much.
    pub const CLIPPED: u32 = 1;
    /// The window carried an SLA verdict.
    pub const VERDICT: u32 = 2;
    /// The verdict was critical.
    pub const STRIKE: u32 = 4;
    /// Arrears are left after settling.
    pub const ARREARS: u32 = 8;
    /// The final report: the rest was released.
    pub const RELEASED: u32 = 16;
    /// The credit of the window in basis points stands above this bit.
    pub const CREDIT_SHIFT: u32 = 16;
}

/// (deal_id, storage_mb_secs, egress_mb, through_ts, flags, paid): totals as applied, and the gross
/// amount paid with them.
pub type ReportItem = (u32, u128, u64, u64, u32, i128);

/// Reports were applied, and settled where that was asked for.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reported {
    /// [`ReportItem`]s.
    pub items: Vec<(u32, u128, u64, u64, u32, i128)>,
}

/// A report said more than is agreed for the time since the last one; the agreed was applied.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReportClipped {
    #[topic]
    pub deal_id: u32,
    pub reported_storage_mb_secs: u128,
    pub applied_storage_mb_secs: u128,
    pub reported_egress_mb: u64,
    pub applied_egress_mb: u64,
}

/// (deal_id, paid gross, arrears left).
pub type SettledItem = (u32, i128, i128);

/// Deals were settled.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settled {
    /// [`SettledItem`]s.
    pub items: Vec<(u32, i128, i128)>,
}

/// A settlement found more owed than could be paid: the grace period runs.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ArrearsBegan {
    #[topic]
    pub deal_id: u32,
    pub arrears: i128,
}

/// The deal is funded again.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ArrearsCleared {
    #[topic]
    pub deal_id: u32,
}

/// A window was staged by the single-deal calls.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WindowStaged {
    #[topic]
    pub deal_id: u32,
    pub stage: Stage,
}

/// What the single-deal calls have staged.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stage {
    /// The watermark on which it stands; a report moves the watermark and thereby drops the stage.
    pub from_ts: u64,
    /// Time of staging of the consumption; 0 while there is none.
    pub through_ts: u64,
    /// Average MB over the window.
    pub storage_mb: u64,
    pub egress_mb: u64,
    /// [`NOT_MEASURED`] while there is none.
    pub latency_ms: u32,
    pub uptime_bps: u32,
}

/// A deal was closed. `paid` and `refund` are those of closing; what is `held` is settled by
/// the final report.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealClosed {
    #[topic]
    pub deal_id: u32,
    #[topic]
    pub consumer: Address,
    #[topic]
    pub provider: Address,
    pub status: DealStatus,
    pub reason: EndReason,
    pub close_ts: u64,
    pub paid: i128,
    pub refund: i128,
    pub held: i128,
}

/// The last money of a deal was settled. The totals are those of its whole life.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealReleased {
    #[topic]
    pub deal_id: u32,
    pub storage_mb_secs: u128,
    pub egress_mb: u64,
    /// Gross, the fee in it.
    pub paid_total: i128,
    pub credited: i128,
    /// With this release.
    pub refund: i128,
}

/// The bucket's capacity was given back (`outcome` false), or the outcome written to `reputation`.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealSynced {
    #[topic]
    pub deal_id: u32,
    pub outcome: bool,
}

/// The owner deleted the record of a deal that is over.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DealDeleted {
    #[topic]
    pub deal_id: u32,
}

#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyAdded {
    #[topic]
    pub version: u32,
    pub policy: Policy,
}

/// An oracle takes over at `from_ts`.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleScheduled {
    #[topic]
    pub oracle: Address,
    pub from_ts: u64,
}

/// Reports stop until the next oracle.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OracleSuspended {
    #[topic]
    pub oracle: Address,
}

/// Lists are newest first: `skip` counts from the newest, `take` is clamped to 20 (joined lists)
/// or 50. Queries never write.
#[contractclient(name = "DealsClient")]
pub trait DealsInterface {
    /// Asks for a deal on a bucket. The bucket's prices and SLA, the asset and the policy in force
    /// are copied into it.
    ///
    /// # Arguments
    /// * `fb_repo_id` - may be empty until funding; at most 128 bytes
    /// * `duration_secs` - 1 h – 5 years
    /// * `agreed_storage_mb`, `agreed_egress_mb` - at most 2^40 each, their sum above 0
    /// * `api_compatibility` - the bucket's; compared as ASCII without case
    ///
    /// # Errors
    /// [`DealsError::Paused`], [`DealsError::SelfDeal`], [`DealsError::PartyNotAllowed`],
    /// [`DealsError::DurationOutOfBounds`], [`DealsError::SizeOutOfBounds`],
    /// [`DealsError::RepoIdLength`], [`DealsError::ApiMismatch`], [`DealsError::QuoteTooLarge`], and
    /// those of `registry.get_listing`
    ///
    /// # Events
    /// [`DealCreated`]
    ///
    /// Authorisation: `consumer_id`.
    fn create_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        bucket_id: u32,
        fb_repo_id: String,
        duration_secs: u64,
        agreed_storage_mb: u64,
        agreed_egress_mb: u64,
        api_compatibility: String,
    ) -> Result<u32, DealsError>;

    /// As [`DealsInterface::create_deal`], with limits on what may have changed since the consumer
    /// looked.
    ///
    /// # Errors
    /// Also [`DealsError::StoragePriceAboveLimit`], [`DealsError::EgressPriceAboveLimit`],
    /// [`DealsError::PolicyVersionMismatch`]
    fn create_deal_at(
        env: Env,
        consumer_id: Address,
        request: DealRequest,
    ) -> Result<u32, DealsError>;

    /// # Errors
    /// [`DealsError::Paused`], [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`],
    /// [`DealsError::NotPending`], [`DealsError::AcceptWindowPassed`]
    ///
    /// # Events
    /// [`DealAccepted`]
    ///
    /// Authorisation: `provider_id`.
    fn set_deal_accepted(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Ends a deal that was not funded.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotUnfunded`]
    ///
    /// # Events
    /// [`DealDropped`]
    ///
    /// Authorisation: `provider_id`.
    fn set_deal_rejected(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Unfunded: ends the deal. Funded: notice, the deal ends after the policy's `notice_secs`, or
    /// at once when nothing was reported for `silence_secs`; closing is then anyone's step.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`] when it
    /// has ended, [`DealsError::NoticeGiven`]
    ///
    /// # Events
    /// [`DealDropped`] or [`NoticeGiven`]
    ///
    /// Authorisation: `provider_id`.
    fn set_deal_cancelled(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Ends a deal that was not funded.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotUnfunded`]
    ///
    /// # Events
    /// [`DealDropped`]
    ///
    /// Authorisation: `consumer_id`.
    fn withdraw_deal(env: Env, consumer_id: Address, deal_id: u32) -> Result<(), DealsError>;

    /// Funds an accepted deal: reserves the capacity, locks the deposit, starts metering.
    ///
    /// # Arguments
    /// * `amount_usd` - the deposit in the asset's smallest unit
    /// * `fb_repo_id` - 1 to 128 bytes, unique among funded deals of the bucket
    ///
    /// # Errors
    /// [`DealsError::Paused`], [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`],
    /// [`DealsError::NotAccepted`], [`DealsError::FundWindowPassed`], [`DealsError::AmountOutOfBounds`],
    /// [`DealsError::BelowMinimum`], [`DealsError::RepoIdLength`], and those of `registry.reserve`
    /// and `escrow.open`
    ///
    /// # Events
    /// [`DealFunded`]
    ///
    /// Authorisation: `consumer_id`, with the token transfer as a sub-invocation.
    fn set_deal_funded(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
        amount_usd: u128,
        fb_repo_id: String,
    ) -> Result<(), DealsError>;

    /// Adds money of the consumer to a funded deal.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`],
    /// [`DealsError::AmountOutOfBounds`], and those of `escrow.deposit`
    ///
    /// # Events
    /// [`DealToppedUp`], [`ArrearsCleared`]
    ///
    /// Authorisation: `consumer_id`, with the token transfer as a sub-invocation.
    fn deposit_to_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
        amount_usd: u128,
    ) -> Result<(), DealsError>;

    /// Adds money of anyone to a funded deal; refunds always go to the consumer.
    ///
    /// # Errors
    /// As [`DealsInterface::deposit_to_deal`].
    ///
    /// # Events
    /// [`DealToppedUp`], [`ArrearsCleared`]
    ///
    /// Authorisation: `from`, with the token transfer as a sub-invocation.
    fn sponsor_deal(env: Env, from: Address, deal_id: u32, amount: u128) -> Result<(), DealsError>;

    /// Takes surplus back; it becomes claimable in the escrow. At least the deal's minimum stays,
    /// and what is owed, the egress reserve, and the agreed storage up to now and for
    /// `min_runway_secs`.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`],
    /// [`DealsError::AmountOutOfBounds`], [`DealsError::LeavesTooLittle`]
    ///
    /// # Events
    /// [`DepositReduced`]
    ///
    /// Authorisation: `consumer_id`.
    fn reduce_deposit(
        env: Env,
        consumer_id: Address,
        deal_id: u32,
        amount: u128,
    ) -> Result<(), DealsError>;

    /// Closes the deal, frees the bucket's capacity, writes the outcome where the last money is
    /// settled, and sends both parties what they may claim: [`DealsInterface::close_deal`] with
    /// every convenience. Where one of them fails, `close_deal` still works.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`]
    ///
    /// # Events
    /// [`DealClosed`], [`DealReleased`], [`DealSynced`]
    ///
    /// Authorisation: `consumer_id`.
    fn set_deal_completed(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Closes the deal: touches `deals` and `escrow` and nothing else. The outcome is read off the
    /// deal, whoever calls.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotFunded`]
    ///
    /// # Events
    /// [`DealClosed`], [`DealReleased`]
    ///
    /// Authorisation: `consumer_id`.
    fn close_deal(env: Env, consumer_id: Address, deal_id: u32) -> Result<(), DealsError>;

    /// Does the first of what is due (expire, close, release, free the capacity, write the outcome)
    /// and answers with the [`Advance`] code of what it did; 0 when nothing is due.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`]
    ///
    /// # Events
    /// [`DealDropped`], [`DealClosed`], [`DealReleased`], [`DealSynced`]
    ///
    /// Authorisation: none, anyone may call.
    fn advance_deal(env: Env, deal_id: u32) -> Result<u32, DealsError>;

    /// Stages the consumption since `last_settled_ts`, through now; replaces what was staged.
    ///
    /// # Arguments
    /// * `storage_mb` - average MB stored over the window
    /// * `egress_mb` - MB sent in the window
    ///
    /// # Errors
    /// [`DealsError::OracleSuspended`], [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`],
    /// [`DealsError::NotFunded`], [`DealsError::ReportsClosed`], [`DealsError::StageEmpty`]
    ///
    /// # Events
    /// [`WindowStaged`]
    ///
    /// Authorisation: the oracle role.
    fn update_deal_consumption(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<(), DealsError>;

    /// Stages the service of the window since `last_settled_ts`; replaces what was staged.
    ///
    /// # Arguments
    /// * `latency_ms` - average, 0 to 3_600_000
    /// * `uptime` - basis points, at most 10_000
    ///
    /// # Errors
    /// As [`DealsInterface::update_deal_consumption`], [`DealsError::ServiceOutOfBounds`]
    ///
    /// # Events
    /// [`WindowStaged`]
    ///
    /// Authorisation: the oracle role.
    fn update_deal_sla(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
        latency_ms: u32,
        uptime: u32,
    ) -> Result<(), DealsError>;

    /// Turns the stage into one report through its time of staging, settles, and tries to send the
    /// provider the payout. Without a stage it only settles and pays out.
    ///
    /// # Errors
    /// [`DealsError::OracleSuspended`], [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`],
    /// [`DealsError::NotFunded`], [`DealsError::ReportsClosed`], [`DealsError::NothingStaged`] when
    /// there is no consumption staged and nothing to settle
    ///
    /// # Events
    /// [`Reported`] or [`Settled`], [`ArrearsBegan`], [`ArrearsCleared`], [`DealReleased`]
    ///
    /// Authorisation: the oracle role.
    fn pay_pending_consumption(
        env: Env,
        provider_id: Address,
        consumer_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Applies reports. The answer has one code an item, in their order: 0, or the code of a
    /// [`DealsError`]; an item that fails changes nothing and does not disturb the others.
    ///
    /// # Errors
    /// [`DealsError::OracleSuspended`], [`DealsError::BatchTooLarge`]
    ///
    /// # Events
    /// [`Reported`], [`ReportClipped`], [`DealReleased`]
    ///
    /// Authorisation: the oracle role, over two arguments in place of `books`, so that reports cross the network once:
    /// `Vec<(provider: Address, asset: Address, page: u32, reports: u32)>`, one a book, and `BytesN<32>`, the SHA-256
    /// of all reports in their order. A report is hashed as 44 bytes: deal_id (4), storage_mb_secs (16), egress_mb (8),
    /// latency_ms (4), uptime_bps (4), through_ts (8), little-endian, nothing between them. So a signature holds for
    /// exactly these reports in exactly these books. Simulation answers with the entry to sign.
    fn report(env: Env, books: Vec<BookReports>) -> Result<Vec<u32>, DealsError>;

    /// Settles deals: pays what is owed and can be paid. One code an item as in
    /// [`DealsInterface::report`]; [`DealsError::NothingToSettle`] is a no-op that says so.
    ///
    /// # Errors
    /// [`DealsError::BatchTooLarge`]
    ///
    /// # Events
    /// [`Settled`], [`ArrearsBegan`], [`ArrearsCleared`]
    ///
    /// Authorisation: none, anyone may call.
    fn settle(env: Env, books: Vec<BookDeals>) -> Result<Vec<u32>, DealsError>;

    /// [`DealsInterface::report`] and [`DealsInterface::settle`] of the deals whose report was
    /// applied: a daily round.
    ///
    /// # Errors
    /// As [`DealsInterface::report`].
    ///
    /// # Events
    /// [`Reported`] with the payments, [`ReportClipped`], [`ArrearsBegan`], [`ArrearsCleared`],
    /// [`DealReleased`]
    ///
    /// Authorisation: the oracle role, over the same two arguments as [`DealsInterface::report`].
    fn report_and_settle(env: Env, books: Vec<BookReports>) -> Result<Vec<u32>, DealsError>;

    /// Deletes the record of a deal that is over in every respect; a tombstone stays.
    ///
    /// # Errors
    /// [`DealsError::DealNotFound`], [`DealsError::PartyMismatch`], [`DealsError::NotSynced`]
    ///
    /// # Events
    /// [`DealDeleted`]
    ///
    /// Authorisation: owner.
    fn delete_deal(
        env: Env,
        consumer_id: Address,
        provider_id: Address,
        deal_id: u32,
    ) -> Result<(), DealsError>;

    /// Adds a policy and puts it in force for deals created afterwards. Returns its version.
    ///
    /// # Errors
    /// [`DealsError::PolicyOutOfBounds`]
    ///
    /// # Events
    /// [`PolicyAdded`]
    ///
    /// Authorisation: owner.
    fn add_policy(env: Env, policy: Policy) -> Result<u32, DealsError>;

    /// Names the next oracle: after a day, or at once where none was ever set.
    ///
    /// # Errors
    /// [`DealsError::OracleUnchanged`]
    ///
    /// # Events
    /// [`OracleScheduled`]
    ///
    /// Authorisation: owner.
    fn schedule_oracle(env: Env, oracle: Address) -> Result<u64, DealsError>;

    /// Takes the role from the acting oracle at once; reports stop until the next one.
    ///
    /// # Errors
    /// [`DealsError::NoOracle`]
    ///
    /// # Events
    /// [`OracleSuspended`]
    ///
    /// Authorisation: owner.
    fn suspend_oracle(env: Env) -> Result<(), DealsError>;

    /// `None` when the parties are not those of the deal.
    fn get_deal(env: Env, consumer_id: Address, provider_id: Address, deal_id: u32)
        -> Option<Deal>;
    /// All ever created.
    fn get_deal_count(env: Env) -> u32;
    /// At most 50, newest first; deleted ones are left out.
    fn get_deals(env: Env, skip: u32, take: u32) -> Vec<Deal>;
    /// The funded ones among a window of at most 50 ids.
    fn get_active_deals(env: Env, skip: u32, take: u32) -> Vec<Deal>;
    /// The newest 20.
    fn get_deals_by_consumer(env: Env, consumer_id: Address) -> Vec<DealInfo>;
    /// The newest 20.
    fn get_deals_by_provider(env: Env, provider_id: Address) -> Vec<DealInfo>;
    /// At most 20 a page.
    fn get_deals_by_consumer_page(
        env: Env,
        consumer_id: Address,
        skip: u32,
        take: u32,
    ) -> Vec<DealInfo>;
    /// At most 20 a page.
    fn get_deals_by_provider_page(
        env: Env,
        provider_id: Address,
        skip: u32,
        take: u32,
    ) -> Vec<DealInfo>;

    /// At most 100; `None` for a deal that was never funded.
    ///
    /// # Errors
    /// [`DealsError::TooManyItems`]
    fn get_meters(env: Env, deal_ids: Vec<u32>) -> Result<Vec<Option<Meter>>, DealsError>;
    fn get_deal_terms(env: Env, deal_id: u32) -> Option<Terms>;
    /// `None` unless the deal is funded.
    fn get_deal_health(env: Env, deal_id: u32) -> Option<Health>;
    /// What is staged on the deal's present watermark.
    fn get_stage(env: Env, deal_id: u32) -> Option<Stage>;

    /// What a deal on this bucket would cost under the policy in force.
    ///
    /// # Errors
    /// [`DealsError::DurationOutOfBounds`], [`DealsError::SizeOutOfBounds`],
    /// [`DealsError::QuoteTooLarge`], [`DealsError::BucketNotFound`]
    fn get_quote(
        env: Env,
        bucket_id: u32,
        duration_secs: u64,
        storage_mb: u64,
        egress_mb: u64,
    ) -> Result<Quote, DealsError>;
    fn get_policy(env: Env, version: u32) -> Option<Policy>;
    /// Ids of the live deals on a page of a provider's book.
    fn get_book(env: Env, provider: Address, asset: Address, page: u32) -> Vec<u32>;
    /// Where a funded deal's live part is stored; `None` before funding and after release.
    fn get_deal_page(env: Env, deal_id: u32) -> Option<BookPage>;

    /// # Errors
    /// [`DealsError::NotConstructed`]
    fn get_config(env: Env) -> Result<DealsConfig, DealsError>;
}
