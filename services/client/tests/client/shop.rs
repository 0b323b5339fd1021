//! A contract with a field of every type that a spec can have: `tests/specs/shop.spec.json`. The same
//! generator wrote its client, when the crate was built.

#[allow(clippy::too_many_arguments, dead_code, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/shop.rs"));
}

use flash_client::codec::{
    as_json, Bytes, ContractError as _, ContractEvent, ContractId, Duration, FromScVal, ScError,
    ScVal, Symbol, Text, TimePoint, ToScVal, I256, U256,
};
use generated::{
    events::{shop, Event},
    types::{Everything, Kind, Pair, Payee, Receipt, ShopError},
    Contract, ContractError, Shop,
};
use serde_json::json;
use std::collections::BTreeMap;
use stellar_xdr::Hash;

fn id() -> ContractId {
    ContractId(Hash([7; 32]))
}

fn everything() -> Everything {
    let shop = Shop::new(id());
    Everything {
        any: ScVal::I32(-1),
        bytes: Bytes(vec![0, 255].try_into().unwrap()),
        duration: Duration(60),
        error: ScError::Contract(1),
        flags: (true,),
        hash: [9; 32],
        i256: I256 {
            hi_hi: -1,
            hi_lo: 0,
            lo_hi: 0,
            lo_lo: 1,
        },
        key: [4; 65],
        kind: Kind::Large,
        muxed: shop.address(),
        pair: Pair(-5, 6),
        payee: Payee::Both(shop.address(), 8),
        prices: BTreeMap::from([(Symbol("pear".try_into().unwrap()), i128::MIN)]),
        refusal: ShopError::Closed,
        time: TimePoint(1),
        u256: U256 {
            hi_hi: 1,
            hi_lo: 2,
            lo_hi: 3,
            lo_lo: 4,
        },
    }
}

#[test]
fn every_type_reads_back_as_it_was_written() {
    let value = everything().to_scval();
    assert_eq!(Everything::from_scval(&value).unwrap(), everything());
    for payee in [Payee::Nobody, Payee::Both(Shop::new(id()).address(), 1)] {
        assert_eq!(Payee::from_scval(&payee.to_scval()).unwrap(), payee);
    }
    assert_eq!(Kind::Small.to_scval(), ScVal::U32(1));
    let refused = ScVal::Error(ScError::Contract(9002));
    assert_eq!(ShopError::Closed.to_scval(), refused);
}

#[test]
fn json_is_what_the_stellar_cli_prints() {
    let receipt = Receipt {
        buyer: Shop::new(id()).address(),
        note: Text::from(vec![b'a', 0xff]),
        total: u128::MAX,
    };
    let expected = json!({
        "buyer": Shop::new(id()).address().to_string(),
        "note": "a\u{fffd}",
        "total": u128::MAX.to_string(),
    });
    assert_eq!(serde_json::to_value(&receipt).unwrap(), expected);
    assert_eq!(as_json(&Payee::Nobody.to_scval()), json!("Nobody"));
}

#[test]
fn calls_have_the_arguments_of_the_spec() {
    let shop = Shop::new(id());
    // `type` is a word of Rust's own; a note need not be text.
    let call = shop.buy(shop.address(), vec![0xff], 3);
    assert_eq!(call.function, "buy");
    assert_eq!(call.name(), "shop.buy");
    let note = Text::from(vec![0xff]).to_scval();
    let expected = [shop.address().to_scval(), note, ScVal::U32(3)];
    assert_eq!(call.args, expected);
    assert_eq!(Shop::FUNCTIONS, ["buy", "everything", "names"]);
    let arguments = Shop::constructor(shop.address(), "Shop");
    let names: Vec<_> = arguments.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["owner", "name"]);
}

#[test]
fn errors_have_names_and_codes() {
    let error = ContractError::from_code(9001);
    assert_eq!(error, Some(ContractError::ShopError(ShopError::SoldOut)));
    assert_eq!(error.map(ContractError::name), Some("SoldOut"));
    assert_eq!(ContractError::from_code(9003), None);
}

/// Each layout of an event's data: by name, by place, alone, and none.
#[test]
fn events_read_back_as_they_were_written() {
    let buyer = Shop::new(id()).address();
    let bought = shop::Bought {
        buyer,
        items: vec![1, 2],
        data: "red".into(),
    };
    let moved = shop::Moved {
        from: "a".into(),
        to: "b".into(),
    };
    for event in [
        shop::Event::Bought(bought),
        shop::Event::Moved(moved),
        shop::Event::Priced(shop::Priced { price: -1 }),
        shop::Event::Opened(shop::Opened {}),
    ] {
        let (topics, data) = event.encode();
        let read = Event::decode(Contract::Shop, &topics, &data).unwrap();
        assert_eq!(read, Some(Event::Shop(event)));
    }
    assert_eq!(shop::Bought::PREFIX, ["shop", "bought"]);
    assert_eq!(shop::Bought::TOPICS, ["buyer"]);
}

#[test]
fn an_event_that_the_spec_does_not_have_is_none() {
    let topics = [ScVal::Symbol("shop".try_into().unwrap())];
    let read = Event::decode(Contract::Shop, &topics, &ScVal::Void);
    assert_eq!(read.unwrap(), None);
    assert_eq!(
        Event::decode(Contract::Shop, &[], &ScVal::Void).unwrap(),
        None
    );
}
