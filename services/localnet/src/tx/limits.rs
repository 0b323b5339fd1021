//! The limits on what a Soroban transaction may declare, and the diagnostic events that tell which
//! one was missed. The texts are those of stellar-core, because developers search for them.

use super::{resources::disk_read_entries, Frame};
use crate::{settings::Settings, state::is_temporary};
use stellar_xdr::{
    Asset, ContractEvent, ContractEventBody, ContractEventType, ContractEventV0, DiagnosticEvent,
    ExtensionPoint, LedgerKey, LedgerKeyTrustLine, Limits, ScError, ScErrorCode, ScString,
    ScSymbol, ScVal, ScVec, TrustLineAsset, WriteXdr,
};

/// The diagnostic events of one transaction.
#[derive(Default)]
pub struct Diagnostics(pub Vec<DiagnosticEvent>);

impl Diagnostics {
    /// Adds an error event with a text and numbers.
    pub fn error(&mut self, error: ScError, message: &str, numbers: &[u64]) {
        let values = numbers.iter().map(|number| ScVal::U64(*number)).collect();
        self.error_with(error, message, values);
    }

    /// Adds an error event with a text and values.
    pub fn error_with(&mut self, error: ScError, message: &str, values: Vec<ScVal>) {
        let text = ScVal::String(ScString(message.try_into().unwrap_or_default()));
        let data = if values.is_empty() {
            text
        } else {
            let all: Vec<_> = std::iter::once(text).chain(values).collect();
            ScVal::Vec(Some(ScVec(all.try_into().unwrap_or_default())))
        };
        self.push("error", ScVal::Error(error), data);
    }

    /// Adds an event with one topic after its name.
    pub fn push(&mut self, name: &str, topic: ScVal, data: ScVal) {
        let name = ScVal::Symbol(ScSymbol(name.try_into().unwrap_or_default()));
        self.0.push(DiagnosticEvent {
            in_successful_contract_call: false,
            event: ContractEvent {
                ext: ExtensionPoint::V0,
                contract_id: None,
                type_: ContractEventType::Diagnostic,
                body: ContractEventBody::V0(ContractEventV0 {
                    topics: vec![name, topic].try_into().unwrap_or_default(),
                    data,
                }),
            },
        });
    }
}

/// Over a limit of the network, found in the budget.
pub const OVER_BUDGET: ScError = ScError::Budget(ScErrorCode::ExceededLimit);
/// Over a limit of the network, found in the storage.
pub const OVER_STORAGE: ScError = ScError::Storage(ScErrorCode::ExceededLimit);
/// A footprint that makes no sense.
pub const BAD_FOOTPRINT: ScError = ScError::Storage(ScErrorCode::InvalidInput);

/// Checks what the transaction declares against the network's settings.
///
/// # Errors
/// `Err(())` with the reason in `diagnostics`.
pub fn check(frame: &Frame, settings: &Settings, diagnostics: &mut Diagnostics) -> Result<(), ()> {
    let Some(resources) = frame.resources() else {
        return Err(());
    };
    let footprint = &resources.footprint;
    let entries = footprint.read_only.len() + footprint.read_write.len();
    let amounts: [(u64, u64, ScError, &str); 6] = [
        (
            u64::from(resources.instructions),
            unsigned(settings.tx_max_instructions),
            OVER_BUDGET,
            "transaction instructions resources exceed network config limit",
        ),
        (
            u64::from(resources.disk_read_bytes),
            u64::from(settings.tx_max_disk_read_bytes),
            OVER_STORAGE,
            "transaction byte-read resources exceed network config limit",
        ),
        (
            u64::from(resources.write_bytes),
            u64::from(settings.tx_max_write_bytes),
            OVER_STORAGE,
            "transaction byte-write resources exceed network config limit",
        ),
        (
            entries as u64,
            u64::from(settings.tx_max_footprint_entries),
            OVER_STORAGE,
            "the number of entries in transaction footprint exceeds the network config limit",
        ),
        (
            disk_read_entries(frame, resources) as u64,
            u64::from(settings.tx_max_disk_read_entries),
            OVER_STORAGE,
            "transaction entry-disk-read resources exceed network config limit",
        ),
        (
            footprint.read_write.len() as u64,
            u64::from(settings.tx_max_write_entries),
            OVER_STORAGE,
            "transaction entry-write resources exceed network config limit",
        ),
    ];
    for (amount, limit, error, message) in amounts {
        within(amount, limit, error, message, diagnostics)?;
    }
    for key in footprint
        .read_only
        .iter()
        .chain(footprint.read_write.iter())
    {
        check_key(key, settings, diagnostics)?;
    }
    within(
        u64::from(frame.size_bytes),
        u64::from(settings.tx_max_size_bytes),
        OVER_BUDGET,
        "total transaction size exceeds network config limit",
        diagnostics,
    )?;
    check_archived(frame, &footprint.read_write, diagnostics)
}

