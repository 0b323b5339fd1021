//! The presets: the live networks' values, and two that make development easier.

use super::Settings;

/// Which settings the network starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Preset {
    /// The limits, fees and TTLs of the public network.
    #[default]
    Mainnet,
    /// The public test network: shorter minimum TTLs, room for a larger state.
    Testnet,
    /// Entries archive after minutes instead of months, to test archival.
    Fast,
    /// Limits so high that no contract meets them; the prices stay.
    Unlimited,
}

impl Preset {
    /// The settings of this preset.
    pub fn settings(self) -> Settings {
        match self {
            Self::Mainnet => mainnet(),
            Self::Testnet => Settings {
                min_persistent_ttl_ledgers: 120_960,
                min_temporary_ttl_ledgers: 720,
                state_target_bytes: 4_000_000_000,
                eviction_scan_bytes: 500_000,
                max_dependent_clusters: 2,
                ..mainnet()
            },
            Self::Fast => Settings {
                max_ttl_ledgers: 17_280,
                min_persistent_ttl_ledgers: 120,
                min_temporary_ttl_ledgers: 16,
                ..mainnet()
            },
            Self::Unlimited => unlimited(),
        }
    }
}

fn mainnet() -> Settings {
    Settings {
        max_wasm_bytes: 131_072,
        max_key_bytes: 250,
        max_entry_bytes: 65_536,
        tx_max_instructions: 400_000_000,
        ledger_max_instructions: 580_000_000,
        fee_per_10k_instructions: 7,
        tx_memory_limit_bytes: 41_943_040,
        tx_max_disk_read_entries: 200,
        tx_max_disk_read_bytes: 200_000,
        ledger_max_disk_read_entries: 1_000,
        ledger_max_disk_read_bytes: 400_000,
        tx_max_write_entries: 200,
        tx_max_write_bytes: 132_096,
        ledger_max_write_entries: 1_000,
        ledger_max_write_bytes: 286_720,
        tx_max_footprint_entries: 400,
        tx_max_events_bytes: 16_384,
        tx_max_size_bytes: 132_096,
        ledger_max_txs_bytes: 266_240,
        ledger_max_tx_count: 2_000,
        fee_disk_read_entry: 1_563,
        fee_write_entry: 2_500,
        fee_disk_read_1kb: 447,
        fee_write_1kb: 875,
        fee_historical_1kb: 4_059,
        fee_events_1kb: 5_000,
        fee_bandwidth_1kb: 406,
        state_target_bytes: 3_000_000_000,
        rent_fee_1kb_low: -17_000,
        rent_fee_1kb_high: 10_000,
        rent_fee_growth_factor: 5_000,
        max_ttl_ledgers: 3_110_400,
        min_persistent_ttl_ledgers: 2_073_600,
        min_temporary_ttl_ledgers: 17_280,
        persistent_rent_denominator: 1_215,
        temporary_rent_denominator: 2_430,
        state_size_bytes: 1_388_000_000,
        eviction_scan_bytes: 100_000,
        max_dependent_clusters: 1,
    }
}

fn unlimited() -> Settings {
    Settings {
        max_wasm_bytes: 1_048_576,
        max_key_bytes: 65_536,
        max_entry_bytes: 1_048_576,
        tx_max_instructions: i64::from(u32::MAX),
        ledger_max_instructions: i64::MAX,
        tx_memory_limit_bytes: u32::MAX,
        tx_max_disk_read_entries: 10_000,
        tx_max_disk_read_bytes: 100_000_000,
        ledger_max_disk_read_entries: u32::MAX,
        ledger_max_disk_read_bytes: u32::MAX,
        tx_max_write_entries: 10_000,
        tx_max_write_bytes: 100_000_000,
        ledger_max_write_entries: u32::MAX,
        ledger_max_write_bytes: u32::MAX,
        tx_max_footprint_entries: 20_000,
        tx_max_events_bytes: 10_000_000,
        tx_max_size_bytes: 1_048_576,
        ledger_max_txs_bytes: u32::MAX,
        ledger_max_tx_count: u32::MAX,
        ..mainnet()
    }
}
