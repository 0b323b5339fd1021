//! Accounts, claims, fees.

use std::collections::BTreeMap;

use super::{
    model::{ensure, refuse, signed, Answer, Ghost, Reply},
    order::Order,
    step::{Asset, Call, Who},
};
use crate::USD;

const MAX_MONEY: i128 = 1 << 62;
const MAX_LIABILITIES: i128 = i64::MAX as i128;

/// A deal's account: deposits, and where they went.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    pub consumer: Who,
    pub provider: Who,
    pub asset: Asset,
    pub page: u32,
    pub fee_bps: u32,
    pub deposited: i128,
    /// Gross, including the fee.
    pub charged: i128,
    pub refunded: i128,
    pub released: bool,
}

impl Account {
    pub fn locked(&self) -> i128 {
        self.deposited - self.charged - self.refunded
    }

    pub fn fee(&self) -> i128 {
        self.charged * i128::from(self.fee_bps) / 10_000
    }
}

/// Money that belongs to no account.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    pub fees: i128,
    /// The balance beyond liabilities and fees: donations and the remainder of short withdrawals,
    /// minus claw-backs and what the owner took of it.
    pub drift: i128,
    /// The issuer has clawed something back.
    pub clawed: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Escrow {
    /// By deal; released accounts stay.
    pub accounts: BTreeMap<u32, Account>,
    pub claims: BTreeMap<(Asset, Who), i128>,
    pub totals: BTreeMap<Asset, Totals>,
    /// The asset of deals created from now on.
    pub asset: Asset,
}

impl Escrow {
    pub fn new() -> Self {
        Self {
            accounts: BTreeMap::new(),
            claims: BTreeMap::new(),
            totals: BTreeMap::new(),
            asset: Asset::Usd,
        }
    }

    pub fn totals(&self, asset: Asset) -> Totals {
        self.totals.get(&asset).copied().unwrap_or_default()
    }

    pub fn totals_mut(&mut self, asset: Asset) -> &mut Totals {
        self.totals.entry(asset).or_default()
    }

    pub fn locked(&self, asset: Asset) -> i128 {
        let of_asset = self
            .accounts
            .values()
            .filter(|account| account.asset == asset);
        of_asset.map(Account::locked).sum()
    }

    pub fn claimable(&self, asset: Asset) -> i128 {
        let of_asset = self.claims.iter().filter(|((of, _), _)| *of == asset);
        of_asset.map(|(_, amount)| amount).sum()
    }

    pub fn claim(&self, who: Who, asset: Asset) -> i128 {
        self.claims.get(&(asset, who)).copied().unwrap_or(0)
    }

    pub fn liabilities(&self, asset: Asset) -> i128 {
        self.locked(asset) + self.claimable(asset)
    }

    fn credit(&mut self, who: Who, asset: Asset, amount: i128) {
        *self.claims.entry((asset, who)).or_default() += amount;
    }

    /// Pays from an account. The platform gets the increase of the fee on everything paid so far.
    pub fn pay(&mut self, deal: u32, gross: i128) {
        let account = self.accounts.get_mut(&deal).expect("a funded deal");
        let fee = account.fee();
        account.charged += gross;
        let fee = account.fee() - fee;
        let (provider, asset) = (account.provider, account.asset);
        self.totals_mut(asset).fees += fee;
        self.credit(provider, asset, gross - fee);
    }

    pub fn refund(&mut self, deal: u32, amount: i128) {
        let account = self.accounts.get_mut(&deal).expect("a funded deal");
        account.refunded += amount;
        let (consumer, asset) = (account.consumer, account.asset);
        self.credit(consumer, asset, amount);
    }

    pub fn release(&mut self, deal: u32) {
        let account = self.accounts.get_mut(&deal).expect("a funded deal");
        account.released = true;
    }
}

impl Ghost {
    pub fn escrow_balance(&self, asset: Asset) -> i128 {
        self.wallets.balance(Who::TheEscrow, asset)
    }

    /// Whether a claw-back left less than is owed.
    pub fn is_short(&self, asset: Asset) -> bool {
        self.escrow_balance(asset) < self.escrow.liabilities(asset)
    }

    /// Pulls a deposit that is already booked in a deal's account.
    pub fn pull(&mut self, deal: u32, from: Who, amount: i128) -> Answer<()> {
        let account = &self.escrow.accounts[&deal];
        let asset = account.asset;
        ensure(account.deposited + amount <= MAX_MONEY, 3201)?;
        let liabilities = self.escrow.liabilities(asset);
        ensure(liabilities + amount <= MAX_LIABILITIES, 3217)?;
        ensure(self.escrow_balance(asset) >= liabilities, 3211)?;
        ensure(
            self.wallets.transfer(asset, from, Who::TheEscrow, amount),
            3208,
        )?;
        let account = self.escrow.accounts.get_mut(&deal).expect("there");
        account.deposited += amount;
        Ok(())
    }

