//! Balances of the assets, and whether a transfer is possible.

use std::collections::BTreeMap;

use super::{
    model::{Answer, Ghost, Reply},
    order::Order,
    step::{Asset, Call, Who},
};
use crate::world::POCKET;

/// The holding of an asset.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wallet {
    pub balance: i128,
    pub authorized: bool,
    /// The limit of a classic account's trustline; `None` for contracts.
    pub limit: Option<i64>,
    /// A classic account without a trustline.
    pub missing: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wallets(BTreeMap<(Who, Asset), Wallet>);

pub const CLASSIC: [Who; 4] = [Who::Ada, Who::Carol, Who::Mallory, Who::Frank];
pub const ASSETS: [Asset; 2] = [Asset::Usd, Asset::Eur];

impl Wallets {
    pub fn new() -> Self {
        let mut all = BTreeMap::new();
        for who in super::order::HOLDERS {
            for asset in ASSETS {
                let rich = matches!(who, Who::Carol | Who::Dan | Who::Mallory | Who::Erin);
                let wallet = Wallet {
                    balance: if rich { POCKET } else { 0 },
                    authorized: true,
                    limit: CLASSIC.contains(&who).then_some(i64::MAX),
                    missing: who == Who::Frank,
                };
                all.insert((who, asset), wallet);
            }
        }
        Self(all)
    }

    pub fn get(&self, who: Who, asset: Asset) -> Wallet {
        self.0[&(who, asset)]
    }

    pub fn balance(&self, who: Who, asset: Asset) -> i128 {
        self.get(who, asset).balance
    }

    fn get_mut(&mut self, who: Who, asset: Asset) -> &mut Wallet {
        self.0.get_mut(&(who, asset)).expect("a holder")
    }

    pub fn can_send(&self, who: Who, asset: Asset, amount: i128) -> bool {
        let wallet = self.get(who, asset);
        !wallet.missing && wallet.authorized && wallet.balance >= amount
    }

    fn can_receive(&self, who: Who, asset: Asset, amount: i128) -> bool {
        let wallet = self.get(who, asset);
        let fits = |limit: i64| wallet.balance + amount <= i128::from(limit);
        !wallet.missing && wallet.authorized && wallet.limit.is_none_or(fits)
    }

    /// Transfers money if both holders allow it; returns whether it did.
    pub fn transfer(&mut self, asset: Asset, from: Who, to: Who, amount: i128) -> bool {
        if !self.can_send(from, asset, amount) || !self.can_receive(to, asset, amount) {
            return false;
        }
        self.get_mut(from, asset).balance -= amount;
        self.get_mut(to, asset).balance += amount;
        true
    }
}

impl Ghost {
    /// Whether an order of the issuer or a change of a trustline is possible.
    pub fn is_possible(&self, call: &Call) -> bool {
        match call {
            Call::Mint(who, asset, amount) => {
                *amount > 0 && self.wallets.can_receive(*who, *asset, *amount)
            }
            Call::Donate(asset, amount) => {
                *amount > 0 && self.wallets.can_receive(Who::TheEscrow, *asset, *amount)
            }
            Call::ClawBack(asset, amount) => {
                *amount > 0 && *amount <= self.wallets.balance(Who::TheEscrow, *asset)
            }
            Call::Freeze(who, asset) | Call::Thaw(who, asset) => {
                !self.wallets.get(*who, *asset).missing
            }
            Call::Limit(who, ..) => CLASSIC.contains(who),
            Call::Upgrade(at, hash) => !self.would_upgrade(*at, *hash),
            _ => true,
        }
    }

    pub(super) fn run_token(&mut self, order: &Order) -> Answer {
        match order.call {
            Call::Mint(who, asset, amount) => self.wallets.get_mut(who, asset).balance += amount,
            Call::Donate(asset, amount) => {
                self.wallets.get_mut(Who::TheEscrow, asset).balance += amount;
                self.escrow.totals_mut(asset).drift += amount;
            }
            Call::ClawBack(asset, amount) => {
                self.wallets.get_mut(Who::TheEscrow, asset).balance -= amount;
                let totals = self.escrow.totals_mut(asset);
                totals.drift -= amount;
                totals.clawed = true;
            }
            Call::Freeze(who, asset) => self.wallets.get_mut(who, asset).authorized = false,
            Call::Thaw(who, asset) => self.wallets.get_mut(who, asset).authorized = true,
            Call::Limit(who, asset, more) => {
                let wallet = self.wallets.get_mut(who, asset);
                let balance = i64::try_from(wallet.balance).expect("a trustline's balance");
                wallet.limit = Some(balance.saturating_add(more));
                wallet.missing = false;
            }
            _ => unreachable!("not of the token"),
        }
        Ok(Reply::Nothing)
    }
}
