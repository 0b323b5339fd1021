//! The possible steps, described so that they keep their meaning when a sequence is shrunk.

use std::fmt;

use super::policy::PolicyKind;

/// Everybody: people who can sign, and contracts that can only be named.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Who {
    /// A provider with a classic account.
    Ada,
    /// A provider with a contract address.
    Bert,
    /// A consumer with a classic account.
    Carol,
    /// A consumer with a contract address.
    Dan,
    /// Without a role at first; a classic account with money.
    Mallory,
    /// Without a role at first; a contract address with money.
    Erin,
    /// A classic account without a trustline at first.
    Frank,
    Owner,
    Oracle,
    /// Another oracle.
    Odile,
    /// The escrow contract, only as a receiver.
    TheEscrow,
    /// The deals contract, as something that is neither a token nor a person.
    TheDeals,
}

/// The two stable assets of these worlds.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Asset {
    Usd,
    Eur,
}

/// Who calls and what they sign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// A person who may call.
    Right,
    /// This person in their own name.
    As(Who),
    /// This person in the name of someone who may call.
    Forged(Who),
    /// A person who may call, without a signature.
    Unsigned,
    /// A person who may call, naming somebody else as the other party.
    Mismatched(Who),
}

/// An amount of money; the number is added to the named amount.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Amount {
    Exactly(i128),
    /// The minimum first deposit of the deal.
    Min(i64),
    /// The maximum cost of the deal.
    Quote(i64),
    /// The locked amount of the deal.
    Locked(i64),
    /// The amount that the consumer may take back.
    Removable(i64),
    /// The amount that ends the arrears of the deal.
    Clearing(i64),
    /// The claimable balance of the caller.
    Claimable(i64),
    /// The fees that the owner may withdraw.
    Fees(i64),
    /// The same, including the surplus.
    Free(i64),
}

/// The least that a withdrawal may pay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MinPaid {
    Exactly(i128),
    /// The amount that is withdrawn: whole or not at all.
    Whole,
    /// What the escrow pays now, and this many more.
    Share(i64),
}

/// A time to wait for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Time {
    Secs(u64),
    /// This many seconds around the edge of a window of a deal. A past edge causes no wait.
    Edge(Edge, u32, i64),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Edge {
    AcceptEnds,
    FundEnds,
    End,
    GraceEnds,
    FinalEnds,
    SilenceBegins,
    /// The window since the watermark is long enough for a verdict.
    VerdictBegins,
    OracleTurns,
    PauseEnds,
    /// The next drift of the consumer's or the provider's score.
    ScoreDecays,
    /// When the deal's parties may gain points together again.
    PairMayGain,
}

/// Total storage of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stored {
    /// The agreed storage of the whole window, plus this many MB × s.
    Agreed(i64),
    /// A percentage of that.
    Percent(u8),
    SameUse,
    LessUse,
    MostUse,
}

/// Total egress of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sent {
    NoMore,
    More(u64),
    /// The whole agreed egress, plus this many MB.
    All(u64),
    LessSent,
    MostSent,
}

/// Watermark of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Through {
    /// The latest accepted time, plus this many seconds.
    Latest(i64),
    /// This many seconds after the current watermark.
    After(i64),
}

/// Service in a report: latency in ms, uptime in basis points, `u32::MAX` when not measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Served(pub u32, pub u32);

/// A report on a deal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Item {
    pub deal: u32,
    pub stored: Stored,
    pub sent: Sent,
    pub served: Served,
    pub through: Through,
}

/// Reports on the page of a deal, or this many pages after it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Book {
    pub of: u32,
    pub beyond: u32,
    pub items: List<Item>,
}

/// Deals to settle on the page of a deal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Round {
    pub of: u32,
    pub beyond: u32,
    pub deals: List<u32>,
}

/// The fault in the texts of a bucket, if any.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Texts {
    Plain,
    Longest,
    NoName,
    LongName,
    LongRegion,
    LongCountry,
    NoExternalId,
    LongExternalId,
    NoApi,
    LongApi,
    /// A right-to-left override.
    HiddenInName,
    /// No ASCII.
    OtherRegion,
    OtherCountry,
    OtherExternalId,
    OtherApi,
}

/// An endpoint by number: 0 is empty, 1 is plain, 2 is the longest, 3 is one byte too long, 4 is no URL, 5 is no
/// ASCII.
pub type Endpoint = u8;

/// A length that stands for a text that is not printable.
pub const UNPRINTABLE: u16 = 1_000;

/// A repository id by number: 0 is empty, 200 is the longest, 201 is one byte too long, 202 is no ASCII.
pub type Repo = u8;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Contract {
    Registry,
    Deals,
    Escrow,
    Reputation,
}

