//! Reading what has fields: structs, tuples, topics.

use super::{values::mismatch, FromScVal, ScVal};
use crate::Error;
use stellar_xdr::ScMapEntry;

/// The fields of a map that a contract keeps a struct in. A field that the spec does not name is
/// left alone: a newer contract may have it.
pub struct Fields<'a> {
    item: &'static str,
    entries: &'a [ScMapEntry],
}

impl<'a> Fields<'a> {
    /// The fields of `item`, a name for errors.
    ///
    /// # Errors
    /// Where the value is no map.
    pub fn of(item: &'static str, value: &'a ScVal) -> Result<Self, Error> {
        match value {
            ScVal::Map(Some(entries)) => Ok(Self { item, entries }),
            other => mismatch("a map", other).map_err(|error: Error| error.within(item)),
        }
    }

    /// # Errors
    /// Where the field is missing or of another type.
    pub fn get<T: FromScVal>(&self, name: &'static str) -> Result<T, Error> {
        let is_it = |entry: &&ScMapEntry| matches!(&entry.key, ScVal::Symbol(key) if key.as_slice() == name.as_bytes());
        let entry = self.entries.iter().find(is_it);
        entry
            .ok_or_else(|| Error::Value("the field is missing".to_owned()))
            .and_then(|entry| T::from_scval(&entry.val))
            .map_err(|error| error.within(format_args!("{}.{name}", self.item)))
    }
}

/// Values by their place: a tuple, the topics of an event.
pub struct Items<'a> {
    item: &'static str,
    values: &'a [ScVal],
}

impl<'a> Items<'a> {
    /// The values of `item`, a name for errors.
    ///
    /// # Errors
    /// Where the value is no vector.
    pub fn of(item: &'static str, value: &'a ScVal) -> Result<Self, Error> {
        match value {
            ScVal::Vec(Some(values)) => Ok(Self { item, values }),
            other => mismatch("a vector", other).map_err(|error: Error| error.within(item)),
        }
    }

    /// One value.
    pub fn single(item: &'static str, value: &'a ScVal) -> Self {
        let values = std::slice::from_ref(value);
        Self { item, values }
    }

    /// The topics after an event's own.
    pub fn after(item: &'static str, topics: &'a [ScVal], prefix: &[&str]) -> Self {
        let values = topics.get(prefix.len()..).unwrap_or_default();
        Self { item, values }
    }

    /// What follows the name of a union's variant.
    pub(super) fn new(item: &'static str, values: &'a [ScVal]) -> Self {
        Self { item, values }
    }

    /// # Errors
    /// Where there is none in this place, or one of another type. `name` is for the error.
    pub fn get<T: FromScVal>(&self, nth: usize, name: &str) -> Result<T, Error> {
        let value = self.values.get(nth);
        value
            .ok_or_else(|| Error::Value(format!("there are only {} values", self.values.len())))
            .and_then(T::from_scval)
            .map_err(|error| error.within(format_args!("{}.{name}", self.item)))
    }
}
