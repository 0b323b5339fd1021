//! Runs the test binaries for one change until a test fails.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{bail, Context, Result};

use super::switch::Change;

/// The binaries that run after those of the change's own package, the quicker ones first.
pub const SHARED: [&str; 4] = ["scenarios", "access", "guarantees", "ghost"];
/// How many tests that caught earlier changes run before the whole binary.
const REMEMBERED: usize = 12;
/// The shortest time limit of a binary, however quick it was without a change.
const LEAST: Duration = Duration::from_secs(40);
/// How many times longer a binary may take than without a change.
const SLOWER: u32 = 4;

#[derive(Debug, Eq, PartialEq)]
pub enum Outcome {
    /// By this test.
    Caught(String),
    /// The tests did not come to an end.
    Hung,
    Missed,
    Unviable,
}

impl Outcome {
    pub fn is_caught(&self) -> bool {
        matches!(self, Self::Caught(_) | Self::Hung)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Caught(test) => write!(f, "caught by {test}:"),
            Self::Hung => write!(f, "caught by its never ending:"),
            Self::Missed => write!(f, "MISSED"),
            Self::Unviable => write!(f, "BROKEN"),
        }
    }
}

pub struct Tests {
    copy: PathBuf,
    binaries: BTreeMap<String, PathBuf>,
    /// How long each binary took without a change.
    took: BTreeMap<String, Duration>,
    /// Tests of each binary that caught a change, the latest last.
    caught_by: BTreeMap<String, Vec<String>>,
}

impl Tests {
    pub fn new(copy: &Path, binaries: BTreeMap<String, PathBuf>) -> Result<Self> {
        for name in SHARED {
            if !binaries.contains_key(name) {
                bail!("the build made no test binary {name}");
            }
        }
        Ok(Self {
            copy: copy.to_owned(),
            binaries,
            took: BTreeMap::new(),
            caught_by: BTreeMap::new(),
        })
    }

    /// Tests that fail without a change would seem to catch every change. So a binary runs once without
    /// a change before it is used.
    pub fn check_sound(&mut self, name: &str) -> Result<()> {
        if self.took.contains_key(name) {
            return Ok(());
        }
        let started = Instant::now();
        match self.run_one(name, 0, &[], None)? {
            Outcome::Missed => {}
            outcome => bail!("without any change: {outcome} {name}"),
        }
        self.took.insert(name.to_owned(), started.elapsed());
        Ok(())
    }

    /// Whether a binary already ran without a change.
    pub fn is_checked(&self, name: &str) -> bool {
        self.took.contains_key(name)
    }

    /// Binaries that were built again.
    pub fn replace(&mut self, binaries: BTreeMap<String, PathBuf>) {
        self.binaries.extend(binaries);
    }

    /// Runs one binary as it was last built, with the change of a constant in it.
    pub fn run_built(&self, name: &str) -> Result<Outcome> {
        let took = self.took.get(name).copied().unwrap_or_default();
        self.run_one(name, 0, &[], Some(LEAST.max(took * SLOWER)))
    }

    /// The binary of the change's own package.
    pub fn own(&self, change: &Change) -> Option<String> {
        let own = format!("flash_{}", change.package());
        self.binaries.contains_key(&own).then_some(own)
    }

    /// Runs the one test that is said to catch the change.
    pub fn run_first(&mut self, change: &Change) -> Result<Outcome> {
        let Some((name, test)) = change.first.as_ref().and_then(|t| t.split_once("::")) else {
            return Ok(Outcome::Missed);
        };
        if !self.binaries.contains_key(name) {
            bail!("{name}: no such test binary, for {}", change.label);
        }
        let tests = [test.to_owned()];
        match self.run_one(name, 0, &tests, None)? {
            Outcome::Missed => self.run_one(name, change.id, &tests, Some(LEAST)),
            outcome => bail!("without any change: {outcome} {name}"),
        }
    }

    /// Runs one binary with the change: first the tests that caught others, then all.
    pub fn run(&mut self, name: &str, change: &Change) -> Result<Outcome> {
        self.check_sound(name)?;
        let took = self.took.get(name).copied().unwrap_or_default();
        let most = Some(LEAST.max(took * SLOWER));
        let known = self.caught_by.get(name).cloned().unwrap_or_default();
        if !known.is_empty() {
            let outcome = self.run_one(name, change.id, &known, most)?;
            if outcome != Outcome::Missed {
                return Ok(outcome);
            }
        }
        let outcome = self.run_one(name, change.id, &[], most)?;
        if let Outcome::Caught(test) = &outcome {
            self.remember(name, test);
        }
        Ok(outcome)
    }

    fn remember(&mut self, name: &str, test: &str) {
        let Some(test) = test.strip_prefix(&format!("{name}::")) else {
            return;
        };
        let known = self.caught_by.entry(name.to_owned()).or_default();
        known.push(test.to_owned());
        if known.len() > REMEMBERED {
            known.remove(0);
        }
    }

    /// All tests where `tests` names none.
    fn run_one(
        &self,
        name: &str,
        id: u32,
        tests: &[String],
        most: Option<Duration>,
    ) -> Result<Outcome> {
        let binary = &self.binaries[name];
        let package = match name.strip_prefix("flash_") {
            Some("integration_tests") | None => "integration-tests".to_owned(),
            Some(package @ ("common" | "money")) => format!("packages/{package}"),
            Some(contract) => format!("contracts/{contract}"),
        };
        let mut command = Command::new(binary);
        if !tests.is_empty() {
            command.arg("--exact").args(tests);
        }
        let mut child = command
            .current_dir(self.copy.join(package))
            .env("SEEDED", id.to_string())
            // Random cases that are the same in every run, and no search for a smaller one.
            .env("PROPTEST_RNG_SEED", "7")
            .env("PROPTEST_MAX_SHRINK_ITERS", "0")
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1")
            .env("GHOST_SHRINK_SECS", "0")
            .env_remove("FLASH_WASM_DIR")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| binary.display().to_string())?;
        let outcome = watch(&mut child, most.map(|most| Instant::now() + most));
        if outcome != Outcome::Missed {
            // One failure is enough. The process may have ended already.
            let _ = child.kill();
        }
        let status = child.wait()?;
        match outcome {
            // The process died before a test reported its failure.
            Outcome::Missed if !status.success() => Ok(Outcome::Caught(name.to_owned())),
            Outcome::Caught(test) => Ok(Outcome::Caught(format!("{name}::{test}"))),
            outcome => Ok(outcome),
        }
    }
}

/// Reads until a test fails, the output ends or the time is over.
fn watch(child: &mut Child, until: Option<Instant>) -> Outcome {
    let Some(stdout) = child.stdout.take() else {
        return Outcome::Missed;
    };
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let line = match left {
            Some(left) => lines.recv_timeout(left),
            None => lines.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match line {
            Ok(line) => {
                let failed = line
                    .strip_prefix("test ")
                    .and_then(|l| l.strip_suffix(" ... FAILED"));
                if let Some(test) = failed {
                    return Outcome::Caught(test.to_owned());
                }
            }
            Err(RecvTimeoutError::Timeout) => return Outcome::Hung,
            Err(RecvTimeoutError::Disconnected) => return Outcome::Missed,
        }
    }
}
