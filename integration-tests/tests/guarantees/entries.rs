//! Everything that the contracts store, seen from outside: keys, shapes and lifetimes.

use std::collections::BTreeMap;

use flash_integration_tests::World;
use soroban_sdk::{
    xdr::{
        ContractDataDurability, LedgerEntryData, LedgerKey, ScAddress, ScMap, ScVal, ScVec, VecM,
    },
    Address,
};

/// An entry of contract data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    pub contract: &'static str,
    /// With its values, to distinguish entries of one kind.
    pub key: ScVal,
    pub persistent: bool,
    pub value: ScVal,
    /// Remaining ledgers, not counting the current one; 0 if archived.
    pub ttl: u32,
}

/// Name and address of each contract.
pub fn contracts(world: &World) -> [(&'static str, &Address); 5] {
    let at = &world.at;
    [
        ("deals", &at.deals),
        ("escrow", &at.escrow),
        ("mandates", &at.mandates),
        ("registry", &at.registry),
        ("reputation", &at.reputation),
    ]
}

/// All entries of the contracts, instances too.
pub fn stored(world: &World) -> Vec<Entry> {
    let contracts = contracts(world).map(|(name, at)| (name, ScAddress::from(at)));
    let now = world.env.ledger().sequence();
    let entries = world.ledger_entries().into_iter();
    entries
        .filter_map(|(key, (entry, live_until))| {
            let (LedgerKey::ContractData(key), LedgerEntryData::ContractData(data)) =
                (*key, entry.data)
            else {
                return None;
            };
            let (contract, _) = contracts.iter().find(|(_, at)| *at == key.contract)?;
            Some(Entry {
                contract,
                key: key.key,
                persistent: key.durability == ContractDataDurability::Persistent,
                value: data.val,
                ttl: live_until
                    .expect("contract data has one")
                    .saturating_sub(now),
            })
        })
        .collect()
}

impl Entry {
    /// The kind of the key with the types of its values, like `Deal(u32)`.
    pub fn kind(&self) -> String {
        match &self.key {
            ScVal::LedgerKeyContractInstance => "(instance)".to_owned(),
            key => kind(key),
        }
    }
}

/// Splits a key into its name and its fields; a symbol has none.
pub fn kind(key: &ScVal) -> String {
    let ScVal::Vec(Some(ScVec(parts))) = key else {
        return match key {
            ScVal::Symbol(name) => name.0.to_string(),
            key => shape(key),
        };
    };
    let Some((ScVal::Symbol(name), fields)) = parts.split_first() else {
        return shape(key);
    };
    let fields: Vec<String> = fields.iter().map(shape).collect();
    match fields.as_slice() {
        // Different from the bare symbol.
        [] => format!("[{}]", name.0),
        fields => format!("{}({})", name.0, fields.join(", ")),
    }
}

/// The shape of a value, without its content.
pub fn shape(value: &ScVal) -> String {
    match value {
        ScVal::Bool(_) => "bool".to_owned(),
        ScVal::Void => "none".to_owned(),
        ScVal::U32(_) => "u32".to_owned(),
        ScVal::I32(_) => "i32".to_owned(),
        ScVal::U64(_) => "u64".to_owned(),
        ScVal::I64(_) => "i64".to_owned(),
        ScVal::U128(_) => "u128".to_owned(),
        ScVal::I128(_) => "i128".to_owned(),
        ScVal::Bytes(bytes) => format!("bytes[{}]", bytes.len()),
        ScVal::String(_) => "string".to_owned(),
        ScVal::Symbol(_) => "symbol".to_owned(),
        ScVal::Address(_) => "address".to_owned(),
        ScVal::Vec(Some(ScVec(items))) => list(items),
        ScVal::Map(Some(fields)) => record(fields),
        other => panic!("a stored value of a kind that nothing stores: {other:?}"),
    }
}

/// An enumeration variant is shown by name. A list of equal shapes is shown as that shape, any
/// other as a tuple.
fn list(items: &VecM<ScVal>) -> String {
    if let [ScVal::Symbol(_), ..] = items.as_slice() {
        return format!("variant of {} fields", items.len() - 1);
    }
    let shapes: Vec<String> = items.iter().map(shape).collect();
    format!("({})", shapes.join(", "))
}

fn record(ScMap(fields): &ScMap) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|field| match &field.key {
            ScVal::Symbol(name) => format!("{}: {}", name.0, shape(&field.val)),
            key => format!("{}: {}", kind(key), shape(&field.val)),
        })
        .collect();
    format!("{{ {} }}", fields.join(", "))
}

/// The entries by contract and key.
pub fn by_key(entries: Vec<Entry>) -> BTreeMap<(&'static str, ScVal), Entry> {
    let keyed = entries.into_iter();
    keyed
        .map(|entry| ((entry.contract, entry.key.clone()), entry))
        .collect()
}
