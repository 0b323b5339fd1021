//! What a transaction is to do.

use crate::{ids::salted, Call, Error};
use stellar_xdr::{
    AccountId, Asset, ChangeTrustAsset, ChangeTrustOp, ContractExecutable, ContractIdPreimage,
    CreateContractArgs, CreateContractArgsV2, ExtendFootprintTtlOp, ExtensionPoint, Hash,
    HostFunction, InvokeHostFunctionOp, LedgerFootprint, LedgerKey, Memo, MuxedAccount, Operation,
    OperationBody, PaymentOp, Preconditions, RestoreFootprintOp, ScVal, SequenceNumber,
    SorobanAuthorizationEntry, SorobanAuthorizedFunction, SorobanTransactionData, Transaction,
    TransactionExt,
};

/// Operations of one transaction: one that touches contracts, or any number of classic ones.
#[derive(Clone, Debug)]
pub struct Job {
    operations: Vec<OperationBody>,
    /// What an extension or a restoration works on.
    footprint: Option<LedgerFootprint>,
    /// What a call asks signatures of, where that is something else than its arguments.
    signed: Option<Vec<ScVal>>,
}

impl<T> From<&Call<T>> for Job {
    fn from(call: &Call<T>) -> Self {
        Self {
            signed: call.signed.clone(),
            ..Self::from(call.operation())
        }
    }
}

impl From<OperationBody> for Job {
    fn from(body: OperationBody) -> Self {
        Self::classic(vec![body])
    }
}

impl Job {
    /// Classic operations, in one transaction.
    pub fn classic(operations: Vec<OperationBody>) -> Self {
        Self {
            operations,
            footprint: None,
            signed: None,
        }
    }

    /// Uploads Wasm.
    ///
    /// # Errors
    /// Where it has 4 GB.
    pub fn upload(wasm: &[u8]) -> Result<Self, Error> {
        let wasm = wasm.to_vec().try_into()?;
        Ok(host(HostFunction::UploadContractWasm(wasm)))
    }

    /// Makes a contract of uploaded Wasm, at the address that follows from deployer and salt.
    ///
    /// # Errors
    /// With 2^32 arguments.
    pub fn create(
        deployer: &AccountId,
        salt: [u8; 32],
        wasm_hash: [u8; 32],
        constructor_args: Vec<ScVal>,
    ) -> Result<Self, Error> {
        Ok(host(HostFunction::CreateContractV2(CreateContractArgsV2 {
            contract_id_preimage: salted(deployer, salt),
            executable: ContractExecutable::Wasm(Hash(wasm_hash)),
            constructor_args: constructor_args.try_into()?,
        })))
    }

    /// Makes the contract of a classic asset, which anybody may.
    pub fn create_asset_contract(asset: &Asset) -> Self {
        host(HostFunction::CreateContract(CreateContractArgs {
            contract_id_preimage: ContractIdPreimage::Asset(asset.clone()),
            executable: ContractExecutable::StellarAsset,
        }))
    }

    /// Makes entries live until `extend_to` ledgers from now.
    ///
    /// # Errors
    /// With 2^32 keys.
    pub fn extend(keys: Vec<LedgerKey>, extend_to: u32) -> Result<Self, Error> {
        let body = OperationBody::ExtendFootprintTtl(ExtendFootprintTtlOp {
            ext: ExtensionPoint::V0,
            extend_to,
        });
        Self::on(body, keys, vec![])
    }

    /// Brings archived entries back.
    ///
    /// # Errors
    /// With 2^32 keys.
    pub fn restore(keys: Vec<LedgerKey>) -> Result<Self, Error> {
        let body = OperationBody::RestoreFootprint(RestoreFootprintOp {
            ext: ExtensionPoint::V0,
        });
        Self::on(body, vec![], keys)
    }

    /// Has the source hold an issued asset, up to any amount.
    pub fn trust(asset: &Asset) -> Self {
        let line = match asset.clone() {
            Asset::Native => ChangeTrustAsset::Native,
            Asset::CreditAlphanum4(asset) => ChangeTrustAsset::CreditAlphanum4(asset),
            Asset::CreditAlphanum12(asset) => ChangeTrustAsset::CreditAlphanum12(asset),
        };
        let limit = i64::MAX;
        Self::from(OperationBody::ChangeTrust(ChangeTrustOp { line, limit }))
    }

