//! Why a call of `deals` fails: codes 3100 to 3199.

use soroban_sdk::contracterror;

#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum DealsError {
    /// New obligations are refused until the pause ends.
    Paused = 3100,
    /// No deal has this id.
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
    /// No oracle is acting that could be suspended, or none is scheduled that could be called off.
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
    /// No policy has this version.
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
    /// No bucket has this id.
    BucketNotFound = 3146,
    /// The instance was never constructed.
    NotConstructed = 3147,
    /// The repository id is not printable ASCII, or begins or ends with a blank.
    RepoIdNotPrintable = 3148,
    /// The bucket's offer is another than the one asked for.
    OfferRevisionMismatch = 3149,
    /// The deal to be replaced is of other parties, or on another bucket.
    SuccessorMismatch = 3150,
    /// The deal to be replaced is not funded, is past its end, or its provider has given notice.
    NotSucceedable = 3151,
    /// A successor keeps the repository id of the deal that it replaces.
    SuccessorRepoId = 3152,
}
