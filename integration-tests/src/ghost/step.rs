//! What can be done, in words that keep their meaning when a sequence is shrunk.

use std::fmt;

use super::policy::PolicyKind;

/// Everybody: people who sign, and contracts that can only be named.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Who {
    /// Provider, a classic account.
    Ada,
    /// Provider behind a contract address.
    Bert,
    /// Consumer, a classic account.
    Carol,
    /// Consumer behind a contract address.
    Dan,
    /// In no role at first; a classic account with money.
    Mallory,
    /// In no role at first; behind a contract address, with money.
    Erin,
    /// A classic account that has no trustline at first.
    Frank,
    Owner,
    Oracle,
    /// Another oracle.
    Odile,
    /// The escrow contract: a receiver only.
    TheEscrow,
    /// The deals contract: not a token, not a person.
    TheDeals,
}

/// The two stable assets of these worlds.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Asset {
    Usd,
    Eur,
}

/// Who calls, and what they sign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// Whoever may.
    Right,
    /// Somebody in their own name.
    As(Who),
    /// Somebody in the name of whoever may.
    Forged(Who),
    /// Whoever may, without a signature.
    Unsigned,
    /// Whoever may, naming somebody else as the other party.
    Mismatched(Who),
}

/// An amount of money; the number is added to what the word means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Amount {
    Exactly(i128),
    /// The deal's least first deposit.
    Min(i64),
    /// The most that the deal can cost.
    Quote(i64),
    /// What the deal has locked.
    Locked(i64),
    /// What the consumer may take back.
    Removable(i64),
    /// What ends the deal's arrears.
    Clearing(i64),
    /// What the caller may claim.
    Claimable(i64),
    /// What the owner may take of fees.
    Fees(i64),
    /// The same with the surplus.
    Free(i64),
}

/// A time that somebody waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Time {
    Secs(u64),
    /// So many seconds around the edge of a window of a deal. One that has passed is not waited for.
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
    /// The next step of the consumer's or the provider's score.
    ScoreDecays,
    /// The pair of the deal's parties may gain points again.
    PairMayGain,
}

/// Total storage of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stored {
    /// As agreed for the whole window, and so many MB × s more.
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
    /// All that is agreed, and so many MB more.
    All(u64),
    LessSent,
    MostSent,
}

/// Watermark of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Through {
    /// The latest that is taken, and so many seconds more.
    Latest(i64),
    /// So many seconds after the present one.
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

/// Reports on the page of a deal, or so many pages beyond it.
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

/// What is wrong with the texts of a bucket, if anything.
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
}

/// A repository id by number; 0 is the empty one, 200 the longest, 201 a byte too long.
pub type Repo = u8;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Contract {
    Registry,
    Deals,
    Escrow,
    Reputation,
}

/// Commands that only contracts of the system may give.
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
    /// Money to the escrow past its functions.
    Donate(Asset, i128),
    /// The issuer takes money from the escrow.
    ClawBack(Asset, i128),
    Freeze(Who, Asset),
    Thaw(Who, Asset),
    /// The trustline takes so much more.
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
    RemoveBucket(u32),
    CreateBucket {
        who: Who,
        texts: Texts,
        prices: (u128, u128),
        sla: (u32, u32),
    },
    /// Name, region and country are changed as the bits say.
    UpdateBasic(u32, u8, Texts),
    UpdateConditions {
        bucket: u32,
        bits: u8,
        texts: Texts,
        prices: (Option<u128>, Option<u128>),
        sla: (Option<u32>, Option<u32>),
    },
    SetCapacity(u32, u64, u64),
    /// auto_accept, number of tags, length of the longest tag, length of the access scope.
    SetFeatures(u32, bool, u32, u32, u32),
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
    /// The same with limits: the bucket's prices and the policy in force, and so much more.
    CreateDealAt {
        consumer: Who,
        bucket: u32,
        secs: u64,
        storage_mb: u64,
        egress_mb: u64,
        limits: (i64, i64, i64),
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
    SuspendOracle,
    Pause(Contract),
    Unpause(Contract),

    // ---- escrow ----
    WithdrawMoney(Who, Asset, Who, Amount),
    Push(Who, Asset),
    SendFunds(Who, Amount),
    WithdrawFees(Asset, Who, Amount),
    SetAsset(Asset),
    /// Not a token.
    SetBadAsset,
    Faucet(Who, i128),
    ChangeAssetAdmin(Who),

    // ---- reputation, administration ----
    /// Provider's clean and notice points, the least volume in dollars.
    SetPoints(i32, i32, i128),
    ScheduleUpgrade(Contract, u8),
    CancelUpgrade(Contract),
    /// Never one that would be executed.
    Upgrade(Contract, u8),
    Migrate(Contract),
    /// What only a contract of the system may do.
    Intrude(Inner),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step(pub By, pub Call);

/// A list whose `Debug` can be compiled.
#[derive(Clone, Eq, PartialEq)]
pub struct List<T>(pub Vec<T>);

/// A [`List`] of these.
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
