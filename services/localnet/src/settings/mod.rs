//! The network's settings, as data: the values of the live networks and the presets made from them.
//!
//! They become `ConfigSetting` ledger entries at genesis. Simulation and apply both read those
//! entries, so there is one source for what is allowed and what it costs.

mod costs;
mod entries;
mod preset;

pub use preset::Preset;

use soroban_env_host::{
    budget::Budget,
    fees::{FeeConfiguration, RentFeeConfiguration},
    HostError, LedgerInfo,
};
use soroban_simulation::NetworkConfig;
use stellar_xdr::ContractCostParams;

/// The protocol that the host of this build implements. There is no other.
pub const PROTOCOL_VERSION: u32 = 28;
/// The lowest fee of one operation, in stroops.
pub const BASE_FEE: u32 = 100;
/// The balance that each entry of an account locks, in stroops.
pub const BASE_RESERVE: u32 = 5_000_000;
/// Every stroop that exists, from genesis on.
pub const TOTAL_COINS: i64 = 1_000_000_000_000_000_000;
/// How many operations and transactions one ledger may hold.
pub const MAX_TX_SET_SIZE: u32 = 1_000;

/// The limits and prices of the network. The field names follow the protocol's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub max_wasm_bytes: u32,
    pub max_key_bytes: u32,
    pub max_entry_bytes: u32,
    pub tx_max_instructions: i64,
    pub ledger_max_instructions: i64,
    pub fee_per_10k_instructions: i64,
    pub tx_memory_limit_bytes: u32,
    pub tx_max_disk_read_entries: u32,
    pub tx_max_disk_read_bytes: u32,
    pub ledger_max_disk_read_entries: u32,
    pub ledger_max_disk_read_bytes: u32,
    pub tx_max_write_entries: u32,
    pub tx_max_write_bytes: u32,
    pub ledger_max_write_entries: u32,
    pub ledger_max_write_bytes: u32,
    pub tx_max_footprint_entries: u32,
    pub tx_max_events_bytes: u32,
    pub tx_max_size_bytes: u32,
    pub ledger_max_txs_bytes: u32,
    pub ledger_max_tx_count: u32,
    pub fee_disk_read_entry: i64,
    pub fee_write_entry: i64,
    pub fee_disk_read_1kb: i64,
    pub fee_write_1kb: i64,
    pub fee_historical_1kb: i64,
    pub fee_events_1kb: i64,
    pub fee_bandwidth_1kb: i64,
    pub state_target_bytes: i64,
    pub rent_fee_1kb_low: i64,
    pub rent_fee_1kb_high: i64,
    pub rent_fee_growth_factor: u32,
    pub max_ttl_ledgers: u32,
    pub min_persistent_ttl_ledgers: u32,
    pub min_temporary_ttl_ledgers: u32,
    pub persistent_rent_denominator: i64,
    pub temporary_rent_denominator: i64,
    /// The size of the live state, which prices rent.
    pub state_size_bytes: u64,
    pub eviction_scan_bytes: u32,
    pub max_dependent_clusters: u32,
}

impl Settings {
    /// What the fee library needs, computed from the same entries that simulation reads.
    pub fn fees(&self) -> (FeeConfiguration, RentFeeConfiguration) {
        let network = self.network_config();
        (network.fee_configuration, network.rent_fee_configuration)
    }

    /// The settings as the simulation library wants them.
    pub fn network_config(&self) -> NetworkConfig {
        let rent_fee_1kb = soroban_env_host::fees::compute_rent_write_fee_per_1kb(
            i64::try_from(self.state_size_bytes).unwrap_or(i64::MAX),
            &soroban_env_host::fees::RentWriteFeeConfiguration {
                state_target_size_bytes: self.state_target_bytes,
                rent_fee_1kb_state_size_low: self.rent_fee_1kb_low,
                rent_fee_1kb_state_size_high: self.rent_fee_1kb_high,
                state_size_rent_fee_growth_factor: self.rent_fee_growth_factor,
            },
        );
        NetworkConfig {
            fee_configuration: FeeConfiguration {
                fee_per_instruction_increment: self.fee_per_10k_instructions,
                fee_per_disk_read_entry: self.fee_disk_read_entry,
                fee_per_write_entry: self.fee_write_entry,
                fee_per_disk_read_1kb: self.fee_disk_read_1kb,
                fee_per_write_1kb: self.fee_write_1kb,
                fee_per_historical_1kb: self.fee_historical_1kb,
                fee_per_contract_event_1kb: self.fee_events_1kb,
                fee_per_transaction_size_1kb: self.fee_bandwidth_1kb,
            },
            rent_fee_configuration: RentFeeConfiguration {
                fee_per_write_1kb: self.fee_write_1kb,
                fee_per_rent_1kb: rent_fee_1kb,
                fee_per_write_entry: self.fee_write_entry,
                persistent_rent_rate_denominator: self.persistent_rent_denominator,
                temporary_rent_rate_denominator: self.temporary_rent_denominator,
            },
            tx_max_instructions: self.tx_max_instructions,
            tx_memory_limit: self.tx_memory_limit_bytes,
            cpu_cost_params: costs::cpu(),
            memory_cost_params: costs::memory(),
            min_temp_entry_ttl: self.min_temporary_ttl_ledgers,
            min_persistent_entry_ttl: self.min_persistent_ttl_ledgers,
            max_entry_ttl: self.max_ttl_ledgers,
        }
    }

    /// A budget of `instructions`, and of the network's memory limit, to apply a transaction with.
    ///
    /// # Errors
    /// Where the cost table does not fit the host.
    pub fn budget(&self, instructions: u32) -> Result<Budget, HostError> {
        Budget::try_from_configs(
            u64::from(instructions),
            u64::from(self.tx_memory_limit_bytes),
            costs::cpu(),
            costs::memory(),
        )
    }

    /// The ledger as contracts see it.
    pub fn ledger_info(&self, network_id: [u8; 32], sequence: u32, close_time: u64) -> LedgerInfo {
        LedgerInfo {
            protocol_version: PROTOCOL_VERSION,
            sequence_number: sequence,
            timestamp: close_time,
            network_id,
            base_reserve: BASE_RESERVE,
            min_temp_entry_ttl: self.min_temporary_ttl_ledgers,
            min_persistent_entry_ttl: self.min_persistent_ttl_ledgers,
            max_entry_ttl: self.max_ttl_ledgers,
        }
    }
}

/// A budget without limits, for the work that nobody pays for: parsing modules, measuring entries.
///
/// # Errors
/// Never in practice: an empty cost table charges nothing.
pub fn free_budget() -> Result<Budget, HostError> {
    let nothing = || ContractCostParams(Default::default());
    Budget::try_from_configs(u64::MAX, u64::MAX, nothing(), nothing())
}

/// A budget with the network's cost table and without limits: for sizes that depend on the table.
///
/// # Errors
/// Where the cost table does not fit the host.
pub fn measuring_budget() -> Result<Budget, HostError> {
    Budget::try_from_configs(u64::MAX, u64::MAX, costs::cpu(), costs::memory())
}
