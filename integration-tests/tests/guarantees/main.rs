//! Guarantees that are shown by searching, by comparing with what is kept, or by counting.

mod footprints;
mod griefing;
mod liveness;
