//! The limits and prices of a network that a client has to know before it signs.

use crate::{Client, Error};
use stellar_xdr::{
    ConfigSettingEntry, ConfigSettingId, LedgerEntryData, LedgerKey, LedgerKeyConfigSetting,
    SorobanResources, SorobanTransactionData, SorobanTransactionDataExt,
};

/// What one transaction may read from disk and write, and what writing costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub tx_max_disk_read_bytes: u32,
    pub tx_max_write_bytes: u32,
    pub fee_write_1kb: i64,
}

impl Limits {
    /// As the network's settings say.
    ///
    /// # Errors
    /// Where the network does not have these settings.
    pub(crate) async fn load(client: &Client) -> Result<Self, Error> {
        let setting = |config_setting_id| {
            LedgerKey::ConfigSetting(LedgerKeyConfigSetting { config_setting_id })
        };
        let keys = [
            setting(ConfigSettingId::ContractLedgerCostV0),
            setting(ConfigSettingId::ContractLedgerCostExtV0),
        ];
        let (mut cost, mut extended) = (None, None);
        for entry in client.entries(&keys).await? {
            match entry.val {
                LedgerEntryData::ConfigSetting(ConfigSettingEntry::ContractLedgerCostV0(found)) => {
                    cost = Some(found);
                }
                LedgerEntryData::ConfigSetting(ConfigSettingEntry::ContractLedgerCostExtV0(
                    found,
                )) => extended = Some(found),
                _ => {}
            }
        }
        match (cost, extended) {
            (Some(cost), Some(extended)) => Ok(Self {
                tx_max_disk_read_bytes: cost.tx_max_disk_read_bytes,
                tx_max_write_bytes: cost.tx_max_write_bytes,
                fee_write_1kb: extended.fee_write1_kb,
            }),
            _ => Err(Error::Value("the network tells no limits".to_owned())),
        }
    }

    fn allow(&self, resources: &SorobanResources) -> bool {
        resources.write_bytes <= self.tx_max_write_bytes
            && resources.disk_read_bytes <= self.tx_max_disk_read_bytes
    }

    /// What has to be restored beforehand, because restoring it on the way would be too much for
    /// one transaction: code, mostly.
    pub(crate) fn to_restore_first(self, data: &SorobanTransactionData) -> Vec<LedgerKey> {
        let SorobanTransactionDataExt::V1(ext) = &data.ext else {
            return Vec::new();
        };
        if self.allow(&data.resources) {
            return Vec::new();
        }
        let keys = &data.resources.footprint.read_write;
        let indexes = ext.archived_soroban_entries.iter();
        indexes
            .filter_map(|index| keys.get(usize::try_from(*index).ok()?).cloned())
            .collect()
    }

    /// Declares more bytes to write, as far as the network lets, and pays for them.
    pub(crate) fn widen(&self, data: &mut SorobanTransactionData, margin_bytes: u32) {
        if data.resources.footprint.read_write.is_empty() {
            return;
        }
        let room = self
            .tx_max_write_bytes
            .saturating_sub(data.resources.write_bytes);
        let more = margin_bytes.min(room);
        data.resources.write_bytes += more;
        let fee = i64::from(more).saturating_mul(self.fee_write_1kb);
        data.resource_fee = data.resource_fee.saturating_add((fee + 1_023) / 1_024);
    }
}

/// What a transaction declares on top of what its simulation found, so that it is applied even
/// where the ledger changed in between. [`Client::run`] simulates again where the margin was too
/// small; who signs long before sending cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    /// A deal shares its page of the provider's book with other deals, and the page grows with
    /// them. Declared bytes are paid for whether written or not.
    pub write_bytes: u32,
    /// For rent that was not to be paid when it was simulated: a claimable balance that somebody
    /// pushed in the meantime is a new entry when it is next credited. Comes back where not needed.
    pub refundable_stroops: u32,
}

impl Margin {
    /// What the simulation found, and nothing else.
    pub const NONE: Self = Self {
        write_bytes: 0,
        refundable_stroops: 0,
    };
    /// Two full pages of a provider's book, one in `deals` and one in `escrow`: enough whatever
    /// others do.
    pub const WHOLE_PAGES: Self = Self {
        write_bytes: 6_144,
        refundable_stroops: 1_000_000,
    };
}

impl Margin {
    /// The larger of each.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            write_bytes: self.write_bytes.max(other.write_bytes),
            refundable_stroops: self.refundable_stroops.max(other.refundable_stroops),
        }
    }
}

impl Default for Margin {
    /// What comes back, and no more.
    fn default() -> Self {
        Self {
            write_bytes: 0,
            ..Self::WHOLE_PAGES
        }
    }
}
