//! Names and documentation of a spec, as Rust has them.

use anyhow::{Context, Result};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A name as an identifier; one that Rust reserves gets an underscore at its end.
///
/// # Errors
/// Where no identifier can be made of it.
pub(crate) fn ident(name: &str) -> Result<Ident> {
    let parse = |text: &str| syn::parse_str::<Ident>(text);
    parse(name)
        .or_else(|_| parse(&format!("{name}_")))
        .with_context(|| format!("{name:?} is no identifier"))
}

/// `deals` as `Deals`, `deal_funded` as `DealFunded`.
///
/// # Errors
/// As [`ident`].
pub(crate) fn type_ident(name: &str) -> Result<Ident> {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_ascii_uppercase().to_string() + letters.as_str()
        })
    };
    ident(&name.split('_').map(capital).collect::<String>())
}

/// Documentation as attributes. Code in it is not tested: it is written for contracts.
pub(crate) fn docs(text: &str) -> TokenStream {
    let mut in_code = false;
    let lines = text.lines().map(|line| {
        let is_fence = line.trim_start().starts_with("```");
        let opens = is_fence && !in_code;
        in_code ^= is_fence;
        match opens {
            true => " ```text".to_owned(),
            false => format!(" {line}"),
        }
    });
    quote! { #(#[doc = #lines])* }
}
