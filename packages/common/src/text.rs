//! Texts: which characters they may have, and how API texts compare.

use core::ops::RangeInclusive;

use soroban_sdk::String;

use crate::limits::{MAX_API_LEN, MAX_DESCRIPTION_LEN};

/// Bytes of the longest text.
const LONGEST: usize = 256;
const _: () = assert!(MAX_DESCRIPTION_LEN == 256, "no text is longer");

/// What a text may consist of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Charset {
    /// Names and descriptions: UTF-8.
    Unicode,
    /// Ids, regions, countries, APIs, tags and access scopes: ASCII from the blank to `~`.
    Ascii,
}

/// Characters beyond ASCII that show nothing: controls, line separators, marks that only steer
/// direction or joining, fillers, and code points that are no characters. Two texts that differ in
/// them alone look the same. Unicode calls them `Cc`, `Zl`, `Zp`, `Default_Ignorable_Code_Point` and
/// `Noncharacter_Code_Point`; U+FFF9 to U+FFFB only annotate. Emoji need the variation selectors
/// U+FE00 to U+FE0F, which are therefore allowed.
const INVISIBLE: [RangeInclusive<u32>; 18] = [
    0x80..=0x9F,
    0xAD..=0xAD,
    0x34F..=0x34F,
    0x61C..=0x61C,
    0x115F..=0x1160,
    0x17B4..=0x17B5,
    0x180B..=0x180F,
    0x200B..=0x200F,
    0x2028..=0x202E,
    0x2060..=0x206F,
    0x3164..=0x3164,
    0xFDD0..=0xFDEF,
    0xFEFF..=0xFEFF,
    0xFFA0..=0xFFA0,
    0xFFF0..=0xFFFB,
    0x1BCA0..=0x1BCA3,
    0x1D173..=0x1D17A,
    0xE0000..=0xE0FFF,
];

/// The bytes of a text; `None` if it is longer than any text may be.
fn read<'a>(text: &String, buffer: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let bytes = buffer.get_mut(..usize::try_from(text.len()).ok()?)?;
    text.copy_into_slice(bytes);
    Some(bytes)
}

/// Whether a text may be a URL: it names http or https, and has no blank.
pub fn is_url(text: &String) -> bool {
    let mut buffer = [0_u8; LONGEST];
    read(text, &mut buffer).is_some_and(|bytes| {
        let scheme = bytes.starts_with(b"https://") || bytes.starts_with(b"http://");
        scheme && !bytes.contains(&b' ')
    })
}

/// Whether a text of at most 256 bytes is printable: valid, without a character that shows nothing,
/// and with no blank at either end. The empty text is. Letters that look alike are allowed: an address
/// tells parties apart, not a name.
#[inline(never)]
pub fn is_printable(text: &String, charset: Charset) -> bool {
    let mut buffer = [0_u8; LONGEST];
    let Some(mut rest) = read(text, &mut buffer) else {
        return false;
    };
    let (mut at_start, mut ends_blank) = (true, false);
    while !rest.is_empty() {
        let Some((character, following)) = next_character(rest) else {
            return false;
        };
        ends_blank = is_blank(character);
        if (at_start && ends_blank) || !is_visible(character, charset) {
            return false;
        }
        at_start = false;
        rest = following;
    }
    !ends_blank
}

fn is_visible(character: u32, charset: Charset) -> bool {
    if character <= 0x7F {
        return (0x20..=0x7E).contains(&character);
    }
    let noncharacter = character & 0xFFFE == 0xFFFE;
    charset == Charset::Unicode
        && !noncharacter
        && !INVISIBLE.iter().any(|range| range.contains(&character))
}

/// Unicode's `Zs`.
fn is_blank(character: u32) -> bool {
    matches!(
        character,
        0x20 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000
    )
}

