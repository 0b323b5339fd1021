//! Names for things from what they are.

use sha2::{Digest, Sha256};

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut sha = Sha256::new();
    for part in parts {
        // With its length, so that ("a", "bc") is not ("ab", "c").
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    sha.finalize().into()
}

/// 63 bits: what a column holds.
pub fn digest63(parts: &[&str]) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = digest(parts);
    i64::from_be_bytes([a & 0x7f, b, c, d, e, f, g, h])
}

/// All of it.
pub fn digest_hex(parts: &[&str]) -> String {
    hex::encode(digest(parts))
}
