//! The test contract: assembled from its text, so that tests need no toolchain for Wasm.

use anyhow::Result;
use stellar_xdr::{
    Limits, ScEnvMetaEntry, ScEnvMetaEntryInterfaceVersion, ScSpecEntry, ScSpecFunctionInputV0,
    ScSpecFunctionV0, ScSpecTypeDef, ScSpecTypeVec, ScSpecUdtErrorEnumCaseV0, ScSpecUdtErrorEnumV0,
    ScSymbol, WriteXdr,
};

/// The contract's error.
pub const REFUSED: u32 = 7;

const TEXT: &str = include_str!("contract.wat");

/// The contract, for a protocol version; networks accept 28 and what came before.
///
/// # Errors
/// Where the text does not assemble.
pub fn contract_wasm(protocol: u32) -> Result<Vec<u8>> {
    let mut wasm = wat::parse_str(TEXT)?;
    let version = ScEnvMetaEntryInterfaceVersion {
        protocol,
        pre_release: 0,
    };
    let meta = ScEnvMetaEntry::ScEnvMetaKindInterfaceVersion(version);
    section(
        &mut wasm,
        "contractenvmetav0",
        &meta.to_xdr(Limits::none())?,
    );
    let mut spec = Vec::new();
    for entry in interface()? {
        spec.extend(entry.to_xdr(Limits::none())?);
    }
    section(&mut wasm, "contractspecv0", &spec);
    Ok(wasm)
}

/// Appends a custom section.
fn section(wasm: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut body = Vec::new();
    leb128(&mut body, name.len());
    body.extend(name.as_bytes());
    body.extend(content);
    wasm.push(0);
    leb128(wasm, body.len());
    wasm.extend(body);
}

fn leb128(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

/// Name, inputs, output.
type Function = (
    &'static str,
    Vec<(&'static str, ScSpecTypeDef)>,
    Option<ScSpecTypeDef>,
);

/// What clients show of the contract.
fn interface() -> Result<Vec<ScSpecEntry>> {
    use ScSpecTypeDef::{Address, Bytes, Symbol, U32, U64};
    let list = |element| {
        ScSpecTypeDef::Vec(Box::new(ScSpecTypeVec {
            element_type: Box::new(element),
        }))
    };
    let functions: Vec<Function> = vec![
        ("__constructor", vec![("owner", Address)], None),
        ("owner", vec![], Some(Address)),
        ("put", vec![("key", Symbol), ("value", U32)], None),
        ("get", vec![("key", Symbol)], Some(U32)),
        ("del", vec![("key", Symbol)], None),
        (
            "put_by",
            vec![("who", Address), ("key", Symbol), ("value", U32)],
            None,
        ),
        (
            "put_via",
            vec![
                ("who", Address),
                ("other", Address),
                ("key", Symbol),
                ("value", U32),
            ],
            None,
        ),
        ("put_temp", vec![("key", Symbol), ("value", U32)], None),
        ("put_bytes", vec![("key", Symbol), ("size", U32)], None),
        ("bytes", vec![("size", U32)], Some(Bytes)),
        (
            "extend",
            vec![("key", Symbol), ("threshold", U32), ("extend_to", U32)],
            None,
        ),
        ("emit", vec![("topics", list(Symbol)), ("value", U32)], None),
        ("refuse", vec![], None),
        ("trap", vec![], None),
        ("burn", vec![("rounds", U32)], None),
        ("sequence", vec![], Some(U32)),
        ("timestamp", vec![], Some(U64)),
    ];
    let mut entries = Vec::new();
    for (name, inputs, output) in functions {
        entries.push(function(name, inputs, output)?);
    }
    entries.push(ScSpecEntry::UdtErrorEnumV0(ScSpecUdtErrorEnumV0 {
        doc: "".try_into()?,
        lib: "".try_into()?,
        name: "Error".try_into()?,
        cases: vec![ScSpecUdtErrorEnumCaseV0 {
            doc: "The contract refuses.".try_into()?,
            name: "Refused".try_into()?,
            value: REFUSED,
        }]
        .try_into()?,
    }));
    Ok(entries)
}

fn function(
    name: &str,
    inputs: Vec<(&str, ScSpecTypeDef)>,
    output: Option<ScSpecTypeDef>,
) -> Result<ScSpecEntry> {
    let mut all = Vec::new();
    for (name, type_) in inputs {
        all.push(ScSpecFunctionInputV0 {
            doc: "".try_into()?,
            name: name.try_into()?,
            type_,
        });
    }
    Ok(ScSpecEntry::FunctionV0(ScSpecFunctionV0 {
        doc: "".try_into()?,
        name: ScSymbol(name.try_into()?),
        inputs: all.try_into()?,
        outputs: output.into_iter().collect::<Vec<_>>().try_into()?,
    }))
}
