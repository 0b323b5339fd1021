//! Limits of texts, lists and batches. Units and bounds of money are in `flash_money::units`.

/// Lengths of texts, bytes.
pub const MAX_NAME_LEN: u32 = 64;
pub const MAX_REGION_LEN: u32 = 32;
pub const MAX_COUNTRY_LEN: u32 = 32;
pub const MAX_API_LEN: u32 = 32;
pub const MAX_EXTERNAL_ID_LEN: u32 = 128;
pub const MAX_ENDPOINT_LEN: u32 = 128;
pub const MAX_DESCRIPTION_LEN: u32 = 256;
pub const MAX_TAG_LEN: u32 = 32;
pub const MAX_TAGS: u32 = 8;

/// Largest page of a list where each item joins several entries or contracts.
pub const PAGE_JOINED: u32 = 20;
/// Largest page of any other list.
pub const PAGE_PLAIN: u32 = 50;

/// Books in one batch, and items in all its books.
pub const MAX_BOOKS: u32 = 60;
pub const MAX_REPORTS: u32 = 100;
