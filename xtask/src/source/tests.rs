//! Each rule on sound code, and on code that breaks it.

use std::path::Path;

use crate::source::access::Table;
use crate::source::code::Code;
use crate::source::violations;

const TABLE: &str = "\
## shop

| command | signed by | when |
|---|---|---|
| `sell` | the party named first | always |
| `price` | the owner | always |
| `pay` | `deals`, calling directly | always |
| `report` | the oracle | always |
| `tidy` | nobody: anyone may | always |
| `close` | the owner | always |

Queries, which never write: `stock`.
";

const CONTRACT: &str = "\
use flash_common::admin;
use soroban_sdk::{Address, Env};
use crate::{goods, oracle, storage};

#[contractimpl]
impl Shop {
    pub fn sell(env: Env, seller: Address, n: u32) -> Result<(), E> {
        begin(&env, &seller)?;
        goods::add(&env, n)
    }
    pub fn price(env: Env, n: u32) {
        admin::enforce_owner(&env);
        storage::set_price(&env, n);
    }
    pub fn pay(env: Env, n: u32) {
        storage::deals(&env).require_auth();
        storage::set_price(&env, n);
    }
    pub fn report(env: Env) -> Result<(), E> {
        oracle::enforce(&env)?;
        storage::set_price(&env, 1);
        Ok(())
    }
    pub fn tidy(env: Env) {
        storage::remove(&env);
    }
    pub fn stock(env: Env) -> u32 {
        storage::stock(&env)
    }
}

fn begin_as_owner(env: &Env) {
    admin::enforce_owner(env);
}

fn begin(env: &Env, who: &Address) -> Result<(), E> {
    who.require_auth();
    ensure!(storage::stock(env) < 9, E::Full);
    Ok(())
}
";

/// Exports in a file of their own, which begin as the file above them says.
const OWNER: &str = "\
use super::begin_as_owner;
use crate::storage;

#[contractimpl]
impl OwnerCommands for Shop {
    fn close(env: Env) {
        begin_as_owner(&env);
        storage::empty(&env);
    }
}
";

const GOODS: &str = "\
use soroban_sdk::Env;
use crate::storage;
pub fn add(env: &Env, n: u32) -> Result<(), E> {
    storage::set_price(env, n);
    Added { n }.publish(env);
    Ok(())
}
";

const ORACLE: &str = "\
pub fn enforce(env: &Env) -> Result<(), E> {
    acting(env).ok_or(E::Suspended)?.require_auth();
    Ok(())
}
fn acting(env: &Env) -> Option<Address> { None }
";

const STORAGE: &str = "\
use soroban_sdk::{Address, Env, Vec};
pub use shelf::empty;
pub struct Shelf { pub goods: u32 }
pub fn deals(env: &Env) -> Address { env.storage().instance().get(&1).unwrap() }
pub fn stock(env: &Env) -> u32 { env.storage().persistent().get(&2).unwrap_or(0) }
pub fn shelf(env: &Env) -> Option<Shelf> { env.storage().persistent().get(&3) }
pub fn set_price(env: &Env, n: u32) { env.storage().persistent().set(&2, &n); }
pub fn remove(env: &Env) { env.storage().persistent().remove(&2); }
";

/// Below `storage.rs`, which hands on what is in it.
const SHELF: &str = "\
use soroban_sdk::Env;
pub fn empty(env: &Env) { env.storage().persistent().remove(&3); }
";

const ADMIN: &str = "\
use stellar_access::ownable::enforce_owner_auth;
use stellar_contract_utils::upgradeable;
pub fn enforce_owner(env: &Env) -> Address { enforce_owner_auth(env) }
pub fn swap(env: &Env, hash: &BytesN<32>) { upgradeable::upgrade(env, hash); }
";

struct Source {
    contract: String,
    owner: String,
    goods: String,
    storage: String,
    admin: String,
    table: String,
}

impl Source {
    fn sound() -> Self {
        Self {
            contract: CONTRACT.to_owned(),
            owner: OWNER.to_owned(),
            goods: GOODS.to_owned(),
            storage: STORAGE.to_owned(),
            admin: ADMIN.to_owned(),
            table: TABLE.to_owned(),
        }
    }

