//! Text from outside, made safe to store. PostgreSQL refuses NUL in text, SQLite takes it; strings on the
//! ledger are bytes and need not be UTF-8.

use std::borrow::Cow;

/// Replaces NUL by U+FFFD, so that both databases store the same text.
pub fn storable(text: &str) -> Cow<'_, str> {
    match text.contains('\0') {
        true => Cow::Owned(text.replace('\0', "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

/// The same for bytes: what is not UTF-8 becomes U+FFFD too.
pub fn storable_bytes(bytes: &[u8]) -> String {
    storable(&String::from_utf8_lossy(bytes)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_and_invalid_utf8_are_replaced_and_the_rest_stays() {
        assert_eq!(storable("Käse"), "Käse");
        assert_eq!(storable("a\0b"), "a\u{fffd}b");
        assert_eq!(storable_bytes(b"a\0\xffb"), "a\u{fffd}\u{fffd}b");
    }
}
