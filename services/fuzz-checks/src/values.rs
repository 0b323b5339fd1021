//! Values of the ledger: of a type of a spec, and sometimes of another one.

use crate::bytes::Bytes;
use flash_client::codec::ToScVal;
use flash_client_codegen::Spec;
use stellar_xdr::{
    AccountId, ContractId, Hash, PublicKey, ScAddress, ScMap, ScMapEntry, ScSpecEntry,
    ScSpecTypeDef, ScSpecUdtUnionCaseV0, ScString, ScSymbol, ScVal, ScVec, Uint256,
};

const MAX_DEPTH: usize = 6;

pub fn map(fields: Vec<(String, ScVal)>) -> ScVal {
    let entry = |(name, val): (String, ScVal)| ScMapEntry {
        key: symbol(&name),
        val,
    };
    let entries: Vec<_> = fields.into_iter().map(entry).collect();
    ScVal::Map(Some(ScMap(entries.try_into().unwrap())))
}

pub fn vector(items: Vec<ScVal>) -> ScVal {
    ScVal::Vec(Some(ScVec(items.try_into().unwrap())))
}

fn symbol(name: &str) -> ScVal {
    ScVal::Symbol(ScSymbol(name.try_into().unwrap_or_default()))
}

/// A value of a type. One in 32 is of another type.
pub fn of_type(
    type_: &ScSpecTypeDef,
    specs: &[Spec],
    bytes: &mut Bytes<'_>,
    depth: usize,
) -> ScVal {
    if depth > MAX_DEPTH || bytes.byte() % 32 == 31 {
        return any(bytes, depth);
    }
    let mut of = |type_: &ScSpecTypeDef| of_type(type_, specs, bytes, depth + 1);
    match type_ {
        ScSpecTypeDef::Option(option) => of(&option.value_type),
        ScSpecTypeDef::Vec(list) => vector((0..2).map(|_| of(&list.element_type)).collect()),
        ScSpecTypeDef::Tuple(tuple) => vector(tuple.value_types.iter().map(of).collect()),
        ScSpecTypeDef::Udt(udt) => {
            let name = udt.name.to_string();
            user_type(&name, specs, bytes, depth)
        }
        plain => plain_value(plain, bytes, depth),
    }
}

fn plain_value(type_: &ScSpecTypeDef, bytes: &mut Bytes<'_>, depth: usize) -> ScVal {
    match type_ {
        ScSpecTypeDef::Bool => ScVal::Bool(bytes.byte() % 2 == 1),
        ScSpecTypeDef::Void => ScVal::Void,
        ScSpecTypeDef::U32 => ScVal::U32(number(bytes) as u32),
        ScSpecTypeDef::I32 => ScVal::I32(number(bytes) as i32),
        ScSpecTypeDef::U64 => ScVal::U64(number(bytes) as u64),
        ScSpecTypeDef::I64 => ScVal::I64(number(bytes) as i64),
        ScSpecTypeDef::U128 => number(bytes).to_scval(),
        ScSpecTypeDef::I128 => (number(bytes) as i128).to_scval(),
        ScSpecTypeDef::String => text(bytes),
        ScSpecTypeDef::Symbol => symbol("name"),
        ScSpecTypeDef::Address | ScSpecTypeDef::MuxedAddress => address(bytes),
        ScSpecTypeDef::Bytes => bytes_value(bytes.below(40), bytes),
        ScSpecTypeDef::BytesN(of) => bytes_value(of.n as usize, bytes),
        _ => any(bytes, depth),
    }
}

/// Few ids are small, so that events meet the rows of others; some numbers are as large as they get.
fn number(bytes: &mut Bytes<'_>) -> u128 {
    match bytes.byte() % 8 {
        0..=4 => u128::from(bytes.byte() % 3),
        5 => u128::from(u64::from_le_bytes(bytes.array())),
        6 => u128::MAX >> (bytes.byte() % 128),
        _ => u128::from_le_bytes(bytes.array()),
    }
}

fn address(bytes: &mut Bytes<'_>) -> ScVal {
    let id = [bytes.byte() % 4; 32];
    ScVal::Address(match bytes.byte() % 2 {
        0 => ScAddress::Account(AccountId(PublicKey::PublicKeyTypeEd25519(Uint256(id)))),
        _ => ScAddress::Contract(ContractId(Hash(id))),
    })
}

fn text(bytes: &mut Bytes<'_>) -> ScVal {
    let count = bytes.below(300);
    ScVal::String(ScString(bytes.take(count).try_into().unwrap_or_default()))
}

fn bytes_value(count: usize, bytes: &mut Bytes<'_>) -> ScVal {
    let mut content = bytes.take(count);
    content.resize(count, 0);
    ScVal::Bytes(content.try_into().unwrap_or_default())
}

fn any(bytes: &mut Bytes<'_>, depth: usize) -> ScVal {
    match bytes.byte() % 8 {
        0 => ScVal::Void,
        1 => ScVal::Bool(true),
        2 => (number(bytes) as i128).to_scval(),
        3 => text(bytes),
        4 => address(bytes),
        5 if depth <= MAX_DEPTH => vector(vec![any(bytes, depth + 1), any(bytes, depth + 1)]),
        6 => ScVal::Map(None),
        _ => ScVal::U64(u64::MAX),
    }
}

fn user_type(name: &str, specs: &[Spec], bytes: &mut Bytes<'_>, depth: usize) -> ScVal {
    let entries = specs.iter().flat_map(|spec| &spec.entries);
    for entry in entries {
        match entry {
            ScSpecEntry::UdtStructV0(udt) if udt.name.to_string() == name => {
                let fields = udt.fields.iter().map(|field| {
                    let value = of_type(&field.type_, specs, bytes, depth + 1);
                    (field.name.to_string(), value)
                });
                let fields: Vec<_> = fields.collect();
                return match fields.first().is_some_and(|field| field.0 == "0") {
                    true => vector(fields.into_iter().map(|field| field.1).collect()),
                    false => map(fields),
                };
            }
            ScSpecEntry::UdtUnionV0(udt) if udt.name.to_string() == name => {
                return match &udt.cases[bytes.below(udt.cases.len())] {
                    ScSpecUdtUnionCaseV0::VoidV0(case) => {
                        vector(vec![symbol(&case.name.to_string())])
                    }
                    ScSpecUdtUnionCaseV0::TupleV0(case) => {
                        let mut items = vec![symbol(&case.name.to_string())];
                        let types = case.type_.iter();
                        items.extend(types.map(|type_| of_type(type_, specs, bytes, depth + 1)));
                        vector(items)
                    }
                };
            }
            ScSpecEntry::UdtEnumV0(udt) if udt.name.to_string() == name => {
                return ScVal::U32(udt.cases[bytes.below(udt.cases.len())].value);
            }
            _ => {}
        }
    }
    any(bytes, depth)
}
