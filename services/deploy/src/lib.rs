//! # flash-deploy
//!
//! The one deployer of the contracts: of a network, from the first upload to a checked deployment.
//!
//! ```no_run
//! # async fn f() -> Result<(), flash_client::Error> {
//! use flash_client::{Client, Signer};
//! use flash_deploy::{deploy, find_wasm_dir, Plan};
//!
//! let client = Client::connect("http://127.0.0.1:8000").await?;
//! let (deployer, issuer) = (Signer::named("deployer"), Signer::named("issuer"));
//! client.fund(&deployer.account()).await?;
//! client.fund(&issuer.account()).await?;
//! let wasm = find_wasm_dir(std::path::Path::new("."))?;
//! let deployment = deploy(&client, &Plan::new("local", deployer, issuer, wasm), None).await?;
//! let market = deployment.market()?;
//! # Ok(())
//! # }
//! ```

mod deploy;
mod plan;
mod settings;
mod verify;

pub use deploy::{contract_ids, deploy, salt_of};
pub use plan::{
    default_policy, find_wasm_dir, Plan, StableAsset, CONTRACTS, SALT, UPGRADE_DELAY_SECS, WASM_DIR,
};
pub use settings::{NetworkSettings, Settings};
pub use verify::verify;
