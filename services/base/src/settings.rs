//! Settings in layers: a file, over it the environment, over that what the command line sets.
//!
//! A setting `network.rpc_url` is `<PREFIX>NETWORK__RPC_URL` in the environment and
//! `--set network.rpc_url=...` on the command line.

use anyhow::{bail, Context, Result};
use toml::{Table, Value};

/// The three layers as one table.
///
/// # Errors
/// What is wrong, naming the setting.
pub fn layers(
    text: &str,
    prefix: &str,
    environment: impl Iterator<Item = (String, String)>,
    set: &[String],
) -> Result<Table> {
    let mut table: Table = text.parse()?;
    for (name, value) in environment {
        if let Some(setting) = name.strip_prefix(prefix) {
            let path = setting.to_lowercase().replace("__", ".");
            put(&mut table, &path, &value)
                .with_context(|| format!("environment variable {name}"))?;
        }
    }
    for setting in set {
        let (path, value) = setting
            .split_once('=')
            .with_context(|| format!("--set {setting}: expected name=value"))?;
        put(&mut table, path, value).with_context(|| format!("--set {setting}"))?;
    }
    Ok(table)
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
