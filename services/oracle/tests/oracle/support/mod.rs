//! What the tests stand on.

mod daemon;
mod database;
mod proxy;
mod truth;
mod world;

pub use daemon::{kill, Daemon, Victim};
pub use database::{databases, Database};
pub use proxy::{Fault, Proxy};
pub use truth::{all_up, load, Truth};
pub use world::{advance, World, DAY};
