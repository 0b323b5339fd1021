//! A closed ledger as `LedgerCloseMeta`, made from what the history keeps when somebody asks.

use super::tx_set;
use crate::{
    settings::Settings,
    state::{AppliedTransaction, ClosedLedger},
};
use stellar_xdr::{
    Error, ExtensionPoint, Hash, LedgerCloseMeta, LedgerCloseMetaExt, LedgerCloseMetaExtV1,
    LedgerCloseMetaV2, LedgerHeader, LedgerHeaderHistoryEntry, LedgerHeaderHistoryEntryExt,
    LedgerKey, Limits, ReadXdr, TransactionEnvelope, TransactionResultMetaV1,
    TransactionResultPair,
};

fn read<T: ReadXdr>(bytes: &[u8]) -> Result<T, Error> {
    T::from_xdr(bytes, Limits::none())
}

/// The header with its hash.
///
/// # Errors
/// Where the kept bytes do not decode.
pub fn history_entry(ledger: &ClosedLedger) -> Result<LedgerHeaderHistoryEntry, Error> {
    Ok(LedgerHeaderHistoryEntry {
        hash: Hash(ledger.hash),
        header: read(&ledger.header)?,
        ext: LedgerHeaderHistoryEntryExt::V0,
    })
}

/// Everything that happened in a ledger.
///
/// # Errors
/// Where the kept bytes do not decode.
pub fn close_meta(ledger: &ClosedLedger, settings: &Settings) -> Result<LedgerCloseMeta, Error> {
    let header: LedgerHeader = read(&ledger.header)?;
    let envelopes = ledger
        .transactions
        .iter()
        .map(|tx| Ok((read::<TransactionEnvelope>(&tx.envelope)?, tx.is_soroban)))
        .collect::<Result<Vec<_>, Error>>()?;
    let processing = ledger
        .transactions
        .iter()
        .map(result_meta)
        .collect::<Result<Vec<_>, Error>>()?;
    let evicted = ledger
        .evicted
        .iter()
        .map(|key| read::<LedgerKey>(key))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(LedgerCloseMeta::V2(LedgerCloseMetaV2 {
        ext: LedgerCloseMetaExt::V1(LedgerCloseMetaExtV1 {
            ext: ExtensionPoint::V0,
            soroban_fee_write1_kb: settings
                .network_config()
                .rent_fee_configuration
                .fee_per_rent_1kb,
        }),
        ledger_header: history_entry(ledger)?,
        tx_set: tx_set(header.previous_ledger_hash.0, envelopes)?,
        tx_processing: processing.try_into()?,
        upgrades_processing: Default::default(),
        scp_info: Default::default(),
        total_byte_size_of_live_soroban_state: settings.state_size_bytes,
        evicted_keys: evicted.try_into()?,
    }))
}

fn result_meta(tx: &AppliedTransaction) -> Result<TransactionResultMetaV1, Error> {
    Ok(TransactionResultMetaV1 {
        ext: ExtensionPoint::V0,
        result: TransactionResultPair {
            transaction_hash: Hash(tx.hash),
            result: read(&tx.result)?,
        },
        fee_processing: read(&tx.fee_changes)?,
        tx_apply_processing: read(&tx.meta)?,
        post_tx_apply_fee_processing: read(&tx.refund_changes)?,
    })
}