/// Commands that only contracts of the system may call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Inner {
    OpenAccount,
    DepositInto,
    SettleBooks,
    RefundFrom,
    CloseAccount,
    ReserveRoom,
    ReleaseRoom,
    RecordOutcome,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Call {
    // ---- the world ----
    Wait(Time),
    Mint(Who, Asset, i128),
    /// A direct transfer to the escrow.
    Donate(Asset, i128),
    /// The issuer claws money back from the escrow.
    ClawBack(Asset, i128),
    Freeze(Who, Asset),
    Thaw(Who, Asset),
    /// The trustline accepts this much more.
    Limit(Who, Asset, i64),

    // ---- registry ----
    RegisterProvider(Who, u16),
    RegisterConsumer(Who, u16),
    RegisterBoth(Who, u16),
    UpdateProvider(Who, u16),
    UpdateConsumer(Who, u16),
    DeleteProvider(Who),
    DeleteConsumer(Who),
    RemoveProvider(Who),
    RemoveConsumer(Who),
    ReadmitProvider(Who),
    ReadmitConsumer(Who),
    RemoveBucket(u32),
    CreateBucket {
        who: Who,
        texts: Texts,
        /// Number of the external id.
        external: u8,
        prices: (u128, u128),
        sla: (u32, u32),
    },
    /// The bits select which of name, region and country change.
    UpdateBasic(u32, u8, Texts),
    UpdateConditions {
        bucket: u32,
        bits: u8,
        texts: Texts,
        prices: (Option<u128>, Option<u128>),
        sla: (Option<u32>, Option<u32>),
    },
    SetCapacity(u32, u64, u64),
    /// Whether deals under the current policy and in the current asset are accepted, number of tags, length of
    /// the longest tag, length of the access scope.
    SetFeatures(u32, bool, u32, u32, u32),
    /// Endpoint, and whether the provider meters.
    SetService(u32, Endpoint, bool),
    /// 0 Active, 1 Inactive, 2 Deleted.
    SetStatus(u32, u8),
    LockBucket(u32),
    UnlockBucket(u32),
    DeleteBucket(u32),

    // ---- deals ----
    CreateDeal {
        consumer: Who,
        bucket: u32,
        repo: Repo,
        secs: u64,
        storage_mb: u64,
        egress_mb: u64,
        api: &'static str,
    },
    /// The same with limits: the bucket's prices, the current policy and the bucket's offer, plus these numbers.
    CreateDealAt {
        consumer: Who,
        bucket: u32,
        secs: u64,
        storage_mb: u64,
        egress_mb: u64,
        limits: (i64, i64, i64, i64),
    },
    /// A deal that replaces another: on its bucket, by its consumer, with its repo.
    CreateSuccessor {
        of: u32,
        secs: u64,
        storage_mb: u64,
        egress_mb: u64,
    },
    Accept(u32),
    Reject(u32),
    Cancel(u32),
    Withdraw(u32),
    Fund(u32, Amount, Repo),
    Deposit(u32, Amount),
    Sponsor(Who, u32, Amount),
    Reduce(u32, Amount),
    Complete(u32),
    Close(u32),
    Advance(u32),
    StageUse(u32, u64, u64),
    StageService(u32, Served),
    PayPending(u32),
    Report(List<Book>),
    ReportAndSettle(List<Book>),
    Settle(List<Round>),
    DeleteDeal(u32),
    AddPolicy(PolicyKind),
    ScheduleOracle(Who),
    CancelOracle,
    SuspendOracle,
    Pause(Contract),
    Unpause(Contract),

    // ---- mandates ----
    /// Top-up, limit for 30 days, and for how many seconds.
    SetMandate(u32, i128, i128, u64),
    RevokeMandate(u32),
    /// With so much approved by the deal's consumer.
    Draw(u32, i128),

    // ---- escrow ----
    WithdrawMoney(Who, Asset, Who, Amount, MinPaid),
    Push(Who, Asset),
    SendFunds(Who, Amount),
    WithdrawFees(Asset, Who, Amount),
    SetAsset(Asset),
    /// An address that is not a token.
    SetBadAsset,
    Faucet(Who, i128),
    ChangeAssetAdmin(Who),

    // ---- reputation, administration ----
    /// Points of a provider for a clean deal and for a notice, and the minimum volume in dollars.
    SetPoints(i32, i32, i128),
    ScheduleUpgrade(Contract, u8),
    CancelUpgrade(Contract),
    /// Never an upgrade that would be executed.
    Upgrade(Contract, u8),
    Migrate(Contract),
    /// A command that only a contract of the system may call.
    Intrude(Inner),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step(pub By, pub Call);

/// A list whose `Debug` output is valid Rust.
#[derive(Clone, Eq, PartialEq)]
pub struct List<T>(pub Vec<T>);

/// Builds a [`List`].
pub fn list<T, const N: usize>(items: [T; N]) -> List<T> {
    List(Vec::from(items))
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("list(")?;
        f.debug_list().entries(&self.0).finish()?;
        f.write_str(")")
    }
}
