//! The repository's own tasks: build the contracts' Wasm, keep their interfaces under review.

mod builder;
mod compare;
mod contract;
mod exports;
mod golden;
mod interface;
mod optimise;
#[cfg(test)]
mod samples;
mod seed;
mod shake;
mod source;
mod spec;
mod stack;
mod toolchain;
mod wasm;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{bail, Context, Result};

use crate::builder::Builder;
use crate::contract::Workspace;
use crate::wasm::Network;

const USAGE: &str = "\
cargo xtask <command>

  wasm       build the contracts into target/wasm and print size and hash of each
      --mainnet           without the test networks' functions, into target/wasm-mainnet
      --contract <name>   this one only: registry, deals, escrow, reputation or mandates
      --test-contracts    those of integration-tests/contracts instead, into target/wasm-test
      --builder <which>   own (default) or cli (the Stellar CLI)
  builders   check that both builders make the same Wasm
  interface  write goldens/<contract>.interface.txt and .spec.json from target/wasm
      --check             compare instead; a difference is an error
      --wasm-dir <dir>    read the Wasm from there
  exports    check that target/wasm-mainnet lacks the test networks' functions, and only those
  faults     seed the faults of scripts/seeded-faults.tsv into a copy; a test has to catch each
      --only <n>          n of them, chosen at random
      --list <file>       those of this list instead
  mutants    the same for what `cargo mutants --list --json` lists
      --list <file>       its output
      --accepted <file>   survivors with their reasons
  source     check in the contracts' source who signs, who touches storage, what may grow
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    match args.next()? {
        Some(lexopt::Arg::Value(command)) => match command.to_str() {
            Some("wasm") => wasm_command(args),
            Some("builders") => builders_command(args),
            Some("interface") => interface_command(args),
            Some("exports") => exports_command(args),
            Some("faults") => faults_command(args),
            Some("mutants") => mutants_command(args),
            Some("source") => source_command(args),
            _ => bail!("no such command: {}\n\n{USAGE}", command.to_string_lossy()),
        },
        Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) | None => {
            print!("{USAGE}");
            Ok(())
        }
        Some(other) => Err(other.unexpected().into()),
    }
}

fn wasm_command(mut args: lexopt::Parser) -> Result<()> {
    let mut network = Network::Test;
    let mut builder = Builder::Own;
    let mut only = None;
    let mut test_contracts = false;
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Long("mainnet") => network = Network::Main,
            lexopt::Arg::Long("test-contracts") => test_contracts = true,
            lexopt::Arg::Long("contract") => only = Some(text(args.value()?)?),
            lexopt::Arg::Long("builder") => builder = Builder::parse(&text(args.value()?)?)?,
            other => return Err(other.unexpected().into()),
        }
    }
    if test_contracts && network == Network::Main {
        bail!("--test-contracts and --mainnet exclude each other");
    }
    let workspace = Workspace::locate()?;
    let contracts = if test_contracts {
        workspace.test_contracts()?
    } else {
        workspace.contracts()?
    };
    let contracts = contract::select(contracts, only.as_deref())?;
    let out_dir = workspace.target_dir.join(if test_contracts {
        "wasm-test"
    } else {
        network.out_dir()
    });
    wasm::build(&workspace, &contracts, network, builder, &out_dir)
}

fn builders_command(mut args: lexopt::Parser) -> Result<()> {
    if let Some(arg) = args.next()? {
        return Err(arg.unexpected().into());
    }
    compare::check(&Workspace::locate()?)
}

fn interface_command(mut args: lexopt::Parser) -> Result<()> {
    let mut check = false;
    let mut wasm_dir = None;
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Long("check") => check = true,
            lexopt::Arg::Long("wasm-dir") => wasm_dir = Some(PathBuf::from(args.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    let workspace = Workspace::locate()?;
    let wasm_dir = wasm_dir.unwrap_or_else(|| workspace.target_dir.join(Network::Test.out_dir()));
    golden::run(&workspace, &wasm_dir, check)
}

fn exports_command(mut args: lexopt::Parser) -> Result<()> {
    if let Some(arg) = args.next()? {
        return Err(arg.unexpected().into());
    }
    exports::check(&Workspace::locate()?)
}

fn source_command(mut args: lexopt::Parser) -> Result<()> {
    if let Some(arg) = args.next()? {
        return Err(arg.unexpected().into());
    }
    source::check(&Workspace::locate()?)
}

fn faults_command(mut args: lexopt::Parser) -> Result<()> {
    let workspace = Workspace::locate()?;
    let mut options = seed::Faults {
        list: workspace.root.join("scripts/seeded-faults.tsv"),
        only: None,
    };
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Long("list") => options.list = PathBuf::from(args.value()?),
            lexopt::Arg::Long("only") => options.only = Some(text(args.value()?)?.parse()?),
            other => return Err(other.unexpected().into()),
        }
    }
    seed::faults(&workspace, &options)
}

fn mutants_command(mut args: lexopt::Parser) -> Result<()> {
    let (mut list, mut accepted) = (None, None);
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Long("list") => list = Some(PathBuf::from(args.value()?)),
            lexopt::Arg::Long("accepted") => accepted = Some(PathBuf::from(args.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    let options = seed::Mutants {
        list: list.context("mutants needs --list")?,
        accepted: accepted.context("mutants needs --accepted")?,
    };
    seed::mutants(&Workspace::locate()?, &options)
}

fn text(value: OsString) -> Result<String> {
    match value.into_string() {
        Ok(value) => Ok(value),
        Err(value) => bail!("not valid Unicode: {}", value.to_string_lossy()),
    }
}
