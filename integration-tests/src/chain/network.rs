//! Mainnet's settings: the limits and rates of a transaction.

use soroban_env_host::{
    fees::{
        compute_rent_write_fee_per_1kb, FeeConfiguration, RentFeeConfiguration,
        RentWriteFeeConfiguration,
    },
    LedgerInfo,
};

pub const PROTOCOL_VERSION: u32 = 28;
/// SHA-256 of "Public Global Stellar Network ; September 2015".
pub const NETWORK_ID: [u8; 32] = [
    0x7a, 0xc3, 0x39, 0x97, 0x54, 0x4e, 0x31, 0x75, 0xd2, 0x66, 0xbd, 0x02, 0x24, 0x39, 0xb2, 0x2c,
    0xdb, 0x16, 0x50, 0x8c, 0x01, 0x16, 0x3f, 0x26, 0xe5, 0xcb, 0x2a, 0x3e, 0x10, 0x45, 0xa9, 0x79,
];
pub const SECS_PER_LEDGER: u64 = 5;

/// The limits of one transaction.
pub const TX_MAX_INSTRUCTIONS: u64 = 400_000_000;
pub const TX_MAX_MEM_BYTES: u64 = 41_943_040;
pub const TX_MAX_DISK_READ_ENTRIES: u64 = 200;
pub const TX_MAX_DISK_READ_BYTES: u64 = 200_000;
pub const TX_MAX_WRITE_ENTRIES: u64 = 200;
pub const TX_MAX_WRITE_BYTES: u64 = 132_096;
pub const TX_MAX_FOOTPRINT_ENTRIES: u64 = 400;
/// Events and return value together.
pub const TX_MAX_EVENTS_BYTES: u64 = 16_384;
pub const TX_MAX_SIZE_BYTES: u64 = 132_096;

/// What RPC servers declare on top of the instructions that they simulated; to bytes they add nothing
/// (`SimulationAdjustmentConfig::default_adjustment` of `soroban-simulation`).
pub const SPARE_PERCENT: u64 = 4;
pub const SPARE_INSTRUCTIONS: u64 = 50_000;
/// What the clients of this repository declare on top, at the latest at their second try: two full pages of a
/// provider's book.
pub const SPARE_WRITE_BYTES: u32 = 6_144;

const FEE_WRITE_ENTRY: i64 = 2_500;
const FEE_WRITE_1KB: i64 = 875;
/// Size of the state that the rent rate is computed from.
const STATE_SIZE_BYTES: i64 = 1_388_000_000;

pub fn fee_configuration() -> FeeConfiguration {
    FeeConfiguration {
        fee_per_instruction_increment: 7,
        fee_per_disk_read_entry: 1_563,
        fee_per_write_entry: FEE_WRITE_ENTRY,
        fee_per_disk_read_1kb: 447,
        fee_per_write_1kb: FEE_WRITE_1KB,
        fee_per_historical_1kb: 4_059,
        fee_per_contract_event_1kb: 5_000,
        fee_per_transaction_size_1kb: 406,
    }
}

pub fn rent_configuration() -> RentFeeConfiguration {
    let rates = RentWriteFeeConfiguration {
        state_target_size_bytes: 3_000_000_000,
        rent_fee_1kb_state_size_low: -17_000,
        rent_fee_1kb_state_size_high: 10_000,
        state_size_rent_fee_growth_factor: 5_000,
    };
    RentFeeConfiguration {
        fee_per_write_1kb: FEE_WRITE_1KB,
        fee_per_rent_1kb: compute_rent_write_fee_per_1kb(STATE_SIZE_BYTES, &rates),
        fee_per_write_entry: FEE_WRITE_ENTRY,
        persistent_rent_rate_denominator: 1_215,
        temporary_rent_rate_denominator: 2_430,
    }
}

/// The ledger at which every world starts. Zero would hide underflow.
pub fn first_ledger() -> LedgerInfo {
    LedgerInfo {
        protocol_version: PROTOCOL_VERSION,
        sequence_number: 57_000_000,
        timestamp: 1_750_000_000,
        network_id: NETWORK_ID,
        base_reserve: 5_000_000,
        min_temp_entry_ttl: 17_280,
        min_persistent_entry_ttl: 2_073_600,
        max_entry_ttl: 3_110_400,
    }
}
