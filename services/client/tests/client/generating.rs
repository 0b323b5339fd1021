//! What is added to a spec is in the client by itself.

use flash_client_codegen::{generate, read_folder, Spec};
use std::path::Path;
use stellar_xdr::ScSpecEntry;

fn goldens() -> Vec<Spec> {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../goldens")).unwrap()
}

/// The entries of the made-up contract, whose client is compiled and tested in `shop`.
fn shop() -> Vec<ScSpecEntry> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
    read_folder(&folder).unwrap().remove(0).entries
}

/// A function, types, errors and events are added to a copy of a real contract's spec.
#[test]
fn what_is_added_to_a_contract_is_in_its_client() {
    let added = [
        "pub fn buy(\n        &self,\n        buyer: codec::Address,\n        note: impl Into<codec::Text>,\n        type_: u32,\n    ) -> codec::Call<types::Receipt>",
        "pub struct Receipt {",
        "    /// Whatever the buyer wrote.\n        pub note: codec::Text,",
        "pub enum Payee {",
        "    /// Nothing left.\n        SoldOut = 9001,",
        "ShopError(types::ShopError)",
        "pub struct Bought {",
        "const TOPICS: &'static [&'static str] = &[\"buyer\"];",
    ];
    let mut specs = goldens();
    let before = generate(&specs).unwrap();
    let reputation = specs.iter_mut().find(|spec| spec.contract == "reputation");
    // It has a constructor already.
    let entries = shop().into_iter().skip(1);
    reputation.unwrap().entries.extend(entries);
    let after = generate(&specs).unwrap();
    for text in added {
        assert!(!before.contains(text), "it is there already: {text}");
        assert!(after.contains(text), "{text} is missing");
    }
}

#[test]
fn a_contract_that_is_added_is_one_of_the_market() {
    let mut specs = goldens();
    specs.push(Spec {
        contract: "shop".to_owned(),
        entries: shop(),
    });
    let source = generate(&specs).unwrap();
    for text in [
        "pub shop: Shop,",
        "Self::Shop => \"shop\"",
        "Shop(shop::Event)",
    ] {
        assert!(source.contains(text), "{text} is missing");
    }
}

#[test]
fn what_two_contracts_define_differently_is_refused() {
    let mut specs = goldens();
    let extended = specs
        .iter_mut()
        .find(|spec| spec.contract == "escrow")
        .unwrap();
    for entry in &mut extended.entries {
        if let ScSpecEntry::UdtStructV0(udt) = entry {
            if udt.name.to_utf8_string_lossy() == "AdminConfig" {
                udt.fields = udt
                    .fields
                    .iter()
                    .skip(1)
                    .cloned()
                    .collect::<Vec<_>>()
                    .try_into()
                    .unwrap();
            }
        }
    }
    let error = generate(&specs).unwrap_err();
    assert_eq!(
        error.to_string(),
        "deals and escrow define AdminConfig differently"
    );
}

#[test]
fn a_code_with_two_meanings_is_refused() {
    let mut specs = goldens();
    for entry in specs.iter_mut().flat_map(|spec| &mut spec.entries) {
        if let ScSpecEntry::UdtErrorEnumV0(udt) = entry {
            if udt.name.to_utf8_string_lossy() == "ReputationError" {
                let mut cases = udt.cases.to_vec();
                cases[0].value = 3100;
                udt.cases = cases.try_into().unwrap();
            }
        }
    }
    let error = generate(&specs).unwrap_err();
    let expected = "code 3100 means DealsError::Paused and ReputationError::TooManyScores";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_name_that_is_no_identifier_is_refused() {
    let mut specs = goldens();
    specs[0].contract = "two words".to_owned();
    let error = generate(&specs).unwrap_err();
    assert!(error.to_string().contains("is no identifier"), "{error:#}");
}
