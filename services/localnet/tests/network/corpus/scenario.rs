//! Reads the scenarios: what a validator was sent, and what it answered.

use base64::{engine::general_purpose::STANDARD, Engine};
use flash_localnet::settings::{Preset, Settings};
use lzma_rust2::XzReader;
use serde::Deserialize;
use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};
use stellar_xdr::{ConfigSettingEntry, ConfigUpgradeSet, Limits, ReadXdr};

/// One line of a scenario.
#[derive(Deserialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum Line {
    Genesis(Genesis),
    Submit(Submit),
    Close(Close),
}

/// The state that a scenario starts from.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Genesis {
    pub passphrase: String,
    pub ledger: u32,
    pub close_time: u64,
    pub state_size: u64,
    pub settings: String,
    pub entries: Vec<String>,
}

/// A transaction that was sent, and what the sender was answered.
#[derive(Deserialize)]
pub struct Submit {
    pub tx: String,
    pub env: String,
    pub status: String,
    pub result: Option<String>,
    pub label: Option<String>,
}

/// A ledger that closed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Close {
    pub ledger: u32,
    pub close_time: u64,
    pub txs: Vec<Applied>,
}

/// A transaction as the ledger applied it.
#[derive(Deserialize)]
pub struct Applied {
    pub tx: String,
    pub result: String,
    pub fee: String,
    pub meta: String,
    pub post: String,
}

/// The folder of the recorded scenarios.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus"))
}

/// The lines of a scenario.
pub fn lines(name: &str) -> impl Iterator<Item = Line> {
    let file = File::open(folder().join(format!("{name}.jsonl.xz"))).unwrap();
    let text = BufReader::new(XzReader::new(file, false));
    text.lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}

/// Decodes a value.
pub fn decode<T: ReadXdr>(base64: &str) -> T {
    T::from_xdr_base64(base64, Limits::none()).unwrap()
}

/// Decodes bytes.
pub fn bytes(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).unwrap()
}

/// A hash from its hexadecimal form.
pub fn hash(hex_digits: &str) -> [u8; 32] {
    hex::decode(hex_digits).unwrap().try_into().unwrap()
}

/// The settings that a scenario was recorded under.
pub fn settings(name: &str, state_size_bytes: u64) -> Settings {
    let text = std::fs::read_to_string(folder().join("settings.json")).unwrap();
    let sets: HashMap<String, String> = serde_json::from_str(&text).unwrap();
    let set: ConfigUpgradeSet = decode(&sets[name]);
    let mut settings = Settings {
        state_size_bytes,
        ..Preset::Mainnet.settings()
    };
    for entry in set.updated_entry.iter() {
        take(&mut settings, entry);
    }
    settings
}

fn take(to: &mut Settings, entry: &ConfigSettingEntry) {
    use ConfigSettingEntry as E;
    match entry {
        E::ContractMaxSizeBytes(bytes) => to.max_wasm_bytes = *bytes,
        E::ContractDataKeySizeBytes(bytes) => to.max_key_bytes = *bytes,
        E::ContractDataEntrySizeBytes(bytes) => to.max_entry_bytes = *bytes,
        E::ContractComputeV0(compute) => {
            to.ledger_max_instructions = compute.ledger_max_instructions;
            to.tx_max_instructions = compute.tx_max_instructions;
            to.fee_per_10k_instructions = compute.fee_rate_per_instructions_increment;
            to.tx_memory_limit_bytes = compute.tx_memory_limit;
        }
        E::ContractHistoricalDataV0(data) => to.fee_historical_1kb = data.fee_historical1_kb,
        E::ContractEventsV0(events) => {
            to.tx_max_events_bytes = events.tx_max_contract_events_size_bytes;
            to.fee_events_1kb = events.fee_contract_events1_kb;
        }
        E::ContractBandwidthV0(bandwidth) => {
            to.ledger_max_txs_bytes = bandwidth.ledger_max_txs_size_bytes;
            to.tx_max_size_bytes = bandwidth.tx_max_size_bytes;
            to.fee_bandwidth_1kb = bandwidth.fee_tx_size1_kb;
        }
        E::ContractLedgerCostExtV0(cost) => {
            to.tx_max_footprint_entries = cost.tx_max_footprint_entries;
            to.fee_write_1kb = cost.fee_write1_kb;
        }
        E::StateArchival(archival) => {
            to.max_ttl_ledgers = archival.max_entry_ttl;
            to.min_temporary_ttl_ledgers = archival.min_temporary_ttl;
            to.min_persistent_ttl_ledgers = archival.min_persistent_ttl;
            to.persistent_rent_denominator = archival.persistent_rent_rate_denominator;
            to.temporary_rent_denominator = archival.temp_rent_rate_denominator;
        }
        E::ContractExecutionLanes(lanes) => to.ledger_max_tx_count = lanes.ledger_max_tx_count,
        E::ContractLedgerCostV0(cost) => {
            to.ledger_max_disk_read_entries = cost.ledger_max_disk_read_entries;
            to.ledger_max_disk_read_bytes = cost.ledger_max_disk_read_bytes;
            to.ledger_max_write_entries = cost.ledger_max_write_ledger_entries;
            to.ledger_max_write_bytes = cost.ledger_max_write_bytes;
            to.tx_max_disk_read_entries = cost.tx_max_disk_read_entries;
            to.tx_max_disk_read_bytes = cost.tx_max_disk_read_bytes;
            to.tx_max_write_entries = cost.tx_max_write_ledger_entries;
            to.tx_max_write_bytes = cost.tx_max_write_bytes;
            to.fee_disk_read_entry = cost.fee_disk_read_ledger_entry;
            to.fee_write_entry = cost.fee_write_ledger_entry;
            to.fee_disk_read_1kb = cost.fee_disk_read1_kb;
            to.state_target_bytes = cost.soroban_state_target_size_bytes;
            to.rent_fee_1kb_low = cost.rent_fee1_kb_soroban_state_size_low;
            to.rent_fee_1kb_high = cost.rent_fee1_kb_soroban_state_size_high;
            to.rent_fee_growth_factor = cost.soroban_state_rent_fee_growth_factor;
        }
        // The rest is fixed in every preset, or does not bear on what a transaction does.
        _ => {}
    }
}
