//! The copy that contains every change, and its build. Changes that do not build are taken out again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use super::switch::{switched, Arm, Change, SWITCH};
use crate::contract::Workspace;

/// Builds until nothing new breaks: type errors hide borrow errors.
const MOST_BUILDS: usize = 8;

pub struct Built {
    /// Changes that do not build.
    pub unviable: BTreeSet<u32>,
    /// Changes of constants. They cannot be switched on at run time, so each needs a build of its own.
    pub constants: BTreeSet<u32>,
    /// Test binaries by target: `flash_deals`, `scenarios`.
    pub binaries: BTreeMap<String, PathBuf>,
}

/// Copies the files that git tracks, and new ones, to a folder below `target/`.
pub fn copy(workspace: &Workspace) -> Result<PathBuf> {
    let copy = workspace.target_dir.join("seeded");
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| copy.display().to_string())?;
    }
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(&workspace.root)
        .output()
        .context("git ls-files")?;
    if !listed.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    }
    for name in String::from_utf8(listed.stdout)?.split_terminator('\0') {
        let (from, to) = (workspace.root.join(name), copy.join(name));
        if !from.is_file() {
            continue;
        }
        let folder = to.parent().with_context(|| to.display().to_string())?;
        fs::create_dir_all(folder)?;
        fs::copy(&from, &to).with_context(|| from.display().to_string())?;
        if name.ends_with("Cargo.toml") {
            // A mutant may break a lint.
            let text = fs::read_to_string(&to)?;
            fs::write(&to, text.replace("[lints]\nworkspace = true\n", ""))?;
        }
    }
    Ok(copy)
}

pub fn build(workspace: &Workspace, copy: &Path, changes: &[Change]) -> Result<Built> {
    let (mut unviable, mut constants) = (BTreeSet::new(), BTreeSet::new());
    for package in packages(changes) {
        let root = copy.join(&package).join("src/lib.rs");
        let text = fs::read_to_string(&root).with_context(|| root.display().to_string())?;
        fs::write(&root, text + SWITCH)?;
    }
    for _ in 0..MOST_BUILDS {
        let arms = write(workspace, copy, changes, &unviable, &mut constants)?;
        let (errors, binaries) = compile(workspace, copy, &packages(changes), true)?;
        if errors.is_empty() {
            return Ok(Built {
                unviable,
                constants,
                binaries,
            });
        }
        let before = unviable.len();
        for error in &errors {
            unviable.extend(blamed(&arms, error));
        }
        if unviable.len() == before {
            bail!("the copy does not build: {}", errors[0].text);
        }
    }
    bail!("the copy does not build after {MOST_BUILDS} tries")
}

/// Builds with the change of one constant, or without any: the unit tests of its package and, with
/// `shared`, the other tests too. Returns the test binaries; none if it does not build.
pub fn rebuild(
    workspace: &Workspace,
    copy: &Path,
    change: &Change,
    applied: bool,
    shared: bool,
) -> Result<Option<BTreeMap<String, PathBuf>>> {
    let mut text = fs::read_to_string(workspace.root.join(&change.file))?;
    if applied {
        text.replace_range(change.at.clone(), &change.to);
    }
    let path = copy.join(&change.file);
    // An unchanged file keeps its time and is not built again.
    if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
        fs::write(&path, text)?;
    }
    let package = packages(std::slice::from_ref(change));
    let (errors, binaries) = compile(workspace, copy, &package, shared)?;
    Ok(errors.is_empty().then_some(binaries))
}

/// `contracts/deals`, for each package with a change.
fn packages(changes: &[Change]) -> BTreeSet<String> {
    let package = |change: &Change| change.file.split("/src/").next().map(str::to_owned);
    changes.iter().filter_map(package).collect()
}

