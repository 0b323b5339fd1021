//! Small contracts for the tests, put together section by section.

use soroban_spec::shaking;
use stellar_xdr::{
    Limits, ScMetaEntry, ScMetaV0, ScSpecEntry, ScSpecEventDataFormat, ScSpecEventParamLocationV0,
    ScSpecEventParamV0, ScSpecEventV0, ScSpecFunctionInputV0, ScSpecFunctionV0, ScSpecTypeDef,
    ScSpecTypeUdt, ScSpecUdtStructFieldV0, ScSpecUdtStructV0, WriteXdr,
};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ExportKind, ExportSection, Function,
    FunctionSection, MemorySection, MemoryType, Module, TypeSection,
};

pub fn udt(name: &str) -> ScSpecTypeDef {
    ScSpecTypeDef::Udt(ScSpecTypeUdt {
        name: name.try_into().unwrap(),
    })
}

pub fn function(
    name: &str,
    inputs: &[ScSpecTypeDef],
    output: Option<ScSpecTypeDef>,
) -> ScSpecEntry {
    let inputs: Vec<_> = inputs
        .iter()
        .enumerate()
        .map(|(index, type_)| ScSpecFunctionInputV0 {
            doc: Default::default(),
            name: format!("arg{index}").as_str().try_into().unwrap(),
            type_: type_.clone(),
        })
        .collect();
    let outputs: Vec<_> = output.into_iter().collect();
    ScSpecEntry::FunctionV0(ScSpecFunctionV0 {
        doc: "What it does.".try_into().unwrap(),
        name: name.try_into().unwrap(),
        inputs: inputs.try_into().unwrap(),
        outputs: outputs.try_into().unwrap(),
    })
}

pub fn structure(name: &str, field_type: ScSpecTypeDef) -> ScSpecEntry {
    let field = ScSpecUdtStructFieldV0 {
        doc: Default::default(),
        name: "value".try_into().unwrap(),
        type_: field_type,
    };
    ScSpecEntry::UdtStructV0(ScSpecUdtStructV0 {
        doc: Default::default(),
        lib: Default::default(),
        name: name.try_into().unwrap(),
        fields: vec![field].try_into().unwrap(),
    })
}

pub fn event(name: &str) -> ScSpecEntry {
    let param = |name: &str, type_, location| ScSpecEventParamV0 {
        doc: Default::default(),
        name: name.try_into().unwrap(),
        type_,
        location,
    };
    let params = vec![
        param(
            "deal_id",
            ScSpecTypeDef::U32,
            ScSpecEventParamLocationV0::TopicList,
        ),
        param(
            "amount",
            ScSpecTypeDef::I128,
            ScSpecEventParamLocationV0::Data,
        ),
    ];
    ScSpecEntry::EventV0(ScSpecEventV0 {
        doc: Default::default(),
        lib: Default::default(),
        name: name.try_into().unwrap(),
        prefix_topics: vec!["paid".try_into().unwrap()].try_into().unwrap(),
        params: params.try_into().unwrap(),
        data_format: ScSpecEventDataFormat::Map,
    })
}

/// A contract to be: what its spec says, what its code uses and exports.
pub struct Sample<'a> {
    pub spec: &'a [ScSpecEntry],
    pub used: &'a [ScSpecEntry],
    pub exports: &'a [&'a str],
    pub shaking_version: &'a str,
}

impl Sample<'_> {
    pub fn wasm(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        exports.export("_", ExportKind::Func, 0);
        for name in self.exports {
            exports.export(name, ExportKind::Func, 0);
        }
        let mut body = Function::new([]);
        body.instructions().end();
        let mut code = CodeSection::new();
        code.function(&body);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(16), self.markers());
        let mut module = Module::new();
        module
            .section(&types)
            .section(&functions)
            .section(&memories)
            .section(&exports);
        module.section(&code).section(&data);
        module.section(&custom("contractmetav0", &self.meta()));
        module.section(&custom("contractspecv0", &encode(self.spec)));
        module.section(&custom("producers", b"a compiler"));
        module.finish()
    }

    fn markers(&self) -> Vec<u8> {
        let mut bytes = b"constants of the contract".to_vec();
        for entry in self.used {
            bytes.extend(shaking::generate_marker_for_entry(entry));
        }
        bytes
    }

    fn meta(&self) -> Vec<u8> {
        let entry = ScMetaEntry::ScMetaV0(ScMetaV0 {
            key: shaking::META_KEY.try_into().unwrap(),
            val: self.shaking_version.try_into().unwrap(),
        });
        entry.to_xdr(Limits::none()).unwrap()
    }
}

fn custom<'a>(name: &'a str, data: &'a [u8]) -> CustomSection<'a> {
    CustomSection {
        name: name.into(),
        data: data.into(),
    }
}

fn encode(entries: &[ScSpecEntry]) -> Vec<u8> {
    entries
        .iter()
        .flat_map(|entry| entry.to_xdr(Limits::none()).unwrap())
        .collect()
}
