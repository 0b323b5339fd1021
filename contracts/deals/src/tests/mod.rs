//! What this contract does, with the other three behind it. What the contract does as a whole is shown in `integration-tests`,
//! where all four are wired together.
extern crate std;

mod codec;
mod funded;
mod market;
mod policy;
mod samples;
mod slot;
mod unfunded;
