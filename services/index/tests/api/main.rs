//! The API over real HTTP.

mod market;
mod openapi;
mod parameters;
mod served;
mod surface;