    /// The push at the end of a settlement: sends everything or nothing.
    pub fn push_if_possible(&mut self, who: Who, asset: Asset) {
        let claim = self.escrow.claim(who, asset);
        if claim == 0 || self.is_short(asset) {
            return;
        }
        if self.wallets.transfer(asset, Who::TheEscrow, who, claim) {
            self.escrow.credit(who, asset, -claim);
        }
    }

    /// Pays out fees, or fees and surplus, as far as the liabilities stay covered.
    pub fn takeable(&self, asset: Asset, with_surplus: bool) -> i128 {
        let free = self.escrow_balance(asset) - self.escrow.liabilities(asset);
        if with_surplus {
            free
        } else {
            free.min(self.escrow.totals(asset).fees)
        }
    }

    pub(super) fn run_escrow(&mut self, order: &Order) -> Answer {
        match order.call {
            Call::WithdrawMoney(_, asset, to, ..) => self.withdraw_money(order, asset, to),
            Call::Push(who, asset) => self.push(who, asset),
            Call::SendFunds(to, _) => {
                signed(order, Who::Owner)?;
                self.take_fees(self.escrow.asset, to, order.amount, true)
            }
            Call::WithdrawFees(asset, to, _) => {
                signed(order, Who::Owner)?;
                self.take_fees(asset, to, order.amount, false)
            }
            Call::SetAsset(asset) => {
                signed(order, Who::Owner)?;
                self.escrow.asset = asset;
                Ok(Reply::Nothing)
            }
            Call::SetBadAsset => {
                signed(order, Who::Owner)?;
                refuse(3208)
            }
            // The escrow does not administer the assets of these worlds.
            Call::Faucet(_, amount) => {
                signed(order, order.actor)?;
                ensure(amount > 0, 3200)?;
                ensure(amount <= 100_000 * USD, 3219)?;
                refuse(3208)
            }
            Call::ChangeAssetAdmin(_) => {
                signed(order, Who::Owner)?;
                refuse(3208)
            }
            _ => unreachable!("not of the escrow"),
        }
    }

    /// What a withdrawal of `amount` pays now.
    pub fn payable(&self, asset: Asset, amount: i128) -> i128 {
        if self.is_short(asset) {
            amount * self.escrow_balance(asset) / self.escrow.liabilities(asset)
        } else {
            amount
        }
    }

    fn withdraw_money(&mut self, order: &Order, asset: Asset, to: Who) -> Answer {
        let (who, amount) = (order.actor, order.amount);
        signed(order, who)?;
        ensure(amount > 0 && order.min_paid >= 0, 3200)?;
        ensure(to != Who::TheEscrow, 3213)?;
        ensure(amount <= self.escrow.claim(who, asset), 3206)?;
        let paid = self.payable(asset, amount);
        ensure(paid > 0, 3211)?;
        ensure(paid >= order.min_paid, 3220)?;
        ensure(self.wallets.transfer(asset, Who::TheEscrow, to, paid), 3208)?;
        self.escrow.credit(who, asset, -amount);
        self.escrow.totals_mut(asset).drift += amount - paid;
        Ok(Reply::Money(paid))
    }

    fn push(&mut self, who: Who, asset: Asset) -> Answer {
        let claim = self.escrow.claim(who, asset);
        ensure(claim > 0, 3207)?;
        ensure(!self.is_short(asset), 3211)?;
        ensure(
            self.wallets.transfer(asset, Who::TheEscrow, who, claim),
            3208,
        )?;
        self.escrow.credit(who, asset, -claim);
        Ok(Reply::Money(claim))
    }

    fn take_fees(&mut self, asset: Asset, to: Who, amount: i128, with_surplus: bool) -> Answer {
        ensure(amount > 0, 3200)?;
        ensure(to != Who::TheEscrow, 3213)?;
        ensure(!self.is_short(asset), 3211)?;
        ensure(amount <= self.takeable(asset, with_surplus), 3212)?;
        ensure(
            self.wallets.transfer(asset, Who::TheEscrow, to, amount),
            3208,
        )?;
        let totals = self.escrow.totals_mut(asset);
        let from_fees = amount.min(totals.fees);
        totals.fees -= from_fees;
        totals.drift -= amount - from_fees;
        Ok(Reply::Nothing)
    }
}
