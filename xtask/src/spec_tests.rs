use std::slice;

use stellar_xdr::{ScSpecTypeOption, ScSpecTypeVec};

use super::*;
use crate::samples::{event, function, structure, udt, Sample};

fn verify_sample(spec: &[ScSpecEntry], exports: &[&str]) -> Result<()> {
    verify(
        &Sample {
            spec,
            used: &[],
            exports,
            shaking_version: "2",
        }
        .wasm(),
    )
}

fn refusal(spec: &[ScSpecEntry], exports: &[&str]) -> String {
    verify_sample(spec, exports).unwrap_err().to_string()
}

#[test]
fn a_complete_spec_passes() {
    let spec = [
        function("pay", &[udt("Bill")], None),
        structure("Bill", ScSpecTypeDef::U32),
        event("Sent"),
    ];
    verify_sample(&spec, &["pay"]).unwrap();
}

#[test]
fn an_event_may_share_the_name_of_a_type() {
    let spec = [
        function("pay", &[], None),
        structure("Bill", ScSpecTypeDef::U32),
        event("Bill"),
    ];
    verify_sample(&spec, &["pay"]).unwrap();
}

#[test]
fn an_undescribed_export_is_refused() {
    let refusal = refusal(&[function("pay", &[], None)], &["pay", "steal"]);
    assert_eq!(refusal, "function steal is exported but not in the spec");
}

#[test]
fn a_described_function_that_is_not_there_is_refused() {
    let refusal = refusal(&[function("pay", &[], None)], &[]);
    assert_eq!(refusal, "function pay is in the spec but not exported");
}

#[test]
fn two_types_of_one_name_are_refused() {
    let spec = [
        function("pay", &[], None),
        structure("Bill", ScSpecTypeDef::U32),
        structure("Bill", ScSpecTypeDef::U64),
    ];
    assert_eq!(
        refusal(&spec, &["pay"]),
        "two different definitions of Bill in the spec"
    );
}

#[test]
fn a_type_that_is_missing_is_found_however_deep_it_lies() {
    let option = ScSpecTypeDef::Option(Box::new(ScSpecTypeOption {
        value_type: Box::new(udt("Bill")),
    }));
    let bills = ScSpecTypeDef::Vec(Box::new(ScSpecTypeVec {
        element_type: Box::new(option),
    }));
    let expected = |by: &str| {
        format!(
            "types are used that the spec does not define: Bill (of {by}); \
             where one is a Rust type alias, write out what it stands for"
        )
    };

    assert_eq!(
        refusal(&[function("pay", slice::from_ref(&bills), None)], &["pay"]),
        expected("pay")
    );
    assert_eq!(
        refusal(&[function("pay", &[], Some(bills.clone()))], &["pay"]),
        expected("pay")
    );
    let spec = [function("pay", &[], None), structure("Book", bills)];
    assert_eq!(refusal(&spec, &["pay"]), expected("Book"));
}
