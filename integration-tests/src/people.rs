//! Named people: contract addresses, and classic accounts with trustlines and real signatures.

use std::rc::Rc;

use flash_escrow::testutils::{ClassicAccount, Trust};
use soroban_sdk::{
    testutils::{
        Address as _, IssuerFlags, MockAuth, MockAuthContract, MockAuthInvoke, StellarAssetContract,
    },
    xdr::SorobanAuthorizationEntry,
    Address, Env,
};

/// A person who can sign.
#[derive(Clone)]
pub struct Person {
    pub name: &'static str,
    pub address: Address,
    account: Option<Rc<ClassicAccount>>,
}

impl Person {
    /// A person with a contract address, like a smart wallet or a multisig contract.
    pub fn contract(env: &Env, name: &'static str) -> Self {
        let address = Address::generate(env);
        env.register_at(&address, MockAuthContract, ());
        Self {
            name,
            address,
            account: None,
        }
    }

    /// A person with a classic account and a trustline for the asset. The seed determines the key.
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

    /// A person with a classic account without a trustline for the asset.
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

    /// Signs exactly this call and its sub-invocations.
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
