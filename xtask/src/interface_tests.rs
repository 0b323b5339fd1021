use stellar_xdr::{
    ScSpecTypeBytesN, ScSpecTypeMap, ScSpecTypeOption, ScSpecTypeResult, ScSpecTypeTuple,
    ScSpecTypeVec, ScSpecUdtEnumCaseV0, ScSpecUdtEnumV0, ScSpecUdtErrorEnumCaseV0,
    ScSpecUdtErrorEnumV0, ScSpecUdtUnionCaseTupleV0, ScSpecUdtUnionCaseVoidV0, ScSpecUdtUnionV0,
};

use super::*;
use crate::samples::{event, function, structure, udt};

fn tuple(types: &[ScSpecTypeDef]) -> ScSpecTypeDef {
    let value_types = types.to_vec().try_into().unwrap();
    ScSpecTypeDef::Tuple(Box::new(ScSpecTypeTuple { value_types }))
}

fn option(type_: ScSpecTypeDef) -> ScSpecTypeDef {
    ScSpecTypeDef::Option(Box::new(ScSpecTypeOption {
        value_type: Box::new(type_),
    }))
}

fn result(ok: ScSpecTypeDef, error: ScSpecTypeDef) -> ScSpecTypeDef {
    let (ok_type, error_type) = (Box::new(ok), Box::new(error));
    ScSpecTypeDef::Result(Box::new(ScSpecTypeResult {
        ok_type,
        error_type,
    }))
}

fn union_entry() -> ScSpecEntry {
    let (doc, lib) = (Default::default(), Default::default());
    let nobody = ScSpecUdtUnionCaseVoidV0 {
        doc: Default::default(),
        name: "Nobody".try_into().unwrap(),
    };
    let both = ScSpecUdtUnionCaseTupleV0 {
        doc: Default::default(),
        name: "Both".try_into().unwrap(),
        type_: vec![ScSpecTypeDef::Address, ScSpecTypeDef::Address]
            .try_into()
            .unwrap(),
    };
    let cases = vec![
        ScSpecUdtUnionCaseV0::VoidV0(nobody),
        ScSpecUdtUnionCaseV0::TupleV0(both),
    ];
    let (name, cases) = ("Payee".try_into().unwrap(), cases.try_into().unwrap());
    ScSpecEntry::UdtUnionV0(ScSpecUdtUnionV0 {
        doc,
        lib,
        name,
        cases,
    })
}

fn enum_entry() -> ScSpecEntry {
    let (doc, lib) = (Default::default(), Default::default());
    let case = ScSpecUdtEnumCaseV0 {
        doc: Default::default(),
        name: "Open".try_into().unwrap(),
        value: 4,
    };
    let (name, cases) = ("Status".try_into().unwrap(), vec![case].try_into().unwrap());
    ScSpecEntry::UdtEnumV0(ScSpecUdtEnumV0 {
        doc,
        lib,
        name,
        cases,
    })
}

fn error_entry() -> ScSpecEntry {
    let (doc, lib) = (Default::default(), Default::default());
    let case = |name: &str, value| ScSpecUdtErrorEnumCaseV0 {
        doc: Default::default(),
        name: name.try_into().unwrap(),
        value,
    };
    let cases = vec![case("Unknown", 3201), case("Short", 3200)]
        .try_into()
        .unwrap();
    let name = "PayError".try_into().unwrap();
    ScSpecEntry::UdtErrorEnumV0(ScSpecUdtErrorEnumV0 {
        doc,
        lib,
        name,
        cases,
    })
}

#[test]
fn every_kind_of_entry_is_shown_sorted_by_kind_and_name() {
    let entries = [
        event("Paid"),
        error_entry(),
        structure("Bill", ScSpecTypeDef::I128),
        enum_entry(),
        function(
            "pay",
            &[udt("Bill"), ScSpecTypeDef::Address],
            Some(result(ScSpecTypeDef::Void, udt("PayError"))),
        ),
        union_entry(),
        function("count", &[], None),
    ];
    let expected = "\
# Interface of shop, as built for test networks.
# Written by `make goldens`. A changed line is a changed promise to every client.

functions
  count()
  pay(arg0: Bill, arg1: Address) -> Result<(), PayError>

structs
  Bill
    value: i128

unions
  Payee
    Nobody
    Both(Address, Address)

enums
  Status
    Open = 4

errors
  PayError
    3200 = Short
    3201 = Unknown

events
  Paid \"paid\", data: a map
    topic deal_id: u32
    amount: i128
";
    assert_eq!(render("shop", &entries), expected);
}

#[test]
fn the_order_in_the_spec_does_not_matter() {
    let entries = [
        function("b", &[], None),
        event("E"),
        function("a", &[], None),
    ];
    let mut reversed = entries.clone();
    reversed.reverse();
    assert_eq!(render("shop", &entries), render("shop", &reversed));
    assert_eq!(json(&entries).unwrap(), json(&reversed).unwrap());
}

#[test]
fn types_are_written_as_rust_writes_them() {
    let map = ScSpecTypeDef::Map(Box::new(ScSpecTypeMap {
        key_type: Box::new(ScSpecTypeDef::Symbol),
        value_type: Box::new(option(ScSpecTypeDef::BytesN(ScSpecTypeBytesN { n: 32 }))),
    }));
    let list = ScSpecTypeDef::Vec(Box::new(ScSpecTypeVec {
        element_type: Box::new(udt("Bill")),
    }));
    assert_eq!(type_name(&map), "Map<Symbol, Option<BytesN<32>>>");
    assert_eq!(
        type_name(&tuple(&[list, ScSpecTypeDef::U64])),
        "(Vec<Bill>, u64)"
    );
    assert_eq!(type_name(&tuple(&[ScSpecTypeDef::Bool])), "(bool,)");
    assert_eq!(type_name(&tuple(&[])), "()");
}

#[test]
fn the_json_has_one_entry_a_line_and_reads_back_as_the_spec() {
    let entries = [
        event("Paid"),
        function("pay", &[udt("Bill")], None),
        structure("Bill", ScSpecTypeDef::I128),
    ];
    let text = json(&entries).unwrap();
    assert_eq!(text.lines().count(), 2 + entries.len(), "{text}");
    let read: Vec<ScSpecEntry> = serde_json::from_str(&text).unwrap();
    let [paid, pay, bill] = entries;
    assert_eq!(read, [pay, bill, paid]);
}
