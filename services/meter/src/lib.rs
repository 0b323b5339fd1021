//! From telemetry to the totals that are reported: pure functions on integers, no clock, no I/O.
//!
//! * [`totals`]: samples into stored byte-seconds and bytes sent. Exact inside, floored to MB at the
//!   edge; cut to what is agreed at every moment, so that it does not matter where windows begin.
//! * [`service`]: probes of the nodes into uptime and latency.
//! * [`objects`]: events of access logs into what each object holds, and when.
//! * [`overlap`]: times in which a sample would belong to two deals, and so belongs to none.

pub mod objects;
pub mod overlap;
pub mod service;
pub mod totals;
