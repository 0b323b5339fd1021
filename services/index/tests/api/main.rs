//! The API over real HTTP.

mod openapi;
mod parameters;
mod served;
mod surface;
