//! Parameters: absent, `null`, or an object. Never a list, as in Stellar RPC.

use super::{codes, RpcError};
use serde::de::DeserializeOwned;
use serde_json::{value::RawValue, Value};
use stellar_xdr::{Limited, Limits, ReadXdr};

/// How deep and how large a decoded request may be, in bytes.
const MAX_DECODED_BYTES: usize = 1024 * 1024;
const MAX_DEPTH: u32 = 500;

/// Reads the parameters of a method.
///
/// # Errors
/// Where they are of another shape.
pub fn parse<T: DeserializeOwned>(params: Option<&RawValue>) -> Result<T, RpcError> {
    let text = params
        .map(RawValue::get)
        .filter(|text| *text != "null")
        .unwrap_or("{}");
    let invalid = |fault: String| RpcError {
        code: codes::INVALID_PARAMS,
        message: "invalid parameters".to_owned(),
        data: Some(Value::from(fault)),
    };
    if text.starts_with('[') {
        return Err(invalid(
            "the parameters are a list, not an object".to_owned(),
        ));
    }
    serde_json::from_str(text).map_err(|error| invalid(error.to_string()))
}

/// Decodes XDR that came from outside: bounded in depth and size.
pub fn decode<T: ReadXdr>(base64: &str) -> Option<T> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(base64)
        .ok()?;
    let limits = Limits {
        depth: MAX_DEPTH,
        len: MAX_DECODED_BYTES,
    };
    let mut reader = Limited::new(bytes.as_slice(), limits);
    T::read_xdr_to_end(&mut reader).ok()
}