    fn broken(&self) -> Vec<String> {
        let mut code = Code::default();
        code.contracts.push("shop".to_owned());
        for (package, module, text) in [
            ("shop", "contract", self.contract.as_str()),
            ("shop", "contract::owner", &self.owner),
            ("shop", "goods", &self.goods),
            ("shop", "oracle", ORACLE),
            ("shop", "storage", &self.storage),
            ("shop", "storage::shelf", SHELF),
            ("common", "admin", &self.admin),
        ] {
            let path = format!("/r/contracts/{package}/src/{module}.rs");
            code.add(package, module, Path::new(&path), text).unwrap();
        }
        violations(&code, &Table::parse(&self.table).unwrap())
    }
}

/// The one violation of the sound source with one text replaced.
fn violation(part: fn(&mut Source) -> &mut String, from: &str, to: &str) -> String {
    let mut source = Source::sound();
    let text = part(&mut source);
    assert_eq!(text.matches(from).count(), 1, "{from}");
    *text = text.replace(from, to);
    let broken = source.broken();
    assert_eq!(broken.len(), 1, "{broken:#?}");
    broken[0].clone()
}

fn contract(source: &mut Source) -> &mut String {
    &mut source.contract
}

fn owner(source: &mut Source) -> &mut String {
    &mut source.owner
}

fn goods(source: &mut Source) -> &mut String {
    &mut source.goods
}

fn storage(source: &mut Source) -> &mut String {
    &mut source.storage
}

fn admin(source: &mut Source) -> &mut String {
    &mut source.admin
}

fn table(source: &mut Source) -> &mut String {
    &mut source.table
}

#[track_caller]
fn assert_says(violation: &str, what: &str) {
    assert!(violation.contains(what), "{violation}");
}

#[test]
fn sound_source_breaks_no_rule() {
    assert_eq!(Source::sound().broken(), Vec::<String>::new());
}

#[test]
fn a_command_without_a_signature_is_found() {
    let none = violation(contract, "who.require_auth();", "");
    assert_says(&none, "shop.sell writes before it authenticates");
    let none = violation(
        contract,
        "oracle::enforce(&env)?;\n        storage::set_price(&env, 1);",
        "",
    );
    assert_says(&none, "shop.report never authenticates");
    let none = violation(contract, "admin::enforce_owner(&env);", "");
    assert_says(&none, "shop.price writes before it authenticates");
    let none = violation(owner, "begin_as_owner(&env);", "");
    assert_says(&none, "shop.close writes before it authenticates");
}

#[test]
fn a_signature_that_may_be_skipped_is_none() {
    let maybe = "if storage::stock(env) > 1 { who.require_auth(); }";
    let maybe = violation(contract, "who.require_auth();", maybe);
    assert_says(&maybe, "shop.sell writes before it authenticates");
    let never = "let sign = || who.require_auth();";
    let never = violation(contract, "who.require_auth();", never);
    assert_says(&never, "shop.sell writes before it authenticates");
}

#[test]
fn a_write_before_the_signature_is_found() {
    let early = "storage::remove(&env);\n        storage::deals(&env).require_auth();";
    let early = violation(contract, "storage::deals(&env).require_auth();", early);
    assert_says(
        &early,
        "shop.pay writes before it authenticates: storage in shop/storage::remove",
    );
    let early = "Asked {}.publish(&env);\n        oracle::enforce(&env)?;";
    let early = violation(contract, "oracle::enforce(&env)?;", early);
    assert_says(
        &early,
        "shop.report writes before it authenticates: an event",
    );
}

#[test]
fn somebody_elses_signature_is_found() {
    let other = "admin::enforce_owner(&env);\n        storage::deals(&env);";
    let other = violation(contract, "storage::deals(&env).require_auth();", other);
    assert_says(&other, "shop.pay demands the signature of Owner");
    let second = violation(
        contract,
        "pub fn sell(env: Env, seller: Address, n: u32)",
        "pub fn sell(env: Env, buyer: Address, seller: Address, n: u32)",
    );
    assert_says(
        &second,
        "shop.sell demands the signature of Param(\"seller\")",
    );
}

#[test]
fn a_signature_where_anyone_may_call_is_found() {
    let signed = "storage::deals(&env).require_auth();\n        storage::remove(&env);";
    let signed = violation(contract, "storage::remove(&env);", signed);
    assert_says(&signed, "shop.tidy demands a signature");
}

