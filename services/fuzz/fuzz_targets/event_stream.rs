//! Any events of the contracts are stored by the index.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| flash_fuzz_checks::event_stream(input));
