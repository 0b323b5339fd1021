//! Values of a row by column name.

use anyhow::{Context, Result};
use sqlx::{any::AnyRow, Row as _};
use std::str::FromStr;

/// A row with typed access to its columns.
pub struct Row(pub AnyRow);

impl Row {
    pub fn text(&self, name: &str) -> Result<String> {
        let value: Option<String> = self.0.try_get(name).with_context(|| name.to_owned())?;
        Ok(value.unwrap_or_default())
    }

    /// A number in a column of 63 bits; 0 if missing.
    pub fn number<T: TryFrom<i64>>(&self, name: &str) -> Result<T> {
        Ok(self
            .maybe(name)?
            .unwrap_or(T::try_from(0).ok().context("0")?))
    }

    pub fn maybe<T: TryFrom<i64>>(&self, name: &str) -> Result<Option<T>> {
        let value: Option<i64> = self.0.try_get(name).with_context(|| name.to_owned())?;
        value
            .map(|value| T::try_from(value).ok())
            .map(|value| value.with_context(|| format!("{name} is out of range")))
            .transpose()
    }

    /// An integer stored as text; 0 if missing.
    pub fn int128<T: FromStr + Default>(&self, name: &str) -> Result<T> {
        let text = self.text(name)?;
        match &*text {
            "" => Ok(T::default()),
            text => text
                .parse()
                .ok()
                .with_context(|| format!("{name} is no number: {text}")),
        }
    }

    pub fn is(&self, name: &str) -> Result<bool> {
        Ok(self.number::<i64>(name)? != 0)
    }
}
