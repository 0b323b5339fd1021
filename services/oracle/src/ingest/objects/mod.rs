//! Writes object events, each once, and computes how they change the stored size.
//!
//! Without versions, the events of a second determine what an object holds after it. So a new event
//! affects its own second, the one before it if that is a tie, and the one after it. Only this
//! window is read and recomputed, however long the history of the object is. An object with
//! versions is computed from all its events.

mod known;
mod window;

use super::{statement::chunks, ObjectEvent, Sighting};
use anyhow::Result;
use flash_base::db::{column, places, Write};
use flash_meter::objects::{effects, ties, Action, Effect, Event};
use std::collections::{BTreeMap, BTreeSet};
use window::{Row, Window};

/// The object events of a load in one series.
#[derive(Default)]
pub struct Told<'a> {
    pub events: Vec<&'a ObjectEvent>,
    pub sightings: Vec<&'a Sighting>,
}

/// The result.
#[derive(Default)]
pub struct Outcome<'a> {
    pub added: u64,
    pub duplicates: u64,
    /// Events whose request belongs to another event.
    pub conflicts: Vec<&'a ObjectEvent>,
}

/// An object to recompute, with its new events.
#[derive(Default)]
struct Object<'a> {
    events: Vec<&'a ObjectEvent>,
    /// First and last second with new events.
    span: Option<(u64, u64)>,
}

impl Object<'_> {
    fn touch(&mut self, at_secs: u64) {
        let (first, last) = self.span.unwrap_or((at_secs, at_secs));
        self.span = Some((first.min(at_secs), last.max(at_secs)));
    }
}

/// Writes the object events of a series.
pub async fn write<'a>(write: &mut Write, series_id: i64, told: &Told<'a>) -> Result<Outcome<'a>> {
    let mut outcome = Outcome::default();
    let mut objects = BTreeMap::<&'a str, Object<'a>>::new();
    for event in new_events(write, series_id, told, &mut outcome).await? {
        let object = objects.entry(&event.object).or_default();
        object.touch(secs(event.at_ms));
        object.events.push(event);
    }
    let sighted = insert_sightings(write, series_id, &told.sightings).await?;
    for name in known::tied(write, series_id, &sighted).await? {
        if let Some((name, seconds)) = sighted.get_key_value(&*name) {
            let object = objects.entry(name).or_default();
            seconds.iter().for_each(|at_secs| object.touch(*at_secs));
        }
    }
    let names: Vec<&str> = objects.keys().copied().collect();
    let versioned = known::with_versions(write, series_id, &names).await?;
    let mut added = Vec::new();
    for (name, object) in &objects {
        let begins_versions = object.events.iter().any(|event| names_version(event));
        let all = begins_versions || versioned.contains(*name);
        resize(write, series_id, (name, object), all, &mut added).await?;
    }
    for chunk in chunks(&added) {
        window::insert(write, series_id, chunk).await?;
    }
    outcome.added = added.len() as u64;
    Ok(outcome)
}

fn secs(at_ms: u64) -> u64 {
    at_ms / 1_000
}

fn names_version(event: &ObjectEvent) -> bool {
    event.action == Action::Put && !event.version.is_empty()
}

/// The events that are not stored yet, each once.
async fn new_events<'a>(
    write: &mut Write,
    series_id: i64,
    told: &Told<'a>,
    outcome: &mut Outcome<'a>,
) -> Result<Vec<&'a ObjectEvent>> {
    let origins: Vec<i64> = told.events.iter().map(|event| event.origin).collect();
    let mut contents = known::contents(write, series_id, &origins).await?;
    let mut new = Vec::new();
    for event in &told.events {
        let content = known::Content::of(event);
        match contents.get(&event.origin) {
            None => {
                contents.insert(event.origin, content);
                new.push(*event);
            }
            Some(other) if *other == content => outcome.duplicates += 1,
            Some(_) => outcome.conflicts.push(event),
        }
    }
    Ok(new)
}

/// The seconds in which objects were seen.
type Seconds<'a> = BTreeMap<&'a str, BTreeSet<u64>>;

async fn insert_sightings<'a>(
    write: &mut Write,
    series_id: i64,
    sightings: &[&'a Sighting],
) -> Result<Seconds<'a>> {
    let mut seconds = Seconds::new();
    for sighting in sightings {
        let of_object = seconds.entry(&sighting.object).or_default();
        of_object.insert(secs(sighting.at_ms));
    }
    let pairs = |(name, of_object): (&&'a str, &BTreeSet<u64>)| {
        let name = *name;
        of_object
            .iter()
            .map(move |at| (name, *at))
            .collect::<Vec<_>>()
    };
    let rows: Vec<(&str, u64)> = seconds.iter().flat_map(pairs).collect();
    for chunk in chunks(&rows) {
        let sql = format!(
            "INSERT INTO sightings (series_id, object, at_secs) VALUES {} ON CONFLICT DO NOTHING",
            places(write.connection(), chunk.len(), 3)
        );
        let mut query = sqlx::query(&sql);
        for (object, at_secs) in chunk {
            query = query.bind(series_id).bind((*object).to_owned());
            query = query.bind(column(*at_secs));
        }
        query.execute(write.connection()).await?;
    }
    Ok(seconds)
}

/// Recomputes an object as far as new events reach. New rows go to `added`.
async fn resize<'a>(
    write: &mut Write,
    series_id: i64,
    (name, object): (&str, &Object<'a>),
    all: bool,
    added: &mut Vec<Row>,
) -> Result<()> {
    let Some((first, last)) = object.span else {
        return Ok(());
    };
    let mut window = match all {
        true => Window::all(write, series_id, name).await?,
        false => Window::around(write, series_id, name, first, last).await?,
    };
    let new = object.events.iter().map(|event| Row::new(event));
    // A deletion of a version that was never put changes nothing.
    let (inside, idle): (Vec<_>, Vec<_>) = new.partition(|row| all || row.event.decides());
    added.extend(idle);
    window.rows.extend(inside);
    let events: Vec<Event> = window.rows.iter().map(|row| row.event.clone()).collect();
    let shown = shown_after(write, series_id, name, &events).await?;
    let computed = effects(window.size_before_bytes, &events, &shown);
    for (row, effect) in window.rows.into_iter().zip(computed) {
        let is_inside = window
            .until_secs
            .is_none_or(|until| row.event.at_secs < until);
        if row.is_new {
            added.push(Row { effect, ..row });
        } else if is_inside && row.effect != effect {
            window::update(write, series_id, row.origin, &effect).await?;
        }
    }
    Ok(())
}

/// The ties after which a line shows the object before its next change.
async fn shown_after(
    write: &mut Write,
    series_id: i64,
    name: &str,
    events: &[Event],
) -> Result<BTreeSet<u64>> {
    let mut shown = BTreeSet::new();
    for tie in ties(events) {
        let before = tie.next_secs.unwrap_or(u64::MAX);
        if known::is_seen_between(write, series_id, name, tie.at_secs, before).await? {
            shown.insert(tie.at_secs);
        }
    }
    Ok(shown)
}

impl Row {
    fn new(event: &ObjectEvent) -> Self {
        Self {
            origin: event.origin,
            object: event.object.clone(),
            event: Event {
                at_secs: secs(event.at_ms),
                request: event.request.clone(),
                action: event.action,
                version: event.version.clone(),
                size_bytes: event.size_bytes,
            },
            effect: Effect::default(),
            is_new: true,
        }
    }
}
