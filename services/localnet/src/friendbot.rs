//! Friendbot: gives a new account, or a contract, its first balance by an ordinary transaction.

use crate::{
    apply::{amount, asset_contract_id},
    chain::Ledgers,
    genesis::{account_id, friendbot_key},
    settings::BASE_FEE,
    sim::{preflight, AuthMode, Request},
    state::{Network, Scratch, View},
    tx::{self, Frame},
};
use anyhow::{Context, Result};
use ed25519_dalek::Signer;
use std::sync::Arc;
use stellar_xdr::{
    AccountId, Asset, CreateAccountOp, DecoratedSignature, HostFunction, InvokeContractArgs,
    InvokeHostFunctionOp, Memo, MuxedAccount, Operation, OperationBody, Preconditions, ScAddress,
    ScSymbol, ScVal, SequenceNumber, Signature, SignatureHint, Transaction, TransactionEnvelope,
    TransactionExt, TransactionV1Envelope,
};

/// What an account gets, in stroops.
pub const STARTING_BALANCE: i64 = 100_000_000_000;

/// What became of a funding.
#[derive(Debug, Clone)]
pub struct Funding {
    pub hash: [u8; 32],
    pub ledger: u32,
    pub successful: bool,
    pub envelope: Vec<u8>,
    pub result: Vec<u8>,
    pub meta: Vec<u8>,
}

/// The account that friendbot pays from.
pub fn account(network: &Network) -> AccountId {
    account_id(&friendbot_key(network.id))
}

/// Queues the funding of an account or a contract. Returns the hash of the transaction.
///
/// # Errors
/// Where friendbot's account is gone, or the ledger cannot be closed.
pub fn queue(ledgers: &mut Ledgers, beneficiary: ScAddress) -> Result<[u8; 32]> {
    let network = Arc::clone(&ledgers.view.network);
    let key = friendbot_key(network.id);
    let source = account_id(&key);
    let scratch = Scratch::new(ledgers.view.entries.clone(), ledgers.view.sequence());
    let owner = tx::account::load(&scratch, &source).context("friendbot has no account")?;
    let waiting = ledgers.queue.count_of(&source);
    let number = owner.seq_num.0 + 1 + i64::try_from(waiting)?;
    let tx = match beneficiary {
        ScAddress::Account(account) => {
            let create = CreateAccountOp {
                destination: account,
                starting_balance: STARTING_BALANCE,
            };
            transaction(source, OperationBody::CreateAccount(create), number)?
        }
        contract => transfer(&ledgers.view, source, contract, number)?,
    };
    let hash = tx.hash(network.id)?;
    let signature = DecoratedSignature {
        hint: SignatureHint(key.verifying_key().to_bytes()[28..].try_into()?),
        signature: Signature(key.sign(&hash).to_bytes().to_vec().try_into()?),
    };
    let envelope = TransactionEnvelope::Tx(TransactionV1Envelope {
        tx,
        signatures: vec![signature].try_into()?,
    });
    ledgers.accept(Frame::new(envelope, network.id)?)?;
    Ok(hash)
}

fn transaction(source: AccountId, body: OperationBody, number: i64) -> Result<Transaction> {
    let operation = Operation {
        source_account: None,
        body,
    };
    Ok(Transaction {
        source_account: MuxedAccount::from(source),
        fee: BASE_FEE,
        seq_num: SequenceNumber(number),
        cond: Preconditions::None,
        memo: Memo::None,
        operations: vec![operation].try_into()?,
        ext: TransactionExt::V0,
    })
}

/// A contract has no account: the native asset's contract keeps its balance.
fn transfer(
    view: &View,
    source: AccountId,
    contract: ScAddress,
    number: i64,
) -> Result<Transaction> {
    let from = ScVal::Address(ScAddress::Account(source.clone()));
    let call = InvokeContractArgs {
        contract_address: ScAddress::Contract(asset_contract_id(&Asset::Native, view.network.id)?),
        function_name: ScSymbol("transfer".try_into()?),
        args: vec![from, ScVal::Address(contract), amount(STARTING_BALANCE)].try_into()?,
    };
    let request = Request {
        operation: OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
            host_function: HostFunction::InvokeContract(call.clone()),
            auth: Default::default(),
        }),
        source: source.clone(),
        footprint: Default::default(),
        auth_mode: AuthMode::Record,
        upgraded_auth: false,
        instruction_leeway: 0,
    };
    let simulated = preflight(view, request);
    let (_, auth) = simulated.result.with_context(|| simulated.error.clone())?;
    let data = simulated.data.context("the simulation declares nothing")?;
    let body = OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
        host_function: HostFunction::InvokeContract(call),
        auth: auth.try_into()?,
    });
    let mut tx = transaction(source, body, number)?;
    tx.fee = BASE_FEE.saturating_add(u32::try_from(data.resource_fee)?);
    tx.ext = TransactionExt::V1(data);
    Ok(tx)
}

/// What the ledger says about a funding.
///
/// # Errors
/// Where no ledger holds it.
pub fn outcome(view: &View, hash: [u8; 32]) -> Result<Funding> {
    let (ledger, index) = view
        .history
        .find(&hash)
        .context("the funding was not applied")?;
    let tx = &ledger.transactions[index];
    Ok(Funding {
        hash,
        ledger: ledger.sequence,
        successful: tx.successful,
        envelope: tx.envelope.clone(),
        result: tx.result.clone(),
        meta: tx.meta.clone(),
    })
}
