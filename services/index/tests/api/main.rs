//! The API over real HTTP.

mod market;
mod openapi;
mod parameters;
mod search;
mod served;
mod surface;
