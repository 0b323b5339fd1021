//! Lines of access logs and bodies of pushes, as the oracle takes them.

use flash_oracle::{
    ingest::{Load, Reject},
    sources::{
        ndjson,
        s3_log::{self, LogOwner, RepoRule},
    },
};
use std::sync::Arc;

/// 2030: times after it are rejected.
const LATEST_MS: u64 = 1_893_456_000_000;

/// A line of an access log gives rows that both databases take, or a reject.
pub fn log_line(input: &[u8]) {
    let line = String::from_utf8_lossy(input);
    let owner = LogOwner {
        provider: Arc::from("P"),
        bucket: None,
        repo: RepoRule::FirstPart,
        host: "s3".to_owned(),
    };
    let mut load = Load::of("log");
    match s3_log::line(&line, &owner, LATEST_MS) {
        Ok(meaning) => {
            assert!(
                meaning.sample.as_ref().is_none_or(|s| s.size_change == 0),
                "sizes come from objects: {line:?}"
            );
            load.samples.extend(meaning.sample);
            load.events.extend(meaning.event);
            load.sightings.extend(meaning.sighting);
        }
        Err(problem) => load.rejects.add(Reject::new("log", &line, &problem.reason)),
    }
    assert_storable(&load);
}

/// Every line of a push becomes a row or a reject. The same body gives the same rows again.
pub fn push_body(input: &[u8]) {
    // The port refuses a body that is not UTF-8.
    let Ok(body) = std::str::from_utf8(input) else {
        return;
    };
    let provider = Arc::from("P");
    let samples = ndjson::samples(body, &provider, "node", LATEST_MS);
    let again = ndjson::samples(body, &provider, "node", LATEST_MS);
    let mut objects = 0_u64;
    let counted = ndjson::each_object(body, |_| objects += 1);
    assert_eq!(samples.is_ok(), counted.is_ok());
    if let (Ok(samples), Ok(again)) = (samples, again) {
        assert_eq!(samples.samples, again.samples);
        assert_eq!(
            samples.samples.len() as u64 + samples.rejects.count,
            objects
        );
        assert_storable(&samples);
    }
    if let Ok(probes) = ndjson::probes(body, "prober", LATEST_MS) {
        assert_eq!(probes.probes.len() as u64 + probes.rejects.count, objects);
        assert_storable(&probes);
    }
}

/// PostgreSQL refuses NUL, and no row may be out of bounds.
fn assert_storable(load: &Load) {
    for sample in &load.samples {
        assert_eq!(sample.check(LATEST_MS), Ok(()), "{sample:?}");
    }
    for event in &load.events {
        assert_eq!(event.check(LATEST_MS), Ok(()), "{event:?}");
    }
    for sighting in &load.sightings {
        assert_eq!(sighting.check(LATEST_MS), Ok(()), "{sighting:?}");
    }
    for probe in &load.probes {
        assert_eq!(probe.check(LATEST_MS), Ok(()), "{probe:?}");
    }
    for reject in &load.rejects.kept {
        assert!(!reject.line.contains('\0') && !reject.reason.contains('\0'));
        assert!(reject.line.len() <= 1_024 && !reject.reason.is_empty());
    }
}
