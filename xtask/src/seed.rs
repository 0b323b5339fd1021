//! Shows that the tests notice faults. Writes a copy of the repository in which every seeded fault, or
//! every mutant, is an arm that an environment variable switches on, builds the copy once, and runs the
//! tests for each fault until one fails.

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

/// The most mutants that may survive with a reason, in all contracts together.
const MOST_ACCEPTED: usize = 15;

/// If the tests of a package miss this many changes of a file, they are not the ones that test it.
const ENOUGH: usize = 8;

pub struct Faults {
    pub list: PathBuf,
    /// How many of them to try, chosen at random. `None` tries all.
    pub only: Option<usize>,
}

/// Every fault of the list has to build and to be caught by a test.
pub fn faults(workspace: &Workspace, options: &Faults) -> Result<()> {
    let text = read(&options.list)?;
    let mut changes = list::faults(&workspace.root, &text)?;
    if let Some(only) = options.only {
        changes = sample(changes, only);
    }
    let outcomes = try_all(workspace, &mut changes, &BTreeSet::new())?;
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
    /// The output of `cargo mutants --list --json`.
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
    let outcomes = try_all(workspace, &mut changes, &accepted)?;
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
    print_files(&outcomes, &accepted);
    println!(
        "{} mutants: {caught} caught, {hung} never end, {unviable} do not build, {excused} accepted, 0 skipped, {} survive",
        outcomes.len(),
        missed.len()
    );
    if !missed.is_empty() {
        bail!("{} mutants survive without a reason", missed.len());
    }
    Ok(())
}

/// Prints the outcomes of each file's mutants.
fn print_files(outcomes: &[(&Change, Outcome)], accepted: &BTreeSet<String>) {
    let mut files: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    for (change, outcome) in outcomes {
        let counts = files.entry(&change.file).or_default();
        let column = match outcome {
            _ if outcome.is_caught() => 1,
            Outcome::Unviable => 2,
            _ if accepted.contains(&change.label) => 3,
            _ => 4,
        };
        counts[0] += 1;
        counts[column] += 1;
    }
    for (file, [tried, caught, unviable, excused, survive]) in files {
        println!("{file}: {tried} tried, {caught} caught, {unviable} do not build, {excused} accepted, {survive} survive");
    }
}

fn try_all<'a>(
    workspace: &Workspace,
    changes: &'a mut [Change],
    accepted: &BTreeSet<String>,
) -> Result<Vec<(&'a Change, Outcome)>> {
    for (id, change) in (1..).zip(changes.iter_mut()) {
        change.id = id;
    }
    let started = Instant::now();
    let copy = build::copy(workspace)?;
    let built = build::build(workspace, &copy, changes)?;
    println!(
        "{} changes in one build ({} s), {} do not build, {} of constants are built one by one",
        changes.len() - built.constants.len(),
        started.elapsed().as_secs(),
        built.unviable.len(),
        built.constants.len()
    );
    let mut tests = Tests::new(&copy, built.binaries)?;
    let mut outcomes = BTreeMap::new();
    for same in changes.chunk_by(|a, b| a.package() == b.package()) {
        let mut switched = Vec::new();
        for change in same.iter().filter(|c| !built.constants.contains(&c.id)) {
            if built.unviable.contains(&change.id) {
                println!("{} {}", Outcome::Unviable, change.label);
                outcomes.insert(change.id, Outcome::Unviable);
            } else {
                switched.push(change);
            }
        }
        outcomes.extend(tried(&mut tests, switched, accepted)?);
    }
    // These come last, because their builds replace the one with the switches.
    for change in changes.iter().filter(|c| built.constants.contains(&c.id)) {
        let outcome = constant(workspace, &copy, &mut tests, change)?;
        println!("{outcome} {}", change.label);
        outcomes.insert(change.id, outcome);
    }
    println!("{} s in all", started.elapsed().as_secs());
    let outcome = |change: &'a Change| {
        let outcome = outcomes.remove(&change.id).unwrap_or(Outcome::Missed);
        (change, outcome)
    };
    Ok(changes.iter().map(outcome).collect())
}

