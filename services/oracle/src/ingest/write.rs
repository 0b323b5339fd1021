//! Writes loads in one commit. Duplicates are stored once.

use super::{
    load::{Cursor, Load, Rejects, Written},
    objects::{self, Told},
    probes,
    rejects::{self, Budget},
    samples::{self, Row},
    series::{forgotten_ms, Found, Known, Name, Refusal},
    Reject,
};
use crate::tally::{Table, Tally};
use anyhow::Result;
use flash_base::db::{from_column, Db, Write};
use std::collections::{BTreeMap, HashMap};

pub struct Writer {
    db: Db,
    known: Known,
    budget: Budget,
    max_series: u64,
}

/// A commit in progress.
struct Commit<'a> {
    write: Write,
    known: &'a Known,
    budget: &'a mut Budget,
    max_series: u64,
    found: Found,
    tally: Tally,
    /// No series has deleted samples after this time.
    forgotten_ms: u64,
}

impl Writer {
    /// Limits each source to `max_series` series.
    pub fn new(db: Db, max_series: u64) -> Self {
        Self {
            db,
            known: Known::new(max_series),
            budget: Budget::default(),
            max_series,
        }
    }

    /// Writes loads in one commit; returns a result for each.
    ///
    /// # Errors
    /// The database's. Nothing was written then.
    pub async fn commit(&mut self, loads: &[&Load]) -> Result<Vec<Written>> {
        let mut write = self.db.write().await?;
        let newest = "SELECT COALESCE(MAX(forgotten_ms), 0) FROM series";
        let forgotten: i64 = sqlx::query_scalar(newest)
            .fetch_one(write.connection())
            .await?;
        let mut commit = Commit {
            write,
            known: &self.known,
            budget: &mut self.budget,
            max_series: self.max_series,
            found: Found::default(),
            tally: Tally::default(),
            forgotten_ms: from_column(forgotten),
        };
        let mut all = Vec::with_capacity(loads.len());
        for load in loads {
            all.push(commit.load(load).await?);
        }
        let Commit {
            mut write,
            found,
            tally,
            ..
        } = commit;
        tally.save(&mut write).await?;
        write.commit().await?;
        self.known.learn(found);
        Ok(all)
    }
}

/// The rows of a load.
#[derive(Default)]
struct Sorted<'a> {
    samples: Vec<Row<'a>>,
    objects: BTreeMap<i64, Told<'a>>,
    rejects: Rejects,
    over_quota: u64,
}

