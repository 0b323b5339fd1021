//! The exact calls of the published client: names, argument order, types, void for `None`, and the
//! field names that it reads.

use flash_integration_tests::{Answer, Person, World};
use soroban_sdk::{Address, Env, IntoVal, Map, Symbol, TryFromVal, TryIntoVal, Val, Vec};

mod deals;
mod escrow;
mod fields;
mod registry;

/// A value as the client encodes it.
fn val<T: IntoVal<Env, Val>>(world: &World, value: T) -> Val {
    value.into_val(&world.env)
}

fn text(world: &World, value: &str) -> Val {
    val(world, world.text(value))
}

/// Arguments, each as the client encodes it.
fn args<const N: usize>(world: &World, values: [Val; N]) -> Vec<Val> {
    Vec::from_array(&world.env, values)
}

fn query<T: TryFromVal<Env, Val>>(
    world: &World,
    contract: &Address,
    name: &str,
    args: Vec<Val>,
) -> T {
    let answer: Val = world
        .env
        .invoke_contract(contract, &Symbol::new(&world.env, name), args);
    let value = answer.try_into_val(&world.env);
    value.unwrap_or_else(|_| panic!("{name} answers in another type"))
}

/// A struct is encoded as a map by field name. These are exactly its fields.
fn assert_fields(world: &World, value: Val, fields: &[&str]) {
    let map: Map<Symbol, Val> = value.try_into_val(&world.env).expect("a struct");
    let names: std::vec::Vec<std::string::String> =
        map.keys().iter().map(|key| key.to_string()).collect();
    let mut expected = fields.to_vec();
    expected.sort_unstable();
    assert_eq!(names, expected);
}

fn field<T: TryFromVal<Env, Val>>(world: &World, value: Val, name: &str) -> T {
    let map: Map<Symbol, Val> = value.try_into_val(&world.env).expect("a struct");
    let encoded = map.get(Symbol::new(&world.env, name)).expect("the field");
    let value = encoded.try_into_val(&world.env);
    value.unwrap_or_else(|_| panic!("{name} has another type"))
}

fn create_bucket(world: &World, provider: &Person) -> u32 {
    let answer: Answer<u32> = world.by(provider).registry(
        "create_bucket",
        args(
            world,
            [
                val(world, &provider.address),
                text(world, "Photos"),
                text(world, "eu-west"),
                text(world, "fb-1"),
                text(world, "S3"),
                val(world, 200_000_u128),
                val(world, 100_000_u128),
                val(world, 200_u32),
                val(world, 9_990_u32),
            ],
        ),
    );
    answer.expect("listed")
}
