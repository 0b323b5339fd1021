//! The shapes of all stored data, committed in `goldens/<contract>.storage.txt`. A changed shape
//! without a new schema is an error, because an upgraded contract would misread existing data.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
};

use flash_integration_tests::{
    deploy::CONTRACTS, expected::Prices, mandate, Answer, Deal, Usage, World, DAY,
};
use soroban_sdk::{
    xdr::{Limits, ScSymbol, ScVal, ScVec, WriteXdr},
    BytesN,
};

use crate::{
    entries::{kind, shape, stored, Entry},
    liveness::states,
};

/// If this variable is set, the goldens are written instead of compared: `make goldens`.
const WRITE: &str = "FLASH_WRITE_GOLDENS";

/// A world with every kind of entry in every state of a deal, and everything that an owner can have
/// pending.
fn full_world() -> World {
    let world = World::builder()
        .clawback_enabled()
        .checked_at_the_end()
        .build();
    let listed = world.bucket(&world.bert).shared(100, 100).auto_accept();
    listed.listed();
    let mut seen = BTreeSet::new();
    for (name, build) in states::ALL {
        if name.contains("clawed back") || name.contains("suspended") {
            continue;
        }
        assert!(seen.insert(name));
        build(&world);
    }
    world.due_for_a_draw(mandate::TOP_UP);
    let points = world.reputation().get_points();
    let owner = world.as_owner();
    let answer: Answer = owner.reputation("set_points", (points,));
    answer.expect("the owner");
    let answer: Answer<u64> = owner.deals("schedule_oracle", (&world.mallory.address,));
    answer.expect("the owner");
    let hash = BytesN::from_array(&world.env, &[1; 32]);
    let answer: Answer<u64> = owner.deals("schedule_upgrade", (hash,));
    answer.expect("the owner");
    for command in ["pause", "unpause", "pause"] {
        let answer: Answer = owner.registry(command, ());
        answer.expect("the owner");
    }
    world.advance(DAY);
    world
}

fn schema(world: &World, contract: &str) -> u32 {
    match contract {
        "registry" => world.registry().get_config().admin.schema,
        "deals" => world.deals().get_config().admin.schema,
        "escrow" => world.escrow().get_config().admin.schema,
        "mandates" => world.mandates().get_config().admin.schema,
        _ => world.reputation().get_config().admin.schema,
    }
}

/// The stored data: one paragraph per kind of key, one line per shape of its values.
fn render(contract: &str, schema: u32, entries: &[Entry]) -> String {
    let mut kinds: BTreeMap<(String, &str), BTreeSet<String>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.contract == contract) {
        let durability = if entry.persistent {
            "persistent"
        } else {
            "temporary"
        };
        if let ScVal::ContractInstance(instance) = &entry.value {
            for field in instance.storage.iter().flat_map(|map| map.0.iter()) {
                let key = (kind(&field.key), "instance");
                kinds.entry(key).or_default().extend(shapes(&field.val));
            }
            continue;
        }
        let key = (entry.kind(), durability);
        let shapes = match &entry.value {
            ScVal::Bytes(bytes) => vec![page(entry, bytes)],
            value => shapes(value),
        };
        kinds.entry(key).or_default().extend(shapes);
    }
    let mut text = format!("storage of {contract}\nschema {schema}\n");
    for ((kind, durability), shapes) in kinds {
        text += &format!("\n{kind} · {durability}\n");
        for shape in shapes {
            text += &format!("  {shape}\n");
        }
    }
    text
}

/// A record shows each field separately, so an option that is sometimes none takes two lines.
fn shapes(value: &ScVal) -> Vec<String> {
    match value {
        ScVal::Map(Some(fields)) => fields
            .0
            .iter()
            .flat_map(|field| {
                let name = match &field.key {
                    ScVal::Symbol(name) => name.0.to_string(),
                    key => kind(key),
                };
                let inner = shapes(&field.val).into_iter();
                inner
                    .map(move |shape| format!("{name}: {shape}"))
                    .collect::<Vec<_>>()
            })
            .collect(),
        value => vec![shape(value)],
    }
}

/// A page of a book is packed: see the layout below.
fn page(entry: &Entry, bytes: &[u8]) -> String {
    format!("page of {}: version {}, slots", entry.contract, bytes[0])
}

/// The layout of the page of one deal that was reported and settled once. The figures are unusual,
/// so that each can be found.
fn layout(contract: &str) -> String {
    let world = World::new();
    let prices = Prices {
        storage: 300_007,
        egress: 100_003,
    };
    let bucket_id = world.bucket(&world.ada).prices(prices).listed();
    let deal = world
        .deal()
        .bucket(bucket_id)
        .storage_gb(1_201)
        .egress_gb(747)
        .days(77);
    let deal = deal.deposit(123_456_789_012).funded();
    world.advance(100_003);
    world.round(&deal, Usage::stored_gb(701).sent_gb(53));
    let entries = stored(&world);
    let page = entries.iter().find_map(|entry| match &entry.value {
        ScVal::Bytes(bytes) if entry.contract == contract => Some(bytes.to_vec()),
        _ => None,
    });
    let Some(page) = page else {
        return String::new();
    };
    let hex: String = page.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut text = format!("\nlayout of a page with one slot: {} bytes\n", page.len());
    for (name, value) in figures(&world, &deal) {
        for at in places(&page, value) {
            text += &format!("  at {at:3}: {name}\n");
        }
    }
    for line in hex.as_bytes().chunks(64) {
        text += &format!("  {}\n", std::str::from_utf8(line).expect("hex"));
    }
    text
}

