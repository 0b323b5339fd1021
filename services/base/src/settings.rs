//! Settings in layers: a file, over it the environment, over that what the command line sets.
//!
//! A setting `network.rpc_url` is `<PREFIX>NETWORK__RPC_URL` in the environment and
//! `--set network.rpc_url=...` on the command line.

use anyhow::{bail, Context, Result};
use serde::{de::DeserializeOwned, Deserialize};
use std::path::Path;
use toml::{Table, Value};

/// Where settings come from, beside the file and the command line.
pub struct Layers {
    /// Environment variables of settings begin with it.
    pub prefix: &'static str,
    /// Variables that begin with it and are no settings.
    pub others: &'static [&'static str],
    /// The shortest file that is complete: a name that it does not take is no setting.
    pub least: &'static str,
}

/// All settings of a daemon.
pub trait Settings: DeserializeOwned {
    const LAYERS: Layers;

    /// Refuses values that do not go together or are out of bounds.
    ///
    /// # Errors
    /// What is wrong, naming the setting and its limit.
    fn check(&self) -> Result<()>;

    /// Reads the file, the environment and what was set on the command line.
    ///
    /// # Errors
    /// What is wrong, naming the setting.
    fn load(
        path: &Path,
        environment: impl Iterator<Item = (String, String)>,
        set: &[String],
    ) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        Self::of(&text, environment, set).with_context(|| {
            let (path, prefix) = (path.display(), Self::LAYERS.prefix);
            format!("the settings of {path}, of {prefix}* in the environment and of --set")
        })
    }

    /// The same from the text of a file.
    ///
    /// # Errors
    /// What is wrong, naming the setting.
    fn of(
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
        set: &[String],
    ) -> Result<Self> {
        let settings: Self = Self::LAYERS.read(text, environment, set)?;
        settings.check()?;
        Ok(settings)
    }
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

impl Layers {
    /// The text of a file, over it the environment, over that `set`.
    fn read<T: DeserializeOwned>(
        &self,
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
        set: &[String],
    ) -> Result<T> {
        let mut table: Table = text.parse().map_err(|error| without_values(text, &error))?;
        for (name, value) in environment.filter(|(name, _)| !self.others.contains(&&**name)) {
            if let Some(setting) = name.strip_prefix(self.prefix) {
                let path = setting.to_lowercase().replace("__", ".");
                let source = || format!("environment variable {name}");
                self.is_setting::<T>(&path).with_context(source)?;
                put(&mut table, &path, &value).with_context(source)?;
            }
        }
        for setting in set {
            let (path, value) = setting
                .split_once('=')
                .context("--set: expected name=value")?;
            put(&mut table, path, value).with_context(|| format!("--set {path}"))?;
        }
        Ok(Value::Table(table).try_into()?)
    }

    /// Refuses an unknown name: other programs set variables too that begin with this prefix.
    fn is_setting<T: DeserializeOwned>(&self, path: &str) -> Result<()> {
        let mut table: Table = self.least.parse()?;
        // Of whatever type: only an unknown name is looked for.
        put(&mut table, path, "0")?;
        let tried: Result<T, _> = Value::Table(table).try_into();
        let refusal = tried.err().map(|error| error.to_string());
        if let Some(refusal) = refusal.filter(|text| text.contains("unknown field")) {
            let (refusal, prefix) = (refusal.trim(), self.prefix);
            bail!("{refusal}. Variables that begin with {prefix} are settings: unset it");
        }
        Ok(())
    }
}

/// The error alone: it would show the whole line, which may hold a password.
fn without_values(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    anyhow::anyhow!("line {line}: {}", error.message())
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
