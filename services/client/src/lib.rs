//! # flash-client
//!
//! A Rust client of the contracts of FlashOnStellar. Calls, answers, errors and events are generated
//! from the contracts' specs when the crate is built, so they are what is in `goldens/`.
//!
//! ```no_run
//! # async fn f() -> Result<(), flash_client::Error> {
//! use flash_client::{Client, Deployment, Signer};
//!
//! let client = Client::connect("http://127.0.0.1:8000").await?;
//! let market = Deployment::load("deployments/local.json".as_ref())?.market()?;
//! let alice = Signer::named("alice");
//! client.fund(&alice.account()).await?;
//! let call = market.registry.register_provider(alice.address(), "Alice's disks");
//! let done = client.invoke(&alice, &call).await?;
//! println!("registered in ledger {}", done.applied.ledger);
//! println!("{:?}", client.read(&market.registry.get_provider(alice.address())).await?);
//! # Ok(())
//! # }
//! ```
//!
//! [`Client::invoke`] does everything. Programs that write down what they are about to send take the
//! steps: [`Client::prepare`] makes the transaction, [`sign`] its envelope, whose bytes and hash can
//! be kept; [`Client::send`] hands it in once and [`Client::find`] tells what became of it.

// The generated code names this crate, and the crate's tests include more of it.
extern crate self as flash_client;

mod call;
mod client;
pub mod codec;
mod deployment;
mod error;
mod https;
mod ids;
mod job;
mod limits;
mod patient;
mod prepare;
mod reports;
mod run;
mod send;
mod signer;
mod simulate;

#[allow(
    clippy::too_many_arguments,
    reason = "as many as the contracts' functions have"
)]
mod contracts {
    include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
}

pub use call::Call;
pub use client::{account_of, Client};
pub use codec::{Address, FromScVal, Text, ToScVal};
pub use contracts::*;
pub use deployment::{beside, DeployedAsset, DeployedContract, Deployment, Kind, Upgrade, SCHEMA};
pub use error::Error;
pub use https::https_agent;
pub use ids::{asset_contract_id, classic_asset, instance, instance_key, salted_contract_id};
pub use job::Job;
pub use limits::{Limits, Margin};
pub use patient::count_rpc_errors_from_zero;
pub use prepare::Prepared;
pub use reports::signed_reports;
pub use run::Done;
pub use send::{Applied, Sent};
pub use signer::{asked, fee_bump, sign, Signer};
pub use simulate::Simulated;
