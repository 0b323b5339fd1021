//! The reviewed table of who may call what, as `docs/access.md` renders it. The tests that are
//! generated from the table keep the document true.

use anyhow::{bail, Context, Result};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Signer {
    Query,
    Anyone,
    Named,
    Oracle,
    Owner,
    OfferedOwner,
    Deals,
    Deployment,
}

#[derive(Debug)]
pub struct Row {
    pub contract: String,
    pub function: String,
    pub signer: Signer,
}

#[derive(Debug)]
pub struct Table {
    pub rows: Vec<Row>,
}

impl Table {
    pub fn parse(text: &str) -> Result<Self> {
        let mut rows = Vec::new();
        let mut contract = String::new();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                contract = name.trim().to_owned();
            } else if let Some(cells) = line.strip_prefix("| `") {
                rows.push(command(&contract, cells).with_context(|| line.to_owned())?);
            } else if let Some(names) = line.strip_prefix("Queries, which never write: ") {
                let names = names.split('`').skip(1).step_by(2);
                rows.extend(names.map(|name| row(&contract, name, Signer::Query)));
            }
        }
        if rows.is_empty() {
            bail!("the table of who may call what is empty");
        }
        Ok(Self { rows })
    }

    pub fn of<'a>(&'a self, contract: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.contract == contract)
    }

    fn count(&self, of: impl Fn(Signer) -> bool) -> usize {
        self.rows.iter().filter(|row| of(row.signer)).count()
    }

    pub fn queries(&self) -> usize {
        self.count(|signer| signer == Signer::Query)
    }

    pub fn permissionless(&self) -> usize {
        self.count(|signer| signer == Signer::Anyone)
    }

    pub fn signed(&self) -> usize {
        let unsigned = [Signer::Query, Signer::Anyone, Signer::Deployment];
        self.count(|signer| !unsigned.contains(&signer))
    }
}

fn row(contract: &str, function: &str, signer: Signer) -> Row {
    Row {
        contract: contract.to_owned(),
        function: function.to_owned(),
        signer,
    }
}

fn command(contract: &str, cells: &str) -> Result<Row> {
    let (function, rest) = cells.split_once("` | ").context("no command")?;
    let (whose, _) = rest.split_once(" |").context("no signer")?;
    let signer = match whose {
        "nobody: anyone may" => Signer::Anyone,
        "the party named first" => Signer::Named,
        "the oracle" => Signer::Oracle,
        "the owner" => Signer::Owner,
        "the offered owner" => Signer::OfferedOwner,
        "`deals`, calling directly" => Signer::Deals,
        "the deployer" => Signer::Deployment,
        other => bail!("no such signer: {other}"),
    };
    Ok(row(contract, function, signer))
}
