//! Specs of contracts, as they are committed.

use anyhow::{bail, Context, Result};
use std::{collections::BTreeMap, fs, path::Path};
use stellar_xdr::{ScSpecEntry, ScSpecEventV0, ScSpecFunctionV0, StringM};

const SUFFIX: &str = ".spec.json";

/// The spec of one contract.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Its name: `deals`.
    pub contract: String,
    pub entries: Vec<ScSpecEntry>,
}

/// The specs in a folder, one for each file `<contract>.spec.json`, sorted by the contracts' names.
///
/// # Errors
/// Where there is none, or one cannot be read.
pub fn read_folder(folder: &Path) -> Result<Vec<Spec>> {
    let mut specs = Vec::new();
    for file in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = file?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(contract) = name.strip_suffix(SUFFIX) {
            let text = fs::read_to_string(&path)?;
            specs.push(Spec::parse(contract, &text).with_context(|| path.display().to_string())?);
        }
    }
    if specs.is_empty() {
        bail!("{}: there is no *{SUFFIX}", folder.display());
    }
    specs.sort_by(|a, b| a.contract.cmp(&b.contract));
    Ok(specs)
}

impl Spec {
    /// From the JSON of its entries, as `stellar contract info interface --output json` prints it.
    ///
    /// # Errors
    /// Where the text is no such JSON.
    pub fn parse(contract: &str, json: &str) -> Result<Self> {
        Ok(Self {
            contract: contract.to_owned(),
            entries: serde_json::from_str(json)?,
        })
    }

    pub(crate) fn functions(&self) -> impl Iterator<Item = &ScSpecFunctionV0> {
        self.entries.iter().filter_map(|entry| match entry {
            ScSpecEntry::FunctionV0(function) => Some(function),
            _ => None,
        })
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &ScSpecEventV0> {
        self.entries.iter().filter_map(|entry| match entry {
            ScSpecEntry::EventV0(event) => Some(event),
            _ => None,
        })
    }

    /// Structs, unions, enums and errors.
    fn types(&self) -> impl Iterator<Item = (String, &ScSpecEntry)> {
        self.entries.iter().filter_map(|entry| {
            let name: &StringM<60> = match entry {
                ScSpecEntry::UdtStructV0(udt) => &udt.name,
                ScSpecEntry::UdtUnionV0(udt) => &udt.name,
                ScSpecEntry::UdtEnumV0(udt) => &udt.name,
                ScSpecEntry::UdtErrorEnumV0(udt) => &udt.name,
                ScSpecEntry::FunctionV0(_) | ScSpecEntry::EventV0(_) => return None,
            };
            Some((name.to_utf8_string_lossy(), entry))
        })
    }
}

/// The types of all contracts by name. Contracts share types; each is there once.
///
/// # Errors
/// Where two contracts define a type differently.
pub(crate) fn merged_types(specs: &[Spec]) -> Result<BTreeMap<String, &ScSpecEntry>> {
    let mut merged = BTreeMap::<String, (&str, &ScSpecEntry)>::new();
    for spec in specs {
        for (name, entry) in spec.types() {
            match merged.get(&name) {
                Some((other, earlier)) if *earlier != entry => {
                    bail!("{other} and {} define {name} differently", spec.contract)
                }
                Some(_) => {}
                None => {
                    merged.insert(name, (&spec.contract, entry));
                }
            }
        }
    }
    Ok(merged
        .into_iter()
        .map(|(name, (_, entry))| (name, entry))
        .collect())
}
