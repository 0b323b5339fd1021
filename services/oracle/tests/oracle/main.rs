//! The oracle on both databases, on a local network with the real contracts, and under faults.

mod bench;
mod boundary;
mod config;
mod databases;
mod faults;
mod files;
mod http;
mod ingest;
mod mandates;
mod operation;
mod prometheus;
mod rounds;
mod s3_log;
mod s3_server;
mod s3_totals;
mod sources;
mod support;
