//! Test networks only.

use flash_interfaces::escrow::{AssetAdminChanged, EscrowError, FaucetMinted};
use soroban_sdk::{testutils::Address as _, token::StellarAssetClient, Address, Event};

use super::fixture::*;

fn with_faucet() -> World {
    let w = World::new();
    w.as_issuer(|issuer| issuer.set_admin(&w.escrow));
    w
}

fn try_faucet(w: &World, amount: i128) -> Answer<()> {
    w.signed(&w.stranger, "test_faucet", (&w.stranger, amount))
        .try_test_faucet(&w.stranger, &amount)
}

#[test]
fn the_faucet_mints_to_who_signs() {
    let w = with_faucet();
    assert_eq!(try_faucet(&w, 100_000 * USD), Ok(Ok(())));
    let minted = FaucetMinted {
        receiver: w.stranger.clone(),
        amount: 100_000 * USD,
    };
    assert_eq!(w.events(), [minted.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(w.token().balance(&w.stranger), 100_000 * USD);
    for (amount, error) in [
        (0, EscrowError::AmountNotPositive),
        (-1, EscrowError::AmountNotPositive),
        (100_000 * USD + 1, EscrowError::FaucetAmountTooLarge),
        (i128::MAX, EscrowError::FaucetAmountTooLarge),
    ] {
        assert_eq!(try_faucet(&w, amount), refused(error));
    }
    let unsigned = w.signed(&w.owner, "test_faucet", (&w.stranger, 1_i128));
    assert!(unauthorised(&unsigned.try_test_faucet(&w.stranger, &1)));
}

#[test]
fn the_owner_hands_the_asset_over() {
    let w = with_faucet();
    let heir = Address::generate(&w.env);
    let stolen = w.signed(&w.stranger, "change_asset_admin", (&heir,));
    assert!(unauthorised(&stolen.try_change_asset_admin(&heir)));
    let answer = w
        .signed(&w.owner, "change_asset_admin", (&heir,))
        .try_change_asset_admin(&heir);
    assert_eq!(answer, Ok(Ok(())));
    let changed = AssetAdminChanged {
        new_admin: heir.clone(),
    };
    assert_eq!(w.events(), [changed.to_xdr(&w.env, &w.escrow)]);
    assert_eq!(StellarAssetClient::new(&w.env, &w.asset).admin(), heir);
    assert_eq!(try_faucet(&w, 1), refused(EscrowError::TokenRefused));
    let again = w
        .signed(&w.owner, "change_asset_admin", (&heir,))
        .try_change_asset_admin(&heir);
    assert_eq!(again, refused(EscrowError::TokenRefused));
}
