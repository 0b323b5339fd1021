//! How each type is kept on the ledger.

use super::{Address, BytesN, FromScVal, Items, Map, ScVal, ToScVal};
use crate::Error;
use stellar_xdr::{ScBytes, ScMap, ScMapEntry, ScSymbol, ScVec, VecM};

pub(super) fn mismatch<T>(expected: &str, value: &ScVal) -> Result<T, Error> {
    let kind = value.name();
    Err(Error::Value(format!("expected {expected}, found {kind}")))
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

/// What the network's own types hold: bytes and symbols, which need not be text either.
macro_rules! xdr {
    ($($variant:ident($type:ty) $name:literal),+) => {$(
        impl ToScVal for $type {
            fn to_scval(&self) -> ScVal {
                ScVal::$variant(self.clone())
            }
        }
        impl FromScVal for $type {
            fn from_scval(value: &ScVal) -> Result<Self, Error> {
                match value {
                    ScVal::$variant(value) => Ok(value.clone()),
                    other => mismatch($name, other),
                }
            }
        }
    )+};
}
xdr!(
    Address(Address) "an address",
    Bytes(ScBytes) "bytes",
    Symbol(ScSymbol) "a symbol",
    Error(stellar_xdr::ScError) "an error",
    Timepoint(stellar_xdr::TimePoint) "a point in time",
    Duration(stellar_xdr::Duration) "a duration",
    U256(stellar_xdr::UInt256Parts) "an unsigned integer of 256 bits",
    I256(stellar_xdr::Int256Parts) "an integer of 256 bits"
);

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
tuple!(1: A 0);
tuple!(2: A 0, B 1);
tuple!(3: A 0, B 1, C 2);
tuple!(4: A 0, B 1, C 2, D 3);
tuple!(5: A 0, B 1, C 2, D 3, E 4);
tuple!(6: A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(7: A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Why conversions into what the network carries cannot fail here.
pub(crate) const FITS: &str = "fewer than 2^32 items";

/// A symbol. For names of a spec: the network has none above 32 bytes.
pub(crate) fn symbol(name: &'static str) -> ScSymbol {
    ScSymbol(name.try_into().expect("at most 32 bytes"))
}

/// A vector or a tuple.
pub fn vector(items: Vec<ScVal>) -> ScVal {
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

/// A struct of a contract.
pub fn record(fields: Vec<(&'static str, ScVal)>) -> ScVal {
    let named = |(name, value)| (ScVal::Symbol(symbol(name)), value);
    map(fields.into_iter().map(named).collect())
}

/// A variant of a union of a contract, with what it holds.
pub fn variant(name: &'static str, values: Vec<ScVal>) -> ScVal {
    let name = ScVal::Symbol(symbol(name));
    vector(std::iter::once(name).chain(values).collect())
}

/// The name of a union's variant and what it holds.
///
/// # Errors
/// Where the value is no variant.
pub fn read_variant<'a>(
    union: &'static str,
    value: &'a ScVal,
) -> Result<(String, Items<'a>), Error> {
    match value {
        ScVal::Vec(Some(items)) => match items.split_first() {
            Some((ScVal::Symbol(name), values)) => {
                Ok((name.to_utf8_string_lossy(), Items::new(union, values)))
            }
            _ => mismatch("a variant", value),
        },
        other => mismatch("a variant", other),
    }
    .map_err(|error| error.within(union))
}

/// The error for a variant that the spec does not have.
pub fn no_variant(union: &str, name: &str) -> Error {
    Error::Value(format!("{union} has no variant {name}"))
}
