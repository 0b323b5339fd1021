//! S3 server access logs: every published variant of a line, and the odd ones.

use flash_oracle::{
    ingest::{Change, Incoming},
    sources::s3_log::{line, Line, LogOwner, RepoRule},
};

const NOW_MS: u64 = 1_800_000_000_000;
const LOG: &str = include_str!("../fixtures/s3-access.log");

fn owner() -> LogOwner {
    LogOwner {
        provider: "P".to_owned(),
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

fn counted(name: &str) -> Incoming {
    match line(fixture(name), &owner(), NOW_MS) {
        Ok(Line::Counts(sample)) => *sample,
        other => panic!("{name}: {other:?}"),
    }
}

fn nothing(name: &str) {
    assert_eq!(
        line(fixture(name), &owner(), NOW_MS),
        Ok(Line::Nothing),
        "{name}"
    );
}

fn object(name: &str, size_bytes: u64) -> Change {
    Change::Object {
        name: name.to_owned(),
        size_bytes,
    }
}

#[test]
fn every_line_of_the_fixture_is_understood() {
    for text in LOG.lines().filter(|text| !text.starts_with('#')) {
        line(text, &owner(), NOW_MS).unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
}

#[test]
fn a_download_is_egress() {
    let sample = counted("get object");
    assert_eq!((sample.dwl_bytes, sample.upl_bytes), (2_662_992, 0));
    assert_eq!(sample.change, Change::Bytes(0));
    assert_eq!(
        (&*sample.bucket, &*sample.repo),
        ("amzn-s3-demo-bucket1", "photos")
    );
    assert_eq!(sample.at_ms, 1_549_411_238_000);
}

#[test]
fn a_range_read_bills_the_bytes_that_went() {
    let sample = counted("range read");
    assert_eq!(sample.dwl_bytes, 1_048_576);
}

#[test]
fn an_upload_has_the_size_of_its_object() {
    let sample = counted("put object");
    assert_eq!((sample.upl_bytes, sample.dwl_bytes), (4_406_000, 0));
    assert_eq!(sample.change, object("photos/cat.jpg", 4_406_000));
}

#[test]
fn parts_count_when_they_are_joined() {
    let part = counted("multipart part");
    assert_eq!((part.upl_bytes, part.change), (5_242_880, Change::Bytes(0)));
    let joined = counted("multipart complete");
    assert_eq!(joined.upl_bytes, 0);
    assert_eq!(joined.change, object("backups/db.dump", 12_582_912));
}

#[test]
fn a_copy_is_stored_and_sends_nothing() {
    let copy = counted("copy");
    assert_eq!((copy.upl_bytes, copy.dwl_bytes), (0, 0));
    assert_eq!(copy.change, object("photos/copy.jpg", 4_406_000));
    nothing("copy source");
}

#[test]
fn deletions_free_what_their_objects_held() {
    assert_eq!(counted("delete").change, object("photos/cat.jpg", 0));
    assert_eq!(counted("batch delete").change, object("photos/a.jpg", 0));
    assert_eq!(
        counted("lifecycle expiry").change,
        object("logs/2019/01.gz", 0)
    );
    nothing("delete marker");
}

#[test]
fn a_batch_deletion_is_one_request_with_a_line_for_each() {
    let (one, other) = (counted("batch delete"), counted("batch delete second"));
    assert_ne!(one.origin, other.origin);
}

#[test]
fn quotes_in_keys_and_requests_are_no_quotes_of_the_format() {
    assert_eq!(counted("quote in key").dwl_bytes, 100);
    assert_eq!(counted("quote in request").dwl_bytes, 200);
    assert_eq!(counted("quote in user agent").dwl_bytes, 300);
}

#[test]
fn fields_without_a_value_are_zero() {
    nothing("bucket request");
    let sample = counted("no request");
    assert_eq!(sample.change, object("logs/2019/02.gz", 0));
    assert_eq!(counted("empty object").change, object("photos/empty", 0));
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
    assert_eq!(counted("old line").dwl_bytes, 400);
    assert_eq!(counted("newest line").dwl_bytes, 500);
}

#[test]
fn the_first_part_of_an_escaped_key_is_its_repo() {
    assert_eq!(counted("escaped slash").repo, "repo-7");
    let fixed = LogOwner {
        repo: RepoRule::Fixed("all".to_owned()),
        bucket: Some("ext-1".to_owned()),
        ..owner()
    };
    match line(fixture("escaped slash"), &fixed, NOW_MS) {
        Ok(Line::Counts(sample)) => assert_eq!((&*sample.bucket, &*sample.repo), ("ext-1", "all")),
        other => panic!("{other:?}"),
    }
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
            "a b [06/Foo/2019:00:00:38 +0000] ip who id REST.GET.OBJECT k \"G\" 200 - 1 1",
            "no time",
        ),
        (
            "a b [06/Feb/2019:00:00:38 +0000] ip who id REST.GET.OBJECT k \"G\" 200 - x 1",
            "bytes sent",
        ),
    ] {
        let error = line(text, &owner(), NOW_MS).unwrap_err();
        assert!(error.contains(told), "{text}: {error}");
    }
}
