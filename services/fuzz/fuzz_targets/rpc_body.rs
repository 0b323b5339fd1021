//! Any body of a request: the network answers it and stays up.

#![no_main]

use flash_localnet::{Config, Localnet};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static NETWORK: OnceLock<Localnet> = OnceLock::new();

fuzz_target!(|body: &[u8]| {
    let network = NETWORK.get_or_init(|| Localnet::start(&Config::default()).unwrap());
    let answer = network.answer(body);
    assert!(!answer.contains("panic"), "{answer}");
});
