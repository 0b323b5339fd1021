//! A call of a contract, with the type of its answer.

use crate::scval::{symbol, Address, ToScVal, FITS};
use std::marker::PhantomData;
use stellar_xdr::{
    ContractId, HostFunction, InvokeContractArgs, InvokeHostFunctionOp, OperationBody, ScVal,
};

/// A call that answers with a `T`.
#[derive(Clone, Debug)]
pub struct Call<T> {
    pub contract: ContractId,
    pub function: &'static str,
    pub args: Vec<ScVal>,
    pub(crate) signed: Option<Vec<ScVal>>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Call<T> {
    /// A call of any contract.
    pub fn new(contract: &ContractId, function: &'static str, args: &[&dyn ToScVal]) -> Self {
        Self {
            contract: contract.clone(),
            function,
            args: args.iter().map(|arg| arg.to_scval()).collect(),
            signed: None,
            answer: PhantomData,
        }
    }

    /// The same call, of a function that asks for signatures of something else than its arguments.
    #[must_use]
    pub fn signed_as(mut self, signed: Vec<ScVal>) -> Self {
        self.signed = Some(signed);
        self
    }

    /// The operation that makes the call.
    ///
    /// # Panics
    /// With 2^32 arguments.
    pub fn operation(&self) -> OperationBody {
        OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
            host_function: HostFunction::InvokeContract(InvokeContractArgs {
                contract_address: Address::Contract(self.contract.clone()),
                function_name: symbol(self.function),
                args: self.args.clone().try_into().expect(FITS),
            }),
            auth: Default::default(),
        })
    }
}

macro_rules! contract {
    ($(#[$about:meta])* $name:ident {
        $($function:ident($($arg:ident: $type:ty),*) -> $answer:ty;)+
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            pub id: stellar_xdr::ContractId,
        }
        impl $name {
            pub fn new(id: stellar_xdr::ContractId) -> Self {
                Self { id }
            }
            pub fn address(&self) -> Address {
                Address::Contract(self.id.clone())
            }
            $(
                #[doc = concat!("`", stringify!($function), "`: see `packages/interfaces`.")]
                pub fn $function(&self, $($arg: $type),*) -> $crate::Call<$answer> {
                    $crate::Call::new(&self.id, stringify!($function), &[$(&$arg),*])
                }
            )+
            /// Everything that it can be asked: function, arguments with their types, answer.
            pub const FUNCTIONS: &[(&str, &[&str], &str)] = &[
                $((
                    stringify!($function),
                    &[$(concat!(stringify!($arg), ": ", stringify!($type))),*],
                    stringify!($answer),
                )),+
            ];
        }
    };
}
pub(crate) use contract;
