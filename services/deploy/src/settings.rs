//! `deployments/settings.json`: how each network is deployed.

use flash_client::{
    types::{Policy, SlaTiers},
    Error, Kind,
};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use stellar_xdr::AccountId;

/// The file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub networks: BTreeMap<String, NetworkSettings>,
    policy: PolicyText,
}

/// One network.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSettings {
    pub kind: Kind,
    pub rpc_url: String,
    pub network_passphrase: String,
    pub asset: AssetSettings,
    pub upgrade_delay_secs: u64,
}

/// The asset of one network. A test network's has no issuer: that is a key of whoever deploys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetSettings {
    pub code: String,
    pub issuer: Option<AccountId>,
}

/// The policy as the Stellar CLI takes it: money as text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyText {
    accept_window_secs: u64,
    fund_window_secs: u64,
    notice_secs: u64,
    grace_secs: u64,
    final_window_secs: u64,
    silence_secs: u64,
    min_runway_secs: u64,
    min_fund: String,
    min_window_secs: u64,
    critical_limit: u32,
    fee_bps: u32,
    sla: SlaText,
}

/// Its credit tiers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlaText {
    minor_uptime_bps: u32,
    minor_latency_bps: u32,
    major_uptime_bps: u32,
    minor_credit_bps: u32,
    major_credit_bps: u32,
    critical_credit_bps: u32,
}

impl Settings {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it cannot be read, or is of another form.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_str(&text)
            .map_err(|error| Error::Config(format!("{}: {error}", path.display())))
    }

    /// How a network is deployed.
    ///
    /// # Errors
    /// Where the file does not have it.
    pub fn network(&self, name: &str) -> Result<&NetworkSettings, Error> {
        self.networks.get(name).ok_or_else(|| {
            let known: Vec<_> = self.networks.keys().map(String::as_str).collect();
            Error::Config(format!(
                "there is no network {name} in the settings, only {}",
                known.join(", ")
            ))
        })
    }

    /// The first policy.
    ///
    /// # Errors
    /// Where its money is no number.
    pub fn policy(&self) -> Result<Policy, Error> {
        let text = self.policy.clone();
        let min_fund = text.min_fund.parse();
        Ok(Policy {
            accept_window_secs: text.accept_window_secs,
            fund_window_secs: text.fund_window_secs,
            notice_secs: text.notice_secs,
            grace_secs: text.grace_secs,
            final_window_secs: text.final_window_secs,
            silence_secs: text.silence_secs,
            min_runway_secs: text.min_runway_secs,
            min_fund: min_fund
                .map_err(|error| Error::Config(format!("policy.min_fund: {error}")))?,
            min_window_secs: text.min_window_secs,
            critical_limit: text.critical_limit,
            fee_bps: text.fee_bps,
            sla: SlaTiers {
                minor_uptime_bps: text.sla.minor_uptime_bps,
                minor_latency_bps: text.sla.minor_latency_bps,
                major_uptime_bps: text.sla.major_uptime_bps,
                minor_credit_bps: text.sla.minor_credit_bps,
                major_credit_bps: text.sla.major_credit_bps,
                critical_credit_bps: text.sla.critical_credit_bps,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_settings_are_read_and_their_policy_is_the_default_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/settings.json");
        let settings = Settings::load(&path).unwrap();
        assert_eq!(settings.policy().unwrap(), crate::default_policy());
        assert_eq!(settings.network("testnet").unwrap().kind, Kind::Test);
        let mainnet = settings.network("mainnet").unwrap();
        assert_eq!(mainnet.kind, Kind::Main);
        assert_eq!(mainnet.upgrade_delay_secs, crate::UPGRADE_DELAY_SECS);
        assert!(settings.network("moon").is_err());
    }
}
