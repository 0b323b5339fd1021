//! The names of events' topics are those of the interfaces of the built contracts.

use flash_index::event::topic_names;
use std::collections::BTreeMap;

/// Events of an interface with the names of their topics.
fn events(interface: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut name = String::new();
    let lines = interface
        .lines()
        .skip_while(|line| *line != "events")
        .skip(1);
    for line in lines.take_while(|line| line.is_empty() || line.starts_with(' ')) {
        if let Some(topic) = line.strip_prefix("    topic ") {
            let topic = topic.split(':').next().unwrap_or_default();
            found
                .entry(name.clone())
                .or_default()
                .push(topic.to_owned());
        } else if line.contains(", data: ") {
            name = line.split('"').nth(1).unwrap().to_owned();
            found.entry(name.clone()).or_default();
        }
    }
    found
}

#[test]
fn topics_have_the_names_of_the_interfaces() {
    for contract in ["deals", "escrow", "registry", "reputation"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../goldens");
        let path = format!("{folder}/{contract}.interface.txt");
        let events = events(&std::fs::read_to_string(path).unwrap());
        assert!(events.len() > 3, "{contract} has too few events");
        for (event, topics) in events {
            assert_eq!(topic_names(&event), topics, "{contract}: {event}");
        }
    }
}