/// Writes every file with its remaining changes.
fn write(
    workspace: &Workspace,
    copy: &Path,
    changes: &[Change],
    unviable: &BTreeSet<u32>,
    constants: &mut BTreeSet<u32>,
) -> Result<BTreeMap<String, Vec<Arm>>> {
    let mut arms = BTreeMap::new();
    let files: BTreeSet<&str> = changes.iter().map(|change| change.file.as_str()).collect();
    for file in files {
        let left: Vec<&Change> = changes
            .iter()
            .filter(|change| change.file == file && !unviable.contains(&change.id))
            .collect();
        let sound = fs::read_to_string(workspace.root.join(file))?;
        let switched = switched(&sound, &left).with_context(|| file.to_owned())?;
        constants.extend(&switched.unswitchable);
        let path = copy.join(file);
        // Unchanged files keep their time, so what depends on them is not built again.
        if fs::read_to_string(&path).ok().as_ref() != Some(&switched.text) {
            fs::write(&path, &switched.text)?;
        }
        arms.insert(file.to_owned(), switched.arms);
    }
    Ok(arms)
}

struct BuildError {
    text: String,
    /// Files and lines, the innermost expansion first.
    places: Vec<(String, usize)>,
}

/// The changes that may cause an error: those of its arm, or else those of its whole function.
fn blamed(arms: &BTreeMap<String, Vec<Arm>>, error: &BuildError) -> Vec<u32> {
    for (file, line) in &error.places {
        let arms = arms.get(file).into_iter().flatten();
        if let Some(arm) = arms.into_iter().find(|arm| arm.lines.contains(line)) {
            return arm.ids.clone();
        }
    }
    Vec::new()
}

type Compiled = (Vec<BuildError>, BTreeMap<String, PathBuf>);

/// The unit tests of some packages and, with `shared`, the tests that all contracts share.
fn compile(
    workspace: &Workspace,
    copy: &Path,
    packages: &BTreeSet<String>,
    shared: bool,
) -> Result<Compiled> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--no-run", "--locked", "--message-format", "json"]);
    cargo.arg("--lib");
    if shared {
        cargo
            .args(["--package", "flash-integration-tests"])
            .args(["--test", "scenarios", "--test", "access"])
            .args(["--test", "guarantees", "--test", "ghost"]);
    }
    cargo
        .arg("--target-dir")
        .arg(&workspace.target_dir)
        .current_dir(copy)
        .stderr(Stdio::inherit());
    for package in packages {
        let name = package.rsplit('/').next().unwrap_or_default();
        cargo.args(["--package", &format!("flash-{name}")]);
    }
    // The variables of this cargo would make the other one build for this workspace.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
        cargo.env_remove(name);
    }
    let output = cargo.output().context("cargo test --no-run")?;
    let mut errors = Vec::new();
    let mut binaries = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: Value = serde_json::from_str(line).unwrap_or_default();
        if let Some(path) = message["executable"].as_str() {
            let name = message["target"]["name"].as_str().unwrap_or_default();
            binaries.insert(name.to_owned(), PathBuf::from(path));
        }
        if message["message"]["level"] == "error" {
            errors.push(BuildError {
                text: message["message"]["rendered"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                places: places(&message["message"]),
            });
        }
    }
    // "aborting due to previous error" has no place of its own.
    errors.retain(|error| !error.places.is_empty());
    if errors.is_empty() && !output.status.success() {
        bail!("the copy does not build");
    }
    Ok((errors, binaries))
}

fn places(message: &Value) -> Vec<(String, usize)> {
    let mut places = Vec::new();
    let spans = message["spans"].as_array().into_iter().flatten();
    let (primary, others): (Vec<_>, Vec<_>) = spans.partition(|span| span["is_primary"] == true);
    for span in primary.into_iter().chain(others) {
        let mut span = span;
        loop {
            let file = span["file_name"].as_str().unwrap_or_default().to_owned();
            let line = span["line_start"]
                .as_u64()
                .and_then(|line| usize::try_from(line).ok());
            places.extend(line.map(|line| (file, line)));
            span = &span["expansion"]["span"];
            if span.is_null() {
                break;
            }
        }
    }
    places
}
