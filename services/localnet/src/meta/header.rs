//! The header of a ledger: the chain of hashes.

use crate::settings::BASE_FEE;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use stellar_xdr::{
    DependentTxCluster, EnvelopeType, Error, GeneralizedTransactionSet, Hash,
    LedgerCloseValueSignature, LedgerHeader, Limits, NodeId, ParallelTxExecutionStage,
    ParallelTxsComponent, PublicKey, Signature, StellarValue, StellarValueExt, TimePoint,
    TransactionEnvelope, TransactionPhase, TransactionResultPair, TransactionResultSet,
    TransactionSetV1, TxSetComponent, TxSetComponentTxsMaybeDiscountedFee, Uint256, WriteXdr,
};

fn hash(value: &impl WriteXdr) -> Result<Hash, Error> {
    Ok(Hash(Sha256::digest(value.to_xdr(Limits::none())?).into()))
}

/// What a ledger closes with.
pub struct Closing<'a> {
    pub sequence: u32,
    pub close_time: u64,
    pub tx_set: &'a GeneralizedTransactionSet,
    pub results: Vec<TransactionResultPair>,
    /// What went to the fee pool, in stroops.
    pub fees: i64,
}

/// The header of the ledger after `previous`.
///
/// # Errors
/// Where something cannot be encoded.
pub fn next_header(
    previous: &LedgerHeader,
    previous_hash: [u8; 32],
    closing: Closing<'_>,
    network_id: [u8; 32],
) -> Result<LedgerHeader, Error> {
    let tx_set_result_hash = hash(&TransactionResultSet {
        results: closing.results.try_into()?,
    })?;
    let mut state = Sha256::new();
    state.update(previous.bucket_list_hash.0);
    state.update(tx_set_result_hash.0);
    // There are no buckets here: a running hash of all results stands in their place.
    let bucket_list_hash = Hash(state.finalize().into());
    let close_time = TimePoint(closing.close_time);
    let tx_set_hash = hash(closing.tx_set)?;
    let ext = signature(network_id, &tx_set_hash, &close_time)?;
    Ok(LedgerHeader {
        previous_ledger_hash: Hash(previous_hash),
        scp_value: StellarValue {
            tx_set_hash,
            close_time,
            upgrades: Default::default(),
            ext: StellarValueExt::Signed(ext),
        },
        tx_set_result_hash,
        skip_list: skip_list(&previous.skip_list, closing.sequence, &bucket_list_hash),
        bucket_list_hash,
        ledger_seq: closing.sequence,
        fee_pool: previous.fee_pool.saturating_add(closing.fees),
        ..previous.clone()
    })
}

/// The key of the only node. Public by design.
fn node_key(network_id: [u8; 32]) -> SigningKey {
    let mut hasher = Sha256::new();
    hasher.update(network_id);
    hasher.update(b"node");
    SigningKey::from_bytes(&hasher.finalize().into())
}

/// The node's signature of what the ledger closes with.
fn signature(
    network_id: [u8; 32],
    tx_set_hash: &Hash,
    close_time: &TimePoint,
) -> Result<LedgerCloseValueSignature, Error> {
    let key = node_key(network_id);
    let mut payload = network_id.to_vec();
    payload.extend(EnvelopeType::Scpvalue.to_xdr(Limits::none())?);
    payload.extend(tx_set_hash.to_xdr(Limits::none())?);
    payload.extend(close_time.to_xdr(Limits::none())?);
    let public = Uint256(key.verifying_key().to_bytes());
    Ok(LedgerCloseValueSignature {
        node_id: NodeId(PublicKey::PublicKeyTypeEd25519(public)),
        signature: Signature(key.sign(&payload).to_bytes().to_vec().try_into()?),
    })
}

/// After how many ledgers each place of the skip list moves on.
const SKIPS: [u32; 4] = [50, 5_000, 50_000, 500_000];

/// The hashes of earlier states that a header points back to: the first place takes the newest state
/// every 50 ledgers, and each further place what the one before it held, less often.
fn skip_list(previous: &[Hash; 4], sequence: u32, newest: &Hash) -> [Hash; 4] {
    let mut list = previous.clone();
    let mut moving = 0;
    let mut rest = sequence;
    for skip in SKIPS {
        if rest == 0 || !rest.is_multiple_of(skip) {
            break;
        }
        moving += 1;
        rest = rest.saturating_sub(skip);
    }
    for place in (1..moving).rev() {
        list[place] = previous[place - 1].clone();
    }
    if moving > 0 {
        list[0] = newest.clone();
    }
    list
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
    let has_soroban = !soroban.is_empty();
    let stages = if soroban.is_empty() {
        vec![]
    } else {
        let cluster = DependentTxCluster(soroban.try_into()?);
        vec![ParallelTxExecutionStage(vec![cluster].try_into()?)]
    };
    let phases = vec![
        TransactionPhase::V0(components.try_into()?),
        TransactionPhase::V1(ParallelTxsComponent {
            base_fee: base_fee.filter(|_| has_soroban),
            execution_stages: stages.try_into()?,
        }),
    ];
    Ok(GeneralizedTransactionSet::V1(TransactionSetV1 {
        previous_ledger_hash: Hash(previous_hash),
        phases: phases.try_into()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skip_list_moves_on_every_50_ledgers_and_further_back_less_often() {
        let mut list = [0; 4].map(|byte| Hash([byte; 32]));
        let state = |sequence: u32| Hash(Sha256::digest(sequence.to_be_bytes()).into());
        for sequence in 1..=5_050 {
            list = skip_list(&list, sequence, &state(sequence));
        }
        assert_eq!(list[0], state(5_050));
        assert_eq!(
            list[1],
            state(5_000),
            "what the first place held 50 ledgers before"
        );
        assert_eq!(list[2], Hash([0; 32]));
        let before = list.clone();
        assert_eq!(skip_list(&list, 5_051, &state(5_051)), before);
    }

    #[test]
    fn an_empty_phase_of_contracts_has_no_base_fee() {
        let GeneralizedTransactionSet::V1(set) = tx_set([0; 32], vec![]).unwrap();
        let TransactionPhase::V1(soroban) = &set.phases[1] else {
            panic!("the second phase is that of contracts");
        };
        assert_eq!(soroban.base_fee, None);
        assert!(soroban.execution_stages.is_empty());
    }
}
