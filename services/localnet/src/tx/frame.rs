//! One transaction envelope, with what is computed from it once.

use crate::settings::BASE_FEE;
use stellar_xdr::{
    AccountId, DecoratedSignature, FeeBumpTransactionInnerTx, Limits, MuxedAccount, Operation,
    OperationBody, Preconditions, SorobanResources, SorobanTransactionData,
    SorobanTransactionDataExt, Transaction, TransactionEnvelope, TransactionExt, WriteXdr,
};

/// A transaction, or a fee bump with the transaction that it carries.
#[derive(Clone)]
pub struct Frame {
    envelope: TransactionEnvelope,
    /// The hash that the network knows the transaction by: of the fee bump where there is one.
    pub hash: [u8; 32],
    /// The hash that the transaction's own signatures are over.
    pub inner_hash: [u8; 32],
    /// The size of the transaction's own envelope, without the fee bump around it.
    pub size_bytes: u32,
}

/// The form before protocol 13, which no network accepts any more.
#[derive(Debug, thiserror::Error)]
#[error("the envelope is of a type that the protocol does not support")]
pub struct Unsupported {
    pub hash: [u8; 32],
}

impl Frame {
    /// Takes an envelope apart.
    ///
    /// # Errors
    /// [`Unsupported`] for a V0 envelope; otherwise where the envelope cannot be encoded.
    pub fn new(envelope: TransactionEnvelope, network_id: [u8; 32]) -> anyhow::Result<Self> {
        let hash = envelope.hash(network_id)?;
        let (inner_hash, size) = match &envelope {
            TransactionEnvelope::TxV0(_) => return Err(Unsupported { hash }.into()),
            TransactionEnvelope::Tx(_) => (hash, envelope.to_xdr(Limits::none())?.len()),
            TransactionEnvelope::TxFeeBump(bump) => {
                let FeeBumpTransactionInnerTx::Tx(inner) = &bump.tx.inner_tx;
                let inner = TransactionEnvelope::Tx(inner.clone());
                (inner.hash(network_id)?, inner.to_xdr(Limits::none())?.len())
            }
        };
        Ok(Self {
            envelope,
            hash,
            inner_hash,
            size_bytes: u32::try_from(size)?,
        })
    }

    /// The envelope as it came.
    pub fn envelope(&self) -> &TransactionEnvelope {
        &self.envelope
    }

    /// The transaction with the operations.
    pub fn tx(&self) -> &Transaction {
        match &self.envelope {
            TransactionEnvelope::Tx(envelope) => &envelope.tx,
            TransactionEnvelope::TxFeeBump(bump) => {
                let FeeBumpTransactionInnerTx::Tx(inner) = &bump.tx.inner_tx;
                &inner.tx
            }
            TransactionEnvelope::TxV0(_) => unreachable!("`new` refuses the V0 form"),
        }
    }

    /// The signatures over the transaction itself.
    pub fn signatures(&self) -> &[DecoratedSignature] {
        match &self.envelope {
            TransactionEnvelope::Tx(envelope) => &envelope.signatures,
            TransactionEnvelope::TxFeeBump(bump) => {
                let FeeBumpTransactionInnerTx::Tx(inner) = &bump.tx.inner_tx;
                &inner.signatures
            }
            TransactionEnvelope::TxV0(_) => unreachable!("`new` refuses the V0 form"),
        }
    }

    /// The signatures over the fee bump, and who pays, where it is one.
    pub fn fee_bump(&self) -> Option<(&[DecoratedSignature], AccountId, i64)> {
        match &self.envelope {
            TransactionEnvelope::TxFeeBump(bump) => {
                let payer = bump.tx.fee_source.clone().account_id();
                Some((bump.signatures.as_slice(), payer, bump.tx.fee))
            }
            _ => None,
        }
    }

    /// Whether it is a fee bump.
    pub fn is_fee_bump(&self) -> bool {
        matches!(self.envelope, TransactionEnvelope::TxFeeBump(_))
    }

    /// The account whose sequence number the transaction uses.
    pub fn source(&self) -> AccountId {
        self.tx().source_account.clone().account_id()
    }

    /// The account that pays.
    pub fn fee_source(&self) -> AccountId {
        self.fee_bump()
            .map_or_else(|| self.source(), |(_, payer, _)| payer)
    }

