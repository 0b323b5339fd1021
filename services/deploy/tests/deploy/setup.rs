//! A network, and the Wasm.

use flash_client::{Client, Signer};
use flash_deploy::{find_wasm_dir, Plan};
use flash_localnet::{Config, Localnet};
use std::path::{Path, PathBuf};

/// The built Wasm: `make test-services` builds it before.
pub fn wasm_dir() -> PathBuf {
    find_wasm_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap_or_else(|error| panic!("{error}"))
}

/// A network, a client of it, and the plan of a test deployment whose accounts are funded.
pub async fn network() -> (Localnet, Client, Plan) {
    let network = Localnet::start(&Config::of_environment()).unwrap();
    let client = Client::connect(&network.url()).await.unwrap();
    let (deployer, issuer) = (Signer::named("deployer"), Signer::named("issuer"));
    for signer in [&deployer, &issuer] {
        client.fund(&signer.account()).await.unwrap();
    }
    let plan = Plan::new("local", deployer, issuer, wasm_dir());
    (network, client, plan)
}

/// Somebody with an account.
pub async fn person(client: &Client, name: &str) -> Signer {
    let signer = Signer::named(name);
    client.fund(&signer.account()).await.unwrap();
    signer
}
