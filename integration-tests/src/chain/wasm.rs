//! Sizes of Wasm without custom sections, that is without metadata.

use std::{fs, path::Path};

use serde_json::Value;
use soroban_sdk::{Bytes, Env};

use super::market::CONTRACTS;

/// Records how each file was built; written by the builder.
const RECORD: &str = "build.json";
/// How many hexadecimal digits of a hash the host's trace shows.
const HASH_SHOWN: usize = 8;

const CUSTOM_SECTION: u8 = 0;
const HEADER_BYTES: usize = 8;

/// Bytes of each contract's Wasm without custom sections.
pub fn sizes(dir: &Path) -> Vec<(&'static str, u64)> {
    CONTRACTS
        .into_iter()
        .map(|contract| {
            let size = without_custom_sections(&read(dir, contract));
            (
                contract,
                size.unwrap_or_else(|| panic!("{contract}.wasm is not Wasm")),
            )
        })
        .collect()
}

/// The Wasm of a contract.
pub fn read(dir: &Path, contract: &str) -> Vec<u8> {
    let path = dir.join(format!("{contract}.wasm"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `make build`", path.display()))
}

/// What `make build` recorded about a contract's Wasm, if the record belongs to this file.
fn built(env: &Env, dir: &Path, contract: &str) -> Value {
    let record = fs::read(dir.join(RECORD)).unwrap_or_default();
    let mut record: Value = serde_json::from_slice(&record).unwrap_or_default();
    let built = record[contract].take();
    if built["sha256"] == sha256(env, dir, contract) {
        built
    } else {
        Value::Null
    }
}

/// Whether each contract's Wasm was optimised, as deployed Wasm is.
pub fn optimised(env: &Env, dir: &Path) -> Vec<(&'static str, bool)> {
    let is_optimised = |contract| built(env, dir, contract)["optimised_by"].is_string();
    CONTRACTS
        .map(|contract| (contract, is_optimised(contract)))
        .into()
}

/// Compiler and optimiser of the Wasm. Together with the source they determine the bytes.
pub fn built_by(env: &Env, dir: &Path) -> String {
    let name = |contract| {
        let built = built(env, dir, contract);
        let of = |step: &str| built[step].as_str().unwrap_or("nothing known").to_owned();
        format!("{}, {}", of("compiled_by"), of("optimised_by"))
    };
    let mut names = CONTRACTS.map(name).to_vec();
    names.dedup();
    names.join("; ")
}

/// Each contract by the first four bytes of its hash, in hexadecimal without leading zeros, as the
/// host's trace prints them.
pub fn names(env: &Env, dir: &Path) -> Vec<(String, String)> {
    let name = |contract: &str| {
        let sha256 = sha256(env, dir, contract);
        let shown = sha256[..HASH_SHOWN].trim_start_matches('0');
        (shown.to_owned(), contract.to_owned())
    };
    CONTRACTS.into_iter().map(name).collect()
}

fn sha256(env: &Env, dir: &Path, contract: &str) -> String {
    let wasm = Bytes::from_slice(env, &read(dir, contract));
    let digest = env.crypto().sha256(&wasm).to_array();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn without_custom_sections(wasm: &[u8]) -> Option<u64> {
    let (header, mut rest) = wasm.split_at_checked(HEADER_BYTES)?;
    if !header.starts_with(b"\0asm") {
        return None;
    }
    let mut executed_bytes = HEADER_BYTES;
    while let Some((id, after_id)) = rest.split_first() {
        let (len, after_len) = leb128(after_id)?;
        let (_, next) = after_len.split_at_checked(len)?;
        if *id != CUSTOM_SECTION {
            executed_bytes += rest.len() - next.len();
        }
        rest = next;
    }
    u64::try_from(executed_bytes).ok()
}

fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (nth, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * nth);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[nth + 1..]));
        }
    }
    None
}
