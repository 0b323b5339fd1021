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
        assert!(
            client.entry(&key).unwrap().is_some(),
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
