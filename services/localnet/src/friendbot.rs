//! Friendbot: gives a new account its first balance, by an ordinary transaction.

use crate::{
    chain::Ledgers,
    genesis::{account_id, friendbot_key},
    settings::BASE_FEE,
    state::{Network, Scratch, View},
    tx::{self, Frame},
};
use anyhow::{Context, Result};
use ed25519_dalek::Signer;
use stellar_xdr::{
    AccountId, CreateAccountOp, DecoratedSignature, Memo, MuxedAccount, Operation, OperationBody,
    Preconditions, SequenceNumber, Signature, SignatureHint, Transaction, TransactionEnvelope,
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

/// Queues the funding of an account. Returns the hash of the transaction.
///
/// # Errors
/// Where friendbot's account is gone, or the ledger cannot be closed.
pub fn queue(ledgers: &mut Ledgers, destination: AccountId) -> Result<[u8; 32]> {
    let key = friendbot_key(ledgers.view.network.id);
    let source = account_id(&key);
    let scratch = Scratch::new(ledgers.view.entries.clone(), ledgers.view.sequence());
    let owner = tx::account::load(&scratch, &source).context("friendbot has no account")?;
    let waiting = ledgers.queue.count_of(&source);
    let number = owner.seq_num.0 + 1 + i64::try_from(waiting)?;
    let tx = transaction(source, destination, number)?;
    let hash = tx.hash(ledgers.view.network.id)?;
    let signature = DecoratedSignature {
        hint: SignatureHint(key.verifying_key().to_bytes()[28..].try_into()?),
        signature: Signature(key.sign(&hash).to_bytes().to_vec().try_into()?),
    };
    let envelope = TransactionEnvelope::Tx(TransactionV1Envelope {
        tx,
        signatures: vec![signature].try_into()?,
    });
    ledgers.accept(Frame::new(envelope, ledgers.view.network.id)?)?;
    Ok(hash)
}

fn transaction(source: AccountId, destination: AccountId, number: i64) -> Result<Transaction> {
    let create = CreateAccountOp {
        destination,
        starting_balance: STARTING_BALANCE,
    };
    let operation = Operation {
        source_account: None,
        body: OperationBody::CreateAccount(create),
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
