//! The compiler and the optimiser that `scripts/toolchain.sh` chooses for Wasm.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{bail, Context, Result};

/// The script's name for the optimiser.
const OPTIMISER: &str = "FLASH_WASM_OPT";

/// The environment of a command that compiles Wasm.
pub struct Toolchain(Vec<(String, String)>);

impl Toolchain {
    /// Runs the script, which may install what is missing. Its messages go to the terminal.
    pub fn decide(root: &Path) -> Result<Self> {
        let script = root.join("scripts/toolchain.sh");
        let output = Command::new(&script)
            .arg("--env")
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot start {}", script.display()))?;
        if !output.status.success() {
            bail!("no toolchain builds Wasm on this machine");
        }
        parse(&String::from_utf8_lossy(&output.stdout)).map(Self)
    }

    /// The optimiser, if there is one.
    pub fn optimiser(&self) -> Option<&Path> {
        let (_, program) = self.0.iter().find(|(key, _)| key == OPTIMISER)?;
        Some(Path::new(program))
    }

    /// The compiler's own text for its name and version.
    pub fn compiler(&self) -> Result<String> {
        let chosen = self.0.iter().find(|(key, _)| key == "RUSTC");
        let mut command = Command::new(chosen.map_or("rustc", |(_, program)| program));
        self.apply(&mut command);
        let output = command.arg("--version").output();
        let output = output.context("cannot start the compiler")?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    pub fn apply(&self, command: &mut Command) {
        // `cargo run` sets it to the libraries of its own compiler, which may be another one.
        command.env_remove("LD_LIBRARY_PATH");
        for (key, value) in &self.0 {
            command.env(key, value);
        }
    }
}

fn parse(lines: &str) -> Result<Vec<(String, String)>> {
    lines
        .lines()
        .map(|line| match line.split_once('=') {
            Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
            None => bail!("scripts/toolchain.sh printed {line:?}, not KEY=value"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_pairs_and_values_keep_their_equals_signs() {
        let pairs = parse("RUSTC=/usr/bin/rustc\nRUSTFLAGS=--cfg a=b\n").unwrap();
        let expected = [("RUSTC", "/usr/bin/rustc"), ("RUSTFLAGS", "--cfg a=b")];
        assert_eq!(pairs, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    #[test]
    fn the_optimiser_is_the_one_that_the_script_names_and_may_be_missing() {
        let toolchain = |lines| Toolchain(parse(lines).unwrap());
        let named = toolchain("FLASH_TOOLCHAIN=rustup\nFLASH_WASM_OPT=/usr/bin/wasm-opt");
        assert_eq!(named.optimiser(), Some(Path::new("/usr/bin/wasm-opt")));
        assert_eq!(toolchain("FLASH_TOOLCHAIN=rustup").optimiser(), None);
    }

    #[test]
    fn a_line_that_is_no_pair_is_an_error() {
        assert!(parse("installing").is_err());
    }
}
