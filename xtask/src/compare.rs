//! Checks that the own builder and the Stellar CLI make the same Wasm, byte for byte: what is tested is what
//! gets published.

use anyhow::{bail, Context, Result};

use crate::builder::Builder;
use crate::contract::{Contract, Workspace};
use crate::shake;
use crate::wasm::{Finished, Network, Recipe};

/// Builds every contract for both kinds of network with both builders.
pub fn check(workspace: &Workspace) -> Result<()> {
    Builder::Cli.require()?;
    let contracts = workspace.contracts()?;
    for network in [Network::Test, Network::Main] {
        let recipe = Recipe::new(workspace, network)?;
        for contract in &contracts {
            let what = format!("{} in {}", contract.name, network.out_dir());
            let bytes = compare(&recipe, contract).with_context(|| what.clone())?;
            println!("{what}: {bytes} bytes, the same from both builders");
        }
    }
    Ok(())
}

/// The size of what both builders make.
fn compare(recipe: &Recipe, contract: &Contract) -> Result<usize> {
    // The CLI comes second: it changes the file that cargo wrote, and the own builder has cargo write it again.
    let [own, cli] = [Builder::Own, Builder::Cli].map(|builder| recipe.make(contract, builder));
    let (own, cli) = (own?, cli?);
    if own.wasm != cli.wasm {
        bail!("{}", difference(&own, &cli)?);
    }
    Ok(own.wasm.len())
}

fn difference(own: &Finished, cli: &Finished) -> Result<String> {
    let mut text = "the builders differ".to_owned();
    for (builder, finished) in [(Builder::Own, own), (Builder::Cli, cli)] {
        let optimiser = finished.optimised_by.as_deref().unwrap_or("nothing");
        let sections = shake::sections(&finished.wasm)?.join(", ");
        text += &format!("\n{}, optimised by {optimiser}: {sections}", builder.name());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{function, Sample};

    #[test]
    fn a_difference_names_both_builders_and_their_sections() {
        let spec = [function("pay", &[], None)];
        let sample = Sample {
            spec: &spec,
            used: &[],
            exports: &["pay"],
            shaking_version: "2",
        };
        let finished = |wasm, optimised_by| Finished { wasm, optimised_by };
        let own = finished(sample.wasm(), None);
        let stamped = shake::add_meta(&sample.wasm(), "cliver", "1").unwrap();
        let cli = finished(stamped, Some("wasm-opt version 116".to_owned()));
        let text = difference(&own, &cli).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert!(
            lines[1].starts_with("cargo xtask, optimised by nothing: section 1: "),
            "{text}"
        );
        assert!(
            lines[2].starts_with("the Stellar CLI, optimised by wasm-opt version 116: "),
            "{text}"
        );
        assert_eq!(lines[2].matches("contractmetav0").count(), 2, "{text}");
    }
}
