//! Checks that a contract's spec describes what the contract exports, completely and once.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, Result};
use stellar_xdr::{ScSpecEntry, ScSpecTypeDef, ScSpecUdtUnionCaseV0};

use crate::shake;

/// Fails when the spec and the exports of `wasm` differ, when a name has two definitions, or when
/// something refers to a type that the spec does not define. A client generated from such a spec
/// would be wrong.
pub fn verify(wasm: &[u8]) -> Result<()> {
    let entries = shake::read_spec(wasm)?;
    let described = names(&entries, |entry| {
        matches!(entry, ScSpecEntry::FunctionV0(_))
    })?;
    let exported: BTreeSet<_> = shake::exported_functions(wasm)?.into_iter().collect();
    if let Some(name) = exported.difference(&described).next() {
        bail!("function {name} is exported but not in the spec");
    }
    if let Some(name) = described.difference(&exported).next() {
        bail!("function {name} is in the spec but not exported");
    }
    names(&entries, |entry| matches!(entry, ScSpecEntry::EventV0(_)))?;
    let types = names(&entries, is_type)?;
    let mut missing = BTreeSet::new();
    for entry in &entries {
        for used in referenced_types(entry) {
            if !types.contains(&used) {
                missing.insert(format!("{used} (of {})", name_of(entry)));
            }
        }
    }
    if !missing.is_empty() {
        let missing: Vec<_> = missing.into_iter().collect();
        // The SDK's macros see the alias only, and a client looks for a type of that name.
        bail!(
            "types are used that the spec does not define: {}; \
             where one is a Rust type alias, write out what it stands for",
            missing.join(", ")
        );
    }
    Ok(())
}

fn is_type(entry: &ScSpecEntry) -> bool {
    !matches!(entry, ScSpecEntry::FunctionV0(_) | ScSpecEntry::EventV0(_))
}

/// Names of the entries of one kind, each defined once.
fn names(entries: &[ScSpecEntry], kind: impl Fn(&ScSpecEntry) -> bool) -> Result<BTreeSet<String>> {
    let mut counts = BTreeMap::<String, u32>::new();
    for entry in entries.iter().filter(|entry| kind(entry)) {
        *counts.entry(name_of(entry)).or_default() += 1;
    }
    if let Some((name, _)) = counts.iter().find(|(_, count)| **count > 1) {
        bail!("two different definitions of {name} in the spec");
    }
    Ok(counts.into_keys().collect())
}

pub fn name_of(entry: &ScSpecEntry) -> String {
    match entry {
        ScSpecEntry::FunctionV0(function) => function.name.to_utf8_string_lossy(),
        ScSpecEntry::UdtStructV0(udt) => udt.name.to_utf8_string_lossy(),
        ScSpecEntry::UdtUnionV0(udt) => udt.name.to_utf8_string_lossy(),
        ScSpecEntry::UdtEnumV0(udt) => udt.name.to_utf8_string_lossy(),
        ScSpecEntry::UdtErrorEnumV0(udt) => udt.name.to_utf8_string_lossy(),
        ScSpecEntry::EventV0(event) => event.name.to_utf8_string_lossy(),
    }
}

fn referenced_types(entry: &ScSpecEntry) -> Vec<String> {
    let mut found = Vec::new();
    match entry {
        ScSpecEntry::FunctionV0(function) => {
            function
                .inputs
                .iter()
                .for_each(|input| collect(&input.type_, &mut found));
            function
                .outputs
                .iter()
                .for_each(|output| collect(output, &mut found));
        }
        ScSpecEntry::UdtStructV0(udt) => {
            udt.fields
                .iter()
                .for_each(|field| collect(&field.type_, &mut found));
        }
        ScSpecEntry::UdtUnionV0(udt) => {
            for case in udt.cases.iter() {
                if let ScSpecUdtUnionCaseV0::TupleV0(case) = case {
                    case.type_
                        .iter()
                        .for_each(|type_| collect(type_, &mut found));
                }
            }
        }
        ScSpecEntry::EventV0(event) => {
            event
                .params
                .iter()
                .for_each(|param| collect(&param.type_, &mut found));
        }
        ScSpecEntry::UdtEnumV0(_) | ScSpecEntry::UdtErrorEnumV0(_) => {}
    }
    found
}

fn collect(type_: &ScSpecTypeDef, found: &mut Vec<String>) {
    match type_ {
        ScSpecTypeDef::Udt(udt) => found.push(udt.name.to_utf8_string_lossy()),
        ScSpecTypeDef::Option(option) => collect(&option.value_type, found),
        ScSpecTypeDef::Vec(vec) => collect(&vec.element_type, found),
        ScSpecTypeDef::Result(result) => {
            collect(&result.ok_type, found);
            collect(&result.error_type, found);
        }
        ScSpecTypeDef::Map(map) => {
            collect(&map.key_type, found);
            collect(&map.value_type, found);
        }
        ScSpecTypeDef::Tuple(tuple) => {
            tuple
                .value_types
                .iter()
                .for_each(|element| collect(element, found));
        }
        _ => {}
    }
}

#[cfg(test)]
#[path = "spec_tests.rs"]
mod tests;
