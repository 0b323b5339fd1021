//! What strangers put on the ledger: nothing of it panics, and an error names what it is about.

use flash_client::{
    codec::{event_json, FromScVal, ScVal, Text, ToScVal},
    events::{registry, Event},
    types::{DealStatus, Points, Role},
    Address, Contract, Deals, Registry,
};
use serde_json::json;
use stellar_xdr::{ContractId, Hash, ScMap, ScString};

fn address() -> Address {
    Address::Contract(ContractId(Hash([1; 32])))
}

fn registered(description: impl Into<Text>) -> (Vec<ScVal>, ScVal) {
    let event = registry::ConsumerRegistered {
        consumer_id: address(),
        description: description.into(),
    };
    registry::Event::from(event).encode()
}

#[test]
fn an_event_with_a_string_that_is_not_utf8_is_read_and_no_byte_is_lost() {
    let bytes = vec![b'a', 0xc3, 0x28, 0, b'z'];
    let (topics, data) = registered(bytes.clone());
    let event = Event::decode(Contract::Registry, &topics, &data).unwrap();
    let Some(Event::Registry(registry::Event::ConsumerRegistered(event))) = event else {
        panic!("{event:?}");
    };
    assert_eq!(event.description.as_bytes(), bytes);
    assert_eq!(event.description.to_string(), "a\u{fffd}(\0z");
    assert!(event.description.to_str().is_err());
    let fields = event_json(Contract::Registry, &topics, &data);
    assert_eq!(fields["description"], "a\u{fffd}(\0z");
    assert_eq!(fields["consumer_id"], address().to_string());
}

#[test]
fn an_error_names_the_contract_the_item_and_the_field() {
    let (topics, _) = registered("");
    let wrong = ScVal::Map(Some(ScMap(
        vec![stellar_xdr::ScMapEntry {
            key: ScVal::Symbol("description".try_into().unwrap()),
            val: ScVal::U32(1),
        }]
        .try_into()
        .unwrap(),
    )));
    for (topics, data, expected) in [
        (
            &topics[..],
            &wrong,
            "registry: ConsumerRegistered.description: expected a string, found U32",
        ),
        (
            &topics[..],
            &ScVal::Map(Some(ScMap::default())),
            "registry: ConsumerRegistered.description: the field is missing",
        ),
        (
            &topics[..],
            &ScVal::Void,
            "registry: ConsumerRegistered: expected a map, found Void",
        ),
        (
            &topics[..1],
            &wrong,
            "registry: ConsumerRegistered.consumer_id: there are only 0 values",
        ),
    ] {
        let error = Event::decode(Contract::Registry, topics, data).unwrap_err();
        assert_eq!(error.to_string(), format!("unexpected value: {expected}"));
    }
}

#[test]
fn an_event_of_a_newer_contract_keeps_what_it_has() {
    let name = ScVal::Symbol("surprise".try_into().unwrap());
    let topics = [name, ScVal::U32(7)];
    let event = Event::decode(Contract::Deals, &topics, &ScVal::Bool(true));
    assert_eq!(event.unwrap(), None);
    let fields = event_json(Contract::Deals, &topics, &ScVal::Bool(true));
    assert_eq!(json!(fields), json!({ "topic_1": 7, "data": true }));
}

#[test]
fn a_variant_that_the_spec_does_not_have_is_named() {
    let variant = flash_client::codec::variant("Frozen", vec![]);
    let error = DealStatus::from_scval(&variant).unwrap_err();
    assert!(error
        .to_string()
        .ends_with("DealStatus has no variant Frozen"));
    for value in [
        ScVal::Void,
        ScVal::Vec(None),
        ScVal::Vec(Some(Default::default())),
    ] {
        let error = Role::from_scval(&value).unwrap_err();
        assert!(
            error.to_string().contains("Role: expected a variant"),
            "{error}"
        );
    }
}

/// Every value of a small universe as every type here: none of it may panic.
#[test]
fn no_value_makes_reading_panic() {
    let values = [
        ScVal::Void,
        ScVal::Vec(None),
        ScVal::Map(None),
        ScVal::Map(Some(ScMap::default())),
        ScVal::Vec(Some(vec![ScVal::Void].try_into().unwrap())),
        ScVal::String(ScString(vec![0xff; 3].try_into().unwrap())),
        u128::MAX.to_scval(),
        i128::MIN.to_scval(),
        ScVal::LedgerKeyContractInstance,
    ];
    for value in &values {
        let _ = Points::from_scval(value);
        let _ = <(u32, u128)>::from_scval(value);
        let _ = <[u8; 32]>::from_scval(value);
        for contract in Contract::ALL {
            let topics = [value.clone(), value.clone()];
            assert_eq!(Event::decode(contract, &topics, value).unwrap(), None);
            event_json(contract, &topics, value);
        }
    }
}

#[test]
fn contracts_are_known_by_their_names_and_addresses() {
    for contract in Contract::ALL {
        assert_eq!(Contract::from_name(contract.name()), Some(contract));
    }
    let id = |number| ContractId(Hash([number; 32]));
    let mut number = 0;
    let market = flash_client::Market::new(id(99), |_| {
        number += 1;
        Ok::<_, ()>(id(number))
    });
    let market = market.unwrap();
    for (contract, address) in market.addresses() {
        assert_eq!(market.contract_at(&address), Some(contract));
    }
    assert_eq!(market.contract_at(&market.asset_address()), None);
    assert!(Deals::FUNCTIONS.contains(&"get_quote"));
    assert!(!Registry::FUNCTIONS.contains(&"__constructor"));
}
