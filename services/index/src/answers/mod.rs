//! The answers of the API. Amounts are decimal strings in the asset's smallest unit, because JSON
//! numbers are exact only up to 2^53. Field names end in their unit.

mod bucket;
mod deal;
mod market;
mod party;

pub use bucket::*;
pub use deal::*;
pub use market::*;
pub use party::*;

use serde::{Serialize, Serializer};
use utoipa::{
    openapi::{schema::SchemaType, ObjectBuilder, RefOr, Schema, Type},
    PartialSchema, ToSchema,
};

/// Money: an integer in the smallest unit of the stable asset, 7 decimals (10_000_000 is 1 USD).
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Stroops(pub i128);

/// Stored MB integrated over seconds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct MbSecs(pub u128);

fn decimal_string(description: &str, pattern: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .description(Some(description))
        .pattern(Some(pattern))
        .examples([serde_json::json!(example)])
        .into()
}

impl Serialize for Stroops {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl PartialSchema for Stroops {
    fn schema() -> RefOr<Schema> {
        let what =
            "Money as a decimal string: the asset's smallest unit, 7 decimals (10000000 is 1 USD).";
        decimal_string(what, "^-?[0-9]+$", "15000000")
    }
}

impl ToSchema for Stroops {}

impl Serialize for MbSecs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl PartialSchema for MbSecs {
    fn schema() -> RefOr<Schema> {
        let what = "Stored MB integrated over seconds, as a decimal string.";
        decimal_string(what, "^[0-9]+$", "2654208000")
    }
}

impl ToSchema for MbSecs {}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    pub items: Vec<T>,
    /// Pass it as `after` to get the next page; null at the end.
    pub next: Option<String>,
}
