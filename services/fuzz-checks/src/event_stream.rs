//! Events as the index reads them: those of the contracts' specs, with any values.

use crate::{bytes::Bytes, values};
use flash_base::db::Db;
use flash_client::{Contract, Market};
use flash_client_codegen::Spec;
use flash_index::{apply::apply, event::Event, listing};
use serde_json::{json, Value};
use std::sync::LazyLock;
use stellar_xdr::{
    ContractId, Hash, Limits, ScSpecEntry, ScSpecEventDataFormat, ScSpecEventParamLocationV0,
    ScSpecEventV0, ScVal, WriteXdr,
};

const MAX_EVENTS: usize = 24;
const SPECS: [(&str, &str); 4] = [
    ("deals", include_str!("../../../goldens/deals.spec.json")),
    ("escrow", include_str!("../../../goldens/escrow.spec.json")),
    (
        "registry",
        include_str!("../../../goldens/registry.spec.json"),
    ),
    (
        "reputation",
        include_str!("../../../goldens/reputation.spec.json"),
    ),
];

struct Stage {
    market: Market,
    specs: Vec<Spec>,
    /// Contract and event.
    events: Vec<(Contract, ScSpecEventV0)>,
    db: Db,
    runtime: tokio::runtime::Runtime,
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let id = |nth: u8| ContractId(Hash([nth; 32]));
    let nth = |contract| Contract::ALL.iter().position(|other| *other == contract);
    let market = Market::new(id(0), |contract| {
        nth(contract)
            .and_then(|nth| Some(id(u8::try_from(nth + 1).ok()?)))
            .ok_or(())
    });
    let specs = SPECS.map(|(name, json)| Spec::parse(name, json).unwrap());
    let events = specs.iter().flat_map(|spec| {
        let contract = Contract::from_name(&spec.contract).unwrap();
        let events = spec.entries.iter().filter_map(|entry| match entry {
            ScSpecEntry::EventV0(event) => Some(event.clone()),
            _ => None,
        });
        events.map(move |event| (contract, event))
    });
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    Stage {
        market: market.unwrap(),
        events: events.collect(),
        specs: specs.to_vec(),
        db: runtime.block_on(listing::open("sqlite::memory:")).unwrap(),
        runtime,
    }
});

/// Any events are stored, and neither a panic nor an error of the database stops the index.
pub fn event_stream(input: &[u8]) {
    let stage = &*STAGE;
    let mut bytes = Bytes(input);
    let mut events = Vec::new();
    while !bytes.is_empty() && events.len() < MAX_EVENTS {
        let item = stage.item(&mut bytes, events.len());
        let event = Event::decode(&item, &stage.market).unwrap();
        events.push(event.expect("it is of a contract of the market"));
    }
    stage.runtime.block_on(async {
        let mut connection = stage.db.pool().acquire().await.unwrap();
        let begin = sqlx::query("BEGIN").execute(&mut *connection).await;
        begin.unwrap();
        // In two pages: the second finds rows of the first.
        let (first, second) = events.split_at(events.len() / 2);
        for page in [first, second] {
            let batch = apply(&mut connection, page).await.unwrap();
            assert_eq!(batch.event_count(), page.len());
            batch.store(&mut connection).await.unwrap();
        }
        // The next input begins on empty tables.
        let rollback = sqlx::query("ROLLBACK").execute(&mut *connection).await;
        rollback.unwrap();
    });
}

impl Stage {
    /// An event as `getEvents` gives it.
    fn item(&self, bytes: &mut Bytes<'_>, nth: usize) -> Value {
        let (contract, event) = &self.events[bytes.below(self.events.len())];
        let addresses = self.market.addresses();
        let address = addresses.iter().find(|(of, _)| of == contract);
        let (topics, data) = self.body(event, bytes);
        let text = |value: &ScVal| value.to_xdr_base64(Limits::none()).unwrap();
        json!({
            "type": "contract",
            "ledger": nth,
            "ledgerClosedAt": "2026-11-30T00:00:00Z",
            "contractId": address.unwrap().1.to_string(),
            "id": format!("{nth:019}-0000000000"),
            "txHash": "ab".repeat(32),
            "topic": topics.iter().map(text).collect::<Vec<_>>(),
            "value": text(&data),
        })
    }

    fn body(&self, event: &ScSpecEventV0, bytes: &mut Bytes<'_>) -> (Vec<ScVal>, ScVal) {
        let prefix = event.prefix_topics.iter();
        let mut topics: Vec<_> = prefix.map(|name| ScVal::Symbol(name.clone())).collect();
        let mut data = Vec::new();
        for param in event.params.iter() {
            // A field may be missing.
            if bytes.byte() == 0xff {
                continue;
            }
            let value = values::of_type(&param.type_, &self.specs, bytes, 0);
            match param.location {
                ScSpecEventParamLocationV0::TopicList => topics.push(value),
                ScSpecEventParamLocationV0::Data => data.push((param.name.to_string(), value)),
            }
        }
        let values = || data.iter().map(|(_, value)| value.clone()).collect();
        let data = match event.data_format {
            ScSpecEventDataFormat::Map => values::map(data.clone()),
            ScSpecEventDataFormat::Vec => values::vector(values()),
            ScSpecEventDataFormat::SingleValue => values().pop().unwrap_or(ScVal::Void),
        };
        (topics, data)
    }
}
