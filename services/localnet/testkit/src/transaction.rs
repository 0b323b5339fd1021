//! Building transactions.

use crate::Wallet;
use anyhow::Result;
use sha2::{Digest, Sha256};
use stellar_xdr::{
    AccountId, ContractDataDurability, ContractExecutable, ContractId, ContractIdPreimage,
    ContractIdPreimageFromAddress, CreateContractArgsV2, ExtendFootprintTtlOp, ExtensionPoint,
    FeeBumpTransaction, FeeBumpTransactionEnvelope, FeeBumpTransactionExt,
    FeeBumpTransactionInnerTx, Hash, HashIdPreimage, HashIdPreimageContractId, HostFunction,
    InvokeContractArgs, InvokeHostFunctionOp, LedgerFootprint, LedgerKey, LedgerKeyContractCode,
    LedgerKeyContractData, Limits, Memo, MuxedAccount, Operation, OperationBody, Preconditions,
    RestoreFootprintOp, ScAddress, ScSymbol, ScVal, SequenceNumber, SorobanAuthorizationEntry,
    SorobanTransactionData, Transaction, TransactionEnvelope, TransactionExt,
    TransactionV1Envelope, Uint256, WriteXdr,
};

/// What a test bids for one operation, in stroops.
const BID: u32 = 100;

/// An operation of the transaction's own account.
pub fn operation(body: OperationBody) -> Operation {
    Operation {
        source_account: None,
        body,
    }
}

/// A transaction that bids the lowest fee.
///
/// # Errors
/// Where there are too many operations.
pub fn transaction(
    source: &AccountId,
    sequence: i64,
    operations: Vec<Operation>,
) -> Result<Transaction> {
    Ok(Transaction {
        source_account: MuxedAccount::from(source.clone()),
        fee: BID * u32::try_from(operations.len())?,
        seq_num: SequenceNumber(sequence),
        cond: Preconditions::None,
        memo: Memo::None,
        operations: operations.try_into()?,
        ext: TransactionExt::V0,
    })
}

/// Gives a transaction the resources that a simulation found.
pub fn assemble(
    mut tx: Transaction,
    data: SorobanTransactionData,
    auth: Vec<SorobanAuthorizationEntry>,
) -> Result<Transaction> {
    tx.fee = BID.saturating_add(u32::try_from(data.resource_fee)?);
    tx.ext = TransactionExt::V1(data);
    let mut operations = tx.operations.to_vec();
    if let Some(OperationBody::InvokeHostFunction(op)) =
        operations.first_mut().map(|op| &mut op.body)
    {
        if op.auth.is_empty() {
            op.auth = auth.try_into()?;
        }
    }
    tx.operations = operations.try_into()?;
    Ok(tx)
}

/// The transaction with a footprint and no resources: what a simulation of an extension or of a
/// restoration wants.
pub fn with_footprint(
    mut tx: Transaction,
    read_only: Vec<LedgerKey>,
    read_write: Vec<LedgerKey>,
) -> Result<Transaction> {
    let mut data = SorobanTransactionData::default();
    data.resources.footprint = LedgerFootprint {
        read_only: read_only.try_into()?,
        read_write: read_write.try_into()?,
    };
    tx.ext = TransactionExt::V1(data);
    Ok(tx)
}

/// Signs.
pub fn sign(
    tx: &Transaction,
    network_id: [u8; 32],
    signers: &[&Wallet],
) -> Result<TransactionEnvelope> {
    let hash = tx.hash(network_id)?;
    let signatures: Vec<_> = signers.iter().map(|wallet| wallet.sign(&hash)).collect();
    Ok(TransactionEnvelope::Tx(TransactionV1Envelope {
        tx: tx.clone(),
        signatures: signatures.try_into()?,
    }))
}

/// Puts a fee bump around a signed transaction.
pub fn fee_bump(
    inner: TransactionEnvelope,
    payer: &Wallet,
    fee: i64,
    network_id: [u8; 32],
) -> Result<TransactionEnvelope> {
    let TransactionEnvelope::Tx(inner) = inner else {
        anyhow::bail!("not a transaction")
    };
    let tx = FeeBumpTransaction {
        fee_source: MuxedAccount::from(payer.account()),
        fee,
        inner_tx: FeeBumpTransactionInnerTx::Tx(inner),
        ext: FeeBumpTransactionExt::V0,
    };
    let signatures = vec![payer.sign(&tx.hash(network_id)?)];
    Ok(TransactionEnvelope::TxFeeBump(FeeBumpTransactionEnvelope {
        tx,
        signatures: signatures.try_into()?,
    }))
}

fn host(host_function: HostFunction) -> OperationBody {
    OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
        host_function,
        auth: Default::default(),
    })
}

/// Uploads Wasm.
pub fn upload(wasm: &[u8]) -> Result<OperationBody> {
    Ok(host(HostFunction::UploadContractWasm(
        wasm.to_vec().try_into()?,
    )))
}

/// Makes a contract.
pub fn create(
    deployer: &AccountId,
    salt: [u8; 32],
    wasm: &[u8],
    constructor_args: Vec<ScVal>,
) -> Result<OperationBody> {
    Ok(host(HostFunction::CreateContractV2(CreateContractArgsV2 {
        contract_id_preimage: preimage(deployer, salt),
        executable: ContractExecutable::Wasm(Hash(Sha256::digest(wasm).into())),
        constructor_args: constructor_args.try_into()?,
    })))
}

fn preimage(deployer: &AccountId, salt: [u8; 32]) -> ContractIdPreimage {
    ContractIdPreimage::Address(ContractIdPreimageFromAddress {
        address: ScAddress::Account(deployer.clone()),
        salt: Uint256(salt),
    })
}

/// The id that a contract gets.
pub fn contract_id(
    deployer: &AccountId,
    salt: [u8; 32],
    network_id: [u8; 32],
) -> Result<ContractId> {
    let image = HashIdPreimage::ContractId(HashIdPreimageContractId {
        network_id: Hash(network_id),
        contract_id_preimage: preimage(deployer, salt),
    });
    Ok(ContractId(Hash(
        Sha256::digest(image.to_xdr(Limits::none())?).into(),
    )))
}

/// Calls a contract.
pub fn invoke(contract: &ContractId, function: &str, args: Vec<ScVal>) -> Result<OperationBody> {
    Ok(host(HostFunction::InvokeContract(InvokeContractArgs {
        contract_address: ScAddress::Contract(contract.clone()),
        function_name: ScSymbol(function.try_into()?),
        args: args.try_into()?,
    })))
}

/// Extends what is in the footprint.
pub fn extend(extend_to: u32) -> OperationBody {
    OperationBody::ExtendFootprintTtl(ExtendFootprintTtlOp {
        ext: ExtensionPoint::V0,
        extend_to,
    })
}

/// Restores what is in the footprint.
pub fn restore() -> OperationBody {
    OperationBody::RestoreFootprint(RestoreFootprintOp {
        ext: ExtensionPoint::V0,
    })
}

/// The key of a contract's instance.
pub fn instance_key(contract: &ContractId) -> LedgerKey {
    LedgerKey::ContractData(LedgerKeyContractData {
        contract: ScAddress::Contract(contract.clone()),
        key: ScVal::LedgerKeyContractInstance,
        durability: ContractDataDurability::Persistent,
    })
}

/// The key of uploaded Wasm.
pub fn upload_key(wasm: &[u8]) -> LedgerKey {
    LedgerKey::ContractCode(LedgerKeyContractCode {
        hash: Hash(Sha256::digest(wasm).into()),
    })
}
