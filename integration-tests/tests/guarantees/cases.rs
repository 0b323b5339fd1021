//! `cases.tsv` lists every adversarial case with its tests, all of which must exist.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const TABLE: &str = include_str!("cases.tsv");

struct Case {
    group: &'static str,
    name: &'static str,
    tests: Vec<&'static str>,
}

fn cases() -> Vec<Case> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let mut columns = row.split('\t');
        let mut next = || {
            columns
                .next()
                .unwrap_or_else(|| panic!("three columns: {row}"))
        };
        Case {
            group: next(),
            name: next(),
            tests: next().split(' ').collect(),
        }
    })
    .collect()
}

/// Names of all test functions in the repository.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut names = BTreeSet::new();
    for folder in ["contracts", "packages", "integration-tests", "services"] {
        collect(&root.join(folder), &mut names);
    }
    names
}

fn collect(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            collect(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(tests_of(&fs::read_to_string(&path).expect("text")));
        }
    }
}

/// The functions after a test attribute.
fn tests_of(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        if line == "#[test]" || line.starts_with("#[tokio::test") {
            marked = true;
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| marked) {
            names.extend(rest.split(['(', '<']).next().map(str::to_owned));
            marked = false;
        }
    }
    names
}

#[test]
fn every_adversarial_case_has_tests_that_exist() {
    let (cases, tests) = (cases(), tests());
    assert!(tests.len() > 300, "the sources were read: {}", tests.len());
    let mut missing = Vec::new();
    for case in &cases {
        for test in &case.tests {
            if !tests.contains(*test) {
                missing.push(format!("{} · {}: no test {test}", case.group, case.name));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let groups: BTreeSet<_> = cases.iter().map(|case| case.group).collect();
    println!(
        "cases: {} in {} groups, each with its tests",
        cases.len(),
        groups.len()
    );
}

#[test]
fn no_case_is_listed_twice() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        assert!(
            seen.insert((case.group, case.name)),
            "{} · {}",
            case.group,
            case.name
        );
    }
}

#[test]
fn a_function_without_the_attribute_is_not_a_test() {
    let source = "#[test]\n#[ignore]\nfn one() {}\nfn two() {}\n";
    assert_eq!(tests_of(source), ["one"]);
}
