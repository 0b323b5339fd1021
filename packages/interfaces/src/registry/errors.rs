//! Why a call of `registry` fails: codes 3000 to 3099.

use soroban_sdk::contracterror;

#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum RegistryError {
    /// New obligations are refused until the pause ends.
    Paused = 3000,
    /// No such provider is registered, or it was deleted.
    ProviderNotFound = 3001,
    /// The address is registered as a provider already.
    ProviderExists = 3002,
    /// No such consumer is registered, or it was deleted.
    ConsumerNotFound = 3003,
    /// The address is registered as a consumer already.
    ConsumerExists = 3004,
    /// The provider has buckets that are not deleted.
    ProviderHasBuckets = 3005,
    /// No bucket has this id.
    BucketNotFound = 3006,
    /// The bucket belongs to another provider.
    NotBucketProvider = 3007,
    /// The bucket is deleted.
    BucketDeleted = 3008,
    /// The bucket is not listed.
    BucketInactive = 3009,
    /// The bucket is locked by its provider.
    BucketLocked = 3010,
    /// The bucket is not locked.
    BucketNotLocked = 3011,
    /// Something is reserved on the bucket.
    BucketReserved = 3012,
    /// The deal does not fit into what is left of the bucket.
    CapacityExceeded = 3013,
    /// Capacity below what is reserved.
    CapacityBelowReserved = 3014,
    /// One capacity is 0 and the other is not, or one is above 2^30 GB.
    CapacityOutOfBounds = 3015,
    /// An exclusive bucket has its one funded deal.
    BucketTaken = 3016,
    /// The repository id is used by another funded deal of the bucket.
    RepoIdTaken = 3017,
    /// More is to be released than is reserved.
    ReleaseExceedsReserved = 3018,
    /// Every id (u32) of this kind is used.
    IdsExhausted = 3019,
    /// 1 to 64 bytes.
    NameLength = 3020,
    /// At most 32 bytes.
    RegionLength = 3021,
    /// At most 32 bytes.
    CountryLength = 3022,
    /// 1 to 32 bytes.
    ApiLength = 3023,
    /// 1 to 128 bytes.
    ExternalIdLength = 3024,
    /// At most 256 bytes.
    DescriptionLength = 3025,
    /// At most 32 bytes.
    TagLength = 3026,
    /// At most 8 tags.
    TooManyTags = 3027,
    /// At most 32 bytes.
    AccessScopeLength = 3028,
    /// A storage price above 10^13.
    StoragePriceTooHigh = 3029,
    /// An egress price above 10^13.
    EgressPriceTooHigh = 3030,
    /// 1 to 60_000 ms.
    LatencyOutOfBounds = 3031,
    /// 5_000 to 10_000 basis points.
    UptimeOutOfBounds = 3032,
    /// A bucket is deleted with `delete_bucket`, not by a status.
    StatusNotSettable = 3033,
    /// The update names no field.
    NothingToUpdate = 3034,
    /// More than 20 items asked for in one call.
    TooManyItems = 3035,
    /// The bucket is locked already.
    BucketAlreadyLocked = 3036,
    /// A name or a description has a character that shows nothing or is not UTF-8, another text is not
    /// printable ASCII, or a text begins or ends with a blank.
    TextNotPrintable = 3037,
    /// The provider has a bucket with this external id that is not deleted.
    ExternalIdTaken = 3038,
    /// Empty, or a URL (http or https) of at most 128 bytes.
    EndpointNotUrl = 3039,
    /// The bucket accepted the deal by itself, and its offer has changed since.
    OfferChanged = 3040,
    /// The repository id is another consumer's, until 30 days after its last deal on this bucket.
    RepoIdOwned = 3041,
    /// The owner removed the party and has not readmitted it.
    PartyRemoved = 3042,
    /// The owner has not removed the party.
    PartyNotRemoved = 3043,
}
