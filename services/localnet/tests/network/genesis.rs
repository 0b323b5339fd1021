//! What is there before anybody did anything.

use crate::setup::{network, network_with};
use flash_localnet::{settings::Preset, Config, Passphrase};
use flash_localnet_testkit::Wallet;
use soroban_simulation::NetworkConfig;
use stellar_xdr::{ConfigSettingId, LedgerKey, LedgerKeyConfigSetting};

#[test]
fn the_settings_are_the_entries_that_simulation_reads() {
    for preset in [
        Preset::Mainnet,
        Preset::Testnet,
        Preset::Fast,
        Preset::Unlimited,
    ] {
        let config = Config {
            settings: preset.settings(),
            ..Config::default()
        };
        let (network, _) = network_with(&config);
        let snapshot = flash_localnet::state::Snapshot(network.view().entries);
        let loaded = NetworkConfig::load_from_snapshot(&snapshot).unwrap();
        assert_eq!(loaded, preset.settings().network_config(), "{preset:?}");
    }
}

#[test]
fn every_setting_can_be_asked_for() {
    let (_network, client) = network();
    for config_setting_id in ConfigSettingId::variants() {
        let key = LedgerKey::ConfigSetting(LedgerKeyConfigSetting { config_setting_id });
        // These two exist only while validators vote on a change.
        let is_change = matches!(
            config_setting_id,
            ConfigSettingId::FrozenLedgerKeysDelta | ConfigSettingId::FreezeBypassTxsDelta
        );
        assert_eq!(
            client.entry(&key).unwrap().is_some(),
            !is_change,
            "{config_setting_id:?}"
        );
    }
}

#[test]
fn root_and_friendbot_own_everything() {
    let (network, client) = network();
    let root = Wallet::of_secret(&network.root().secret).unwrap();
    let friendbot = Wallet::of_secret(&network.friendbot().secret).unwrap();
    assert_eq!(root.address(), network.root().address);
    // The same root account as on every standalone network.
    assert_eq!(
        root.address(),
        "GBZXN7PIRZGNMHGA7MUUUF4GWPY5AYPV6LY4UV2GL6VJGIQRXFDNMADI"
    );
    let together =
        client.account(&root).unwrap().balance + client.account(&friendbot).unwrap().balance;
    assert_eq!(together, 1_000_000_000_000_000_000);
}

#[test]
fn the_passphrase_can_be_the_test_networks() {
    let config = Config {
        passphrase: Passphrase::Testnet,
        ..Config::default()
    };
    let (network, client) = network_with(&config);
    assert_eq!(network.passphrase(), "Test SDF Network ; September 2015");
    client.fund(&Wallet::named("alice")).unwrap();
}

#[test]
fn the_test_network_has_settings_of_its_own() {
    let settings = Preset::Testnet.settings();
    assert_eq!(settings.state_target_bytes, 4_000_000_000);
    assert_eq!(settings.eviction_scan_bytes, 500_000);
    assert_eq!(settings.max_dependent_clusters, 2);
}

#[test]
fn rent_rises_with_the_size_of_the_state() {
    let rent = |state_size_bytes| {
        let settings = flash_localnet::settings::Settings {
            state_size_bytes,
            ..Preset::Mainnet.settings()
        };
        settings.fees().1.fee_per_rent_1kb
    };
    assert_eq!(rent(0), 1_000);
    assert_eq!(rent(2_000_000_000), 1_000, "two thirds of the target");
    assert_eq!(rent(2_500_000_000), 5_500);
    let like_testnet = Config::like_testnet(flash_localnet::TESTNET_INTERVAL);
    assert_eq!(like_testnet.settings.fees().1.fee_per_rent_1kb, 5_500);
}
