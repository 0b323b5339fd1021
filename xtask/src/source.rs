//! Reads the contracts' source and holds it against rules that no compiler knows: who signs a
//! command, who touches storage, what is stored, where code is swapped.

mod access;
mod auth;
mod code;
mod storage;
#[cfg(test)]
mod tests;
mod trace;
mod upgrade;

use std::fs;

use anyhow::{bail, Context, Result};

use crate::contract::Workspace;
use access::Table;
use code::Code;

/// Packages whose code runs inside the contracts.
const PACKAGES: [&str; 2] = ["common", "interfaces"];

pub fn check(workspace: &Workspace) -> Result<()> {
    let mut code = Code::default();
    for contract in workspace.contracts()? {
        let root = workspace.root.join("contracts").join(&contract.name);
        code.load(&contract.name, &root.join("src/lib.rs"), true)?;
    }
    for package in PACKAGES {
        let root = workspace.root.join("packages").join(package);
        code.load(package, &root.join("src/lib.rs"), false)?;
    }
    let path = workspace.root.join("docs/access.md");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let table = Table::parse(&text)?;

    let broken = violations(&code, &table);
    for line in &broken {
        println!("{line}");
    }
    if !broken.is_empty() {
        bail!("the source breaks {} rules", broken.len());
    }
    println!(
        "source: {} commands authenticate first, {} may be called by anyone, {} queries never \
         write; {} files read",
        table.signed(),
        table.permissionless(),
        table.queries(),
        code.files.len()
    );
    Ok(())
}

fn violations(code: &Code, table: &Table) -> Vec<String> {
    let mut broken = auth::violations(code, table);
    broken.extend(storage::violations(code));
    broken.extend(upgrade::violations(code));
    broken
}
