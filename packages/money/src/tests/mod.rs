//! The formulas against arbitrary-precision integers, at their edges, and over a deal's life.

extern crate std;

mod life;
mod prices;
mod report;
mod samples;
mod settle;
mod vectors;
mod wide;
