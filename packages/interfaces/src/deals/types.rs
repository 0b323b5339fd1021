//! What deals, policies, meters and reports look like to a caller.

mod config;
mod deal;
mod meter;

pub use config::{DealsConfig, OracleConfig, Policy, SlaTiers};
pub use deal::{Advance, Deal, DealInfo, DealRequest, DealStatus, EndReason, Quote, Terms};
pub use meter::{BookDeals, BookPage, BookReports, Health, HealthLevel, Meter, Report, Stage};
