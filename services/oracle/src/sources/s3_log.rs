//! S3 server access logs: the standard format, fields separated by spaces.
//!
//! What is read: the fields up to the object's size. What comes after them grew over the years and
//! may hold anything. A key is taken as it stands: quotes in it are no quotes of the format.

use crate::ingest::{Change, Incoming};
use std::sync::LazyLock;
use time::{
    format_description::{parse_borrowed, BorrowedFormatItem},
    OffsetDateTime,
};

/// Which repo an object belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepoRule {
    /// The first part of its key.
    FirstPart,
    /// All objects of the bucket are of this repo.
    Fixed(String),
}

/// Whose log it is.
#[derive(Clone, Debug)]
pub struct LogOwner {
    pub provider: String,
    /// External id of the bucket in the marketplace, where it is not the bucket's name.
    pub bucket: Option<String>,
    pub repo: RepoRule,
    /// Name of the endpoint that wrote it.
    pub host: String,
}

/// A line that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Counts(Box<Incoming>),
    /// Understood, and nothing to bill.
    Nothing,
}

/// The fields that are read.
struct Fields<'a> {
    bucket: &'a str,
    time: &'a str,
    request_id: &'a str,
    operation: &'a str,
    key: &'a str,
    status: &'a str,
    bytes_sent: u64,
    object_size: u64,
}

/// Reads a line.
///
/// # Errors
/// What is wrong with it.
pub fn line(text: &str, owner: &LogOwner, latest_ms: u64) -> Result<Line, String> {
    let fields = split(text)?;
    let at_ms = time_ms(fields.time)?;
    let succeeded = fields.status == "-" || fields.status.starts_with('2');
    let effect = effect(&fields);
    if !succeeded || effect == Effect::None || fields.key == "-" {
        return Ok(Line::Nothing);
    }
    let repo = match &owner.repo {
        RepoRule::Fixed(repo) => repo.clone(),
        RepoRule::FirstPart => first_part(fields.key),
    };
    let object = |size_bytes| Change::Object {
        name: fields.key.to_owned(),
        size_bytes,
    };
    let (upl_bytes, dwl_bytes, change) = match effect {
        Effect::Sent => (0, fields.bytes_sent, Change::Bytes(0)),
        Effect::Stored => (fields.object_size, 0, object(fields.object_size)),
        Effect::Joined => (0, 0, object(fields.object_size)),
        Effect::Part => (fields.object_size, 0, Change::Bytes(0)),
        Effect::Deleted => (0, 0, object(0)),
        Effect::None => return Ok(Line::Nothing),
    };
    let sample = Incoming {
        provider: owner.provider.clone(),
        bucket: owner
            .bucket
            .clone()
            .unwrap_or_else(|| fields.bucket.to_owned()),
        repo,
        at_ms,
        // A deletion of many objects is one request with a line for each.
        origin: format!("{} {} {}", fields.request_id, fields.operation, fields.key),
        host: owner.host.clone(),
        upl_bytes,
        dwl_bytes,
        change,
        latency_ms: None,
    };
    sample.check(latest_ms)?;
    Ok(Line::Counts(Box::new(sample)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Bytes went to a client.
    Sent,
    /// The object has a new size, and came over the wire.
    Stored,
    /// The object has a new size: its parts came before, or from within.
    Joined,
    Part,
    Deleted,
    None,
}

fn effect(fields: &Fields<'_>) -> Effect {
    match fields.operation {
        "REST.PUT.OBJECT" | "REST.POST.OBJECT" => Effect::Stored,
        "REST.POST.UPLOAD" | "REST.COPY.OBJECT" => Effect::Joined,
        "REST.PUT.PART" => Effect::Part,
        "REST.DELETE.OBJECT" | "BATCH.DELETE.OBJECT" | "S3.EXPIRE.OBJECT" => Effect::Deleted,
        "REST.GET.OBJECT" | "WEBSITE.GET.OBJECT" | "REST.GET.OBJECT_TORRENT" => Effect::Sent,
        // A copy reads within the store; a delete marker keeps the data; all else moves no objects.
        _ => Effect::None,
    }
}

fn split(text: &str) -> Result<Fields<'_>, String> {
    let (_owner, rest) = word(text, "bucket owner")?;
    let (bucket, rest) = word(rest, "bucket")?;
    let rest = rest.strip_prefix('[').ok_or("the time must stand in []")?;
    let (time, rest) = rest.split_once("] ").ok_or("the time must stand in []")?;
    let (_address, rest) = word(rest, "remote IP")?;
    let (_requester, rest) = word(rest, "requester")?;
    let (request_id, rest) = word(rest, "request id")?;
    let (operation, rest) = word(rest, "operation")?;
    let (key, rest) = word(rest, "key")?;
    let rest = after_request(rest)?;
    let (status, rest) = word(rest, "HTTP status")?;
    let (_error, rest) = word(rest, "error code")?;
    let (bytes_sent, rest) = word(rest, "bytes sent")?;
    let (object_size, _) = word(rest, "object size")?;
    Ok(Fields {
        bucket,
        time,
        request_id,
        operation,
        key,
        status,
        bytes_sent: number(bytes_sent, "bytes sent")?,
        object_size: number(object_size, "object size")?,
    })
}

fn word<'a>(text: &'a str, name: &str) -> Result<(&'a str, &'a str), String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    if word.is_empty() {
        return Err(format!("the field {name} is missing"));
    }
    Ok((word, rest))
}

/// What comes after the request: `-`, or a text in quotes that may hold quotes itself. It ends where
/// a quote is followed by a status.
fn after_request(text: &str) -> Result<&str, String> {
    if let Some(rest) = text.strip_prefix("- ") {
        return Ok(rest);
    }
    let missing = || "the request must stand in quotes".to_owned();
    let mut rest = text.strip_prefix('"').ok_or_else(missing)?;
    loop {
        let (_, after) = rest.split_once("\" ").ok_or_else(missing)?;
        let status = after.split(' ').next().unwrap_or_default();
        let is_status = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
        if is_status || status == "-" {
            return Ok(after);
        }
        rest = after;
    }
}

fn number(text: &str, name: &str) -> Result<u64, String> {
    match text {
        "-" => Ok(0),
        digits => digits
            .parse()
            .map_err(|_| format!("{name} is neither a number nor -: {digits}")),
    }
}

/// `06/Feb/2019:00:00:38 +0000`
fn time_ms(text: &str) -> Result<u64, String> {
    static FORMAT: LazyLock<Vec<BorrowedFormatItem<'static>>> = LazyLock::new(|| {
        let format = "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] \
                      [offset_hour sign:mandatory][offset_minute]";
        parse_borrowed::<2>(format).unwrap_or_default()
    });
    let time = OffsetDateTime::parse(text, &*FORMAT).map_err(|_| format!("no time: {text}"))?;
    let ms = time.unix_timestamp_nanos() / 1_000_000;
    u64::try_from(ms).map_err(|_| format!("a time before 1970: {text}"))
}

/// The key up to its first slash, which the log may have escaped.
fn first_part(key: &str) -> String {
    let escaped = ["%2F", "%2f", "%252F", "%252f"];
    let ends = escaped.iter().filter_map(|slash| key.find(slash));
    let end = ends.chain(key.find('/')).min().unwrap_or(key.len());
    key.get(..end).unwrap_or(key).to_owned()
}
