//! Texts: bounded, and compared as ASCII without case.

use soroban_sdk::String;

use crate::limits::MAX_API_LEN;

/// Whether two API texts (at most 32 bytes) name the same API: equal as ASCII without case.
pub fn same_api(a: &String, b: &String) -> bool {
    if a.len() != b.len() || a.len() > MAX_API_LEN {
        return false;
    }
    let Ok(len) = usize::try_from(a.len()) else {
        return false;
    };
    let (mut left, mut right) = ([0_u8; 32], [0_u8; 32]);
    let (Some(left), Some(right)) = (left.get_mut(..len), right.get_mut(..len)) else {
        return false;
    };
    a.copy_into_slice(left);
    b.copy_into_slice(right);
    left.eq_ignore_ascii_case(right)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use soroban_sdk::Env;

    #[test]
    fn api_texts_compare_without_case_and_only_when_whole() {
        let env = Env::default();
        let text = |s: &str| String::from_str(&env, s);
        assert!(same_api(&text("S3"), &text("s3")));
        assert!(same_api(&text(""), &text("")));
        assert!(!same_api(&text("S3"), &text("S3 ")));
        assert!(!same_api(&text("S3"), &text("GCS")));
        assert!(same_api(&text(&"A".repeat(32)), &text(&"a".repeat(32))));
        assert!(!same_api(&text(&"A".repeat(33)), &text(&"A".repeat(33))));
    }
}
