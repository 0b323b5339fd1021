//! Digests that identify things by their content.

use sha2::{Digest, Sha256};

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut sha = Sha256::new();
    for part in parts {
        // Includes the length, so that ("a", "bc") differs from ("ab", "c").
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    sha.finalize().into()
}

/// 63 bits, which fit into a column.
pub fn digest63(parts: &[&str]) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = digest(parts);
    i64::from_be_bytes([a & 0x7f, b, c, d, e, f, g, h])
}

/// The full digest.
pub fn digest_hex(parts: &[&str]) -> String {
    hex::encode(digest(parts))
}