impl Commit<'_> {
    async fn load(&mut self, load: &Load) -> Result<Written> {
        let mut sorted = self.sort(load).await?;
        let mut written = self.samples(load, &mut sorted).await?;
        written.add(&self.objects(load, &mut sorted).await?);
        let probes = probes::insert(&mut self.write, &load.probes).await?;
        self.tally.add(Table::Probes, probes.added);
        let new = probes.added + probes.changed;
        written.accepted += new;
        written.duplicates += (load.probes.len() as u64).saturating_sub(new);
        let kept = self.budget.take(&load.source, &sorted.rejects);
        let added = rejects::insert(&mut self.write, &kept).await?;
        self.tally.add(Table::Rejects, added);
        written.rejected = sorted.rejects.count;
        written.alerting = sorted.rejects.alerting;
        written.over_quota = sorted.over_quota;
        if let Some(cursor) = &load.cursor {
            set_cursor(&mut self.write, cursor).await?;
        }
        Ok(written)
    }

    async fn samples<'a>(&mut self, load: &Load, sorted: &mut Sorted<'a>) -> Result<Written> {
        let outcome = samples::insert(&mut self.write, &sorted.samples).await?;
        self.tally.add(Table::Samples, outcome.added);
        let conflicts = outcome.conflicts.len() as u64;
        for sample in &outcome.conflicts {
            let line = format!("{sample:?}");
            sorted.rejects.add(conflict(&load.source, &line, "number"));
        }
        let taken = outcome.added + conflicts;
        Ok(Written {
            accepted: outcome.added,
            duplicates: (sorted.samples.len() as u64).saturating_sub(taken),
            conflicts,
            ..Written::default()
        })
    }

    async fn objects<'a>(&mut self, load: &Load, sorted: &mut Sorted<'a>) -> Result<Written> {
        let mut written = Written::default();
        for (series_id, told) in &sorted.objects {
            let outcome = objects::write(&mut self.write, *series_id, told).await?;
            self.tally.add(Table::ObjectEvents, outcome.added);
            written.accepted += outcome.added;
            written.duplicates += outcome.duplicates;
            written.conflicts += outcome.conflicts.len() as u64;
            for event in outcome.conflicts {
                let line = format!("{event:?}");
                sorted.rejects.add(conflict(&load.source, &line, "request"));
            }
        }
        Ok(written)
    }

    /// Assigns rows to their series. Rows that cannot be written become rejects.
    async fn sort<'a>(&mut self, load: &'a Load) -> Result<Sorted<'a>> {
        let mut sorted = Sorted {
            rejects: load.rejects.clone(),
            ..Sorted::default()
        };
        let known = self.known;
        let names = names(load);
        known
            .look_up(&mut self.write, &mut self.found, names)
            .await?;
        let mut ids = HashMap::<Name<'a>, Result<i64, Refusal>>::new();
        for sample in &load.samples {
            let name = (&sample.provider, &*sample.bucket, &*sample.repo);
            let told = (load, name, sample.at_ms);
            match self.place(&mut ids, told).await? {
                Ok(series_id) => sorted.samples.push(Row { series_id, sample }),
                Err(refusal) => sorted.refuse(load, &format!("{sample:?}"), &refusal),
            }
        }
        for event in &load.events {
            let name = (&event.provider, &*event.bucket, &*event.repo);
            let told = (load, name, event.at_ms);
            match self.place(&mut ids, told).await? {
                Ok(id) => sorted.objects.entry(id).or_default().events.push(event),
                Err(refusal) => sorted.refuse(load, &format!("{event:?}"), &refusal),
            }
        }
        // A sighting bills nothing, so it can be dropped.
        for sighting in &load.sightings {
            let name = (&sighting.provider, &*sighting.bucket, &*sighting.repo);
            let told = (load, name, sighting.at_ms);
            if let Ok(id) = self.place(&mut ids, told).await? {
                let of_series = sorted.objects.entry(id).or_default();
                of_series.sightings.push(sighting);
            }
        }
        Ok(sorted)
    }

    /// The series of a row, or why it has none.
    async fn place<'a>(
        &mut self,
        ids: &mut HashMap<Name<'a>, Result<i64, Refusal>>,
        (load, name, at_ms): (&Load, Name<'a>, u64),
    ) -> Result<Result<i64, Unplaced>> {
        let series = match ids.get(&name) {
            Some(series) => *series,
            None => {
                let known = self.known;
                let series = known.id(&mut self.write, &mut self.found, &load.source, name);
                let series = series.await?;
                ids.insert(name, series);
                series
            }
        };
        match series {
            Err(refusal) => Ok(Err(Unplaced::No(refusal, self.max_series))),
            // Before that time, it depends on the series whether samples were deleted.
            Ok(id) if at_ms < self.forgotten_ms => {
                let forgotten = at_ms < forgotten_ms(&mut self.write, id).await?;
                Ok(if forgotten {
                    Err(Unplaced::TooOld)
                } else {
                    Ok(id)
                })
            }
            Ok(id) => Ok(Ok(id)),
        }
    }
}

/// The series of all rows of a load.
fn names(load: &Load) -> impl Iterator<Item = Name<'_>> {
    let samples = load.samples.iter();
    let samples = samples.map(|row| (&row.provider, &*row.bucket, &*row.repo));
    let events = load.events.iter();
    let events = events.map(|row| (&row.provider, &*row.bucket, &*row.repo));
    let sightings = load.sightings.iter();
    let sightings = sightings.map(|row| (&row.provider, &*row.bucket, &*row.repo));
    samples.chain(events).chain(sightings)
}

/// Stores how far a source was read.
pub async fn set_cursor(write: &mut Write, cursor: &Cursor) -> Result<()> {
    let put = sqlx::query(
        "INSERT INTO cursors (source, position) VALUES ($1, $2)
         ON CONFLICT (source) DO UPDATE SET position = $2",
    );
    let put = put.bind(cursor.source.clone());
    write.run(put.bind(cursor.position.clone())).await?;
    Ok(())
}

/// Why a row is not written.
enum Unplaced {
    /// The limit of series per source.
    No(Refusal, u64),
    TooOld,
}

impl Sorted<'_> {
    fn refuse(&mut self, load: &Load, line: &str, why: &Unplaced) {
        let reason = match why {
            Unplaced::No(Refusal::SameDigest, _) => {
                "the digest of its bucket and repo belongs to others".to_owned()
            }
            Unplaced::No(Refusal::OverQuota, most) => {
                self.over_quota += 1;
                format!("the source has begun {most} repos in buckets: quota.max_series")
            }
            Unplaced::TooOld => "older than what is kept (retention.samples_days)".to_owned(),
        };
        self.rejects.add(Reject::new(&load.source, line, &reason));
    }
}

fn conflict(source: &str, line: &str, what: &str) -> Reject {
    let reason = format!("a conflict: its {what} is that of another line, with other content");
    Reject {
        alerts: true,
        ..Reject::new(source, line, &reason)
    }
}