    /// The operations.
    pub fn operations(&self) -> &[Operation] {
        &self.tx().operations
    }

    /// On whose behalf an operation acts.
    pub fn operation_source(&self, operation: &Operation) -> AccountId {
        let muxed = operation
            .source_account
            .as_ref()
            .unwrap_or(&self.tx().source_account);
        muxed.clone().account_id()
    }

    /// Whether an account is written with an id in front, anywhere that a contract would see it.
    pub fn has_muxed_source(&self) -> bool {
        let is_muxed = |account: &MuxedAccount| matches!(account, MuxedAccount::MuxedEd25519(_));
        is_muxed(&self.tx().source_account)
            || self
                .operations()
                .iter()
                .any(|op| op.source_account.as_ref().is_some_and(is_muxed))
    }

    /// Whether the transaction runs contracts or works on their entries.
    pub fn is_soroban(&self) -> bool {
        self.operations()
            .first()
            .is_some_and(|operation| is_soroban(&operation.body))
    }

    /// The resources and the fee that a Soroban transaction declares.
    pub fn soroban_data(&self) -> Option<&SorobanTransactionData> {
        match &self.tx().ext {
            TransactionExt::V1(data) => Some(data),
            TransactionExt::V0 => None,
        }
    }

    /// The declared resources.
    pub fn resources(&self) -> Option<&SorobanResources> {
        self.soroban_data().map(|data| &data.resources)
    }

    /// Which read-write entries the transaction asks to have restored, as places in the footprint.
    pub fn archived_entries(&self) -> &[u32] {
        match self.soroban_data().map(|data| &data.ext) {
            Some(SorobanTransactionDataExt::V1(ext)) => &ext.archived_soroban_entries,
            _ => &[],
        }
    }

    /// The declared fee for resources, in stroops.
    pub fn declared_resource_fee(&self) -> i64 {
        match self.soroban_data() {
            Some(data) if self.is_soroban() => data.resource_fee,
            _ => 0,
        }
    }

    /// All that the sender is ready to pay, in stroops.
    pub fn full_fee(&self) -> i64 {
        self.fee_bump()
            .map_or(i64::from(self.tx().fee), |(_, _, fee)| fee)
    }

    /// What the inner transaction is ready to pay, in stroops, whatever is around it.
    pub fn inner_full_fee(&self) -> i64 {
        i64::from(self.tx().fee)
    }

    /// What is left of the bid after the resources, in stroops.
    pub fn inclusion_fee(&self) -> i64 {
        self.full_fee().saturating_sub(self.declared_resource_fee())
    }

    /// For how many operations the transaction pays; a fee bump counts as one more.
    pub fn paid_operations(&self) -> i64 {
        let count = i64::try_from(self.operations().len()).unwrap_or(i64::MAX);
        count.saturating_add(i64::from(self.is_fee_bump())).max(1)
    }

    /// The lowest inclusion fee, in stroops.
    pub fn min_inclusion_fee(&self) -> i64 {
        i64::from(BASE_FEE).saturating_mul(self.paid_operations())
    }

    /// What the ledger charges beside the resources, in stroops: nobody competes here, so the lowest fee.
    pub fn charged_inclusion_fee(&self) -> i64 {
        self.inclusion_fee().min(self.min_inclusion_fee())
    }

    /// What the ledger charges before refunds, in stroops.
    pub fn fee_to_charge(&self) -> i64 {
        self.declared_resource_fee()
            .saturating_add(self.charged_inclusion_fee())
    }

    /// What a refused transaction is told that it would have cost, in stroops.
    pub fn fee_if_refused(&self) -> i64 {
        self.declared_resource_fee()
            .saturating_add(self.min_inclusion_fee())
    }

    /// The conditions under which the transaction is valid.
    pub fn conditions(&self) -> &Preconditions {
        &self.tx().cond
    }
}

/// Whether an operation is one of the three that declare resources.
pub fn is_soroban(body: &OperationBody) -> bool {
    matches!(
        body,
        OperationBody::InvokeHostFunction(_)
            | OperationBody::ExtendFootprintTtl(_)
            | OperationBody::RestoreFootprint(_)
    )
}
