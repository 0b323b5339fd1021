//! # What deals cost over their lives, and how many the network carries
//!
//! Computed from the committed costs, without measuring anything. `make cost-model` prints it;
//! `make bench-baseline` measures and writes it into the documentation.

mod model;
#[cfg(test)]
mod tests;

use std::{fs, path::PathBuf};

use model::Model;

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(path)
}

fn read_model() -> Result<Model, String> {
    let path = repository("integration-tests/benches/baseline.json");
    let text = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let costs = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    Model::of(&costs)
}

fn main() -> Result<(), String> {
    print!("{}", read_model()?.document());
    Ok(())
}
