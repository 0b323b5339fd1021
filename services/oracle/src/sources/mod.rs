//! Where telemetry comes from. Each source turns text into a [`crate::ingest::Load`].

pub mod file;
pub mod ndjson;
pub mod pull;
pub mod push;
pub mod quota;
pub mod s3_log;
