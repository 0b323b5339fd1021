//! From telemetry to the totals that are reported: pure functions on integers, no clock, no I/O.
//!
//! * [`totals`]: samples into stored byte-seconds and bytes sent. Exact inside, floored to MB at the
//!   edge; cut to what is agreed at every moment, so that it does not matter where windows begin.
//! * [`service`]: probes of the nodes into uptime and latency.
//! * [`objects`]: events of access logs into what each object holds, and when.
//! * [`overlap`]: times in which a sample would belong to two deals, and so belongs to none.
//! * [`bounds`]: what the contract takes and what it costs, checked before anything is sent.
//! * [`money`]: quotes and the money of a deal, for whoever shows them.

pub mod bounds;
pub mod money;
pub mod objects;
pub mod overlap;
pub mod service;
pub mod totals;

/// Storage and egress are reported in MB of 2^20 bytes.
pub const BYTES_PER_MB: u128 = 1 << 20;
/// Largest agreed storage or egress of a deal, MB: `flash_common::units::MAX_DEAL_MB`.
pub const MAX_DEAL_MB: u64 = 1 << 40;
/// In a report: not measured.
pub const NOT_MEASURED: u32 = u32::MAX;
