//! The settings as the `ConfigSetting` entries that clients and the simulation library read.

use super::{costs, Settings};
use stellar_xdr::{
    ConfigSettingContractBandwidthV0, ConfigSettingContractComputeV0,
    ConfigSettingContractEventsV0, ConfigSettingContractExecutionLanesV0,
    ConfigSettingContractHistoricalDataV0, ConfigSettingContractLedgerCostExtV0,
    ConfigSettingContractLedgerCostV0, ConfigSettingContractParallelComputeV0, ConfigSettingEntry,
    ConfigSettingScpTiming, EvictionIterator, FreezeBypassTxs, FrozenLedgerKeys,
    StateArchivalSettings,
};

/// How many samples the window of the state's size holds.
const STATE_SIZE_SAMPLES: usize = 30;

impl Settings {
    /// Every `ConfigSetting` entry of the network. The two kinds that only carry a change until it is
    /// voted on are no entries of a ledger.
    pub fn config_entries(&self) -> Vec<ConfigSettingEntry> {
        let mut entries = self.limits();
        entries.extend(self.housekeeping());
        entries
    }

    fn limits(&self) -> Vec<ConfigSettingEntry> {
        vec![
            ConfigSettingEntry::ContractMaxSizeBytes(self.max_wasm_bytes),
            ConfigSettingEntry::ContractComputeV0(ConfigSettingContractComputeV0 {
                ledger_max_instructions: self.ledger_max_instructions,
                tx_max_instructions: self.tx_max_instructions,
                fee_rate_per_instructions_increment: self.fee_per_10k_instructions,
                tx_memory_limit: self.tx_memory_limit_bytes,
            }),
            ConfigSettingEntry::ContractLedgerCostV0(self.ledger_cost()),
            ConfigSettingEntry::ContractHistoricalDataV0(ConfigSettingContractHistoricalDataV0 {
                fee_historical1_kb: self.fee_historical_1kb,
            }),
            ConfigSettingEntry::ContractEventsV0(ConfigSettingContractEventsV0 {
                tx_max_contract_events_size_bytes: self.tx_max_events_bytes,
                fee_contract_events1_kb: self.fee_events_1kb,
            }),
            ConfigSettingEntry::ContractBandwidthV0(ConfigSettingContractBandwidthV0 {
                ledger_max_txs_size_bytes: self.ledger_max_txs_bytes,
                tx_max_size_bytes: self.tx_max_size_bytes,
                fee_tx_size1_kb: self.fee_bandwidth_1kb,
            }),
            ConfigSettingEntry::ContractCostParamsCpuInstructions(costs::cpu()),
            ConfigSettingEntry::ContractCostParamsMemoryBytes(costs::memory()),
            ConfigSettingEntry::ContractDataKeySizeBytes(self.max_key_bytes),
            ConfigSettingEntry::ContractDataEntrySizeBytes(self.max_entry_bytes),
            ConfigSettingEntry::ContractLedgerCostExtV0(ConfigSettingContractLedgerCostExtV0 {
                tx_max_footprint_entries: self.tx_max_footprint_entries,
                fee_write1_kb: self.fee_write_1kb,
            }),
        ]
    }

    fn ledger_cost(&self) -> ConfigSettingContractLedgerCostV0 {
        ConfigSettingContractLedgerCostV0 {
            ledger_max_disk_read_entries: self.ledger_max_disk_read_entries,
            ledger_max_disk_read_bytes: self.ledger_max_disk_read_bytes,
            ledger_max_write_ledger_entries: self.ledger_max_write_entries,
            ledger_max_write_bytes: self.ledger_max_write_bytes,
            tx_max_disk_read_entries: self.tx_max_disk_read_entries,
            tx_max_disk_read_bytes: self.tx_max_disk_read_bytes,
            tx_max_write_ledger_entries: self.tx_max_write_entries,
            tx_max_write_bytes: self.tx_max_write_bytes,
            fee_disk_read_ledger_entry: self.fee_disk_read_entry,
            fee_write_ledger_entry: self.fee_write_entry,
            fee_disk_read1_kb: self.fee_disk_read_1kb,
            soroban_state_target_size_bytes: self.state_target_bytes,
            rent_fee1_kb_soroban_state_size_low: self.rent_fee_1kb_low,
            rent_fee1_kb_soroban_state_size_high: self.rent_fee_1kb_high,
            soroban_state_rent_fee_growth_factor: self.rent_fee_growth_factor,
        }
    }

    fn housekeeping(&self) -> Vec<ConfigSettingEntry> {
        let window = vec![self.state_size_bytes; STATE_SIZE_SAMPLES];
        vec![
            ConfigSettingEntry::StateArchival(StateArchivalSettings {
                max_entry_ttl: self.max_ttl_ledgers,
                min_temporary_ttl: self.min_temporary_ttl_ledgers,
                min_persistent_ttl: self.min_persistent_ttl_ledgers,
                persistent_rent_rate_denominator: self.persistent_rent_denominator,
                temp_rent_rate_denominator: self.temporary_rent_denominator,
                max_entries_to_archive: 1_000,
                live_soroban_state_size_window_sample_size: STATE_SIZE_SAMPLES as u32,
                live_soroban_state_size_window_sample_period: 64,
                eviction_scan_size: self.eviction_scan_bytes,
                starting_eviction_scan_level: 7,
            }),
            ConfigSettingEntry::ContractExecutionLanes(ConfigSettingContractExecutionLanesV0 {
                ledger_max_tx_count: self.ledger_max_tx_count,
            }),
            ConfigSettingEntry::LiveSorobanStateSizeWindow(window.try_into().unwrap_or_default()),
            ConfigSettingEntry::EvictionIterator(EvictionIterator {
                bucket_list_level: 7,
                is_curr_bucket: true,
                bucket_file_offset: 0,
            }),
            ConfigSettingEntry::ContractParallelComputeV0(ConfigSettingContractParallelComputeV0 {
                ledger_max_dependent_tx_clusters: self.max_dependent_clusters,
            }),
            ConfigSettingEntry::ScpTiming(ConfigSettingScpTiming {
                ledger_target_close_time_milliseconds: 5_000,
                nomination_timeout_initial_milliseconds: 1_000,
                nomination_timeout_increment_milliseconds: 1_000,
                ballot_timeout_initial_milliseconds: 1_000,
                ballot_timeout_increment_milliseconds: 1_000,
            }),
            ConfigSettingEntry::FrozenLedgerKeys(FrozenLedgerKeys::default()),
            ConfigSettingEntry::FreezeBypassTxs(FreezeBypassTxs::default()),
        ]
    }
}