#[test]
fn a_query_that_writes_or_extends_is_found() {
    let writes = violation(contract, "storage::stock(&env)\n", "goods::add(&env, 1)\n");
    assert_says(&writes, "shop.stock is a query and writes");
    let extends = violation(
        storage,
        "pub fn stock(env: &Env) -> u32 {",
        "pub fn stock(env: &Env) -> u32 { env.storage().persistent().extend_ttl(&2, 1, 2);",
    );
    assert_says(&extends, "shop.stock is a query and extends a TTL");
}

#[test]
fn a_function_that_the_table_lacks_is_found() {
    let new = "pub fn sweep(env: Env) {}\n    pub fn tidy(env: Env) {";
    let new = violation(contract, "pub fn tidy(env: Env) {", new);
    assert_says(&new, "shop.sweep is not in docs/access.md");
    let gone = violation(table, "`stock`", "`stock`, `till`");
    assert_says(&gone, "shop exports no till");
}

#[test]
fn storage_that_is_touched_elsewhere_is_found() {
    let direct = "env.storage().persistent().set(&2, &n);";
    let direct = violation(goods, "storage::set_price(env, n);", direct);
    assert_says(
        &direct,
        "contracts/shop/src/goods.rs:4: only storage.rs touches storage",
    );
}

#[test]
fn a_stored_collection_is_found() {
    for of in ["Vec<u32>", "Map<u32, u32>", "Option<Vec<Address>>"] {
        let field = format!("pub goods: {of} }}");
        let field = violation(storage, "pub goods: u32 }", &field);
        assert_says(
            &field,
            "Shelf.goods is stored and holds a collection that may grow",
        );
    }
    let deep = "pub goods: Goods }\npub struct Goods(u32, Vec<u32>);";
    let deep = violation(storage, "pub goods: u32 }", deep);
    assert_says(&deep, "Goods.1 is stored");
    let stored = "pub goods: Goods }\nstored! { pub struct Goods { n: u32, all: Vec<u32>, } }";
    let stored = violation(storage, "pub goods: u32 }", stored);
    assert_says(&stored, "Goods.all is stored");
    let alias = "pub goods: Goods }\ntype Goods = (u32, Vec<u32>);";
    let alias = violation(storage, "pub goods: u32 }", alias);
    assert_says(&alias, "Goods is stored");
    let bare = violation(
        storage,
        "set_price(env: &Env, n: u32)",
        "set_price(env: &Env, n: Vec<u32>)",
    );
    assert_says(&bare, "what stores handles a collection");
}

#[test]
fn an_excuse_for_what_is_no_collection_is_found() {
    let stale = "pub goods: u32 }\npub struct BucketOffer { pub tags: u32 }";
    let stale = violation(storage, "pub goods: u32 }", stale);
    assert_says(&stale, "BucketOffer.tags is excused");
}

#[test]
fn code_that_is_swapped_elsewhere_is_found() {
    for swap in [
        "env.deployer();",
        "let to = ContractExecutable::Wasm(n);",
        "stellar_contract_utils::upgradeable::upgrade(env, n);",
    ] {
        let to = format!("storage::set_price(env, n);\n    {swap}");
        let elsewhere = violation(goods, "storage::set_price(env, n);", &to);
        assert_says(&elsewhere, "code is swapped in common::admin only");
    }
    let import = "use stellar_contract_utils::upgradeable::upgrade;\nuse crate::storage;";
    let import = violation(goods, "use crate::storage;", import);
    assert_says(&import, "code is swapped in common::admin only");
}

#[test]
fn an_instance_may_be_extended_and_code_may_not() {
    let extend = |what: &str| {
        let mut source = Source::sound();
        let call = format!("storage::set_price(env, n);\n    env.deployer().{what}(at, 1, 2);");
        source.goods = source.goods.replace("storage::set_price(env, n);", &call);
        source.broken()
    };
    let swapped = |broken: Vec<String>| broken.iter().any(|line| line.contains("code is swapped"));
    assert!(!swapped(extend("extend_ttl_for_contract_instance")));
    assert!(swapped(extend("extend_ttl")));
    assert!(swapped(extend("extend_ttl_for_code")));
}

#[test]
fn code_that_is_swapped_twice_or_never_is_found() {
    let swap = "upgradeable::upgrade(env, hash);";
    let twice = violation(admin, swap, &format!("{swap} {swap}"));
    assert_says(&twice, "in 2 places");
    let never = violation(admin, swap, "");
    assert_says(&never, "in 0 places");
}
