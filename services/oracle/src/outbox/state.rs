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
    /// Not built yet.
    Planned,
    /// Hash and envelope are on disk; the batch may or may not have been sent.
    Built,
    /// The network accepted it.
    Sent,
    /// It succeeded in a ledger, or there was nothing left to do.
    Confirmed,
    /// It failed for good.
    Failed,
    /// It was split in two.
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

    /// Whether a batch may change from this state to the other.
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
    /// A standing top-up of a deal.
    Draw(u32),
    /// A due step of a deal.
    Advance(u32),
    /// Pushes a payout to its owner: (who, token).
    Push(String, String),
    /// Extends the entries with these ledger keys, as XDR.
    Extend(Vec<String>),
}

impl Kind {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Report(_) => "report",
            Self::ReportAndSettle(_) => "report_and_settle",
            Self::Draw(_) => "draw",
            Self::Advance(_) => "advance",
            Self::Push(..) => "push",
            Self::Extend(_) => "extend",
        }
    }

    /// The priority; smaller comes first.
    pub fn priority(&self) -> i64 {
        match self {
            // Money that arrives before a step may keep the deal from being closed.
            Self::Report(_) | Self::ReportAndSettle(_) | Self::Draw(_) => 1,
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

    /// The same work in two halves; `None` where it cannot be divided.
    pub fn halves(&self) -> Option<[Self; 2]> {
        match self {
            Self::Report(items) | Self::ReportAndSettle(items) if items.len() > 1 => {
                let (first, second) = items.split_at(items.len() / 2);
                Some([first, second].map(|half| self.with_items(half.to_vec())))
            }
            Self::Extend(keys) if keys.len() > 1 => {
                let (first, second) = keys.split_at(keys.len() / 2);
                Some([first, second].map(|half| Self::Extend(half.to_vec())))
            }
            _ => None,
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

/// A row of the outbox.
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
    /// How often its fee was bumped, and the last fee-bump envelope.
    pub bumps: u32,
    pub bump_envelope: Option<String>,
    /// No ledger that closes later can include it.
    pub max_time: u64,
    pub attempts: u32,
    pub outcome: Option<String>,
    pub created_ms: u64,
}
