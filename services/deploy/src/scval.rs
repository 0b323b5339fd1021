//! Between Rust values and the values that contracts take and give.

use crate::Error;
use std::collections::BTreeMap;
use stellar_xdr::{ScBytes, ScMap, ScMapEntry, ScString, ScSymbol, ScVal, ScVec, StringM, VecM};

/// An account or a contract: `G...` or `C...` as text.
pub type Address = stellar_xdr::ScAddress;
/// The names that contracts' interfaces use, so that types here read like those there.
pub type BytesN<const N: usize> = [u8; N];
pub type Map<K, V> = BTreeMap<K, V>;

/// What a contract can be given.
pub trait ToScVal {
    fn to_scval(&self) -> ScVal;
}

/// What a contract's answer can be read as.
pub trait FromScVal: Sized {
    /// # Errors
    /// Where the value is of another type.
    fn from_scval(value: &ScVal) -> Result<Self, Error>;
}

fn mismatch<T>(expected: &str, found: &ScVal) -> Result<T, Error> {
    Err(Error::Value(format!(
        "expected {expected}, found {}",
        found.name()
    )))
}

/// What the library converts by itself.
macro_rules! plain {
    ($($type:ty),+) => {$(
        impl ToScVal for $type {
            fn to_scval(&self) -> ScVal {
                ScVal::from(*self)
            }
        }
        impl FromScVal for $type {
            fn from_scval(value: &ScVal) -> Result<Self, Error> {
                value
                    .clone()
                    .try_into()
                    .or_else(|()| mismatch(stringify!($type), value))
            }
        }
    )+};
}
plain!(bool, u32, i32, u64, i64, u128, i128, ());

impl ToScVal for ScVal {
    fn to_scval(&self) -> ScVal {
        self.clone()
    }
}

impl FromScVal for ScVal {
    fn from_scval(value: &ScVal) -> Result<Self, Error> {
        Ok(value.clone())
    }
}

impl ToScVal for Address {
    fn to_scval(&self) -> ScVal {
        ScVal::Address(self.clone())
    }
}

impl FromScVal for Address {
    fn from_scval(value: &ScVal) -> Result<Self, Error> {
        match value {
            ScVal::Address(address) => Ok(address.clone()),
            other => mismatch("an address", other),
        }
    }
}

impl ToScVal for String {
    fn to_scval(&self) -> ScVal {
        ScVal::String(ScString(StringM::try_from(self.as_str()).expect(FITS)))
    }
}

impl FromScVal for String {
    fn from_scval(value: &ScVal) -> Result<Self, Error> {
        match value {
            // Bytes that are no text are shown as such: strangers choose them.
            ScVal::String(text) => Ok(text.to_utf8_string_lossy()),
            other => mismatch("a string", other),
        }
    }
}

impl<const N: usize> ToScVal for BytesN<N> {
    fn to_scval(&self) -> ScVal {
        ScVal::Bytes(ScBytes(self.to_vec().try_into().expect(FITS)))
    }
}

impl<const N: usize> FromScVal for BytesN<N> {
    fn from_scval(value: &ScVal) -> Result<Self, Error> {
        match value {
            ScVal::Bytes(bytes) => bytes
                .as_slice()
                .try_into()
                .or_else(|_| mismatch(&format!("{N} bytes"), value)),
            other => mismatch("bytes", other),
        }
    }
}

impl<T: ToScVal> ToScVal for Option<T> {
    fn to_scval(&self) -> ScVal {
        self.as_ref().map_or(ScVal::Void, ToScVal::to_scval)
    }
}

impl<T: FromScVal> FromScVal for Option<T> {
    fn from_scval(value: &ScVal) -> Result<Self, Error> {
        match value {
            ScVal::Void => Ok(None),
            some => T::from_scval(some).map(Some),
        }
    }
}

impl<T: ToScVal> ToScVal for Vec<T> {
    fn to_scval(&self) -> ScVal {
        vector(self.iter().map(ToScVal::to_scval).collect())
    }
}

impl<T: FromScVal> FromScVal for Vec<T> {
    fn from_scval(value: &ScVal) -> Result<Self, Error> {
        items(value)?.iter().map(T::from_scval).collect()
    }
}

impl<K: ToScVal, V: ToScVal> ToScVal for Map<K, V> {
    fn to_scval(&self) -> ScVal {
        map(self
            .iter()
            .map(|(key, value)| (key.to_scval(), value.to_scval()))
            .collect())
    }
}

impl<K: FromScVal + Ord, V: FromScVal> FromScVal for Map<K, V> {
    fn from_scval(value: &ScVal) -> Result<Self, Error> {
        entries(value)?
            .iter()
            .map(|entry| Ok((K::from_scval(&entry.key)?, V::from_scval(&entry.val)?)))
            .collect()
    }
}

macro_rules! tuple {
    ($count:literal: $($type:ident $index:tt),+) => {
        impl<$($type: ToScVal),+> ToScVal for ($($type,)+) {
            fn to_scval(&self) -> ScVal {
                vector(vec![$(self.$index.to_scval()),+])
            }
        }
        impl<$($type: FromScVal),+> FromScVal for ($($type,)+) {
            fn from_scval(value: &ScVal) -> Result<Self, Error> {
                let items = items(value)?;
                if items.len() != $count {
                    return mismatch(concat!("a tuple of ", $count), value);
                }
                Ok(($($type::from_scval(&items[$index])?,)+))
            }
        }
    };
}
tuple!(2: A 0, B 1);
tuple!(3: A 0, B 1, C 2);
tuple!(4: A 0, B 1, C 2, D 3);
tuple!(5: A 0, B 1, C 2, D 3, E 4);
tuple!(6: A 0, B 1, C 2, D 3, E 4, F 5);

