//! What must hold for any input from outside: one function for each fuzz target. libFuzzer calls them
//! (`make fuzz`), and `cargo test` calls them with inputs that it changes at random.

mod bytes;
mod event_stream;
mod telemetry;
mod values;

pub use event_stream::event_stream;
pub use telemetry::{log_line, push_body};
