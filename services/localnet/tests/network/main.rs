//! The tests of localnet: one binary, each test with a network of its own on a free port.

mod setup;

mod contracts;