    /// Pays a classic asset.
    pub fn pay(asset: &Asset, to: &AccountId, amount: i64) -> Self {
        Self::from(OperationBody::Payment(PaymentOp {
            destination: MuxedAccount::from(to.clone()),
            asset: asset.clone(),
            amount,
        }))
    }

    fn on(
        body: OperationBody,
        read_only: Vec<LedgerKey>,
        read_write: Vec<LedgerKey>,
    ) -> Result<Self, Error> {
        Ok(Self {
            operations: vec![body],
            footprint: Some(LedgerFootprint {
                read_only: read_only.try_into()?,
                read_write: read_write.try_into()?,
            }),
            signed: None,
        })
    }

    /// Whether an authorisation is of this call and of nothing else. What its contract calls on the
    /// way needs no look: a signature below this root is good for nothing but this call.
    pub(crate) fn is_asked_by(&self, entry: &SorobanAuthorizationEntry) -> bool {
        let [OperationBody::InvokeHostFunction(op)] = self.operations.as_slice() else {
            return false;
        };
        let HostFunction::InvokeContract(call) = &op.host_function else {
            return false;
        };
        let SorobanAuthorizedFunction::ContractFn(asked) = &entry.root_invocation.function else {
            return false;
        };
        let signed = self.signed.as_deref().unwrap_or(&call.args);
        asked.contract_address == call.contract_address
            && asked.function_name == call.function_name
            && asked.args.as_slice() == signed
    }

    /// Whether it has to be simulated.
    pub(crate) fn is_soroban(&self) -> bool {
        self.operations.iter().any(|body| {
            matches!(
                body,
                OperationBody::InvokeHostFunction(_)
                    | OperationBody::ExtendFootprintTtl(_)
                    | OperationBody::RestoreFootprint(_)
            )
        })
    }

    /// The bare transaction.
    pub(crate) fn transaction(
        &self,
        source: &AccountId,
        sequence: i64,
        bid: u32,
    ) -> Result<Transaction, Error> {
        let operations: Vec<_> = self.operations.iter().cloned().map(operation).collect();
        let count = u32::try_from(operations.len()).unwrap_or(u32::MAX);
        let ext = match &self.footprint {
            Some(footprint) => {
                let mut data = SorobanTransactionData::default();
                data.resources.footprint = footprint.clone();
                TransactionExt::V1(data)
            }
            None => TransactionExt::V0,
        };
        Ok(Transaction {
            source_account: MuxedAccount::from(source.clone()),
            fee: bid.saturating_mul(count),
            seq_num: SequenceNumber(sequence),
            cond: Preconditions::None,
            memo: Memo::None,
            operations: operations.try_into()?,
            ext,
        })
    }

    /// The transaction with what a simulation found. Agreements that it has stay.
    pub(crate) fn with_resources(
        &self,
        mut tx: Transaction,
        data: SorobanTransactionData,
        auth: Vec<SorobanAuthorizationEntry>,
        bid: u32,
    ) -> Result<Transaction, Error> {
        let fee_stroops = data.resource_fee.saturating_add(i64::from(bid));
        tx.fee = u32::try_from(fee_stroops).map_err(|_| Error::FeeTooHigh {
            what: self.what(),
            fee_stroops,
        })?;
        tx.ext = TransactionExt::V1(data);
        let mut operations = tx.operations.to_vec();
        for operation in &mut operations {
            if let OperationBody::InvokeHostFunction(invoke) = &mut operation.body {
                if invoke.auth.is_empty() {
                    invoke.auth = auth.clone().try_into()?;
                }
            }
        }
        tx.operations = operations.try_into()?;
        Ok(tx)
    }

    /// What it does, for errors.
    pub fn what(&self) -> String {
        let operations: Vec<_> = self.operations.iter().cloned().map(operation).collect();
        what(&operations)
    }
}

/// What operations do, for errors.
pub(crate) fn what(operations: &[Operation]) -> String {
    let Some(first) = operations.first() else {
        return "an empty transaction".to_owned();
    };
    match &first.body {
        OperationBody::InvokeHostFunction(op) => match &op.host_function {
            HostFunction::InvokeContract(call) => call.function_name.to_utf8_string_lossy(),
            other => other.name().to_owned(),
        },
        other => other.name().to_owned(),
    }
}

fn operation(body: OperationBody) -> Operation {
    Operation {
        source_account: None,
        body,
    }
}

fn host(host_function: HostFunction) -> Job {
    Job::from(OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
        host_function,
        auth: Default::default(),
    }))
}
