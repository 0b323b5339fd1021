//! Properties of the pure parts. What the contract does as a whole is shown in `integration-tests`,
//! where all four are wired together.
extern crate std;

mod codec;
mod funded;
mod life;
mod market;
mod math;
mod money;
mod policy;
mod report;
mod samples;
mod unfunded;
mod vectors;
