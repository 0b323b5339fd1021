//! Optimises Wasm with `wasm-opt`, as the Stellar CLI does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{bail, Context, Result};
use sha2::{Digest, Sha256};

/// Optimise for size, again until nothing changes, with the features that the network's virtual machine has.
/// These are the Stellar CLI's own settings.
const FLAGS: &[&str] = &[
    "-Oz",
    "--converge",
    "--mvp-features",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-bulk-memory",
];

/// A `wasm-opt` that is installed.
pub struct Optimiser {
    program: PathBuf,
    version: String,
    /// Results by the hash of the input: a build that changed nothing costs nothing.
    cache: PathBuf,
}

impl Optimiser {
    /// Runs the program once, for its version.
    pub fn new(program: &Path, target_dir: &Path) -> Result<Self> {
        let output = Command::new(program)
            .arg("--version")
            .output()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() || version.is_empty() {
            bail!("{} does not print its version", program.display());
        }
        Ok(Self {
            program: program.to_path_buf(),
            version,
            cache: target_dir.join("wasm-opt"),
        })
    }

    /// Version and flags: with the source and the compiler, they determine the bytes.
    pub fn describe(&self) -> String {
        format!("{} {}", self.version, FLAGS.join(" "))
    }

    /// Optimises `wasm` and keeps its custom sections.
    pub fn run(&self, wasm: &[u8]) -> Result<Vec<u8>> {
        let key = Sha256::new()
            .chain_update(self.describe())
            .chain_update(wasm)
            .finalize();
        let cached = self.cache.join(format!("{key:x}.wasm"));
        if let Ok(optimised) = fs::read(&cached) {
            return Ok(optimised);
        }
        fs::create_dir_all(&self.cache).with_context(|| self.cache.display().to_string())?;
        let [before, after] = ["in", "out"].map(|end| {
            let name = format!("{key:x}.{}.{end}", std::process::id());
            self.cache.join(name)
        });
        fs::write(&before, wasm).with_context(|| before.display().to_string())?;
        let outcome = self.run_on(&before, &after);
        fs::remove_file(&before).with_context(|| before.display().to_string())?;
        outcome?;
        fs::rename(&after, &cached).with_context(|| after.display().to_string())?;
        fs::read(&cached).with_context(|| cached.display().to_string())
    }

    fn run_on(&self, before: &Path, after: &Path) -> Result<()> {
        let status = Command::new(&self.program)
            .args(FLAGS)
            .arg(before)
            .arg("-o")
            .arg(after)
            .stdin(Stdio::null())
            .status()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        if !status.success() {
            bail!("{} failed ({status})", self.program.display());
        }
        Ok(())
    }
}
