//! The errors of the contracts, by name.

use crate::{
    names::{docs, ident},
    spec::{merged_types, Spec},
};
use anyhow::{bail, Result};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;
use stellar_xdr::{ScSpecEntry, ScSpecUdtErrorEnumV0};

/// The errors of one enum.
pub(crate) fn error(udt: &ScSpecUdtErrorEnumV0) -> Result<TokenStream> {
    let name_text = udt.name.to_utf8_string_lossy();
    let name = ident(&name_text)?;
    let about = docs(&udt.doc.to_utf8_string_lossy());
    let (mut cases, mut names, mut codes, mut texts) = (vec![], vec![], vec![], vec![]);
    for case in udt.cases.iter() {
        let text = case.name.to_utf8_string_lossy();
        let (about, case_name) = (docs(&case.doc.to_utf8_string_lossy()), ident(&text)?);
        let code = Literal::u32_unsuffixed(case.value);
        cases.push(quote!(#about #case_name = #code));
        names.push(case_name);
        codes.push(code);
        texts.push(text);
    }
    Ok(quote! {
        #about
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum #name { #(#cases),* }
        impl codec::ContractError for #name {
            fn code(self) -> u32 {
                self as u32
            }
            fn name(self) -> &'static str {
                match self { #(Self::#names => #texts),* }
            }
            fn from_code(code: u32) -> Option<Self> {
                match code {
                    #(#codes => Some(Self::#names),)*
                    _ => None,
                }
            }
        }
        codec::error_value!(#name);
    })
}

/// One enum over the errors of all contracts.
///
/// # Errors
/// Where a code has two meanings: a callee's error passes through its caller, so nobody could tell.
pub(crate) fn all_errors(specs: &[Spec]) -> Result<TokenStream> {
    let mut meanings = BTreeMap::<u32, String>::new();
    let mut enums = Vec::new();
    for (name, entry) in merged_types(specs)? {
        let ScSpecEntry::UdtErrorEnumV0(udt) = entry else {
            continue;
        };
        for case in udt.cases.iter() {
            let meaning = format!("{name}::{}", case.name.to_utf8_string_lossy());
            if let Some(other) = meanings.insert(case.value, meaning.clone()) {
                bail!("code {} means {other} and {meaning}", case.value);
            }
        }
        enums.push(ident(&name)?);
    }
    Ok(quote! {
        /// An error of any of the contracts. Each code has one meaning across all of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ContractError { #(#enums(types::#enums)),* }
        impl codec::ContractError for ContractError {
            fn code(self) -> u32 {
                match self { #(Self::#enums(error) => error.code()),* }
            }
            fn name(self) -> &'static str {
                match self { #(Self::#enums(error) => error.name()),* }
            }
            fn from_code(code: u32) -> Option<Self> {
                #(
                    if let Some(error) = types::#enums::from_code(code) {
                        return Some(Self::#enums(error));
                    }
                )*
                None
            }
        }
    })
}
