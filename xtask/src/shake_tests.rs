use std::slice;

use stellar_xdr::ScSpecTypeDef;

use super::*;
use crate::samples::{event, function, structure, udt, Sample};

fn sample<'a>(spec: &'a [ScSpecEntry], used: &'a [ScSpecEntry]) -> Sample<'a> {
    Sample {
        spec,
        used,
        exports: &["pay"],
        shaking_version: "2",
    }
}

/// Every section but the spec, as id and bytes.
fn other_sections(wasm: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let is_spec = |payload: &Payload| matches!(payload, Payload::CustomSection(section) if section.name() == SPEC_SECTION);
    let others = payloads(wasm)
        .unwrap()
        .into_iter()
        .filter(|payload| !is_spec(payload));
    others
        .filter_map(|payload| payload.as_section())
        .map(|(id, range)| (id, wasm[range].to_vec()))
        .collect()
}

#[test]
fn used_entries_stay_and_unused_ones_disappear() {
    let pay = function("pay", &[udt("Used")], None);
    let used = [structure("Used", ScSpecTypeDef::U32), event("Sent")];
    let unused = [structure("Unused", ScSpecTypeDef::U32), event("NeverSent")];
    let spec = [slice::from_ref(&pay), &used[..], &unused[..]].concat();

    let shaken = shake(&sample(&spec, &used).wasm()).unwrap();

    assert_eq!(read_spec(&shaken).unwrap(), [&[pay], &used[..]].concat());
}

#[test]
fn functions_stay_without_a_marker() {
    let spec = [function("pay", &[], None)];
    let shaken = shake(&sample(&spec, &[]).wasm()).unwrap();
    assert_eq!(read_spec(&shaken).unwrap(), spec);
}

#[test]
fn an_entry_that_stands_there_twice_is_kept_once() {
    let shared = structure("Shared", ScSpecTypeDef::U32);
    let spec = [shared.clone(), function("pay", &[], None), shared.clone()];
    let shaken = shake(&sample(&spec, slice::from_ref(&shared)).wasm()).unwrap();
    assert_eq!(
        read_spec(&shaken).unwrap(),
        [shared, function("pay", &[], None)]
    );
}

#[test]
fn every_other_section_stays_as_it_was() {
    let spec = [function("pay", &[], None), event("NeverSent")];
    let wasm = sample(&spec, &[]).wasm();
    let shaken = shake(&wasm).unwrap();
    assert!(shaken.len() < wasm.len());
    assert_eq!(other_sections(&shaken), other_sections(&wasm));
}

#[test]
fn shaking_again_changes_nothing() {
    let used = [structure("Used", ScSpecTypeDef::U32)];
    let spec = [
        function("pay", &[udt("Used")], None),
        used[0].clone(),
        event("NeverSent"),
    ];
    let once = shake(&sample(&spec, &used).wasm()).unwrap();
    assert_eq!(shake(&once).unwrap(), once);
}

#[test]
fn a_sections_length_may_need_more_bytes_than_before() {
    let spec = [function("pay", &[], None)];
    let wasm = sample(&spec, &[]).wasm();
    // 300 and 40_000 bytes take two and three bytes of length where the old one took one or two.
    for length in [0, 300, 40_000] {
        let data = vec![7; length];
        let changed = replace_section(&wasm, SPEC_SECTION, &data).unwrap();
        assert_eq!(custom_sections(&changed, SPEC_SECTION).unwrap(), data);
        assert_eq!(other_sections(&changed), other_sections(&wasm));
    }
}

#[test]
fn added_metadata_has_a_section_of_its_own_before_the_spec() {
    let wasm = sample(&[function("pay", &[], None)], &[]).wasm();
    let before = read_meta(&wasm).unwrap();
    let stamped = shake(&add_meta(&wasm, "cliver", "28.1.0#4ea5b8").unwrap()).unwrap();
    let entry = ScMetaEntry::ScMetaV0(ScMetaV0 {
        key: "cliver".try_into().unwrap(),
        val: "28.1.0#4ea5b8".try_into().unwrap(),
    });
    assert_eq!(
        read_meta(&stamped).unwrap(),
        [&before[..], &[entry]].concat()
    );
    let names: Vec<_> = sections(&stamped).unwrap();
    let last_two: Vec<_> = names.iter().rev().take(2).collect();
    assert!(last_two[0].starts_with("contractspecv0: "), "{names:?}");
    assert!(last_two[1].starts_with("contractmetav0: "), "{names:?}");
}

#[test]
fn what_is_no_wasm_is_refused() {
    let error = shake(b"#!/bin/sh").unwrap_err();
    assert!(
        format!("{error:#}").starts_with("not a Wasm module: "),
        "{error:#}"
    );
}

#[test]
fn a_truncated_wasm_is_refused() {
    let wasm = sample(&[function("pay", &[], None)], &[]).wasm();
    let error = shake(&wasm[..wasm.len() - 3]).unwrap_err();
    assert!(
        format!("{error:#}").starts_with("not a Wasm module: "),
        "{error:#}"
    );
}

#[test]
fn a_wasm_without_a_spec_is_refused() {
    let error = shake(&Module::new().finish()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not a contract: no section contractspecv0"
    );
}

#[test]
fn a_spec_that_cannot_be_decoded_is_refused() {
    let wasm = sample(&[function("pay", &[], None)], &[]).wasm();
    let broken = replace_section(&wasm, SPEC_SECTION, &[0, 0, 0, 99]).unwrap();
    let error = shake(&broken).unwrap_err();
    assert!(
        format!("{error:#}").starts_with("section contractspecv0: "),
        "{error:#}"
    );
}

#[test]
fn a_contract_without_markers_is_refused() {
    let spec = [function("pay", &[], None)];
    let wasm = Sample {
        shaking_version: "1",
        ..sample(&spec, &[])
    }
    .wasm();
    assert!(shake(&wasm)
        .unwrap_err()
        .to_string()
        .contains("left no markers"));
}

#[test]
fn only_functions_count_as_exported_and_the_sdks_mark_does_not() {
    let wasm = sample(&[function("pay", &[], None)], &[]).wasm();
    assert_eq!(exported_functions(&wasm).unwrap(), ["pay"]);
}

#[test]
fn the_size_without_custom_sections_does_not_depend_on_the_spec() {
    let small = sample(&[function("pay", &[], None)], &[]).wasm();
    let large = sample(&[function("pay", &[], None), event("Sent")], &[]).wasm();
    let sizes = [&small, &large].map(|wasm| size_without_custom_sections(wasm).unwrap());
    assert_eq!(sizes[0], sizes[1]);
    assert!(sizes[0] < small.len());
}
