//! The header of a ledger: the chain of hashes.

use crate::settings::BASE_FEE;
use sha2::{Digest, Sha256};
use stellar_xdr::{
    DependentTxCluster, Error, GeneralizedTransactionSet, Hash, LedgerHeader, Limits,
    ParallelTxExecutionStage, ParallelTxsComponent, StellarValue, StellarValueExt, TimePoint,
    TransactionEnvelope, TransactionPhase, TransactionResultPair, TransactionResultSet,
    TransactionSetV1, TxSetComponent, TxSetComponentTxsMaybeDiscountedFee, WriteXdr,
};

fn hash(value: &impl WriteXdr) -> Result<Hash, Error> {
    Ok(Hash(Sha256::digest(value.to_xdr(Limits::none())?).into()))
}

/// The header of the ledger after `previous`.
///
/// # Errors
/// Where something cannot be encoded.
pub fn next_header(
    previous: &LedgerHeader,
    previous_hash: [u8; 32],
    sequence: u32,
    close_time: u64,
    tx_set: &GeneralizedTransactionSet,
    results: Vec<TransactionResultPair>,
    fees: i64,
) -> Result<LedgerHeader, Error> {
    let tx_set_result_hash = hash(&TransactionResultSet {
        results: results.try_into()?,
    })?;
    let mut state = Sha256::new();
    state.update(previous.bucket_list_hash.0);
    state.update(tx_set_result_hash.0);
    Ok(LedgerHeader {
        previous_ledger_hash: Hash(previous_hash),
        scp_value: StellarValue {
            tx_set_hash: hash(tx_set)?,
            close_time: TimePoint(close_time),
            upgrades: Default::default(),
            ext: StellarValueExt::Basic,
        },
        tx_set_result_hash,
        // There are no buckets here: a running hash of all results stands in their place.
        bucket_list_hash: Hash(state.finalize().into()),
        ledger_seq: sequence,
        fee_pool: previous.fee_pool.saturating_add(fees),
        ..previous.clone()
    })
}

/// The transactions of a ledger as a set: the classic phase, then the contracts'.
///
/// # Errors
/// Where there are more transactions than a set can hold.
pub fn tx_set(
    previous_hash: [u8; 32],
    transactions: Vec<(TransactionEnvelope, bool)>,
) -> Result<GeneralizedTransactionSet, Error> {
    let base_fee = Some(i64::from(BASE_FEE));
    let (soroban, classic): (Vec<_>, Vec<_>) = transactions
        .into_iter()
        .partition(|(_, is_soroban)| *is_soroban);
    let envelopes = |all: Vec<(TransactionEnvelope, bool)>| -> Vec<TransactionEnvelope> {
        all.into_iter().map(|(envelope, _)| envelope).collect()
    };
    let classic = envelopes(classic);
    let components = if classic.is_empty() {
        vec![]
    } else {
        let txs = classic.try_into()?;
        let component = TxSetComponentTxsMaybeDiscountedFee { base_fee, txs };
        vec![TxSetComponent::TxsetCompTxsMaybeDiscountedFee(component)]
    };
    let soroban = envelopes(soroban);
    let stages = if soroban.is_empty() {
        vec![]
    } else {
        let cluster = DependentTxCluster(soroban.try_into()?);
        vec![ParallelTxExecutionStage(vec![cluster].try_into()?)]
    };
    let phases = vec![
        TransactionPhase::V0(components.try_into()?),
        TransactionPhase::V1(ParallelTxsComponent {
            base_fee,
            execution_stages: stages.try_into()?,
        }),
    ];
    Ok(GeneralizedTransactionSet::V1(TransactionSetV1 {
        previous_ledger_hash: Hash(previous_hash),
        phases: phases.try_into()?,
    }))
}
