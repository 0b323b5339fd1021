//! The client, on generated code of the real contracts and of a made-up one that has a bit of everything.

mod decoding;
mod example;
mod generating;
mod shop;
