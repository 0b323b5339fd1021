//! The network and our contracts agree: what a simulation declares suffices when it is applied, what
//! is charged is what the formula says, nothing archived is lost. On the built Wasm.

mod archival;
mod exits;
mod fees;
mod lifecycle;
mod market;
