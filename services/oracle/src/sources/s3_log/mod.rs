//! S3 server access logs: what a line in the standard format means.
//!
//! Reads the fields up to the object size, and the version id after them. Later fields were added
//! over the years and may contain anything. A line that is not understood is an error, never
//! "nothing to bill".

mod fields;
mod name;

use crate::{
    digest::digest63,
    ingest::{Action, Incoming, ObjectEvent, Sighting},
};
use fields::Fields;
use std::sync::{Arc, LazyLock};
use time::{
    format_description::{parse_borrowed, BorrowedFormatItem},
    OffsetDateTime,
};

/// How to find the repo of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepoRule {
    /// It is the first part of the object's name.
    FirstPart,
    /// All objects of the bucket belong to this repo.
    Fixed(String),
}

/// The origin of a log.
#[derive(Clone, Debug)]
pub struct LogOwner {
    pub provider: Arc<str>,
    /// The bucket's external id in the marketplace, if it differs from the bucket's name.
    pub bucket: Option<String>,
    pub repo: RepoRule,
    /// Name of the endpoint that wrote the log.
    pub host: String,
}

/// The meaning of a line. All fields are empty if there is nothing to bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Bytes sent over the wire.
    pub sample: Option<Incoming>,
    /// An object was put or deleted.
    pub event: Option<ObjectEvent>,
    /// An object was seen.
    pub sighting: Option<Sighting>,
}

/// Why a line is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub reason: String,
    /// It needs attention, because it may be something to bill.
    pub alerts: bool,
}

impl Problem {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            alerts: false,
        }
    }

    fn alerting(reason: impl Into<String>) -> Self {
        Self {
            alerts: true,
            ..Self::new(reason)
        }
    }
}

impl From<String> for Problem {
    fn from(reason: String) -> Self {
        Self::new(reason)
    }
}

/// Reads a line.
///
/// # Errors
/// What is wrong or not understood.
pub fn line(text: &str, owner: &LogOwner, latest_ms: u64) -> Result<Line, Problem> {
    if text.contains('\0') {
        return Err(Problem::new("the line has a NUL byte"));
    }
    let fields = fields::split(text)?;
    let meaning = meaning(&fields)?;
    if meaning == Meaning::Nothing || fields.key == "-" {
        return Ok(Line::default());
    }
    let line = Reading {
        owner,
        object: name::object_name(fields.operation, fields.key),
        at_ms: time_ms(fields.time)?,
        fields,
        text,
    };
    line.check(meaning, latest_ms)
}

/// The effect of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Bytes were sent to a client.
    Sent,
    /// The object has a new size.
    Stored,
    /// A part of an upload; it counts once the parts are joined.
    Part,
    Deleted,
    /// The object was read or listed.
    Looked,
    Nothing,
}

fn meaning(fields: &Fields<'_>) -> Result<Meaning, Problem> {
    let meaning = match fields.operation {
        "REST.PUT.OBJECT" | "REST.POST.OBJECT" | "REST.POST.UPLOAD" | "REST.COPY.OBJECT" => {
            Meaning::Stored
        }
        "REST.PUT.PART" => Meaning::Part,
        "REST.DELETE.OBJECT"
        | "BATCH.DELETE.OBJECT"
        | "S3.EXPIRE.OBJECT"
        | "S3.CREATE.DELETEMARKER" => Meaning::Deleted,
        "REST.GET.OBJECT" | "WEBSITE.GET.OBJECT" | "REST.GET.OBJECT_TORRENT" => Meaning::Sent,
        // A copy reads inside the store.
        "REST.HEAD.OBJECT" | "WEBSITE.HEAD.OBJECT" | "REST.COPY.OBJECT_GET" => Meaning::Looked,
        "REST.OPTIONS.OBJECT" | "S3.RESTORE.OBJECT" => Meaning::Nothing,
        other if other.starts_with("S3.TRANSITION") => Meaning::Nothing,
        other if other.ends_with("OBJECT") && succeeded(fields) => {
            return Err(Problem::alerting(format!(
                "the operation {other} is not known, and may store, send or delete an object"
            )));
        }
        _ => Meaning::Nothing,
    };
    if !succeeded(fields) {
        return Ok(Meaning::Nothing);
    }
    let has_bytes = fields.object_size.unwrap_or(0) > 0;
    if meaning == Meaning::Sent && fields.bytes_sent.is_none() && has_bytes {
        return Err(Problem::alerting(
            "a GET of an object with bytes succeeded, and the line does not say how many were sent",
        ));
    }
    Ok(meaning)
}

