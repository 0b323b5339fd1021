//! What every daemon is built on. `examples/healthz.rs` is a whole daemon.

pub mod clock;
pub mod db;
pub mod http;
pub mod lease;
pub mod metrics;
pub mod process;
pub mod retry;
pub mod secret_url;
pub mod settings;
pub mod tasks;
pub mod text;