/// Tries the changes of one package: the quick tests for all of them first, then the slow tests for
/// those that are left, so that an interruption loses little. If the package's own tests caught none of
/// the first changes of a file, they run last for its other changes: the scenarios test such files.
/// Accepted changes run the quick tests only: their reason says that no test can notice them.
fn tried(
    tests: &mut Tests,
    changes: Vec<&Change>,
    accepted: &BTreeSet<String>,
) -> Result<BTreeMap<u32, Outcome>> {
    let mut outcomes = BTreeMap::new();
    let mut left = Vec::new();
    for change in changes {
        match tests.run_first(change)? {
            Outcome::Missed => left.push(change),
            outcome => {
                println!("{outcome} {}", change.label);
                outcomes.insert(change.id, outcome);
            }
        }
    }
    // For each file: how many changes its own tests were run for, and how many they caught.
    let mut own: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut late: BTreeSet<u32> = BTreeSet::new();
    let stages = std::iter::once(None).chain(run::SHARED.map(Some));
    for (round, stage) in stages.chain([None]).enumerate() {
        let started = Instant::now();
        let all = u32::try_from(left.len())?;
        eprintln!("{all} left for {}", stage.unwrap_or("their own tests"));
        let mut missed = Vec::new();
        let first = round == 0;
        for (nth, change) in (1_u32..).zip(left) {
            let outcome = match stage {
                Some(name) => tests.run(name, change)?,
                None => match tests.own(change) {
                    Some(name) if first || late.remove(&change.id) => {
                        let (ran, caught) = own.entry(&change.file).or_default();
                        if first && *ran >= ENOUGH && *caught == 0 {
                            late.insert(change.id);
                            missed.push(change);
                            continue;
                        }
                        let outcome = tests.run(&name, change)?;
                        *ran += 1;
                        *caught += usize::from(outcome.is_caught());
                        outcome
                    }
                    _ => Outcome::Missed,
                },
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
        if first {
            let excused = left.iter().filter(|c| accepted.contains(&c.label));
            outcomes.extend(excused.map(|change| (change.id, Outcome::Missed)));
            left.retain(|change| !accepted.contains(&change.label));
        }
    }
    for change in left {
        println!("{} {}", Outcome::Missed, change.label);
        outcomes.insert(change.id, Outcome::Missed);
    }
    Ok(outcomes)
}

/// Tries a change of a constant. It is built into the unit tests of its package, and into all other
/// tests if those do not catch it. Restores the code afterwards.
fn constant(
    workspace: &Workspace,
    copy: &Path,
    tests: &mut Tests,
    change: &Change,
) -> Result<Outcome> {
    let mut outcome = Outcome::Missed;
    for shared in [false, true] {
        let names: Vec<String> = if shared {
            run::SHARED.map(str::to_owned).to_vec()
        } else {
            tests.own(change).into_iter().collect()
        };
        if !names.iter().all(|name| tests.is_checked(name)) {
            let sound = build::rebuild(workspace, copy, change, false, shared)?;
            tests.replace(sound.context("the copy does not build")?);
            for name in &names {
                tests.check_sound(name)?;
            }
        }
        let Some(changed) = build::rebuild(workspace, copy, change, true, shared)? else {
            outcome = Outcome::Unviable;
            break;
        };
        tests.replace(changed);
        for name in &names {
            if outcome == Outcome::Missed {
                outcome = tests.run_built(name)?;
            }
        }
        if outcome != Outcome::Missed {
            break;
        }
    }
    fs::copy(workspace.root.join(&change.file), copy.join(&change.file))?;
    Ok(outcome)
}

/// Some of the changes, chosen by the clock.
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
