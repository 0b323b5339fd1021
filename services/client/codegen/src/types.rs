//! Structs, unions and enums.

use crate::{
    errors,
    names::{docs, ident},
    spec::{merged_types, Spec},
};
use anyhow::{bail, Result};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use stellar_xdr::{
    ScSpecEntry, ScSpecTypeDef, ScSpecUdtEnumV0, ScSpecUdtStructV0, ScSpecUdtUnionCaseV0,
    ScSpecUdtUnionV0,
};

/// All types of all contracts.
pub(crate) fn types(specs: &[Spec]) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    for entry in merged_types(specs)?.into_values() {
        tokens.extend(match entry {
            ScSpecEntry::UdtStructV0(udt) => structure(udt)?,
            ScSpecEntry::UdtUnionV0(udt) => union(udt)?,
            ScSpecEntry::UdtEnumV0(udt) => enumeration(udt)?,
            ScSpecEntry::UdtErrorEnumV0(udt) => errors::error(udt)?,
            ScSpecEntry::FunctionV0(_) | ScSpecEntry::EventV0(_) => continue,
        });
    }
    Ok(tokens)
}

/// A type of a spec as Rust writes it; `types` is the path of the module with the contracts' own.
pub(crate) fn rust_type(type_: &ScSpecTypeDef, types: &TokenStream) -> Result<TokenStream> {
    let inner = |type_| rust_type(type_, types);
    Ok(match type_ {
        ScSpecTypeDef::Val => quote!(codec::ScVal),
        ScSpecTypeDef::Bool => quote!(bool),
        ScSpecTypeDef::Void => quote!(()),
        ScSpecTypeDef::Error => quote!(codec::ScError),
        ScSpecTypeDef::U32 => quote!(u32),
        ScSpecTypeDef::I32 => quote!(i32),
        ScSpecTypeDef::U64 => quote!(u64),
        ScSpecTypeDef::I64 => quote!(i64),
        ScSpecTypeDef::Timepoint => quote!(codec::TimePoint),
        ScSpecTypeDef::Duration => quote!(codec::Duration),
        ScSpecTypeDef::U128 => quote!(u128),
        ScSpecTypeDef::I128 => quote!(i128),
        ScSpecTypeDef::U256 => quote!(codec::U256),
        ScSpecTypeDef::I256 => quote!(codec::I256),
        ScSpecTypeDef::Bytes => quote!(codec::Bytes),
        ScSpecTypeDef::String => quote!(codec::Text),
        ScSpecTypeDef::Symbol => quote!(codec::Symbol),
        ScSpecTypeDef::Address | ScSpecTypeDef::MuxedAddress => quote!(codec::Address),
        ScSpecTypeDef::BytesN(bytes) => {
            let count = Literal::u32_unsuffixed(bytes.n);
            quote!(codec::BytesN<#count>)
        }
        ScSpecTypeDef::Udt(udt) => {
            let name = ident(&udt.name.to_utf8_string_lossy())?;
            quote!(#types #name)
        }
        ScSpecTypeDef::Option(option) => {
            let value = inner(&option.value_type)?;
            quote!(Option<#value>)
        }
        ScSpecTypeDef::Vec(vec) => {
            let element = inner(&vec.element_type)?;
            quote!(Vec<#element>)
        }
        ScSpecTypeDef::Map(map) => {
            let (key, value) = (inner(&map.key_type)?, inner(&map.value_type)?);
            quote!(codec::Map<#key, #value>)
        }
        ScSpecTypeDef::Tuple(tuple) => {
            let types = tuple.value_types.iter().map(inner);
            let types = types.collect::<Result<Vec<_>>>()?;
            quote!((#(#types,)*))
        }
        // A refused call has no answer: its error is the client's.
        ScSpecTypeDef::Result(result) => inner(&result.ok_type)?,
    })
}

fn derives() -> TokenStream {
    quote!(#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)])
}

fn structure(udt: &ScSpecUdtStructV0) -> Result<TokenStream> {
    let name_text = udt.name.to_utf8_string_lossy();
    let fields = udt.fields.iter();
    let names: Vec<_> = fields
        .clone()
        .map(|field| field.name.to_utf8_string_lossy())
        .collect();
    let is_tuple = names.iter().all(|name| name.parse::<u32>().is_ok()) && !names.is_empty();
    let types = fields
        .clone()
        .map(|field| rust_type(&field.type_, &quote!()));
    let types = types.collect::<Result<Vec<_>>>()?;
    let field_docs = fields.map(|field| docs(&field.doc.to_utf8_string_lossy()));
    let (name, about, derives) = (
        ident(&name_text)?,
        docs(&udt.doc.to_utf8_string_lossy()),
        derives(),
    );
    if is_tuple {
        let index: Vec<_> = (0..types.len()).map(Literal::usize_unsuffixed).collect();
        return Ok(quote! {
            #about #derives
            pub struct #name(#(#field_docs pub #types),*);
            impl codec::ToScVal for #name {
                fn to_scval(&self) -> codec::ScVal {
                    codec::vector(vec![#(self.#index.to_scval()),*])
                }
            }
            impl codec::FromScVal for #name {
                fn from_scval(value: &codec::ScVal) -> Result<Self, codec::Error> {
                    let items = codec::Items::of(#name_text, value)?;
                    Ok(Self(#(items.get(#index, stringify!(#index))?),*))
                }
            }
            codec::serialize!(#name);
        });
    }
    let idents = names
        .iter()
        .map(|name| ident(name))
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        #about #derives
        pub struct #name { #(#field_docs pub #idents: #types),* }
        impl codec::ToScVal for #name {
            fn to_scval(&self) -> codec::ScVal {
                codec::record(vec![#((#names, self.#idents.to_scval())),*])
            }
        }
        impl codec::FromScVal for #name {
            fn from_scval(value: &codec::ScVal) -> Result<Self, codec::Error> {
                let fields = codec::Fields::of(#name_text, value)?;
                Ok(Self { #(#idents: fields.get(#names)?),* })
            }
        }
        codec::serialize!(#name);
    })
}

fn union(udt: &ScSpecUdtUnionV0) -> Result<TokenStream> {
    let name_text = udt.name.to_utf8_string_lossy();
    let name = ident(&name_text)?;
    let (mut cases, mut encode, mut decode) = (vec![], vec![], vec![]);
    let mut is_plain = true;
    for case in udt.cases.iter() {
        let (about, case_text, types) = match case {
            ScSpecUdtUnionCaseV0::VoidV0(case) => (&case.doc, &case.name, &[][..]),
            ScSpecUdtUnionCaseV0::TupleV0(case) => (&case.doc, &case.name, case.type_.as_slice()),
        };
        let (about, case_text) = (
            docs(&about.to_utf8_string_lossy()),
            case_text.to_utf8_string_lossy(),
        );
        let case = ident(&case_text)?;
        let types = types.iter().map(|type_| rust_type(type_, &quote!()));
        let types = types.collect::<Result<Vec<_>>>()?;
        if types.is_empty() {
            cases.push(quote!(#about #case));
            encode.push(quote!(Self::#case => codec::variant(#case_text, vec![])));
            decode.push(quote!(#case_text => Ok(Self::#case)));
            continue;
        }
        is_plain = false;
        let values: Vec<_> = (0..types.len())
            .map(|nth| quote::format_ident!("value_{nth}"))
            .collect();
        let index = (0..types.len()).map(Literal::usize_unsuffixed);
        cases.push(quote!(#about #case(#(#types),*)));
        encode.push(quote! {
            Self::#case(#(#values),*) => codec::variant(#case_text, vec![#(#values.to_scval()),*])
        });
        decode.push(quote!(#case_text => Ok(Self::#case(#(values.get(#index, #case_text)?),*))));
    }
    let (about, derives) = (docs(&udt.doc.to_utf8_string_lossy()), derives());
    let copy = is_plain.then(|| quote!(#[derive(Copy, Hash)]));
    let values = if is_plain { quote!(_) } else { quote!(values) };
    Ok(quote! {
        #about #derives #copy
        pub enum #name { #(#cases),* }
        impl codec::ToScVal for #name {
            fn to_scval(&self) -> codec::ScVal {
                match self { #(#encode),* }
            }
        }
        impl codec::FromScVal for #name {
            fn from_scval(value: &codec::ScVal) -> Result<Self, codec::Error> {
                let (case, #values) = codec::read_variant(#name_text, value)?;
                match &*case {
                    #(#decode,)*
                    other => Err(codec::no_variant(#name_text, other)),
                }
            }
        }
        codec::serialize!(#name);
    })
}

fn enumeration(udt: &ScSpecUdtEnumV0) -> Result<TokenStream> {
    let name_text = udt.name.to_utf8_string_lossy();
    let name = ident(&name_text)?;
    if udt.cases.is_empty() {
        bail!("the enum {name_text} has no cases");
    }
    let (mut cases, mut names, mut values) = (vec![], vec![], vec![]);
    for case in udt.cases.iter() {
        let (about, case_name) = (
            docs(&case.doc.to_utf8_string_lossy()),
            ident(&case.name.to_utf8_string_lossy())?,
        );
        let value = Literal::u32_unsuffixed(case.value);
        cases.push(quote!(#about #case_name = #value));
        names.push(case_name);
        values.push(value);
    }
    let (about, derives) = (docs(&udt.doc.to_utf8_string_lossy()), derives());
    Ok(quote! {
        #about #derives
        #[derive(Copy, Hash)]
        #[repr(u32)]
        pub enum #name { #(#cases),* }
        impl codec::ToScVal for #name {
            fn to_scval(&self) -> codec::ScVal {
                codec::ScVal::U32(*self as u32)
            }
        }
        impl codec::FromScVal for #name {
            fn from_scval(value: &codec::ScVal) -> Result<Self, codec::Error> {
                match u32::from_scval(value)? {
                    #(#values => Ok(Self::#names),)*
                    other => Err(codec::no_variant(#name_text, &other.to_string())),
                }
            }
        }
        codec::serialize!(#name);
    })
}
