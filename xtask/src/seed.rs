//! Shows that the tests look: writes a copy of the repository in which every seeded fault, or every
//! mutant, is an arm that an environment variable switches on, builds it once, and runs the tests
//! for each until one fails.

mod build;
mod list;
mod run;
mod switch;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{bail, Context, Result};

use crate::contract::Workspace;
use run::{Outcome, Tests};
use switch::Change;

/// Most mutants that may survive with a reason, over all contracts.
const MOST_ACCEPTED: usize = 15;

pub struct Faults {
    pub list: PathBuf,
    /// So many of them, chosen at random.
    pub only: Option<usize>,
}

/// Every fault of the list has to build and to be caught by a test.
pub fn faults(workspace: &Workspace, options: &Faults) -> Result<()> {
    let text = read(&options.list)?;
    let mut changes = list::faults(&workspace.root, &text)?;
    if let Some(only) = options.only {
        changes = sample(changes, only);
    }
    let outcomes = try_all(workspace, &mut changes)?;
    let total = outcomes.len();
    let caught = outcomes.iter().filter(|(_, outcome)| outcome.is_caught());
    let caught = caught.count();
    println!("caught {caught} of {total}");
    if caught < total {
        bail!("{} faults were not caught", total - caught);
    }
    Ok(())
}

pub struct Mutants {
    /// What `cargo mutants --list --json` prints.
    pub list: PathBuf,
    /// Survivors that are accepted, each with its reason.
    pub accepted: PathBuf,
}

/// No mutant may survive that is not on the list of accepted ones.
pub fn mutants(workspace: &Workspace, options: &Mutants) -> Result<()> {
    let accepted = list::accepted(&read(&options.accepted)?)?;
    if accepted.len() > MOST_ACCEPTED {
        bail!(
            "{} survivors are accepted, more than {MOST_ACCEPTED}",
            accepted.len()
        );
    }
    let mut changes = list::mutants(&workspace.root, &read(&options.list)?)?;
    let outcomes = try_all(workspace, &mut changes)?;
    let mut missed = BTreeSet::new();
    let (mut caught, mut hung, mut unviable, mut excused) = (0, 0, 0, 0);
    for (change, outcome) in &outcomes {
        match outcome {
            Outcome::Missed if accepted.contains(&change.label) => excused += 1,
            Outcome::Missed => drop(missed.insert(&change.label)),
            Outcome::Unviable => unviable += 1,
            Outcome::Caught(_) => caught += 1,
            Outcome::Hung => hung += 1,
        }
    }
    for label in &missed {
        println!("SURVIVES {label}");
    }
    println!(
        "{} mutants: {caught} caught, {hung} never end, {unviable} do not build or are constants, {excused} accepted, {} survive",
        outcomes.len(),
        missed.len()
    );
    if !missed.is_empty() {
        bail!("{} mutants survive without a reason", missed.len());
    }
    Ok(())
}

fn try_all<'a>(
    workspace: &Workspace,
    changes: &'a mut [Change],
) -> Result<Vec<(&'a Change, Outcome)>> {
    for (id, change) in (1..).zip(changes.iter_mut()) {
        change.id = id;
    }
    let started = Instant::now();
    let copy = build::copy(workspace)?;
    let built = build::build(workspace, &copy, changes)?;
    println!(
        "{} changes in one build ({} s), {} do not build",
        changes.len(),
        started.elapsed().as_secs(),
        built.unviable.len()
    );
    let mut tests = Tests::new(&copy, built.binaries)?;
    let mut outcomes = BTreeMap::new();
    for same in changes.chunk_by(|a, b| a.package() == b.package()) {
        outcomes.extend(tried(&mut tests, same, &built.unviable)?);
    }
    println!("{} s in all", started.elapsed().as_secs());
    let outcome = |change: &'a Change| {
        let outcome = outcomes.remove(&change.id).unwrap_or(Outcome::Missed);
        (change, outcome)
    };
    Ok(changes.iter().map(outcome).collect())
}

/// For the changes of one package, the quick tests for all of them first, then the slow ones for
/// those that are left: what a break loses is the least.
fn tried(
    tests: &mut Tests,
    changes: &[Change],
    unviable: &BTreeSet<u32>,
) -> Result<BTreeMap<u32, Outcome>> {
    let mut outcomes = BTreeMap::new();
    let mut left = Vec::new();
    for change in changes {
        if unviable.contains(&change.id) {
            println!("{} {}", Outcome::Unviable, change.label);
            outcomes.insert(change.id, Outcome::Unviable);
            continue;
        }
        match tests.run_first(change)? {
            Outcome::Missed => left.push(change),
            outcome => {
                println!("{outcome} {}", change.label);
                outcomes.insert(change.id, outcome);
            }
        }
    }
    let stages = std::iter::once(None).chain(run::SHARED.map(Some));
    for stage in stages {
        let started = Instant::now();
        let all = u32::try_from(left.len())?;
        eprintln!("{all} left for {}", stage.unwrap_or("their own tests"));
        let mut missed = Vec::new();
        for (nth, change) in (1_u32..).zip(left) {
            let name = stage.map(str::to_owned).or_else(|| tests.own(change));
            let outcome = match name {
                Some(name) => tests.run(&name, change)?,
                None => Outcome::Missed,
            };
            let estimate = started.elapsed() / nth * all.saturating_sub(nth);
            eprint!("{nth} of {all}, {} s left: ", estimate.as_secs());
            if outcome == Outcome::Missed {
                eprintln!("not caught yet: {}", change.label);
                missed.push(change);
            } else {
                println!("{outcome} {}", change.label);
                outcomes.insert(change.id, outcome);
            }
        }
        left = missed;
    }
    for change in left {
        println!("{} {}", Outcome::Missed, change.label);
        outcomes.insert(change.id, Outcome::Missed);
    }
    Ok(outcomes)
}

/// Some of the changes: the clock chooses.
fn sample(mut changes: Vec<Change>, some: usize) -> Vec<Change> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let mut seed = now.map_or(1, |since| since.subsec_nanos() as usize | 1);
    let mut chosen = Vec::new();
    while chosen.len() < some && !changes.is_empty() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        chosen.push(changes.swap_remove((seed >> 33) % changes.len()));
    }
    chosen
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}
