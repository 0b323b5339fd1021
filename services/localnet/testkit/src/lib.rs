//! What tests and benches of localnet share: a test contract, keys, transactions, a client.

mod auth;
mod client;
mod contract;
mod transaction;
mod wallet;

pub use auth::authorize;
pub use client::{meta_of, result_of, Client, Simulated};
pub use contract::{contract_wasm, REFUSED};
pub use transaction::{
    assemble, contract_id, create, extend, fee_bump, instance_key, invoke, operation, restore,
    sign, transaction, upload, upload_key, with_footprint,
};
pub use wallet::Wallet;

use stellar_xdr::{ScSymbol, ScVal};

/// A symbol.
///
/// # Panics
/// Where the text is too long for one.
pub fn symbol(text: &str) -> ScVal {
    ScVal::Symbol(ScSymbol(text.try_into().expect("a short symbol")))
}
