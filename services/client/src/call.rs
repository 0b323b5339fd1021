//! A call of a contract, with the type of its answer.

use crate::codec::{symbol, Address, ToScVal, FITS};
use std::marker::PhantomData;
use stellar_xdr::{
    ContractId, HostFunction, InvokeContractArgs, InvokeHostFunctionOp, OperationBody, ScVal,
};

/// A call that answers with a `T`.
#[derive(Clone, Debug)]
pub struct Call<T> {
    /// The name of the contract, where it is one of the generated ones.
    of: Option<&'static str>,
    pub contract: ContractId,
    pub function: &'static str,
    pub args: Vec<ScVal>,
    pub(crate) signed: Option<Vec<ScVal>>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Call<T> {
    /// A call of any contract.
    pub fn new(contract: &ContractId, function: &'static str, args: &[&dyn ToScVal]) -> Self {
        let args = args.iter().map(|arg| arg.to_scval()).collect();
        Self::with(None, contract, function, args)
    }

    /// A call as a contract's spec describes it: the generated methods make these.
    pub fn typed(
        of: &'static str,
        contract: &ContractId,
        function: &'static str,
        args: Vec<ScVal>,
    ) -> Self {
        Self::with(Some(of), contract, function, args)
    }

    fn with(
        of: Option<&'static str>,
        contract: &ContractId,
        function: &'static str,
        args: Vec<ScVal>,
    ) -> Self {
        Self {
            of,
            contract: contract.clone(),
            function,
            args,
            signed: None,
            answer: PhantomData,
        }
    }

    /// What is called, for errors: `deals.get_quote`.
    pub fn name(&self) -> String {
        match self.of {
            Some(contract) => format!("{contract}.{}", self.function),
            None => self.function.to_owned(),
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
