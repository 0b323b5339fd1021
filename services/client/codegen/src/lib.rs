//! # flash-client-codegen
//!
//! Writes a Rust client of contracts from their specs: types, calls, errors, events. `flash-client`
//! runs it when it is built; the generated code uses `flash_client::codec`.

mod calls;
mod contracts;
mod errors;
mod events;
mod names;
mod spec;
mod types;

pub use spec::{read_folder, Spec};

use anyhow::{Context, Result};
use quote::quote;

/// The source of a module with the client of all `specs`.
///
/// # Errors
/// Where two contracts define one type or one error code differently, or a name is no identifier.
pub fn generate(specs: &[Spec]) -> Result<String> {
    let contracts = contracts::contracts(specs)?;
    let errors = errors::all_errors(specs)?;
    let types = types::types(specs)?;
    let clients = specs
        .iter()
        .map(calls::client)
        .collect::<Result<Vec<_>>>()?;
    let events = events::events(specs)?;
    let tokens = quote! {
        use ::flash_client::codec;
        #[allow(unused_imports, reason = "not every contract uses all of them")]
        use codec::{ContractError as _, ToScVal as _};
        #contracts
        #errors
        #(#clients)*
        /// The types of all contracts.
        pub mod types {
            use super::codec;
            #[allow(unused_imports, reason = "not every contract uses all of them")]
            use codec::{ContractError as _, FromScVal as _, ToScVal as _};
            #types
        }
        /// The events of all contracts.
        #[allow(
            unused_imports,
            unused_variables,
            clippy::large_enum_variant,
            reason = "an event may have no fields, or many; it is read once"
        )]
        pub mod events {
            use super::{codec, types, Contract};
            #events
        }
    };
    let file = syn::parse2(tokens).context("the generated code does not parse")?;
    Ok(prettyplease::unparse(&file))
}
