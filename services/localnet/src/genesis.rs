//! The first ledger: two accounts, the settings, and the contract of the native asset.

use crate::{
    apply::asset_contract_id,
    settings::{Settings, BASE_FEE, BASE_RESERVE, MAX_TX_SET_SIZE, PROTOCOL_VERSION, TOTAL_COINS},
    state::{ClosedLedger, Entries, Entry, History, Network, Snapshot, Ttl, View},
};
use anyhow::{Context, Result};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use soroban_env_host::e2e_invoke::RecordingInvocationAuthMode;
use soroban_simulation::simulation::{
    simulate_invoke_host_function_op, SimulationAdjustmentConfig,
};
use std::{rc::Rc, sync::Arc};
use stellar_xdr::{
    AccountEntry, AccountEntryExt, AccountId, Asset, ConfigSettingEntry, ContractExecutable,
    ContractIdPreimage, CreateContractArgs, Hash, HostFunction, LedgerEntry, LedgerEntryData,
    LedgerEntryExt, LedgerHeader, LedgerHeaderExt, LedgerKey, Limits, PublicKey, SequenceNumber,
    StellarValue, StellarValueExt, String32, Thresholds, TimePoint, Uint256, WriteXdr,
};

/// The number of the first ledger.
pub const SEQUENCE: u32 = 1;
/// What friendbot owns at the start, in stroops: enough for a million accounts.
const FRIENDBOT_BALANCE: i64 = 100_000_000_000_000_000;

/// The key of the account that owns everything else. Public by design.
pub fn root_key(network_id: [u8; 32]) -> SigningKey {
    SigningKey::from_bytes(&network_id)
}

/// The key that friendbot signs with. Public by design.
pub fn friendbot_key(network_id: [u8; 32]) -> SigningKey {
    let mut hasher = Sha256::new();
    hasher.update(network_id);
    hasher.update(b"friendbot");
    SigningKey::from_bytes(&hasher.finalize().into())
}

/// The account of a key.
pub fn account_id(key: &SigningKey) -> AccountId {
    AccountId(PublicKey::PublicKeyTypeEd25519(Uint256(
        key.verifying_key().to_bytes(),
    )))
}

/// The network with nothing in it yet.
///
/// # Errors
/// Where the host refuses to make the native asset's contract.
pub fn view(network: Arc<Network>, close_time: u64) -> Result<View> {
    let mut entries = Entries::new();
    let root = TOTAL_COINS - FRIENDBOT_BALANCE;
    for (key, balance) in [
        (root_key(network.id), root),
        (friendbot_key(network.id), FRIENDBOT_BALANCE),
    ] {
        insert(&mut entries, account(account_id(&key), balance), None);
    }
    for setting in network.settings.config_entries() {
        let key = LedgerKey::ConfigSetting(setting.to_key());
        entries.insert(key, setting_entry(setting, SEQUENCE));
    }
    let live_until = SEQUENCE + network.settings.max_ttl_ledgers - 1;
    let ttl = Ttl {
        live_until,
        modified: SEQUENCE,
    };
    for data in native_contract(&network, &entries, close_time)? {
        insert(&mut entries, data, Some(ttl));
    }
    start(network, entries, SEQUENCE, close_time, 0)
}

/// A network that starts with `entries` and has no past.
///
/// # Errors
/// Where the header cannot be encoded.
pub fn start(
    network: Arc<Network>,
    entries: Entries,
    sequence: u32,
    close_time: u64,
    fee_pool: i64,
) -> Result<View> {
    let header = header(sequence, close_time, fee_pool);
    let encoded = header.to_xdr(Limits::none())?;
    let hash: [u8; 32] = Sha256::digest(&encoded).into();
    let ledger = ClosedLedger {
        sequence,
        close_time,
        hash,
        header: encoded,
        transactions: Vec::new(),
        evicted: Vec::new(),
    };
    let mut history = History::default();
    history.push(Arc::new(ledger), network.retention);
    Ok(View {
        network,
        header: Arc::new(header),
        hash,
        entries,
        history,
    })
}

/// A setting as a ledger entry.
pub fn setting_entry(setting: ConfigSettingEntry, modified: u32) -> Entry {
    Entry {
        entry: Arc::new(entry(LedgerEntryData::ConfigSetting(setting), modified)),
        ttl: None,
    }
}

fn entry(data: LedgerEntryData, last_modified_ledger_seq: u32) -> LedgerEntry {
    LedgerEntry {
        last_modified_ledger_seq,
        data,
        ext: LedgerEntryExt::V0,
    }
}

fn insert(entries: &mut Entries, data: LedgerEntryData, ttl: Option<Ttl>) {
    let key = data.to_key();
    entries.insert(
        key,
        Entry {
            entry: Arc::new(entry(data, SEQUENCE)),
            ttl,
        },
    );
}

fn account(account_id: AccountId, balance: i64) -> LedgerEntryData {
    LedgerEntryData::Account(AccountEntry {
        account_id,
        balance,
        seq_num: SequenceNumber(0),
        num_sub_entries: 0,
        inflation_dest: None,
        flags: 0,
        home_domain: String32::default(),
        thresholds: Thresholds([1, 0, 0, 0]),
        signers: Default::default(),
        ext: AccountEntryExt::V0,
    })
}

fn header(ledger_seq: u32, close_time: u64, fee_pool: i64) -> LedgerHeader {
    let none = || Hash([0; 32]);
    LedgerHeader {
        ledger_version: PROTOCOL_VERSION,
        previous_ledger_hash: none(),
        scp_value: StellarValue {
            tx_set_hash: none(),
            close_time: TimePoint(close_time),
            upgrades: Default::default(),
            ext: StellarValueExt::Basic,
        },
        tx_set_result_hash: none(),
        bucket_list_hash: none(),
        ledger_seq,
        total_coins: TOTAL_COINS,
        fee_pool,
        inflation_seq: 0,
        id_pool: 0,
        base_fee: BASE_FEE,
        base_reserve: BASE_RESERVE,
        max_tx_set_size: MAX_TX_SET_SIZE,
        skip_list: [none(), none(), none(), none()],
        ext: LedgerHeaderExt::V0,
    }
}

/// The entries of the native asset's contract, as the host itself makes them.
fn native_contract(
    network: &Network,
    entries: &Entries,
    close_time: u64,
) -> Result<Vec<LedgerEntryData>> {
    let settings: &Settings = &network.settings;
    let create = HostFunction::CreateContract(CreateContractArgs {
        contract_id_preimage: ContractIdPreimage::Asset(Asset::Native),
        executable: ContractExecutable::StellarAsset,
    });
    let made = simulate_invoke_host_function_op(
        Rc::new(Snapshot(entries.clone())),
        &settings.network_config(),
        &SimulationAdjustmentConfig::no_adjustments(),
        &settings.ledger_info(network.id, SEQUENCE, close_time),
        create,
        RecordingInvocationAuthMode::recording(true, false),
        &account_id(&root_key(network.id)),
        [0; 32],
        false,
    )?;
    made.invoke_result
        .context("the host does not make the native asset's contract")?;
    let expected = asset_contract_id(&Asset::Native, network.id)?;
    let is_of_contract = |data: &LedgerEntryData| {
        matches!(data, LedgerEntryData::ContractData(data)
            if data.contract == stellar_xdr::ScAddress::Contract(expected.clone()))
    };
    let made = made
        .modified_entries
        .into_iter()
        .filter_map(|diff| diff.state_after);
    Ok(made
        .map(|entry| entry.data)
        .filter(is_of_contract)
        .collect())
}
