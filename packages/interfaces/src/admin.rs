//! What the contracts share: scheduled upgrades and the pause that ends by itself.

use soroban_sdk::{contracterror, contractevent, contracttype, Address, BytesN};

/// Errors of upgrades and pauses, the same codes in every contract.
#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum AdminError {
    /// The upgrade delay is shorter than this build allows (21 days without the feature `testnet`).
    UpgradeDelayTooShort = 3400,
    /// The upgrade delay is longer than 90 days.
    UpgradeDelayTooLong = 3401,
    /// An upgrade is scheduled already: cancel it first.
    UpgradePending = 3402,
    /// No upgrade is scheduled.
    NoUpgradePending = 3403,
    /// The delay of the scheduled upgrade has not passed yet.
    UpgradeTooEarly = 3404,
    /// The scheduled upgrade was not executed within 14 days from its time and is void.
    UpgradeExpired = 3405,
    /// The hash is not the one that was scheduled.
    UpgradeHashMismatch = 3406,
    /// The operator is not the owner.
    NotOwner = 3407,
    /// The stored schema is the one of this code already.
    NothingToMigrate = 3408,
    /// Nothing is paused.
    NotPaused = 3409,
}

/// An upgrade that was announced.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PendingUpgrade {
    /// Hash of the Wasm that will be executed.
    pub wasm_hash: BytesN<32>,
    /// From this time on (seconds) it may be executed.
    pub ready_ts: u64,
    /// After this time (seconds) it is void.
    pub void_ts: u64,
}

/// The part of `get_config` that is the same in every contract.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AdminConfig {
    /// Always some: ownership is handed over, never given up.
    pub owner: Option<Address>,
    /// Version of the stored shapes.
    pub schema: u32,
    /// Seconds between the announcement and the execution of an upgrade.
    pub upgrade_delay_secs: u64,
    /// Hash of the announced upgrade, when it may be executed, and after when it is void; `None`
    /// and zeros without one.
    pub upgrade_wasm_hash: Option<BytesN<32>>,
    pub upgrade_ready_ts: u64,
    pub upgrade_void_ts: u64,
    /// New obligations are refused before this time (seconds); `None` when not paused.
    pub paused_until_ts: Option<u64>,
}

/// An upgrade was announced.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UpgradeScheduled {
    #[topic]
    pub wasm_hash: BytesN<32>,
    pub ready_ts: u64,
    pub void_ts: u64,
}

/// An announced upgrade was called off.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UpgradeCancelled {
    #[topic]
    pub wasm_hash: BytesN<32>,
}

/// The code under the address was replaced.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Upgraded {
    #[topic]
    pub wasm_hash: BytesN<32>,
    pub operator: Address,
}

/// The stored configuration was brought to the schema of the running code.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Migrated {
    pub from_schema: u32,
    pub to_schema: u32,
}

/// New obligations are refused until `until_ts` (seconds).
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Paused {
    pub until_ts: u64,
}

/// New obligations are accepted again.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unpaused {}
