//! Size of Wasm without its custom sections: what is executed, not what describes it.

use std::{fs, path::Path};

use soroban_sdk::{Bytes, Env};

use super::market::CONTRACTS;

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

/// Each contract by the first four bytes of its hash, in hexadecimal.
pub fn names(env: &Env, dir: &Path) -> Vec<(String, String)> {
    let name = |contract: &str| {
        let wasm = Bytes::from_slice(env, &read(dir, contract));
        let [a, b, c, d, ..] = env.crypto().sha256(&wasm).to_array();
        let beginning = u32::from_be_bytes([a, b, c, d]);
        (format!("{beginning:4.4x}"), contract.to_owned())
    };
    CONTRACTS.into_iter().map(name).collect()
}

fn without_custom_sections(wasm: &[u8]) -> Option<u64> {
    let (header, mut rest) = wasm.split_at_checked(HEADER_BYTES)?;
    if !header.starts_with(b"\0asm") {
        return None;
    }
    let mut kept = HEADER_BYTES;
    while let Some((id, after_id)) = rest.split_first() {
        let (len, after_len) = leb128(after_id)?;
        let (_, next) = after_len.split_at_checked(len)?;
        if *id != CUSTOM_SECTION {
            kept += rest.len() - next.len();
        }
        rest = next;
    }
    u64::try_from(kept).ok()
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
