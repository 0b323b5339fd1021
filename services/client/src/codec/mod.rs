//! Between Rust values and the values of the ledger: what the generated code is made of.
//!
//! What is on the ledger was chosen by strangers. Reading never panics; a value of another type
//! than the spec says gives an error that names the contract, the item and the field.

mod events;
mod fields;
mod json;
mod text;
mod values;

pub use crate::{Call, Error};
pub use events::{begins_with, topics, ContractEvent};
pub use fields::{Fields, Items};
pub use json::{as_json, event_json};
pub use stellar_xdr::{
    ContractId, Duration, Int256Parts as I256, ScBytes as Bytes, ScError, ScSymbol as Symbol,
    ScVal, TimePoint, UInt256Parts as U256,
};
pub use text::Text;
pub use values::{no_variant, read_variant, record, variant, vector};
pub(crate) use values::{symbol, FITS};

/// How deep and large XDR from outside may be: without a limit, nested values overflow the stack. No network has
/// values as deep.
pub const XDR_LIMITS: stellar_xdr::Limits = stellar_xdr::Limits {
    depth: 1_000,
    len: 32 * 1_024 * 1_024,
};

/// An account or a contract: `G...` or `C...` as text.
pub type Address = stellar_xdr::ScAddress;
/// A fixed number of bytes.
pub type BytesN<const N: usize> = [u8; N];
pub type Map<K, V> = std::collections::BTreeMap<K, V>;

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

/// An error of a contract: a code, and its name in the contract's spec.
pub trait ContractError: Copy {
    fn code(self) -> u32;
    fn name(self) -> &'static str;
    /// The error of a code; `None` where it is none of these.
    fn from_code(code: u32) -> Option<Self>;
}

/// JSON of a generated type is that of its value, as the Stellar CLI prints it.
#[doc(hidden)]
#[macro_export]
macro_rules! serialize {
    ($type:ty) => {
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let value = $crate::codec::ToScVal::to_scval(self);
                ::serde::Serialize::serialize(&$crate::codec::as_json(&value), to)
            }
        }
    };
}
pub use crate::serialize;

/// An error enum of a contract as a value.
#[doc(hidden)]
#[macro_export]
macro_rules! error_value {
    ($type:ty) => {
        impl $crate::codec::ToScVal for $type {
            fn to_scval(&self) -> $crate::codec::ScVal {
                let code = $crate::codec::ContractError::code(*self);
                $crate::codec::ScVal::Error($crate::codec::ScError::Contract(code))
            }
        }
        impl $crate::codec::FromScVal for $type {
            fn from_scval(value: &$crate::codec::ScVal) -> Result<Self, $crate::codec::Error> {
                let error = match value {
                    $crate::codec::ScVal::Error($crate::codec::ScError::Contract(code)) => {
                        <Self as $crate::codec::ContractError>::from_code(*code)
                    }
                    _ => None,
                };
                error.ok_or_else(|| {
                    $crate::codec::no_variant(stringify!($type), &format!("{value:?}"))
                })
            }
        }
    };
}
pub use crate::error_value;
