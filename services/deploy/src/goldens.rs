//! Types and functions here against the interfaces under review.

use crate::{
    contracts::{Deals, Escrow, Registry, Reputation},
    types::{STRUCTS, UNIONS},
};
use std::collections::BTreeMap;

const DEALS: &str = include_str!("../../../goldens/deals.interface.txt");
const ESCROW: &str = include_str!("../../../goldens/escrow.interface.txt");
const REGISTRY: &str = include_str!("../../../goldens/registry.interface.txt");
const REPUTATION: &str = include_str!("../../../goldens/reputation.interface.txt");

/// The lines of a section.
fn section<'a>(golden: &'a str, name: &str) -> Vec<&'a str> {
    golden
        .lines()
        .skip_while(|line| *line != name)
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter(|line| !line.is_empty())
        .collect()
}

/// What a section defines: names, and what each consists of.
fn definitions(section: &str) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for golden in [DEALS, ESCROW, REGISTRY, REPUTATION] {
        let mut current = String::new();
        for line in self::section(golden, section) {
            match line.strip_prefix("    ") {
                Some(item) => all
                    .entry(current.clone())
                    .or_insert_with(Vec::new)
                    .push(item.to_owned()),
                None => {
                    current = line.trim().to_owned();
                    // The same type in another contract: the same definition.
                    all.remove(&current);
                }
            }
        }
    }
    all
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

fn ours(definitions: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let list = |items: &[&str]| items.iter().map(|item| plain(item)).collect();
    let entry = |(name, items): &(&str, &[&str])| ((*name).to_owned(), list(items));
    definitions.iter().map(entry).collect()
}

fn theirs(section: &str) -> BTreeMap<String, Vec<String>> {
    let list = |items: Vec<String>| items.iter().map(|item| plain(item)).collect();
    let found = definitions(section).into_iter();
    found.map(|(name, items)| (name, list(items))).collect()
}

#[test]
fn types_are_those_of_the_interfaces() {
    assert_eq!(ours(STRUCTS), theirs("structs"));
    assert_eq!(ours(UNIONS), theirs("unions"));
}

/// `name(a: A, b: B) -> T`, without the error of a `Result`.
fn signature(line: &str) -> String {
    let line = plain(line);
    let (call, answer) = line.split_once("->").unwrap_or((&line, "()"));
    let inside = answer
        .strip_prefix("Result<")
        .and_then(|rest| rest.rsplit_once(','))
        .map_or(answer, |(inside, _error)| inside);
    format!("{call}->{inside}")
}

#[test]
fn functions_are_those_of_the_interfaces() {
    for (golden, functions) in [
        (DEALS, Deals::FUNCTIONS),
        (ESCROW, Escrow::FUNCTIONS),
        (REGISTRY, Registry::FUNCTIONS),
        (REPUTATION, Reputation::FUNCTIONS),
    ] {
        let theirs: Vec<_> = section(golden, "functions")
            .into_iter()
            .filter(|line| !line.trim().starts_with("__"))
            .map(signature)
            .collect();
        let ours: Vec<_> = functions
            .iter()
            .map(|(name, args, answer)| plain(&format!("{name}({})->{answer}", args.join(", "))))
            .collect();
        assert_eq!(ours, theirs);
    }
}
