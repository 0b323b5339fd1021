//! What the oracle may call.

use soroban_sdk::{contractclient, Address, Env, Vec};

use crate::deals::*;

/// Commands that the oracle signs.
#[contractclient(name = "DealsClient", impl_only = true)]
pub trait OracleCommands {
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
    /// As [`OracleCommands::update_deal_consumption`], [`DealsError::ServiceOutOfBounds`]
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
    /// [`Reported`], [`ReportClipped`], [`ArrearsBegan`], [`ArrearsCleared`], [`DealReleased`]
    ///
    /// Authorisation: the oracle role, over two arguments in place of `books`, so that reports cross the network once:
    /// `Vec<(provider: Address, asset: Address, page: u32, reports: u32)>`, one a book, and `BytesN<32>`, the SHA-256
    /// of all reports in their order. A report is hashed as 44 bytes: deal_id (4), storage_mb_secs (16), egress_mb (8),
    /// latency_ms (4), uptime_bps (4), through_ts (8), little-endian, nothing between them. So a signature holds for
    /// exactly these reports in exactly these books. Simulation answers with the entry to sign.
    fn report(env: Env, books: Vec<BookReports>) -> Result<Vec<u32>, DealsError>;

    /// [`OracleCommands::report`] and [`AnyoneCommands::settle`] of the deals whose report was
    /// applied: a daily round.
    ///
    /// # Errors
    /// As [`OracleCommands::report`].
    ///
    /// # Events
    /// [`Reported`] with the payments, [`ReportClipped`], [`ArrearsBegan`], [`ArrearsCleared`],
    /// [`DealReleased`]
    ///
    /// Authorisation: the oracle role, over the same two arguments as [`OracleCommands::report`].
    fn report_and_settle(env: Env, books: Vec<BookReports>) -> Result<Vec<u32>, DealsError>;
}
