//! The states of a batch.
//!
//! ```text
//! Planned ──► Built ──► Sent ──► Confirmed
//!    ▲ │        │         ├────► Failed
//!    │ └► Split └────┬────┘
//!    └─── Expired ◄──┘   only when it is provably dead
//! ```

use crate::plan::Item;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// To be built.
    Planned,
    /// Hash and envelope are on the disk; it may have been sent or not.
    Built,
    /// The network took it.
    Sent,
    /// It is in a ledger and succeeded, or there was nothing left to do.
    Confirmed,
    /// It cannot be done.
    Failed,
    /// Became two others.
    Split,
}

impl State {
    pub const ALL: [Self; 6] = [
        Self::Planned,
        Self::Built,
        Self::Sent,
        Self::Confirmed,
        Self::Failed,
        Self::Split,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Built => "built",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Split => "split",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Built | Self::Sent)
    }

    /// Whether a batch may go from here to there.
    pub fn may_become(self, next: Self) -> bool {
        use State::{Built, Confirmed, Failed, Planned, Sent, Split};
        matches!(
            (self, next),
            (Planned, Built | Confirmed | Failed | Split | Planned)
                | (Built, Sent | Confirmed | Failed | Planned)
                | (Sent, Confirmed | Failed | Planned | Sent)
        )
    }
}

/// What a batch does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "of")]
pub enum Kind {
    Report(Vec<Item>),
    ReportAndSettle(Vec<Item>),
    /// A step of a deal that is due.
    Advance(u32),
    /// A payout to its owner: (who, token).
    Push(String, String),
    /// Ledger keys whose entries shall live longer, as XDR.
    Extend(Vec<String>),
}

impl Kind {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Report(_) => "report",
            Self::ReportAndSettle(_) => "report_and_settle",
            Self::Advance(_) => "advance",
            Self::Push(..) => "push",
            Self::Extend(_) => "extend",
        }
    }

    /// Smaller is sooner.
    pub fn priority(&self) -> i64 {
        match self {
            Self::Report(_) | Self::ReportAndSettle(_) => 1,
            Self::Advance(_) => 2,
            Self::Push(..) => 3,
            Self::Extend(_) => 4,
        }
    }

    pub fn items(&self) -> &[Item] {
        match self {
            Self::Report(items) | Self::ReportAndSettle(items) => items,
            _ => &[],
        }
    }

    /// The same with other items.
    #[must_use]
    pub fn with_items(&self, items: Vec<Item>) -> Self {
        match self {
            Self::Report(_) => Self::Report(items),
            Self::ReportAndSettle(_) => Self::ReportAndSettle(items),
            other => other.clone(),
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: String,
    pub state: State,
    pub version: i64,
    pub kind: Kind,
    /// The account whose sequence number it uses.
    pub channel: Option<String>,
    pub hash: Option<String>,
    /// XDR, base64.
    pub envelope: Option<String>,
    /// How often more was offered for it, and the last envelope that does.
    pub bumps: u32,
    pub bump_envelope: Option<String>,
    /// In no ledger that closes later.
    pub max_time: u64,
    pub attempts: u32,
    pub outcome: Option<String>,
    pub created_ms: u64,
}
