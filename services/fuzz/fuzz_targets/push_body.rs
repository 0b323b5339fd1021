//! Every line of a push becomes a row or a reject.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| flash_fuzz_checks::push_body(input));
