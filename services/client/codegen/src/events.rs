//! The events of the contracts, one module for each contract.

use crate::{
    names::{docs, ident, type_ident},
    spec::Spec,
    types::rust_type,
};
use anyhow::Result;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use stellar_xdr::{
    ScSpecEventDataFormat, ScSpecEventParamLocationV0, ScSpecEventParamV0, ScSpecEventV0,
};

/// The modules, and one enum over all events.
pub(crate) fn events(specs: &[Spec]) -> Result<TokenStream> {
    let modules = specs.iter().map(module).collect::<Result<Vec<_>>>()?;
    let cases = specs.iter().map(|spec| type_ident(&spec.contract));
    let cases = cases.collect::<Result<Vec<_>>>()?;
    let names = specs.iter().map(|spec| ident(&spec.contract));
    let names = names.collect::<Result<Vec<_>>>()?;
    let texts = specs.iter().map(|spec| &spec.contract);
    Ok(quote! {
        /// An event of any of the contracts.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event { #(#cases(#names::Event)),* }
        impl Event {
            /// Reads an event; `None` where the contract's spec has none that begins with these
            /// topics.
            ///
            /// # Errors
            /// Where a topic or a field is not as the spec says. The error names it.
            pub fn decode(
                contract: Contract,
                topics: &[codec::ScVal],
                data: &codec::ScVal,
            ) -> Result<Option<Self>, codec::Error> {
                match contract {
                    #(Contract::#cases => match #names::Event::decode(topics, data) {
                        Ok(event) => Ok(event.map(Self::#cases)),
                        Err(error) => Err(error.within(#texts)),
                    },)*
                }
            }
        }
        /// Names of the topics that follow an event's own; `None` where the contract's spec has no
        /// event that begins with these topics.
        pub fn topic_names(
            contract: Contract,
            topics: &[codec::ScVal],
        ) -> Option<&'static [&'static str]> {
            match contract {
                #(Contract::#cases => #names::Event::topic_names(topics),)*
            }
        }
        #(#modules)*
    })
}

fn module(spec: &Spec) -> Result<TokenStream> {
    let module = ident(&spec.contract)?;
    let names = spec.events().map(name).collect::<Result<Vec<_>>>()?;
    let structs = spec.events().map(event).collect::<Result<Vec<_>>>()?;
    let about = format!(" Events of the contract `{}`.", spec.contract);
    Ok(quote! {
        #[doc = #about]
        pub mod #module {
            use super::{codec, types};
            use codec::{ContractEvent as _, ToScVal as _};
            /// Any of them.
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub enum Event { #(#names(#names)),* }
            #(impl From<#names> for Event {
                fn from(event: #names) -> Self {
                    Self::#names(event)
                }
            })*
            impl Event {
                /// Reads an event; `None` where there is none that begins with these topics.
                ///
                /// # Errors
                /// Where a topic or a field is not as the spec says. The error names it.
                pub fn decode(
                    topics: &[codec::ScVal],
                    data: &codec::ScVal,
                ) -> Result<Option<Self>, codec::Error> {
                    #(
                        if codec::begins_with(topics, #names::PREFIX) {
                            return #names::decode(topics, data).map(Self::from).map(Some);
                        }
                    )*
                    Ok(None)
                }
                /// Names of the topics that follow an event's own.
                pub fn topic_names(topics: &[codec::ScVal]) -> Option<&'static [&'static str]> {
                    #(
                        if codec::begins_with(topics, #names::PREFIX) {
                            return Some(#names::TOPICS);
                        }
                    )*
                    None
                }
                /// As the ledger has it: topics and data.
                pub fn encode(&self) -> (Vec<codec::ScVal>, codec::ScVal) {
                    match self { #(Self::#names(event) => event.encode()),* }
                }
            }
            #(#structs)*
        }
    })
}

fn name(event: &ScSpecEventV0) -> Result<Ident> {
    ident(&event.name.0.to_utf8_string_lossy())
}

fn event(event: &ScSpecEventV0) -> Result<TokenStream> {
    let (name, name_text) = (name(event)?, event.name.0.to_utf8_string_lossy());
    let about = docs(&event.doc.to_utf8_string_lossy());
    let prefix = event
        .prefix_topics
        .iter()
        .map(|topic| topic.0.to_utf8_string_lossy());
    let types = quote!(types::);
    let mut fields = Vec::new();
    for param in event.params.iter() {
        let about = docs(&param.doc.to_utf8_string_lossy());
        let (field, type_) = (ident(&text_of(param))?, rust_type(&param.type_, &types)?);
        fields.push(quote!(#about pub #field: #type_));
    }
    let is_topic =
        |param: &&ScSpecEventParamV0| param.location == ScSpecEventParamLocationV0::TopicList;
    let (topics, data): (Vec<_>, Vec<_>) = event.params.iter().partition(is_topic);
    let (topic_texts, topic_fields) = named(&topics)?;
    let (data_texts, data_fields) = named(&data)?;
    let topic_index = (0..topics.len()).map(Literal::usize_unsuffixed);
    let data_index = (0..data.len()).map(Literal::usize_unsuffixed);
    let (reader, read, encoded) = match event.data_format {
        ScSpecEventDataFormat::Map => (
            quote!(codec::Fields::of(#name_text, data)?),
            quote!(#(#data_fields: reader.get(#data_texts)?,)*),
            quote!(codec::record(
                vec![#((#data_texts, self.#data_fields.to_scval())),*]
            )),
        ),
        ScSpecEventDataFormat::Vec => (
            quote!(codec::Items::of(#name_text, data)?),
            quote!(#(#data_fields: reader.get(#data_index, #data_texts)?,)*),
            quote!(codec::vector(vec![#(self.#data_fields.to_scval()),*])),
        ),
        ScSpecEventDataFormat::SingleValue => (
            quote!(codec::Items::single(#name_text, data)),
            quote!(#(#data_fields: reader.get(#data_index, #data_texts)?,)*),
            match data_fields.first() {
                Some(field) => quote!(self.#field.to_scval()),
                None => quote!(codec::ScVal::Void),
            },
        ),
    };
    Ok(quote! {
        #about
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct #name { #(#fields),* }
        impl codec::ContractEvent for #name {
            const PREFIX: &'static [&'static str] = &[#(#prefix),*];
            const TOPICS: &'static [&'static str] = &[#(#topic_texts),*];
            fn decode(topics: &[codec::ScVal], data: &codec::ScVal) -> Result<Self, codec::Error> {
                let topics = codec::Items::after(#name_text, topics, Self::PREFIX);
                let reader = #reader;
                Ok(Self { #(#topic_fields: topics.get(#topic_index, #topic_texts)?,)* #read })
            }
            fn encode(&self) -> (Vec<codec::ScVal>, codec::ScVal) {
                let topics = codec::topics(Self::PREFIX, vec![#(self.#topic_fields.to_scval()),*]);
                (topics, #encoded)
            }
        }
    })
}

fn text_of(param: &ScSpecEventParamV0) -> String {
    param.name.to_utf8_string_lossy()
}

/// Names as the network has them, and as Rust has them.
fn named(params: &[&ScSpecEventParamV0]) -> Result<(Vec<String>, Vec<Ident>)> {
    let texts: Vec<_> = params.iter().map(|param| text_of(param)).collect();
    let idents = texts
        .iter()
        .map(|text| ident(text))
        .collect::<Result<_>>()?;
    Ok((texts, idents))
}
