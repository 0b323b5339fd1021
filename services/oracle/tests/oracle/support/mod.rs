//! What the tests stand on.

mod daemon;
mod proxy;
mod rows;
mod running;
mod stage;
mod truth;
mod world;

pub use daemon::{kill, Daemon, Victim};
pub use flash_base_testkit::{databases, Database};
pub use proxy::{Fault, Proxy};
pub use rows::{deal, of_samples, on_each, sample, START};
pub use running::{digest, request, start, Running};
pub use stage::{number, Stage, BUCKET, MB};
pub use truth::{all_up, load, Truth};
pub use world::{advance, bucket, World, DAY};
