//! The index on both databases, on a local network with the real contracts.