/// Why conversions into what the network carries cannot fail here.
pub(crate) const FITS: &str = "fewer than 2^32 items";

/// A symbol. For names of this crate: longer ones than 32 bytes do not exist on the network.
pub(crate) fn symbol(name: &'static str) -> ScSymbol {
    ScSymbol(name.try_into().expect("at most 32 bytes"))
}

pub(crate) fn vector(items: Vec<ScVal>) -> ScVal {
    ScVal::Vec(Some(ScVec(items.try_into().expect(FITS))))
}

fn map(mut entries: Vec<(ScVal, ScVal)>) -> ScVal {
    // The host refuses a map whose keys are not in order.
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    let entries: Vec<_> = entries
        .into_iter()
        .map(|(key, val)| ScMapEntry { key, val })
        .collect();
    ScVal::Map(Some(ScMap(entries.try_into().expect(FITS))))
}

fn items(value: &ScVal) -> Result<&VecM<ScVal>, Error> {
    match value {
        ScVal::Vec(Some(items)) => Ok(items),
        other => mismatch("a vector", other),
    }
}

fn entries(value: &ScVal) -> Result<&VecM<ScMapEntry>, Error> {
    match value {
        ScVal::Map(Some(entries)) => Ok(entries),
        other => mismatch("a map", other),
    }
}

/// A value as the Stellar CLI takes and prints it: large numbers as text, bytes in hexadecimal.
pub(crate) fn as_json(value: &ScVal) -> serde_json::Value {
    use serde_json::{json, Value};
    let text = |value: &ScVal| match as_json(value) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    match value {
        ScVal::Bool(value) => json!(value),
        ScVal::U32(value) => json!(value),
        ScVal::I32(value) => json!(value),
        ScVal::U64(value) => json!(value),
        ScVal::I64(value) => json!(value),
        ScVal::U128(value) => json!(u128::from(value).to_string()),
        ScVal::I128(value) => json!(i128::from(value).to_string()),
        ScVal::Bytes(value) => json!(hex::encode(value.as_slice())),
        ScVal::String(value) => json!(value.to_utf8_string_lossy()),
        ScVal::Symbol(value) => json!(value.to_utf8_string_lossy()),
        ScVal::Address(value) => json!(value),
        ScVal::Vec(Some(items)) => items.iter().map(as_json).collect(),
        ScVal::Map(Some(entries)) => entries
            .iter()
            .map(|entry| (text(&entry.key), as_json(&entry.val)))
            .collect(),
        _ => Value::Null,
    }
}

/// A struct of a contract.
pub(crate) fn record(fields: Vec<(&'static str, ScVal)>) -> ScVal {
    let named = |(name, value)| (ScVal::Symbol(symbol(name)), value);
    map(fields.into_iter().map(named).collect())
}

/// A field of a struct of a contract.
pub(crate) fn field<T: FromScVal>(value: &ScVal, name: &'static str) -> Result<T, Error> {
    let is_it = |entry: &&ScMapEntry| matches!(&entry.key, ScVal::Symbol(key) if key.as_slice() == name.as_bytes());
    match entries(value)?.iter().find(is_it) {
        Some(entry) => {
            T::from_scval(&entry.val).map_err(|error| Error::Value(format!("{name}: {error}")))
        }
        None => Err(Error::Value(format!("there is no field {name}"))),
    }
}

/// A variant of a union of a contract.
pub(crate) fn variant(value: &ScVal) -> Result<String, Error> {
    match items(value)?.as_slice() {
        [ScVal::Symbol(name)] => Ok(name.to_utf8_string_lossy()),
        _ => mismatch("a variant", value),
    }
}

macro_rules! structs {
    ($($name:ident { $($field:ident: $type:ty),+ $(,)? })+) => {
        $(
            #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            pub struct $name {
                $(pub $field: $type),+
            }
            impl $crate::scval::ToScVal for $name {
                fn to_scval(&self) -> stellar_xdr::ScVal {
                    $crate::scval::record(vec![$((stringify!($field), self.$field.to_scval())),+])
                }
            }
            impl $crate::scval::FromScVal for $name {
                fn from_scval(value: &stellar_xdr::ScVal) -> Result<Self, $crate::Error> {
                    Ok(Self { $($field: $crate::scval::field(value, stringify!($field))?),+ })
                }
            }
        )+
        /// Name, fields with their types.
        #[cfg(test)]
        pub(crate) const STRUCTS: &[(&str, &[&str])] = &[
            $((stringify!($name), &[$(concat!(stringify!($field), ": ", stringify!($type))),+])),+
        ];
    };
}

macro_rules! unions {
    ($($name:ident { $($variant:ident),+ })+) => {
        $(
            #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            pub enum $name {
                $($variant),+
            }
            impl $crate::scval::ToScVal for $name {
                fn to_scval(&self) -> stellar_xdr::ScVal {
                    let name = match self {
                        $(Self::$variant => stringify!($variant)),+
                    };
                    let name = stellar_xdr::ScVal::Symbol($crate::scval::symbol(name));
                    $crate::scval::vector(vec![name])
                }
            }
            impl $crate::scval::FromScVal for $name {
                fn from_scval(value: &stellar_xdr::ScVal) -> Result<Self, $crate::Error> {
                    match $crate::scval::variant(value)?.as_str() {
                        $(stringify!($variant) => Ok(Self::$variant),)+
                        other => Err($crate::Error::Value(format!(
                            "{} has no variant {other}", stringify!($name)
                        ))),
                    }
                }
            }
        )+
        /// Name, variants in their order.
        #[cfg(test)]
        pub(crate) const UNIONS: &[(&str, &[&str])] = &[
            $((stringify!($name), &[$(stringify!($variant)),+])),+
        ];
    };
}

pub(crate) use {structs, unions};
