//! A transaction in the form that the history keeps.

use super::{events, transaction::Executed};
use crate::{state::AppliedTransaction, tx::Frame};
use stellar_xdr::{
    ExtensionPoint, LedgerEntryChanges, Limits, SorobanTransactionMetaExt,
    SorobanTransactionMetaExtV1, SorobanTransactionMetaV2, TransactionEvent, TransactionEventStage,
    TransactionMeta, TransactionMetaV4, TransactionResult, WriteXdr,
};

/// What was taken, and what came back.
pub fn fee_events(
    frame: &Frame,
    charged: i64,
    returned: i64,
    network_id: [u8; 32],
) -> Result<Vec<TransactionEvent>, stellar_xdr::Error> {
    let payer = frame.fee_source();
    let mut all = Vec::new();
    if charged != 0 {
        all.push(events::fee(
            &payer,
            charged,
            TransactionEventStage::BeforeAllTxs,
            network_id,
        )?);
    }
    if returned != 0 {
        all.push(events::fee(
            &payer,
            -returned,
            TransactionEventStage::AfterAllTxs,
            network_id,
        )?);
    }
    Ok(all)
}

/// The meta.
pub fn meta(
    frame: &Frame,
    executed: Executed,
    events: Vec<TransactionEvent>,
) -> Result<TransactionMeta, stellar_xdr::Error> {
    let (ran, refund) = (executed.ran, executed.refund);
    let soroban_meta = frame.is_soroban().then(|| SorobanTransactionMetaV2 {
        ext: SorobanTransactionMetaExt::V1(SorobanTransactionMetaExtV1 {
            ext: ExtensionPoint::V0,
            total_non_refundable_resource_fee_charged: refund.non_refundable,
            total_refundable_resource_fee_charged: refund.used(),
            rent_fee_charged: refund.rent,
        }),
        return_value: ran.return_value,
    });
    Ok(TransactionMeta::V4(TransactionMetaV4 {
        ext: ExtensionPoint::V0,
        tx_changes_before: executed.changes_before,
        operations: ran.metas.try_into()?,
        tx_changes_after: LedgerEntryChanges::default(),
        soroban_meta,
        events: events.try_into()?,
        diagnostic_events: executed.diagnostics.0.try_into()?,
    }))
}

/// All of it, encoded.
pub fn record(
    frame: &Frame,
    result: &TransactionResult,
    fee_changes: &LedgerEntryChanges,
    meta: &TransactionMeta,
    refund_changes: &LedgerEntryChanges,
    successful: bool,
) -> anyhow::Result<AppliedTransaction> {
    // Stellar RPC does not count a fee bump as one more operation.
    let operations = i64::try_from(frame.operations().len())?.max(1);
    let per_operation = frame.charged_inclusion_fee() / operations;
    Ok(AppliedTransaction {
        hash: frame.hash,
        inner_hash: frame.is_fee_bump().then_some(frame.inner_hash),
        envelope: frame.envelope().to_xdr(Limits::none())?,
        result: result.to_xdr(Limits::none())?,
        fee_changes: fee_changes.to_xdr(Limits::none())?,
        meta: meta.to_xdr(Limits::none())?,
        refund_changes: refund_changes.to_xdr(Limits::none())?,
        successful,
        is_soroban: frame.is_soroban(),
        inclusion_fee: u64::try_from(per_operation).unwrap_or_default(),
    })
}
