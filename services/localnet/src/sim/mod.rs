//! Simulation: what a transaction would do and need, on threads of their own beside the chain.

mod pool;
mod preflight;

pub use pool::Pool;
pub use preflight::{preflight, AuthMode, Preflight, Request};