/// Actions of the store itself have no status.
fn succeeded(fields: &Fields<'_>) -> bool {
    let by_itself = fields.operation.starts_with("S3.") && fields.status == "-";
    fields.error_code == "-" && (by_itself || fields.status.starts_with('2'))
}

/// A line with an effect.
struct Reading<'a> {
    owner: &'a LogOwner,
    fields: Fields<'a>,
    object: String,
    at_ms: u64,
    text: &'a str,
}

impl Reading<'_> {
    fn check(&self, meaning: Meaning, latest_ms: u64) -> Result<Line, Problem> {
        let size_bytes = self.fields.object_size.unwrap_or(0);
        let mut line = Line::default();
        match meaning {
            Meaning::Sent => {
                line.sample = Some(self.sample(0, self.fields.bytes_sent.unwrap_or(0)));
                line.sighting = self.sighting();
            }
            Meaning::Part => line.sample = Some(self.sample(size_bytes, 0)),
            Meaning::Stored => line.event = Some(self.event(Action::Put, size_bytes)),
            Meaning::Deleted => line.event = Some(self.event(Action::Delete, size_bytes)),
            Meaning::Looked => line.sighting = self.sighting(),
            Meaning::Nothing => {}
        }
        if let Some(sample) = &line.sample {
            sample.check(latest_ms)?;
        }
        if let Some(event) = &line.event {
            event.check(latest_ms)?;
        }
        if let Some(sighting) = &line.sighting {
            sighting.check(latest_ms)?;
        }
        Ok(line)
    }

    fn bucket(&self) -> String {
        let named = self.owner.bucket.clone();
        named.unwrap_or_else(|| self.fields.bucket.to_owned())
    }

    fn repo(&self) -> String {
        match &self.owner.repo {
            RepoRule::Fixed(repo) => repo.clone(),
            RepoRule::FirstPart => name::first_part(&self.object).to_owned(),
        }
    }

    /// A line is identified by its request, which has one line per deleted object. If the request
    /// has no id, the whole line identifies it.
    fn origin(&self) -> i64 {
        let request = match self.fields.request_id {
            "-" => self.text,
            id => id,
        };
        digest63(&[
            &self.owner.provider,
            self.fields.bucket,
            request,
            self.fields.operation,
            &self.object,
            self.fields.version,
        ])
    }

    fn sample(&self, upl_bytes: u64, dwl_bytes: u64) -> Incoming {
        Incoming {
            provider: self.owner.provider.clone(),
            bucket: self.bucket(),
            repo: self.repo(),
            at_ms: self.at_ms,
            origin: self.origin(),
            is_numbered: self.fields.request_id != "-",
            host: self.owner.host.clone(),
            upl_bytes,
            dwl_bytes,
            size_change: 0,
            latency_ms: None,
        }
    }

    fn event(&self, action: Action, size_bytes: u64) -> ObjectEvent {
        ObjectEvent {
            provider: self.owner.provider.clone(),
            bucket: self.bucket(),
            repo: self.repo(),
            object: self.object.clone(),
            at_ms: self.at_ms,
            origin: self.origin(),
            request: self.fields.request_id.to_owned(),
            action,
            version: self.fields.version.to_owned(),
            size_bytes,
        }
    }

    /// A version requested by id may not be the current one.
    fn sighting(&self) -> Option<Sighting> {
        let has_bytes = self.fields.object_size.unwrap_or(0) > 0;
        let current = self.fields.version.is_empty();
        (has_bytes && current).then(|| Sighting {
            provider: self.owner.provider.clone(),
            bucket: self.bucket(),
            repo: self.repo(),
            object: self.object.clone(),
            at_ms: self.at_ms,
        })
    }
}

/// `06/Feb/2019:00:00:38 +0000`. A leap second counts as the one before it.
fn time_ms(text: &str) -> Result<u64, Problem> {
    static FORMAT: LazyLock<Vec<BorrowedFormatItem<'static>>> = LazyLock::new(|| {
        let format = "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] \
                      [offset_hour sign:mandatory][offset_minute]";
        parse_borrowed::<2>(format).unwrap_or_default()
    });
    let no_time = || Problem::new(format!("no time: {text}"));
    let usual = text.replacen(":60 ", ":59 ", 1);
    let time = OffsetDateTime::parse(&usual, &*FORMAT).map_err(|_| no_time())?;
    let ms = time.unix_timestamp_nanos() / 1_000_000;
    u64::try_from(ms).map_err(|_| Problem::new(format!("a time before 1970: {text}")))
}
