//! The deployer against a local network, with the built Wasm.

mod deploying;
mod setup;
mod tls;
