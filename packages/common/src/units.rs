//! Units and bounds of the whole system, named once.

/// Storage and egress are counted in MB of 2^20 bytes; prices are per GB.
pub const MB_PER_GB: i128 = 1_024;
/// A month, as storage is priced: 30 days.
pub const SECS_PER_MONTH: i128 = 2_592_000;
pub const SECS_PER_HOUR: u64 = 3_600;
pub const SECS_PER_DAY: u64 = 86_400;
/// Basis points of a whole.
pub const BPS: i128 = 10_000;

/// Decimals that a stable asset must have.
pub const ASSET_DECIMALS: u32 = 7;
/// One US dollar in the asset's smallest unit.
pub const ONE_USD: i128 = 1_0000000;
/// Largest payment, and largest sum of a deal's deposits.
pub const MAX_MONEY: i128 = 1 << 62;
/// Most that the platform may keep of a payment, in basis points; the escrow enforces it too.
pub const MAX_FEE_BPS: u32 = 1_000;

/// Largest agreed storage or egress of a deal, MB.
pub const MAX_DEAL_MB: u64 = 1 << 40;
/// Largest capacity of a bucket, GB.
pub const MAX_CAPACITY_GB: u64 = 1 << 30;
/// Largest price, in money per GB (and month).
pub const MAX_PRICE: u128 = 10_000_000_000_000;

pub const MIN_DURATION_SECS: u64 = SECS_PER_HOUR;
/// Five years of 365 days.
pub const MAX_DURATION_SECS: u64 = 5 * 365 * SECS_PER_DAY;

/// Agreed latency, ms.
pub const MIN_LATENCY_MS: u32 = 1;
pub const MAX_LATENCY_MS: u32 = 60_000;
/// Agreed uptime, basis points.
pub const MIN_UPTIME_BPS: u32 = 5_000;
pub const MAX_UPTIME_BPS: u32 = 10_000;

/// Lengths of texts, bytes.
pub const MAX_NAME_LEN: u32 = 64;
pub const MAX_REGION_LEN: u32 = 32;
pub const MAX_COUNTRY_LEN: u32 = 32;
pub const MAX_API_LEN: u32 = 32;
pub const MAX_EXTERNAL_ID_LEN: u32 = 128;
pub const MAX_DESCRIPTION_LEN: u32 = 256;
pub const MAX_TAG_LEN: u32 = 32;
pub const MAX_TAGS: u32 = 8;

/// Largest page of a list whose answer joins several entries or contracts an item.
pub const PAGE_JOINED: u32 = 20;
/// Largest page of any other list.
pub const PAGE_PLAIN: u32 = 50;

/// Books in one batch, and items in all its books.
pub const MAX_BOOKS: u32 = 60;
pub const MAX_REPORTS: u32 = 100;
