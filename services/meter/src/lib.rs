//! Turns telemetry into the totals that the oracle reports. Pure functions on integers: no clock,
//! no I/O.
//!
//! * [`totals`]: turns samples into stored byte-seconds and bytes sent. Exact internally, rounded
//!   down to MB in the report, and capped at the agreed size at every moment, so that it does not
//!   matter where windows begin.
//! * [`service`]: turns probes of the nodes into uptime and latency.
//! * [`objects`]: turns events of access logs into the size of each object over time.
//! * [`overuse`]: finds what is above the agreed in the window of a report.
//! * [`overlap`]: finds times in which a sample would belong to two deals, and therefore to none.

pub mod objects;
pub mod overlap;
pub mod overuse;
pub mod service;
pub mod totals;