fn figures(world: &World, deal: &Deal) -> [(&'static str, u128); 19] {
    let meter = world.meter(deal);
    let account = world.account(deal.id);
    let policy = world.deals().get_policy(&1).expect("the first policy");
    let money = |amount: i128| u128::try_from(amount).expect("no debt");
    [
        ("agreed storage, MB", meter.agreed_storage_mb.into()),
        ("agreed egress, MB", meter.agreed_egress_mb.into()),
        ("price of storage", meter.price_per_gb_storage),
        ("price of egress", meter.price_per_gb_egress),
        (
            "shortest window with a verdict, s",
            policy.min_window_secs.into(),
        ),
        ("least runway, s", policy.min_runway_secs.into()),
        ("final window, s", policy.final_window_secs.into()),
        ("tier of latency, bps", policy.sla.minor_latency_bps.into()),
        ("start", meter.start_ts.into()),
        ("end", meter.end_ts.into()),
        ("watermark", meter.through_ts.into()),
        ("storage, MB × s", meter.storage_mb_secs),
        ("payable, MB × s × bps", meter.payable_mb_secs_bps),
        ("egress, MB", meter.egress_mb.into()),
        ("rate, MB", meter.rate_mb.into()),
        ("paid", money(meter.paid_total)),
        ("locked", money(account.locked)),
        ("deposited", money(account.deposited)),
        ("charged", money(account.paid + account.fee)),
    ]
}

/// The position of a number in little-endian bytes.
fn places(page: &[u8], value: u128) -> Vec<usize> {
    let bytes = value.to_le_bytes();
    let len = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(1, |last| last + 1);
    let windows = page.windows(len).enumerate();
    windows
        .filter(|(_, window)| *window == &bytes[..len])
        .map(|(at, _)| at)
        .collect()
}

fn golden(contract: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join(format!("goldens/{contract}.storage.txt"))
}

fn schema_of(text: &str) -> Option<&str> {
    text.lines().nth(1)?.strip_prefix("schema ")
}

#[test]
fn stored_data_matches_the_committed_shapes() {
    let world = full_world();
    let entries = stored(&world);
    let deployed = golden("deals")
        .with_file_name("../deployments/testnet.json")
        .exists();
    let mut changed = Vec::new();
    for contract in CONTRACTS {
        let current = render(contract, schema(&world, contract), &entries) + &layout(contract);
        let path = golden(contract);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        if current == committed {
            continue;
        }
        let same_schema = schema_of(&current) == schema_of(&committed);
        if env::var_os(WRITE).is_some() && !(deployed && same_schema) {
            fs::write(&path, &current).expect("a golden");
            println!("wrote {}", path.display());
            continue;
        }
        let way = match (same_schema, deployed) {
            (true, true) => "another shape needs a new SCHEMA and a migration",
            _ => "if that is meant, run `make goldens` and `make freeze-wasm`",
        };
        changed.push(format!(
            "{contract}: {way}\n{}",
            difference(&committed, &current)
        ));
    }
    assert!(
        changed.is_empty(),
        "stored shapes changed:\n{}",
        changed.join("\n")
    );
}

/// Lines that only one of the two texts has.
fn difference(committed: &str, current: &str) -> String {
    let of = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (committed, current) = (of(committed), of(current));
    let gone = committed
        .difference(&current)
        .map(|line| format!("- {line}"));
    let new = current
        .difference(&committed)
        .map(|line| format!("+ {line}"));
    gone.chain(new).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_changed_shape_is_detected() {
    let world = World::new();
    let entries = stored(&world);
    let before = render("registry", 1, &entries);
    let symbol = |name: &str| ScVal::Symbol(ScSymbol(name.try_into().expect("short")));
    let changed = |change: &dyn Fn(&mut Entry)| {
        let mut entries = entries.clone();
        let of_providers = |entry: &&mut Entry| entry.kind() == "Provider(address)";
        entries.iter_mut().filter(of_providers).for_each(change);
        render("registry", 1, &entries)
    };
    let without_a_field = changed(&|entry| {
        let ScVal::Vec(Some(fields)) = &entry.value else {
            panic!("a provider is a vector");
        };
        let mut fields = fields.0.to_vec();
        fields.pop();
        entry.value = ScVal::Vec(Some(ScVec(fields.try_into().expect("fewer"))));
    });
    assert_ne!(before, without_a_field);
    let under_a_bare_symbol = changed(&|entry| entry.key = symbol("Provider"));
    assert!(difference(&before, &under_a_bare_symbol).contains("+ Provider · persistent"));
    let under_another_key = changed(&|entry| {
        let parts = vec![symbol("Provider")].try_into().expect("one");
        entry.key = ScVal::Vec(Some(ScVec(parts)));
    });
    assert!(difference(&before, &under_another_key).contains("+ [Provider] · persistent"));
}

#[test]
fn no_entry_holds_a_list_that_grows() {
    let world = full_world();
    for entry in stored(&world) {
        let bytes = entry.value.to_xdr(Limits::none()).expect("XDR").len();
        assert!(
            bytes <= 3 * 1_024,
            "{} in {}: {bytes} bytes",
            entry.kind(),
            entry.contract
        );
    }
}
