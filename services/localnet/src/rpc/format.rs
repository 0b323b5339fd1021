//! The two forms in which clients ask for XDR: base64, and JSON.

use super::RpcError;
use base64::{engine::general_purpose::STANDARD, Engine};
use serde::Serialize;
use serde_json::{Map, Value};
use stellar_xdr::{Limits, ReadXdr, WriteXdr};

/// The form of XDR in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Base64,
    Json,
}

impl Format {
    /// Reads the parameter `xdrFormat`.
    ///
    /// # Errors
    /// The text with which Stellar RPC refuses other values.
    pub fn parse(text: Option<&str>) -> Result<Self, String> {
        match text.unwrap_or_default() {
            "" | "base64" => Ok(Self::Base64),
            "json" => Ok(Self::Json),
            other => Err(format!(
                "got '{other}': expected base64, json for optional 'xdrFormat'"
            )),
        }
    }

    /// As [`Self::parse`], as the error of a method.
    ///
    /// # Errors
    /// For other values.
    pub fn param(text: Option<&str>) -> Result<Self, RpcError> {
        Self::parse(text).map_err(RpcError::params)
    }

    /// A value in this form.
    ///
    /// # Errors
    /// Where it cannot be encoded.
    pub fn value<T: WriteXdr + Serialize>(self, value: &T) -> Result<Value, RpcError> {
        Ok(match self {
            Self::Base64 => Value::from(value.to_xdr_base64(Limits::none())?),
            Self::Json => serde_json::to_value(value)?,
        })
    }

    /// Encoded bytes in this form.
    ///
    /// # Errors
    /// Where they do not decode.
    pub fn bytes<T: ReadXdr + Serialize>(self, bytes: &[u8]) -> Result<Value, RpcError> {
        Ok(match self {
            Self::Base64 => Value::from(STANDARD.encode(bytes)),
            Self::Json => serde_json::to_value(T::from_xdr(bytes, Limits::none())?)?,
        })
    }

    /// Many values in this form.
    ///
    /// # Errors
    /// Where one cannot be encoded.
    pub fn list<'a, T>(self, values: impl IntoIterator<Item = &'a T>) -> Result<Value, RpcError>
    where
        T: WriteXdr + Serialize + 'a,
    {
        let values: Vec<_> = values
            .into_iter()
            .map(|value| self.value(value))
            .collect::<Result<_, _>>()?;
        Ok(Value::Array(values))
    }

    /// Puts a field into an answer, under the name that belongs to this form.
    pub fn put(self, answer: &mut Map<String, Value>, base64: &str, json: &str, value: Value) {
        let name = if self == Self::Json { json } else { base64 };
        answer.insert(name.to_owned(), value);
    }
}

/// The fields of an answer.
pub fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
