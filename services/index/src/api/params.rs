//! Query parameters by name. An error names the wrong or unknown parameter and the reason.

use super::error::{ApiError, Result};
use crate::query::Paging;
use axum::{
    extract::FromRequestParts,
    http::{request::Parts, Uri},
};
use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

/// The longest accepted value, in characters.
const MAX_VALUE_CHARS: usize = 512;
/// The maximum number of parameters per request.
const MAX_PARAMS: usize = 64;

/// Items per page: default and maximum.
pub const DEFAULT_LIMIT: usize = 20;
pub const MAX_LIMIT: usize = 100;

pub struct Params {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl Params {
    fn parse(uri: &Uri) -> Result<Self> {
        let text = uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text)
            .map_err(|error| ApiError::bad("query", format!("cannot be parsed: {error}")))?;
        if pairs.len() > MAX_PARAMS {
            return Err(ApiError::bad("query", "too many parameters").limit(MAX_PARAMS.to_string()));
        }
        for (name, value) in &pairs {
            if value.chars().count() > MAX_VALUE_CHARS {
                let limit = format!("at most {MAX_VALUE_CHARS} characters");
                return Err(ApiError::bad(name, "too long").limit(limit));
            }
            if value.contains('\0') {
                return Err(ApiError::bad(name, "contains a NUL character"));
            }
        }
        Ok(Self {
            pairs,
            known: Vec::new(),
        })
    }

    /// All values of a parameter that may be repeated.
    pub fn many(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        let taken = self.pairs.extract_if(.., |pair| pair.0 == name);
        taken.map(|pair| pair.1).collect()
    }

    /// A value; `None` if missing or empty.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>> {
        let mut values = self.many(name);
        if values.len() > 1 {
            return Err(ApiError::bad(name, "given more than once"));
        }
        Ok(values.pop().filter(|value| !value.is_empty()))
    }

    pub fn short_text(&mut self, name: &'static str, max_chars: usize) -> Result<Option<String>> {
        let value = self.text(name)?;
        match value {
            Some(value) if value.chars().count() > max_chars => {
                let limit = format!("at most {max_chars} characters");
                Err(ApiError::bad(name, "too long").limit(limit))
            }
            value => Ok(value),
        }
    }

    /// A whole number within limits.
    pub fn number<T>(&mut self, name: &'static str, bounds: RangeInclusive<T>) -> Result<Option<T>>
    where
        T: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        number_in(name, &text, bounds).map(Some)
    }

    /// One of the given words.
    pub fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        word_in(name, &text, words).map(Some)
    }

    /// The address of an account or a contract.
    pub fn address(&mut self, name: &'static str) -> Result<Option<String>> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        address_in(name, &text).map(Some)
    }

    pub fn limit(&mut self) -> Result<usize> {
        Ok(self
            .number("limit", 1..=MAX_LIMIT)?
            .unwrap_or(DEFAULT_LIMIT))
    }

    /// Every remaining parameter is unknown.
    fn finish(self) -> Result<()> {
        match self.pairs.first() {
            Some((name, _)) => Err(ApiError::unknown(name, &self.known)),
            None => Ok(()),
        }
    }
}

pub fn number_in<T>(name: &str, text: &str, bounds: RangeInclusive<T>) -> Result<T>
where
    T: FromStr + PartialOrd + Display,
{
    let limit = || format!("{} to {}", bounds.start(), bounds.end());
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    let number = text.parse().ok().filter(|_| digits);
    let number: T = number.ok_or_else(|| {
        let reason = match digits {
            true => "too large",
            false => "not a whole number",
        };
        ApiError::bad(name, reason).limit(limit())
    })?;
    if !bounds.contains(&number) {
        return Err(ApiError::bad(name, format!("{number} is out of bounds")).limit(limit()));
    }
    Ok(number)
}

pub fn word_in<T: Copy>(name: &str, text: &str, words: &[(&str, T)]) -> Result<T> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        ApiError::bad(name, "not an allowed value").limit(all.join(", "))
    })
}

pub fn address_in(name: &str, text: &str) -> Result<String> {
    use stellar_strkey::Strkey;
    match Strkey::from_string(text) {
        Ok(Strkey::PublicKeyEd25519(_) | Strkey::Contract(_)) => Ok(text.to_owned()),
        _ => {
            let limit = "G... or C..., 56 characters with a valid checksum";
            Err(ApiError::bad(name, "not an address").limit(limit))
        }
    }
}

/// The query parameters of a path.
pub trait FromParams: Sized {
    fn take(params: &mut Params) -> Result<Self>;
}

/// No parameters at all.
pub struct Nothing;

impl FromParams for Nothing {
    fn take(_: &mut Params) -> Result<Self> {
        Ok(Self)
    }
}

/// Extracts a query.
pub struct Query<T>(pub T);

impl<T: FromParams, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let mut params = Params::parse(&parts.uri)?;
        let taken = T::take(&mut params)?;
        params.finish()?;
        Ok(Self(taken))
    }
}

impl FromParams for Paging {
    fn take(params: &mut Params) -> Result<Self> {
        Ok(Self {
            limit: params.limit()?,
            after: params.text("after")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Params {
        Params::parse(&format!("/x?{query}").parse().unwrap()).unwrap()
    }

    fn said<T: std::fmt::Debug>(result: Result<T>) -> String {
        let error = result.unwrap_err();
        format!("{error:?}")
    }

    #[test]
    fn numbers_are_taken_within_their_bounds_only() {
        assert_eq!(of("n=7").number("n", 1..=9_u32).unwrap(), Some(7));
        assert_eq!(of("").number("n", 1..=9_u32).unwrap(), None);
        assert_eq!(of("n=").number("n", 1..=9_u32).unwrap(), None);
        for (value, reason) in [
            ("10", "out of bounds"),
            ("-1", "not a whole number"),
            ("%2B1", "not a whole number"),
            ("1.5", "not a whole number"),
            ("99999999999", "too large"),
            ("x", "not a whole number"),
        ] {
            let said = said(of(&format!("n={value}")).number("n", 1..=9_u32));
            assert!(said.contains(reason) && said.contains("1 to 9"), "{said}");
            assert!(said.contains("field: Some(\"n\")"), "{said}");
        }
    }

    #[test]
    fn what_is_given_twice_or_not_known_is_refused() {
        assert!(said(of("n=1&n=2").text("n")).contains("more than once"));
        let mut params = of("n=1&other=2");
        params.text("n").unwrap();
        let said = said(params.finish());
        assert!(
            said.contains("`other`") && said.contains("parameters are n"),
            "{said}"
        );
    }

    #[test]
    fn addresses_have_a_checksum() {
        let good = "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7";
        assert!(address_in("a", good).is_ok());
        let bad = good.replace("CCWN7", "CCWN6");
        assert!(said(address_in("a", &bad)).contains("not an address"));
    }
}
