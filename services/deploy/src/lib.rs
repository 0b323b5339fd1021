//! # flash-deploy
//!
//! The one deployer of the four contracts, and the client with which the off-chain programs and
//! their tests call them.
//!
//! ```no_run
//! # async fn f() -> Result<(), flash_deploy::Error> {
//! use flash_deploy::{deploy, find_wasm_dir, Client, Plan, Signer};
//!
//! let client = Client::connect("http://127.0.0.1:8000").await?;
//! let (deployer, issuer) = (Signer::named("deployer"), Signer::named("issuer"));
//! client.fund(&deployer.account()).await?;
//! client.fund(&issuer.account()).await?;
//! let wasm = find_wasm_dir(std::path::Path::new("."))?;
//! let deployment = deploy(&client, &Plan::new("local", deployer, issuer, wasm), None).await?;
//!
//! let market = deployment.market()?;
//! let alice = Signer::named("alice");
//! client.fund(&alice.account()).await?;
//! let call = market.registry.register_provider(alice.address(), "Alice's disks".to_owned());
//! let done = client.invoke(&alice, &call).await?;
//! println!("registered in ledger {}", done.applied.ledger);
//! println!("{:?}", client.read(&market.registry.get_provider(alice.address())).await?);
//! # Ok(())
//! # }
//! ```
//!
//! What programs need that write down what they are about to send is there step by step:
//! [`Client::prepare`] makes the transaction, [`sign`] its envelope, whose bytes and hash can be
//! kept; [`Client::send`] hands it in once and [`Client::find`] tells what became of it.

mod call;
mod client;
mod contracts;
mod deploy;
mod deployment;
mod error;
mod job;
mod limits;
mod reports;
mod scval;
mod settings;
mod signer;
pub mod types;

pub use call::Call;
pub use client::{account_of, Applied, Client, Done, Prepared, Sent, Simulated};
pub use contracts::{Deals, Escrow, Registry, Reputation};
pub use deploy::{
    classic_asset, contract_ids, default_policy, deploy, find_wasm_dir, instance, instance_key,
    salt_of, Plan, StableAsset, CONTRACTS, SALT, UPGRADE_DELAY_SECS, WASM_DIR,
};
pub use deployment::{DeployedAsset, DeployedContract, Deployment, Kind, Market, Upgrade, SCHEMA};
pub use error::{contract_error_name, Error};
pub use job::{asset_contract_id, salted_contract_id, Job};
pub use limits::{Limits, Margin};
pub use reports::signed_reports;
pub use scval::{Address, BytesN, FromScVal, Map, ToScVal};
pub use settings::Settings;
pub use signer::{asked, fee_bump, sign, Signer};

#[cfg(test)]
mod goldens;
