//! A line of an access log gives rows that both databases take, or a reject.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| flash_fuzz_checks::log_line(input));
