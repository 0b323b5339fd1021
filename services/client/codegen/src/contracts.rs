//! The contracts themselves: their names, and all of them together.

use crate::{
    names::{ident, type_ident},
    spec::Spec,
};
use anyhow::Result;
use proc_macro2::TokenStream;
use quote::quote;

/// `Contract` names each of them, `Market` holds the client of each.
pub(crate) fn contracts(specs: &[Spec]) -> Result<TokenStream> {
    let names: Vec<_> = specs.iter().map(|spec| spec.contract.as_str()).collect();
    let fields = names
        .iter()
        .map(|name| ident(name))
        .collect::<Result<Vec<_>>>()?;
    let types = names
        .iter()
        .map(|name| type_ident(name))
        .collect::<Result<Vec<_>>>()?;
    let count = names.len();
    Ok(quote! {
        /// Which of the contracts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Contract { #(#types),* }
        impl Contract {
            /// All of them.
            pub const ALL: [Self; #count] = [#(Self::#types),*];
            /// Its name: that of its Wasm file, and in deployments.
            pub fn name(self) -> &'static str {
                match self { #(Self::#types => #names),* }
            }
            /// The contract of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|contract| contract.name() == name)
            }
        }
        impl std::fmt::Display for Contract {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
        /// The contracts of one deployment, and the asset that deals are paid in.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Market {
            #(pub #fields: #types,)*
            pub asset: codec::ContractId,
        }
        impl Market {
            /// The contracts at the ids that `id` gives.
            ///
            /// # Errors
            /// That of `id`.
            pub fn new<E>(
                asset: codec::ContractId,
                mut id: impl FnMut(Contract) -> Result<codec::ContractId, E>,
            ) -> Result<Self, E> {
                Ok(Self { #(#fields: #types::new(id(Contract::#types)?),)* asset })
            }
            /// The address of each contract.
            pub fn addresses(&self) -> [(Contract, codec::Address); #count] {
                [#((Contract::#types, self.#fields.address())),*]
            }
            /// The contract at an address.
            pub fn contract_at(&self, address: &codec::Address) -> Option<Contract> {
                let mut addresses = self.addresses().into_iter();
                addresses.find(|(_, other)| other == address).map(|(contract, _)| contract)
            }
            /// The address of the asset's contract.
            pub fn asset_address(&self) -> codec::Address {
                codec::Address::Contract(self.asset.clone())
            }
        }
    })
}
