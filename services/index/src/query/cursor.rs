//! Cursors: where a page of a list ended. Opaque to clients. The next page begins after this item,
//! whatever was added or removed in the meantime.

use super::{Error, Result};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};

const NOT_A_CURSOR: Error = Error::Cursor("not a cursor: give `next` of a page");

/// The kind of list, with its order, and the keys of the last item.
pub fn write(list: &str, keys: &[&str]) -> String {
    let mut text = list.to_owned();
    for key in keys {
        text.push('|');
        text.push_str(key);
    }
    URL_SAFE_NO_PAD.encode(text)
}

/// # Errors
/// It is not a cursor of this list.
pub fn read<const N: usize>(list: &str, cursor: &str) -> Result<[String; N]> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor);
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    // PostgreSQL refuses NUL.
    let text = text
        .filter(|text| !text.contains('\0'))
        .ok_or(NOT_A_CURSOR)?;
    let mut parts = text.split('|').map(str::to_owned);
    if parts.next().as_deref() != Some(list) {
        let reason = "a cursor of another list or order: begin again without it";
        return Err(Error::Cursor(reason));
    }
    let keys: Vec<_> = parts.collect();
    keys.try_into().map_err(|_| NOT_A_CURSOR)
}

/// A key that is a number.
pub fn number<T: std::str::FromStr>(key: &str) -> Result<T> {
    key.parse().map_err(|_| NOT_A_CURSOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_by_its_own_list_only() {
        let cursor = write("price-asc", &["12", "7"]);
        assert_eq!(read::<2>("price-asc", &cursor).unwrap(), ["12", "7"]);
        assert!(read::<2>("price-desc", &cursor).is_err());
        assert!(read::<1>("price-asc", &cursor).is_err());
        assert!(read::<2>("price-asc", "nonsense!").is_err());
        assert!(number::<u32>("x").is_err());
    }
}
