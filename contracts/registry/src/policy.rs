//! Bounds of everything that a caller chooses, each a pure function.

use flash_common::{
    ensure, limits,
    text::{self, Charset},
};
use flash_interfaces::registry::{BucketFeatures, RegistryError};
use flash_money::units;
use soroban_sdk::String;

/// Longest access scope, bytes.
pub const MAX_ACCESS_SCOPE_LEN: u32 = 32;
/// How long a repository id stays its consumer's after the capacity of a deal that paid was freed.
pub const NAME_OWNED_SECS: u64 = 30 * units::SECS_PER_DAY;
/// Most items of one `get_parties`.
pub const MAX_PARTIES: u32 = limits::PAGE_JOINED;

pub fn check_description(text: &String) -> Result<(), RegistryError> {
    let fits = text.len() <= limits::MAX_DESCRIPTION_LEN;
    ensure!(fits, RegistryError::DescriptionLength);
    check_printable(text, Charset::Unicode)
}

/// 1 to 64 bytes.
pub fn check_name(text: &String) -> Result<(), RegistryError> {
    let fits = (1..=limits::MAX_NAME_LEN).contains(&text.len());
    ensure!(fits, RegistryError::NameLength);
    check_printable(text, Charset::Unicode)
}

pub fn check_region(text: &String) -> Result<(), RegistryError> {
    let fits = text.len() <= limits::MAX_REGION_LEN;
    ensure!(fits, RegistryError::RegionLength);
    check_printable(text, Charset::Ascii)
}

pub fn check_country(text: &String) -> Result<(), RegistryError> {
    let fits = text.len() <= limits::MAX_COUNTRY_LEN;
    ensure!(fits, RegistryError::CountryLength);
    check_printable(text, Charset::Ascii)
}

/// 1 to 32 bytes.
pub fn check_api(text: &String) -> Result<(), RegistryError> {
    let fits = (1..=limits::MAX_API_LEN).contains(&text.len());
    ensure!(fits, RegistryError::ApiLength);
    check_printable(text, Charset::Ascii)
}

/// Ids that the storage network gave: 1 to 128 bytes.
pub fn check_external_id(text: &String) -> Result<(), RegistryError> {
    let fits = (1..=limits::MAX_EXTERNAL_ID_LEN).contains(&text.len());
    ensure!(fits, RegistryError::ExternalIdLength);
    check_printable(text, Charset::Ascii)
}

/// Empty, or a URL of at most 128 bytes.
pub fn check_endpoint(text: &String) -> Result<(), RegistryError> {
    let fits = text.len() <= limits::MAX_ENDPOINT_LEN;
    let is_url = text.is_empty() || text::is_url(text);
    ensure!(fits && is_url, RegistryError::EndpointNotUrl);
    check_printable(text, Charset::Ascii)
}

/// Access scope and tags.
pub fn check_features(features: &BucketFeatures) -> Result<(), RegistryError> {
    let tags = &features.tags;
    ensure!(tags.len() <= limits::MAX_TAGS, RegistryError::TooManyTags);
    for tag in tags {
        let fits = tag.len() <= limits::MAX_TAG_LEN;
        ensure!(fits, RegistryError::TagLength);
        check_printable(&tag, Charset::Ascii)?;
    }
    let scope = &features.access_scope;
    let scope_fits = scope.len() <= MAX_ACCESS_SCOPE_LEN;
    ensure!(scope_fits, RegistryError::AccessScopeLength);
    check_printable(scope, Charset::Ascii)
}

fn check_printable(text: &String, charset: Charset) -> Result<(), RegistryError> {
    let printable = text::is_printable(text, charset);
    ensure!(printable, RegistryError::TextNotPrintable);
    Ok(())
}

/// Money per GB and month.
pub fn check_storage_price(price: u128) -> Result<(), RegistryError> {
    let fits = price <= u128::from(units::MAX_PRICE);
    ensure!(fits, RegistryError::StoragePriceTooHigh);
    Ok(())
}

/// Money per GB.
pub fn check_egress_price(price: u128) -> Result<(), RegistryError> {
    let fits = price <= u128::from(units::MAX_PRICE);
    ensure!(fits, RegistryError::EgressPriceTooHigh);
    Ok(())
}

pub fn check_latency(latency_ms: u32) -> Result<(), RegistryError> {
    let fits = (units::MIN_LATENCY_MS..=units::MAX_LATENCY_MS).contains(&latency_ms);
    ensure!(fits, RegistryError::LatencyOutOfBounds);
    Ok(())
}

pub fn check_uptime(uptime_bps: u32) -> Result<(), RegistryError> {
    let fits = (units::MIN_UPTIME_BPS..=units::MAX_UPTIME_BPS).contains(&uptime_bps);
    ensure!(fits, RegistryError::UptimeOutOfBounds);
    Ok(())
}

/// Both 0 (exclusive), or both from 1 to 2^30 GB (shared).
pub fn check_capacity(max_storage_gb: u64, max_egress_gb: u64) -> Result<(), RegistryError> {
    let one_kind = (max_storage_gb == 0) == (max_egress_gb == 0);
    let fits = max_storage_gb.max(max_egress_gb) <= units::MAX_CAPACITY_GB;
    ensure!(one_kind && fits, RegistryError::CapacityOutOfBounds);
    Ok(())
}