/// Takes one character off UTF-8; `None` if it is malformed, overlong or a surrogate.
/// [`core::str::from_utf8`] would add more code to the Wasm than this.
fn next_character(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    let first = u32::from(*first);
    let (following, least, mut character) = match first {
        0..=0x7F => return Some((first, rest)),
        0xC0..=0xDF => (1, 0x80, first & 0x1F),
        0xE0..=0xEF => (2, 0x800, first & 0xF),
        0xF0..=0xF7 => (3, 0x1_0000, first & 0x7),
        _ => return None,
    };
    for _ in 0..following {
        let (next, after) = rest.split_first()?;
        if next & 0xC0 != 0x80 {
            return None;
        }
        character = character << 6 | u32::from(next & 0x3F);
        rest = after;
    }
    let is_scalar = char::from_u32(character).is_some();
    (is_scalar && character >= least).then_some((character, rest))
}

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

    use proptest::prelude::*;
    use soroban_sdk::Env;

    use super::*;

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

    /// Unicode's own tables, as `regex-syntax` has them.
    fn characters_of(class: &str) -> std::vec::Vec<char> {
        let parsed = regex_syntax::parse(class).unwrap();
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) =
            parsed.into_kind()
        else {
            panic!("not a class");
        };
        class
            .ranges()
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .collect()
    }

    fn printable(text: &[u8], charset: Charset) -> bool {
        is_printable(&String::from_bytes(&Env::default(), text), charset)
    }

    #[test]
    fn every_character_is_printable_unless_unicode_says_that_it_shows_nothing() {
        let hidden = r"[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\x{FFF9}-\x{FFFB}--[\x{FE00}-\x{FE0F}]]";
        let hidden: std::collections::HashSet<u32> =
            characters_of(hidden).into_iter().map(u32::from).collect();
        let blank: std::collections::HashSet<u32> = characters_of(r"\p{Zs}")
            .into_iter()
            .map(u32::from)
            .collect();
        assert!(hidden.len() > 4_000 && blank.len() == 17);
        for character in char::MIN..=char::MAX {
            let code = u32::from(character);
            let mut bytes = [0; 4];
            let bytes = character.encode_utf8(&mut bytes).as_bytes();
            assert_eq!(next_character(bytes), Some((code, &[][..])));
            let visible = !hidden.contains(&code);
            assert_eq!(is_visible(code, Charset::Unicode), visible, "{code:x}");
            let ascii = (0x20..=0x7E).contains(&code);
            assert_eq!(is_visible(code, Charset::Ascii), ascii, "{code:x}");
            assert_eq!(is_blank(code), blank.contains(&code), "{code:x}");
        }
    }

    proptest! {
        /// The decoder agrees with the standard library on bytes that are nearly UTF-8.
        #[test]
        fn only_utf_8_is_decoded(
            bytes in proptest::collection::vec(
                prop_oneof![any::<u8>(), 0x80_u8..=0xBF, 0xC0_u8..=0xFF, Just(b'a')],
                0..8,
            ),
        ) {
            let mut rest = &bytes[..];
            let mut decoded = std::string::String::new();
            while let Some((character, following)) = next_character(rest) {
                decoded.push(char::from_u32(character).unwrap());
                rest = following;
            }
            let expected = std::str::from_utf8(&bytes);
            let valid = match &expected {
                Ok(text) => text.len(),
                Err(error) => error.valid_up_to(),
            };
            prop_assert_eq!(decoded.as_bytes(), &bytes[..valid]);
            prop_assert_eq!(rest.is_empty(), expected.is_ok());
        }
    }

    #[test]
    fn a_url_has_a_scheme_and_no_blank() {
        let env = Env::default();
        let url = |text: &str| is_url(&String::from_str(&env, text));
        for good in ["https://s3.example.com:9000/b", "http://10.0.0.1"] {
            assert!(url(good), "{good}");
        }
        let long = std::format!("https://{}", "a".repeat(249));
        for bad in [
            "",
            "s3.example.com",
            "ftp://a",
            "javascript:alert(1)",
            "http:/a",
            "https://a b",
            " https://a",
            &long,
        ] {
            assert!(!url(bad), "{bad}");
        }
    }

    #[test]
    fn texts_that_are_not_utf_8_or_show_nothing_are_not_printable() {
        for (name, text) in [
            ("NUL", &b"a\0b"[..]),
            ("a line feed", b"a\nb"),
            ("a tab", b"a\tb"),
            ("DEL", b"a\x7Fb"),
            ("C1", "a\u{85}b".as_bytes()),
            ("a lone continuation", b"a\x80"),
            ("a byte that never occurs", b"a\xFF"),
            ("an overlong slash", b"a\xC0\xAF"),
            ("an overlong NUL", b"a\xC0\x80"),
            ("an overlong slash of three bytes", b"a\xE0\x80\xAF"),
            ("an overlong slash of four bytes", b"a\xF0\x80\x80\xAF"),
            ("a surrogate", b"a\xED\xA0\x80"),
            ("beyond U+10FFFF", b"a\xF4\x90\x80\x80"),
            ("a cut character", b"a\xE2\x82"),
            ("a line separator", "a\u{2028}b".as_bytes()),
            ("a paragraph separator", "a\u{2029}b".as_bytes()),
            ("a right-to-left override", "a\u{202E}b".as_bytes()),
            ("an isolate", "a\u{2066}b".as_bytes()),
            ("a zero-width space", "a\u{200B}b".as_bytes()),
            ("a zero-width joiner", "a\u{200D}b".as_bytes()),
            ("a byte order mark", "\u{FEFF}ab".as_bytes()),
            ("a soft hyphen", "a\u{AD}b".as_bytes()),
            ("a filler", "\u{3164}".as_bytes()),
            ("a tag", "a\u{E0041}".as_bytes()),
            ("a blank before", b" ab"),
            ("a blank after", b"ab "),
            ("a blank alone", b" "),
            ("a no-break space after", "ab\u{A0}".as_bytes()),
            ("an ideographic space before", "\u{3000}ab".as_bytes()),
            ("257 bytes", &[b'x'; 257]),
        ] {
            assert!(!printable(text, Charset::Unicode), "{name}");
            assert!(!printable(text, Charset::Ascii), "{name}");
        }
    }

    #[test]
    fn names_in_any_script_are_printable_and_ids_are_ascii() {
        for text in [
            "Zoë's Fässer",
            "日本　倉庫",
            "Хранилище",
            "مخزن",
            "☁\u{FE0F} cloud",
            "1\u{A0}TB",
        ] {
            assert!(printable(text.as_bytes(), Charset::Unicode), "{text}");
            assert!(!printable(text.as_bytes(), Charset::Ascii), "{text}");
        }
        for text in [
            "",
            "a",
            "eu west-1",
            "~!@#$%^&*()_+{}|\\\"'/?",
            core::str::from_utf8(&[b'x'; 256]).unwrap(),
        ] {
            assert!(printable(text.as_bytes(), Charset::Unicode), "{text}");
            assert!(printable(text.as_bytes(), Charset::Ascii), "{text}");
        }
        // A Cyrillic letter that looks like a Latin one.
        assert!(!printable("ap\u{0456}".as_bytes(), Charset::Ascii));
    }
}
