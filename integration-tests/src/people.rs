//! People with names: contract addresses, and classic accounts with trustlines and real signatures.

use std::rc::Rc;

use flash_escrow::testutils::{ClassicAccount, Trust};
use soroban_sdk::{
    testutils::{
        Address as _, IssuerFlags, MockAuth, MockAuthContract, MockAuthInvoke, StellarAssetContract,
    },
    xdr::SorobanAuthorizationEntry,
    Address, Env,
};

/// Somebody who signs.
#[derive(Clone)]
pub struct Person {
    pub name: &'static str,
    pub address: Address,
    account: Option<Rc<ClassicAccount>>,
}

impl Person {
    /// Somebody behind a contract address, as a smart wallet or a multisig contract.
    pub fn contract(env: &Env, name: &'static str) -> Self {
        let address = Address::generate(env);
        env.register_at(&address, MockAuthContract, ());
        Self {
            name,
            address,
            account: None,
        }
    }

    /// Somebody with a classic account and a trustline for the asset. The seed is the account's key.
    pub fn classic(env: &Env, name: &'static str, seed: u8, asset: &StellarAssetContract) -> Self {
        let account = ClassicAccount::new(env, seed);
        let clawback = asset.issuer().flags() & (IssuerFlags::ClawbackEnabledFlag as u32) != 0;
        account.set_trustline(
            asset,
            Trust {
                clawback,
                ..Trust::default()
            },
        );
        Self {
            name,
            address: account.address().clone(),
            account: Some(Rc::new(account)),
        }
    }

    /// Somebody with a classic account that does not trust the asset.
    pub fn without_trustline(env: &Env, name: &'static str, seed: u8) -> Self {
        let account = ClassicAccount::new(env, seed);
        Self {
            name,
            address: account.address().clone(),
            account: Some(Rc::new(account)),
        }
    }

    /// Replaces the trustline of a classic account.
    pub fn set_trustline(&self, asset: &StellarAssetContract, trust: Trust) {
        let account = self.account.as_ref().expect("a classic account");
        account.set_trustline(asset, trust);
    }

    /// A signature for exactly this call and its sub-invocations.
    pub fn sign(&self, invoke: &MockAuthInvoke) -> SorobanAuthorizationEntry {
        match &self.account {
            Some(account) => account.sign(invoke),
            None => SorobanAuthorizationEntry::from(&MockAuth {
                address: &self.address,
                invoke,
            }),
        }
    }
}
