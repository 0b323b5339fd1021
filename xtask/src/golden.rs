//! The committed interfaces and specs in `goldens/`: written, or compared with what was built.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{bail, Context, Result};
use similar::TextDiff;
use stellar_xdr::ScSpecEntry;

use crate::contract::{Contract, Workspace};
use crate::{interface, shake};

/// Writes each contract's interface and spec, or with `check` prints how they differ and fails.
pub fn run(workspace: &Workspace, wasm_dir: &Path, check: bool) -> Result<()> {
    let mut changed = Vec::new();
    for contract in workspace.contracts()? {
        let entries = read_entries(wasm_dir, &contract)?;
        let name = &contract.name;
        let goldens = [
            (
                format!("{name}.interface.txt"),
                interface::render(name, &entries),
            ),
            (format!("{name}.spec.json"), interface::json(&entries)?),
        ];
        for (file, built) in goldens {
            let shown = format!("goldens/{file}");
            let path = workspace.root.join(&shown);
            match difference(&read_if_present(&path)?, &built) {
                None => {}
                Some(diff) if check => {
                    println!("{shown} differs from the built contract:\n{diff}");
                    changed.push(shown);
                }
                Some(_) => {
                    fs::write(&path, built).with_context(|| shown.clone())?;
                    println!("wrote {shown}");
                }
            }
        }
    }
    if !changed.is_empty() {
        bail!(
            "{} changed; if that is meant, run `make goldens` and commit the result",
            changed.join(", ")
        );
    }
    Ok(())
}

fn read_entries(wasm_dir: &Path, contract: &Contract) -> Result<Vec<ScSpecEntry>> {
    let path = wasm_dir.join(contract.wasm_file());
    let wasm =
        fs::read(&path).with_context(|| format!("{}: run `make build` first", path.display()))?;
    shake::read_spec(&wasm).with_context(|| path.display().to_string())
}

/// What is committed; a contract without a golden has an empty one.
fn read_if_present(path: &Path) -> Result<String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// The changed lines with what surrounds them, or `None` when there are none.
fn difference(committed: &str, built: &str) -> Option<String> {
    if committed == built {
        return None;
    }
    let diff = TextDiff::from_lines(committed, built);
    let text = diff
        .unified_diff()
        .context_radius(2)
        .header("committed", "built")
        .to_string();
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(difference("functions\n", "functions\n"), None);
    }

    #[test]
    fn a_changed_line_shows_as_taken_out_and_put_in() {
        let diff = difference("functions\n  pay(u32)\n", "functions\n  pay(u64)\n").unwrap();
        assert!(diff.contains("--- committed\n+++ built\n"), "{diff}");
        assert!(
            diff.contains("\n functions\n-  pay(u32)\n+  pay(u64)\n"),
            "{diff}"
        );
    }

    #[test]
    fn a_missing_golden_differs_from_everything() {
        let nowhere = std::env::temp_dir().join("flash-xtask-no-such-golden.txt");
        assert_eq!(read_if_present(&nowhere).unwrap(), "");
        assert!(difference("", "functions\n").is_some());
    }
}
