//! The fields of a line, unparsed.

use super::Problem;

/// The fields that the oracle uses.
pub struct Fields<'a> {
    pub bucket: &'a str,
    pub time: &'a str,
    pub request_id: &'a str,
    pub operation: &'a str,
    pub key: &'a str,
    pub status: &'a str,
    pub error_code: &'a str,
    /// `None` if the line has `-`.
    pub bytes_sent: Option<u64>,
    pub object_size: Option<u64>,
    /// Empty if the line has none.
    pub version: &'a str,
}

/// Splits a line.
///
/// # Errors
/// A field is missing, or the line is ambiguous.
pub fn split(text: &str) -> Result<Fields<'_>, Problem> {
    let (_owner, rest) = word(text, "bucket owner")?;
    let (bucket, rest) = word(rest, "bucket")?;
    let in_brackets = || Problem::new("the time must stand in []");
    let rest = rest.strip_prefix('[').ok_or_else(in_brackets)?;
    let (time, rest) = rest.split_once("] ").ok_or_else(in_brackets)?;
    let (_address, rest) = word(rest, "remote IP")?;
    let (_requester, rest) = word(rest, "requester")?;
    let (request_id, rest) = word(rest, "request id")?;
    let (operation, rest) = word(rest, "operation")?;
    let (key, rest) = word(rest, "key")?;
    let rest = after_request(rest)?;
    let (status, rest) = word(rest, "HTTP status")?;
    let (error_code, rest) = word(rest, "error code")?;
    let (bytes_sent, rest) = word(rest, "bytes sent")?;
    let (object_size, rest) = word(rest, "object size")?;
    Ok(Fields {
        bucket,
        time,
        request_id,
        operation,
        key,
        status,
        error_code,
        bytes_sent: number(bytes_sent, "bytes sent")?,
        object_size: number(object_size, "object size")?,
        version: version(rest),
    })
}

fn word<'a>(text: &'a str, name: &str) -> Result<(&'a str, &'a str), Problem> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    if word.is_empty() {
        return Err(Problem::new(format!("the field {name} is missing")));
    }
    Ok((word, rest))
}

/// The text after the request, which is `-` or a quoted text that ends with ` HTTP/1.1"`. Clients
/// choose its content, including quotes. If it could end in two places, the line is ambiguous.
fn after_request(text: &str) -> Result<&str, Problem> {
    for absent in ["- ", "\"-\" "] {
        if let Some(rest) = text.strip_prefix(absent) {
            return Ok(rest);
        }
    }
    let Some(request) = text.strip_prefix('"') else {
        return Err(Problem::new("the request must stand in quotes"));
    };
    let places = request.match_indices(" HTTP/");
    let mut ends = places.filter_map(|(at, _)| after_version(request.get(at..)?));
    let end = ends.next().ok_or_else(|| {
        Problem::new("the request must end with HTTP/, a version and a quote, before a status")
    })?;
    match ends.next() {
        Some(_) => Err(Problem::alerting(
            "the line can be read in two ways: HTTP/ and a version end a quoted text more than once",
        )),
        None => Ok(end),
    }
}

/// The part of ` HTTP/1.1" 200 ...` that starts with the status.
fn after_version(text: &str) -> Option<&str> {
    let (version, rest) = text.strip_prefix(" HTTP/")?.split_once("\" ")?;
    let digits = version
        .split('.')
        .all(|part| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_digit()));
    let status = rest.split(' ').next().unwrap_or_default();
    let is_status = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (is_status || status == "-")).then_some(rest)
}

/// `None` for `-`.
fn number(text: &str, name: &str) -> Result<Option<u64>, Problem> {
    match text {
        "-" => Ok(None),
        digits => match digits.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Problem::new(format!(
                "{name} is neither a number nor -: {digits}"
            ))),
        },
    }
}

/// The version id comes after two times, the referrer and the user agent. The last two are client
/// texts that may contain quotes, so the field is only trusted if it is one word.
fn version(rest: &str) -> &str {
    let after_times = rest.splitn(3, ' ').nth(2).unwrap_or_default();
    let after_texts = quoted(after_times).and_then(quoted).unwrap_or_default();
    match after_texts.split(' ').next() {
        Some("-") | None => "",
        Some(version) => version,
    }
}

/// The text after `-` or after a quoted text without inner quotes.
fn quoted(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("- ") {
        return Some(rest);
    }
    let (_, rest) = text.strip_prefix('"')?.split_once('"')?;
    rest.strip_prefix(' ')
}
