//! One call with exactly the given signatures, and its result.

use flash_integration_tests::{signed::signed_args, Person, World};
use soroban_sdk::{
    testutils::{AuthorizedFunction, AuthorizedInvocation, MockAuthInvoke},
    Address, Error, IntoVal, Symbol, Val, Vec as SorobanVec,
};

/// A command to call, and the signature that it needs.
pub struct Call {
    pub args: SorobanVec<Val>,
    /// Other arguments of the same types. A signature for them is not valid for `args`.
    pub other_args: SorobanVec<Val>,
    /// `None` if nobody signs.
    pub signer: Option<Person>,
    /// The transfer of the signer's money, a sub-invocation.
    pub pulled: i128,
    /// The contract (not the host) refuses the command because of its state, as there is no state
    /// yet in which it would succeed.
    pub refused_with: Option<u32>,
}

pub fn address(world: &World, contract: &str) -> Address {
    match contract {
        "registry" => world.at.registry.clone(),
        "deals" => world.at.deals.clone(),
        "escrow" => world.at.escrow.clone(),
        "reputation" => world.at.reputation.clone(),
        "mandates" => world.at.mandates.clone(),
        other => panic!("no contract {other}"),
    }
}

/// Calls with one signature of `person`, for the same or for other arguments, or without one.
pub fn attempt(
    world: &World,
    contract: &str,
    function: &str,
    call: &Call,
    signature: Option<(&Person, &SorobanVec<Val>)>,
) -> Result<(), Error> {
    let contract = address(world, contract);
    let entries = signature.map(|(person, for_args)| {
        let transfer = transfer(world, person, call.pulled);
        let sub_invokes = [transfer];
        person.sign(&MockAuthInvoke {
            contract: &contract,
            fn_name: function,
            args: signed_args(&world.env, function, for_args),
            sub_invokes: if call.pulled > 0 { &sub_invokes } else { &[] },
        })
    });
    world.env.set_auths(entries.as_slice());
    invoke(world, &contract, function, call)
}

/// Calls with only the signature for the token's transfer.
pub fn attempt_with_transfer_only(
    world: &World,
    contract: &str,
    function: &str,
    call: &Call,
) -> Result<(), Error> {
    let signer = call.signer.as_ref().expect("who pays signs");
    let contract = address(world, contract);
    let entry = signer.sign(&transfer(world, signer, call.pulled));
    world.env.set_auths(&[entry]);
    invoke(world, &contract, function, call)
}

/// Calls as a contract would. If money is pulled, Carol has signed for the transfer only.
pub fn attempt_as_contract(
    world: &World,
    caller: &Address,
    contract: &str,
    function: &str,
    call: &Call,
) -> Result<(), Error> {
    let contract = address(world, contract);
    let entries = (call.pulled > 0).then(|| {
        let transfer = transfer(world, &world.carol, call.pulled);
        world.carol.sign(&transfer)
    });
    world.env.set_auths(entries.as_slice());
    world
        .env
        .as_contract(caller, || invoke(world, &contract, function, call))
}

fn invoke(world: &World, contract: &Address, function: &str, call: &Call) -> Result<(), Error> {
    let name = Symbol::new(&world.env, function);
    let answer = world
        .env
        .try_invoke_contract::<Val, Error>(contract, &name, call.args.clone());
    answer
        .map(|_| ())
        .map_err(|error| error.expect("every error is an Error"))
}

/// The authorisation tree that a successful call must have needed exactly.
pub fn expected_tree(
    world: &World,
    contract: &str,
    function: &str,
    call: &Call,
) -> Vec<(Address, AuthorizedInvocation)> {
    let Some(signer) = &call.signer else {
        return vec![];
    };
    let invocation = |contract: &Address, name: &str, args, sub_invocations| {
        let name = Symbol::new(&world.env, name);
        AuthorizedInvocation {
            function: AuthorizedFunction::Contract((contract.clone(), name, args)),
            sub_invocations,
        }
    };
    let pays = invocation(
        &world.asset.address(),
        "transfer",
        transfer_args(world, signer, call.pulled),
        vec![],
    );
    let below = if call.pulled > 0 { vec![pays] } else { vec![] };
    let tree = invocation(
        &address(world, contract),
        function,
        signed_args(&world.env, function, &call.args),
        below,
    );
    vec![(signer.address.clone(), tree)]
}

fn transfer<'a>(world: &'a World, from: &Person, amount: i128) -> MockAuthInvoke<'a> {
    // The address outlives the call, because the world holds the asset.
    let asset: &'a Address = Box::leak(Box::new(world.asset.address()));
    MockAuthInvoke {
        contract: asset,
        fn_name: "transfer",
        args: transfer_args(world, from, amount),
        sub_invokes: &[],
    }
}

fn transfer_args(world: &World, from: &Person, amount: i128) -> SorobanVec<Val> {
    (&from.address, &world.at.escrow, amount).into_val(&world.env)
}
