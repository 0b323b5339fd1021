//! Shakes the contract spec: entries that the compiled code does not use leave the Wasm.
//!
//! The SDK leaves a marker in the data section for each type and event that survived dead-code
//! elimination; `soroban_spec::shaking` matches them with the entries of the spec section, as the
//! Stellar CLI does. This file does the rest: it takes a Wasm apart and puts it together again.

use std::collections::HashSet;

use anyhow::{bail, Context, Result};
use soroban_spec::shaking;
use stellar_xdr::{Limited, Limits, ReadXdr, ScMetaEntry, ScMetaV0, ScSpecEntry, WriteXdr};
use wasm_encoder::{CustomSection, Module, RawSection};
use wasmparser::{Parser, Payload};

const SPEC_SECTION: &str = "contractspecv0";
const META_SECTION: &str = "contractmetav0";

/// Removes the unused entries from the spec of `wasm`.
///
/// # Errors
///
/// When it is not a Wasm module, carries no contract spec, or was built by an SDK without markers.
pub fn shake(wasm: &[u8]) -> Result<Vec<u8>> {
    let entries = read_spec(wasm)?;
    let meta = read_meta(wasm)?;
    if shaking::spec_shaking_version_for_meta(&meta) != 2 {
        bail!("the contract's SDK left no markers of what is used (spec shaking version 2)");
    }
    let markers = shaking::find_all(wasm);
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for entry in shaking::filter(entries, &markers) {
        let encoded = entry.to_xdr(Limits::none())?;
        // A type that two crates export alike is described once.
        if seen.insert(encoded.clone()) {
            kept.extend(encoded);
        }
    }
    replace_section(wasm, SPEC_SECTION, &kept)
}

/// `wasm` with one more entry of metadata, in a section of its own at the end: where the Stellar CLI puts it.
pub fn add_meta(wasm: &[u8], key: &str, value: &str) -> Result<Vec<u8>> {
    let entry = ScMetaEntry::ScMetaV0(ScMetaV0 {
        key: key.try_into()?,
        val: value.try_into()?,
    });
    let mut module = copy_without(wasm, |_| false)?;
    append(&mut module, META_SECTION, &entry.to_xdr(Limits::none())?);
    Ok(module.finish())
}

/// The entries of the contract's spec.
pub fn read_spec(wasm: &[u8]) -> Result<Vec<ScSpecEntry>> {
    let sections = custom_sections(wasm, SPEC_SECTION)?;
    if sections.is_empty() {
        bail!("not a contract: no section {SPEC_SECTION}");
    }
    decode(&sections).with_context(|| format!("section {SPEC_SECTION}"))
}

fn read_meta(wasm: &[u8]) -> Result<Vec<ScMetaEntry>> {
    decode(&custom_sections(wasm, META_SECTION)?).with_context(|| format!("section {META_SECTION}"))
}

fn decode<T: ReadXdr>(xdr: &[u8]) -> Result<Vec<T>> {
    // Far above what a contract needs, and a bound for damaged input.
    let limits = Limits {
        depth: 500,
        len: 16 * 1024 * 1024,
    };
    let entries: Result<Vec<T>, _> = T::read_xdr_iter(&mut Limited::new(xdr, limits)).collect();
    Ok(entries?)
}

/// The bytes of all custom sections of that name, joined: their entries follow each other.
fn custom_sections(wasm: &[u8], name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for payload in payloads(wasm)? {
        if let Payload::CustomSection(section) = payload {
            if section.name() == name {
                bytes.extend_from_slice(section.data());
            }
        }
    }
    Ok(bytes)
}

/// `wasm` with `data` in place of the custom section's, at the end; every other section stays byte by byte.
fn replace_section(wasm: &[u8], name: &str, data: &[u8]) -> Result<Vec<u8>> {
    let mut module = copy_without(wasm, |section| section == name)?;
    append(&mut module, name, data);
    Ok(module.finish())
}

/// Size of the module without its custom sections: what the virtual machine loads.
pub fn size_without_custom_sections(wasm: &[u8]) -> Result<usize> {
    Ok(copy_without(wasm, |_| true)?.as_slice().len())
}

/// A copy of the module without the custom sections for whose name `is_dropped` is true.
fn copy_without(wasm: &[u8], is_dropped: impl Fn(&str) -> bool) -> Result<Module> {
    let mut module = Module::new();
    for payload in payloads(wasm)? {
        if matches!(&payload, Payload::CustomSection(section) if is_dropped(section.name())) {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            let data = &wasm[range];
            module.section(&RawSection { id, data });
        }
    }
    Ok(module)
}

fn append(module: &mut Module, name: &str, data: &[u8]) {
    module.section(&CustomSection {
        name: name.into(),
        data: data.into(),
    });
}

/// Every section's name and size, in order. Shows where two modules differ.
pub fn sections(wasm: &[u8]) -> Result<Vec<String>> {
    let sections = payloads(wasm)?.into_iter().filter_map(|payload| {
        let (id, range) = payload.as_section()?;
        let name = match &payload {
            Payload::CustomSection(section) => section.name().to_owned(),
            _ => format!("section {id}"),
        };
        Some(format!("{name}: {} bytes", range.len()))
    });
    Ok(sections.collect())
}

/// The names of the exported functions.
pub fn exported_functions(wasm: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for payload in payloads(wasm)? {
        if let Payload::ExportSection(exports) = payload {
            for export in exports {
                let export = export?;
                // The SDK exports a lone underscore as the mark of a contract. It is no function to call.
                if export.kind == wasmparser::ExternalKind::Func && export.name != "_" {
                    names.push(export.name.to_owned());
                }
            }
        }
    }
    names.sort();
    Ok(names)
}

/// The parts of the module. All are read first, so that a truncated file is an error and not a small module.
fn payloads(wasm: &[u8]) -> Result<Vec<Payload<'_>>> {
    Parser::new(0)
        .parse_all(wasm)
        .collect::<Result<_, _>>()
        .context("not a Wasm module")
}

#[cfg(test)]
#[path = "shake_tests.rs"]
mod tests;
