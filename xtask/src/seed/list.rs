//! The lists: seeded faults as text to replace, mutants as `cargo mutants` names them.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{bail, Context, Result};
use serde_json::Value;

use super::switch::Change;

/// Lines of a file, a text that occurs there once, what takes its place, and the test
/// that catches it, which runs first: `scenarios::term::a_deal_completes_and_everybody_gets_their_money`.
pub fn faults(root: &Path, list: &str) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for line in list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let [file, from, to, test] = line.split('\t').collect::<Vec<_>>()[..] else {
            bail!("not four columns: {line}");
        };
        let text = read(root, file)?;
        let mut found = text.match_indices(from);
        let at = match (found.next(), found.next()) {
            (Some((at, _)), None) => at,
            _ => bail!("{file} does not hold once: {from}"),
        };
        changes.push(Change {
            id: 0,
            label: format!("{file}: {from} => {to}"),
            file: file.to_owned(),
            at: at..at + from.len(),
            to: to.to_owned(),
            first: Some(test.to_owned()),
        });
    }
    Ok(changes)
}

pub fn mutants(root: &Path, json: &str) -> Result<Vec<Change>> {
    let listed: Vec<Value> = serde_json::from_str(json).context("the list of mutants")?;
    let mut texts = HashMap::new();
    let mut changes = Vec::new();
    for mutant in &listed {
        let file = field(mutant, "file")?;
        if !texts.contains_key(file) {
            texts.insert(file, read(root, file)?);
        }
        let text = &texts[file];
        let at = offset(text, &mutant["span"]["start"])?..offset(text, &mutant["span"]["end"])?;
        let to = field(mutant, "replacement")?;
        let function = mutant["function"]["function_name"].as_str().unwrap_or("?");
        let from = text[at.clone()]
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let label = if mutant["genre"] == "FnValue" {
            format!("{file}: {function} => {to}")
        } else {
            format!("{file}: {from} => {to} in {function}")
        };
        changes.push(Change {
            id: 0,
            file: file.to_owned(),
            at,
            to: to.to_owned(),
            first: None,
            label,
        });
    }
    number_equal_labels(&mut changes);
    Ok(changes)
}

/// The labels of accepted survivors: `label<TAB>reason` a line.
pub fn accepted(list: &str) -> Result<BTreeSet<String>> {
    let mut labels = BTreeSet::new();
    for line in list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        match line.split_once('\t') {
            Some((label, reason)) if !reason.trim().is_empty() => labels.insert(label.to_owned()),
            _ => bail!("a survivor without its reason: {line}"),
        };
    }
    Ok(labels)
}

/// Labels contain no line numbers, which would change with every edit. Equal labels are numbered.
fn number_equal_labels(changes: &mut [Change]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for change in changes {
        let nth = seen.entry(change.label.clone()).or_insert(0);
        *nth += 1;
        if *nth > 1 {
            change.label.push_str(&format!(" #{nth}"));
        }
    }
}

/// The byte at which a line and column, both from 1, begin.
fn offset(text: &str, at: &Value) -> Result<usize> {
    let number = |name: &str| {
        let number = at[name]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        number.with_context(|| format!("no {name}"))
    };
    let (line, column) = (number("line")?, number("column")?);
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let within = text[start..].char_indices().nth(column - 1);
    Ok(start + within.map_or(text.len() - start, |(at, _)| at))
}

fn field<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value[name]
        .as_str()
        .with_context(|| format!("no {name} in {value}"))
}

fn read(root: &Path, file: &str) -> Result<String> {
    fs::read_to_string(root.join(file)).with_context(|| file.to_owned())
}
