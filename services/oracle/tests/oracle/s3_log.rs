//! S3 server access logs: every published variant of a line, and the odd ones.

use flash_oracle::{
    ingest::{Action, Incoming, ObjectEvent},
    sources::s3_log::{line, Line, LogOwner, RepoRule},
};

const NOW_MS: u64 = 1_800_000_000_000;
const LOG: &str = include_str!("../fixtures/s3-access.log");

fn owner() -> LogOwner {
    LogOwner {
        provider: "P".into(),
        bucket: None,
        repo: RepoRule::FirstPart,
        host: "s3".to_owned(),
    }
}

/// The line of the fixture that a comment above it names.
fn fixture(name: &str) -> &'static str {
    let mut lines = LOG.lines();
    let comment = format!("# {name}");
    lines
        .by_ref()
        .find(|text| *text == comment)
        .unwrap_or_else(|| panic!("no fixture {name}"));
    lines.next().unwrap()
}

fn read(name: &str) -> Line {
    let read = line(fixture(name), &owner(), NOW_MS);
    read.unwrap_or_else(|problem| panic!("{name}: {}", problem.reason))
}

fn sent(name: &str) -> Incoming {
    let read = read(name);
    assert_eq!(read.event, None, "{name}");
    read.sample.unwrap_or_else(|| panic!("{name} is no sample"))
}

fn event(name: &str) -> ObjectEvent {
    let read = read(name);
    assert_eq!(read.sample, None, "{name}");
    read.event.unwrap_or_else(|| panic!("{name} is no event"))
}

/// Name, size and whether it was put.
fn happened(name: &str) -> (String, u64, bool) {
    let event = event(name);
    let put = event.action == Action::Put;
    (event.object, event.size_bytes, put)
}

fn put(name: &str, size_bytes: u64) -> (String, u64, bool) {
    (name.to_owned(), size_bytes, true)
}

fn deleted(name: &str, size_bytes: u64) -> (String, u64, bool) {
    (name.to_owned(), size_bytes, false)
}

fn nothing(name: &str) {
    assert_eq!(read(name), Line::default(), "{name}");
}

#[test]
fn every_line_of_the_fixture_is_understood() {
    for text in LOG.lines().filter(|text| !text.starts_with('#')) {
        let read = line(text, &owner(), NOW_MS);
        read.unwrap_or_else(|problem| panic!("{}\n{text}", problem.reason));
    }
}

#[test]
fn a_download_is_egress() {
    let sample = sent("get object");
    assert_eq!((sample.dwl_bytes, sample.upl_bytes), (2_662_992, 0));
    assert_eq!(sample.size_change, 0);
    assert_eq!(
        (&*sample.bucket, &*sample.repo),
        ("amzn-s3-demo-bucket1", "photos")
    );
    assert_eq!(sample.at_ms, 1_549_411_238_000);
}

#[test]
fn a_range_read_bills_the_bytes_that_went() {
    let sample = sent("range read");
    assert_eq!(sample.dwl_bytes, 1_048_576);
}

#[test]
fn an_upload_has_the_size_of_its_object() {
    assert_eq!(happened("put object"), put("photos/cat.jpg", 4_406_000));
}

#[test]
fn parts_count_when_they_are_joined() {
    let part = sent("multipart part");
    assert_eq!((part.upl_bytes, part.dwl_bytes), (5_242_880, 0));
    let joined = happened("multipart complete");
    assert_eq!(joined, put("backups/db.dump", 12_582_912));
}

#[test]
fn a_copy_is_stored_and_sends_nothing() {
    assert_eq!(happened("copy"), put("photos/copy.jpg", 4_406_000));
    let source = read("copy source");
    assert_eq!((source.sample, source.event), (None, None));
    assert!(source.sighting.is_some(), "the object is there");
}

#[test]
fn deletions_free_what_their_objects_held() {
    assert_eq!(happened("delete").0, "photos/cat.jpg");
    assert_eq!(event("delete").action, Action::Delete);
    assert_eq!(happened("batch delete"), deleted("photos/a.jpg", 1_200));
    let expired = happened("lifecycle expiry");
    assert_eq!(expired, deleted("logs/2019/01.gz", 5_000));
    // What is no longer current is not billed.
    assert_eq!(happened("delete marker"), deleted("logs/2019/03.gz", 5_000));
}

#[test]
fn a_batch_deletion_is_one_request_with_a_line_for_each() {
    let (one, other) = (event("batch delete"), event("batch delete second"));
    assert_ne!(one.origin, other.origin);
}

#[test]
fn quotes_in_keys_and_requests_are_no_quotes_of_the_format() {
    assert_eq!(sent("quote in key").dwl_bytes, 100);
    assert_eq!(sent("quote in request").dwl_bytes, 200);
    assert_eq!(sent("quote in user agent").dwl_bytes, 300);
}

#[test]
fn fields_without_a_value_are_zero() {
    nothing("bucket request");
    assert_eq!(happened("no request"), deleted("logs/2019/02.gz", 0));
    assert_eq!(happened("empty object"), put("photos/empty", 0));
}

#[test]
fn what_failed_is_not_billed() {
    nothing("access denied");
    nothing("not found");
    nothing("server error");
    nothing("not modified");
}

#[test]
fn old_and_new_lines_differ_in_what_comes_last() {
    assert_eq!(sent("old line").dwl_bytes, 400);
    assert_eq!(sent("newest line").dwl_bytes, 500);
}

#[test]
fn the_first_part_of_an_escaped_key_is_its_repo() {
    assert_eq!(event("escaped slash").repo, "repo-7");
    assert_eq!(event("escaped slash").object, "repo-7/folder/file");
    let fixed = LogOwner {
        repo: RepoRule::Fixed("all".to_owned()),
        bucket: Some("ext-1".to_owned()),
        ..owner()
    };
    let event = line(fixture("escaped slash"), &fixed, NOW_MS)
        .unwrap()
        .event;
    let event = event.unwrap();
    assert_eq!((&*event.bucket, &*event.repo), ("ext-1", "all"));
}

#[test]
fn a_line_that_is_none_says_what_is_missing() {
    for (text, told) in [
        ("", "bucket owner"),
        ("a b c", "[]"),
        (
            "a b [06/Feb/2019:00:00:38 +0000] ip who id REST.GET.OBJECT k GET",
            "quotes",
        ),
        (
            "a b [06/Foo/2019:00:00:38 +0000] ip who id REST.GET.OBJECT k \"G HTTP/1.1\" 200 - 1 1",
            "no time",
        ),
        (
            "a b [06/Feb/2019:00:00:38 +0000] ip who id REST.GET.OBJECT k \"G HTTP/1.1\" 200 - x 1",
            "bytes sent",
        ),
    ] {
        let problem = line(text, &owner(), NOW_MS).unwrap_err();
        assert!(problem.reason.contains(told), "{text}: {problem:?}");
    }
}
