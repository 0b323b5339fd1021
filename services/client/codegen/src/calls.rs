//! One client a contract, one method a function.

use crate::{
    names::{docs, ident, type_ident},
    spec::Spec,
    types::rust_type,
};
use anyhow::Result;
use proc_macro2::TokenStream;
use quote::quote;
use stellar_xdr::{ScSpecFunctionV0, ScSpecTypeDef};

const CONSTRUCTOR: &str = "__constructor";

/// The client of one contract.
pub(crate) fn client(spec: &Spec) -> Result<TokenStream> {
    let contract = &spec.contract;
    let name = type_ident(contract)?;
    let methods = spec.functions().map(|function| method(contract, function));
    let methods = methods.collect::<Result<Vec<_>>>()?;
    let functions = spec
        .functions()
        .map(|function| function.name.to_utf8_string_lossy());
    let functions = functions.filter(|function| function != CONSTRUCTOR);
    let about = format!(" Calls of the contract `{contract}`.");
    Ok(quote! {
        #[doc = #about]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct #name {
            pub id: codec::ContractId,
        }
        impl #name {
            /// The names of everything that can be called.
            pub const FUNCTIONS: &'static [&'static str] = &[#(#functions),*];
            pub fn new(id: codec::ContractId) -> Self {
                Self { id }
            }
            pub fn address(&self) -> codec::Address {
                codec::Address::Contract(self.id.clone())
            }
            #(#methods)*
        }
    })
}

fn method(contract: &str, function: &ScSpecFunctionV0) -> Result<TokenStream> {
    let name = function.name.to_utf8_string_lossy();
    let about = docs(&function.doc.to_utf8_string_lossy());
    let types = quote!(types::);
    let (mut texts, mut params, mut values) = (vec![], vec![], vec![]);
    for input in function.inputs.iter() {
        let text = input.name.to_utf8_string_lossy();
        let param = ident(&text)?;
        if input.type_ == ScSpecTypeDef::String {
            params.push(quote!(#param: impl Into<codec::Text>));
            values.push(quote!(Into::<codec::Text>::into(#param)));
        } else {
            let type_ = rust_type(&input.type_, &types)?;
            params.push(quote!(#param: #type_));
            values.push(quote!(#param));
        }
        texts.push(text);
    }
    if name == CONSTRUCTOR {
        return Ok(quote! {
            #about
            ///
            /// These are its arguments by name, in their order.
            pub fn constructor(#(#params),*) -> Vec<(&'static str, codec::ScVal)> {
                vec![#((#texts, #values.to_scval())),*]
            }
        });
    }
    let answer = match function.outputs.first() {
        Some(output) => rust_type(output, &types)?,
        None => quote!(()),
    };
    let method = ident(&name)?;
    Ok(quote! {
        #about
        pub fn #method(&self, #(#params),*) -> codec::Call<#answer> {
            let args = vec![#(#values.to_scval()),*];
            codec::Call::typed(#contract, &self.id, #name, args)
        }
    })
}
