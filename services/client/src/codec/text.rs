//! Strings of the ledger.

use super::{FromScVal, ScVal, ToScVal, FITS};
use crate::{codec::values::mismatch, Error};
use std::{borrow::Cow, fmt, str::Utf8Error};
use stellar_xdr::{ScString, StringM};

/// A string of the ledger: bytes that strangers chose, which need not be UTF-8. All bytes are kept;
/// what is shown has `U+FFFD` for what is no text. A NUL is text.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Vec<u8>);

impl Text {
    /// The bytes as they are on the ledger.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// # Errors
    /// Where the bytes are not UTF-8.
    pub fn to_str(&self) -> Result<&str, Utf8Error> {
        std::str::from_utf8(&self.0)
    }

    /// As text, whatever the bytes are.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_str_lossy())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_str_lossy(), f)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl ToScVal for Text {
    fn to_scval(&self) -> ScVal {
        ScVal::String(ScString(StringM::try_from(self.0.clone()).expect(FITS)))
    }
}

impl FromScVal for Text {
    fn from_scval(value: &ScVal) -> Result<Self, Error> {
        match value {
            ScVal::String(text) => Ok(Self(text.0.to_vec())),
            other => mismatch("a string", other),
        }
    }
}

impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_str_lossy())
    }
}
