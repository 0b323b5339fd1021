//! Guarantees that are shown by searching, by comparing with committed files, or by counting.

mod adversaries;
mod cases;
mod entries;
mod footprints;
mod griefing;
mod liveness;
mod storage;
mod ttl;
mod upgrade;