/// Checks that no key is in the footprint twice.
///
/// # Errors
/// `Err(())` with the reason in `diagnostics`.
pub fn check_duplicates(frame: &Frame, diagnostics: &mut Diagnostics) -> Result<(), ()> {
    let Some(resources) = frame.resources() else {
        return Ok(());
    };
    let footprint = &resources.footprint;
    let mut seen = std::collections::HashSet::new();
    for key in footprint
        .read_only
        .iter()
        .chain(footprint.read_write.iter())
    {
        if !seen.insert(key) {
            diagnostics.error(
                BAD_FOOTPRINT,
                "Found duplicate key in the Soroban footprint; every key across read-only and \
                 read-write footprints has to be unique.",
                &[],
            );
            return Err(());
        }
    }
    Ok(())
}

fn check_key(
    key: &LedgerKey,
    settings: &Settings,
    diagnostics: &mut Diagnostics,
) -> Result<(), ()> {
    match key {
        LedgerKey::Account(_) | LedgerKey::ContractData(_) | LedgerKey::ContractCode(_) => {}
        LedgerKey::Trustline(line) if is_held(line) => {}
        LedgerKey::Trustline(_) => {
            let message = "transaction footprint contains invalid trustline asset";
            diagnostics.error(BAD_FOOTPRINT, message, &[]);
            return Err(());
        }
        other => {
            let message = "transaction footprint contains unsupported ledger key type";
            let kind = other.discriminant() as i32;
            let error = ScError::Storage(ScErrorCode::UnexpectedType);
            diagnostics.error(error, message, &[u64::try_from(kind).unwrap_or_default()]);
            return Err(());
        }
    }
    let size = key.to_xdr(Limits::none()).map_err(|_| ())?.len() as u64;
    within(
        size,
        u64::from(settings.max_key_bytes),
        OVER_STORAGE,
        "transaction footprint key exceeds network config limit",
        diagnostics,
    )
}

/// Whether a trust line can exist: the native asset has none, and an issuer does not trust itself.
fn is_held(line: &LedgerKeyTrustLine) -> bool {
    let asset = match &line.asset {
        TrustLineAsset::CreditAlphanum4(asset) => Asset::CreditAlphanum4(asset.clone()),
        TrustLineAsset::CreditAlphanum12(asset) => Asset::CreditAlphanum12(asset.clone()),
        TrustLineAsset::Native | TrustLineAsset::PoolShare(_) => return false,
    };
    super::account::is_valid_asset(&asset)
        && super::account::issuer(&asset) != Some(&line.account_id)
}

fn check_archived(
    frame: &Frame,
    read_write: &[LedgerKey],
    diagnostics: &mut Diagnostics,
) -> Result<(), ()> {
    let mut last = None;
    for &index in frame.archived_entries() {
        if last.is_some_and(|last| index <= last) {
            let message = "archivedSorobanEntries must be sorted in ascending order";
            diagnostics.error(BAD_FOOTPRINT, message, &[]);
            return Err(());
        }
        last = Some(index);
        let numbers = [u64::from(index), read_write.len() as u64];
        let Some(key) = read_write.get(index as usize) else {
            let message = "archivedSorobanEntries index is out of bounds";
            diagnostics.error(BAD_FOOTPRINT, message, &numbers);
            return Err(());
        };
        if !crate::state::has_ttl(key) || is_temporary(key) {
            let message = "archivedSorobanEntries index points to a non-persistent entry";
            diagnostics.error(BAD_FOOTPRINT, message, &numbers[..1]);
            return Err(());
        }
    }
    Ok(())
}

/// Checks one amount against one limit.
///
/// # Errors
/// `Err(())` with the reason in `diagnostics`.
pub fn within(
    amount: u64,
    limit: u64,
    error: ScError,
    message: &str,
    diagnostics: &mut Diagnostics,
) -> Result<(), ()> {
    if amount <= limit {
        return Ok(());
    }
    diagnostics.error(error, message, &[amount, limit]);
    Err(())
}

/// A number of the protocol that is never negative, as an event tells it.
pub fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
