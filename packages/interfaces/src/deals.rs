//! Deals: terms, state machine, metering, SLA verdicts; orchestrates the other three contracts.

use soroban_sdk::contractclient;

mod commands;
mod errors;
mod events;
mod queries;
mod types;

pub use commands::{
    AnyoneCommands, ConsumerCommands, OracleCommands, OwnerCommands, ProviderCommands,
};
pub use errors::DealsError;
pub use events::{
    ArrearsBegan, ArrearsCleared, DealAccepted, DealClosed, DealCreated, DealDeleted, DealDropped,
    DealFunded, DealReleased, DealSucceeded, DealSynced, DealToppedUp, DepositReduced, NoticeGiven,
    OracleCancelled, OracleScheduled, OracleSuspended, PolicyAdded, ReportClipped, ReportItem,
    Reported, Settled, SettledItem, WindowStaged,
};
/// Flags of [`ReportItem`].
pub use flash_money::report::flags as report_flags;
pub use flash_money::units::NOT_MEASURED;
pub use queries::Queries;
pub use types::{
    Advance, BookDeals, BookPage, BookReports, Deal, DealInfo, DealRequest, DealStatus,
    DealsConfig, EndReason, Health, HealthLevel, Meter, OracleConfig, Policy, Quote, Report,
    SlaTiers, Stage, Terms,
};

/// Everything that the contract exports, constructor and administration apart.
#[contractclient(name = "DealsClient")]
pub trait DealsInterface:
    ConsumerCommands + ProviderCommands + AnyoneCommands + OracleCommands + OwnerCommands + Queries
{
}
