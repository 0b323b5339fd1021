//! What a transaction may need, read from the network's settings.

use anyhow::{Context, Result};
use flash_client::Client;
use stellar_xdr::{
    ConfigSettingEntry, ConfigSettingId, LedgerEntryData, LedgerKey, LedgerKeyConfigSetting,
    SorobanResources,
};

/// Limits of one transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub instructions: u32,
    pub disk_read_bytes: u32,
    pub write_bytes: u32,
    pub write_entries: u32,
    pub footprint_entries: u32,
    pub bytes: u32,
    /// Of the contracts' events and what the call returns, together.
    pub event_bytes: u32,
    /// Longest life of an entry, in ledgers.
    pub max_ttl: u32,
}

/// The largest share of a limit that a transaction needs, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(pub u32);

impl Limits {
    /// Asks the network.
    ///
    /// # Errors
    /// Where it does not answer, or leaves a setting out.
    pub async fn read(client: &Client) -> Result<Self> {
        let ids = [
            ConfigSettingId::ContractComputeV0,
            ConfigSettingId::ContractLedgerCostV0,
            ConfigSettingId::ContractLedgerCostExtV0,
            ConfigSettingId::ContractBandwidthV0,
            ConfigSettingId::ContractEventsV0,
            ConfigSettingId::StateArchival,
        ];
        let key = |id| {
            LedgerKey::ConfigSetting(LedgerKeyConfigSetting {
                config_setting_id: id,
            })
        };
        let mut limits = Self::default();
        for entry in client.entries(&ids.map(key)).await? {
            let LedgerEntryData::ConfigSetting(setting) = entry.val else {
                continue;
            };
            limits.take(&setting);
        }
        let parts = [
            limits.instructions,
            limits.disk_read_bytes,
            limits.write_bytes,
            limits.write_entries,
            limits.footprint_entries,
            limits.bytes,
            limits.event_bytes,
            limits.max_ttl,
        ];
        let complete = parts.iter().all(|part| *part > 0);
        complete
            .then_some(limits)
            .context("the network does not tell all of its limits")
    }

    fn take(&mut self, setting: &ConfigSettingEntry) {
        match setting {
            ConfigSettingEntry::ContractComputeV0(found) => {
                self.instructions = u32::try_from(found.tx_max_instructions).unwrap_or(u32::MAX);
            }
            ConfigSettingEntry::ContractLedgerCostV0(found) => {
                self.disk_read_bytes = found.tx_max_disk_read_bytes;
                self.write_bytes = found.tx_max_write_bytes;
                self.write_entries = found.tx_max_write_ledger_entries;
            }
            ConfigSettingEntry::ContractLedgerCostExtV0(found) => {
                self.footprint_entries = found.tx_max_footprint_entries;
            }
            ConfigSettingEntry::ContractBandwidthV0(found) => self.bytes = found.tx_max_size_bytes,
            ConfigSettingEntry::ContractEventsV0(found) => {
                self.event_bytes = found.tx_max_contract_events_size_bytes;
            }
            ConfigSettingEntry::StateArchival(found) => self.max_ttl = found.max_entry_ttl,
            _ => {}
        }
    }

    /// How much of what it may a transaction of so many bytes needs, whose events and answer have
    /// `event_bytes`.
    pub fn share(&self, needs: &SorobanResources, bytes: usize, event_bytes: usize) -> Share {
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        let writes = needs.footprint.read_write.len();
        let keys = needs.footprint.read_only.len().saturating_add(writes);
        let parts = [
            (needs.instructions, self.instructions),
            (needs.disk_read_bytes, self.disk_read_bytes),
            (needs.write_bytes, self.write_bytes),
            (count(writes), self.write_entries),
            (count(keys), self.footprint_entries),
            (count(bytes), self.bytes),
            (count(event_bytes), self.event_bytes),
        ];
        let percent = |(need, limit): (u32, u32)| {
            let need = u64::from(need).saturating_mul(100);
            need.div_ceil(u64::from(limit.max(1)))
        };
        let most = parts.into_iter().map(percent).max().unwrap_or(0);
        Share(u32::try_from(most).unwrap_or(u32::MAX))
    }
}
