//! Settings in layers: a file, over it the environment, over that what the command line sets.
//!
//! A setting `network.rpc_url` is `<PREFIX>NETWORK__RPC_URL` in the environment and
//! `--set network.rpc_url=...` on the command line.

use anyhow::{bail, Context, Result};
use serde::{de::DeserializeOwned, Deserialize};
use toml::{Table, Value};

/// Where settings come from, beside the file and the command line.
pub struct Layers<'a> {
    /// Environment variables of settings begin so.
    pub prefix: &'a str,
    /// Variables that begin so and are no settings.
    pub others: &'a [&'a str],
    /// The shortest file that is complete: what it does not take is no setting.
    pub least: &'a str,
}

/// How a daemon logs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub level: String,
    pub json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            json: false,
        }
    }
}

impl Layers<'_> {
    /// The settings: the text of a file, over it the environment, over that `set`.
    ///
    /// # Errors
    /// What is wrong, naming the setting.
    pub fn read<T: DeserializeOwned>(
        &self,
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
        set: &[String],
    ) -> Result<T> {
        let mut table: Table = text.parse()?;
        for (name, value) in environment.filter(|(name, _)| !self.others.contains(&&**name)) {
            if let Some(setting) = name.strip_prefix(self.prefix) {
                let path = setting.to_lowercase().replace("__", ".");
                let told = || format!("environment variable {name}");
                self.is_setting::<T>(&path).with_context(told)?;
                put(&mut table, &path, &value).with_context(told)?;
            }
        }
        for setting in set {
            let (path, value) = setting
                .split_once('=')
                .with_context(|| format!("--set {setting}: expected name=value"))?;
            put(&mut table, path, value).with_context(|| format!("--set {setting}"))?;
        }
        Ok(Value::Table(table).try_into()?)
    }

    /// Refuses what is certainly none: others set variables too that begin as this program's do.
    fn is_setting<T: DeserializeOwned>(&self, path: &str) -> Result<()> {
        let mut table: Table = self.least.parse()?;
        // Of whatever type: only an unknown name is looked for.
        put(&mut table, path, "0")?;
        let tried: Result<T, _> = Value::Table(table).try_into();
        let unknown = tried.err().map(|error| error.to_string());
        let unknown = unknown.filter(|told| told.contains("unknown field"));
        if let Some(told) = unknown {
            let (told, prefix) = (told.trim(), self.prefix);
            bail!("{told}. Variables that begin with {prefix} are settings: unset it");
        }
        Ok(())
    }
}

/// Sets what is at a path like `submit.valid_secs`. What is no value of TOML is text.
fn put(table: &mut Table, path: &str, value: &str) -> Result<()> {
    let Some((first, rest)) = path.split_once('.') else {
        let parsed = format!("value = {value}").parse::<Table>().ok();
        let parsed = parsed.and_then(|mut table| table.remove("value"));
        let value = parsed.unwrap_or_else(|| Value::String(value.to_owned()));
        table.insert(path.to_owned(), value);
        return Ok(());
    };
    let inner = table
        .entry(first.to_owned())
        .or_insert_with(|| Value::Table(Table::new()));
    match inner {
        Value::Table(inner) => put(inner, rest, value),
        _ => bail!("{first} is not a group of settings"),
    }
}
