//! What the escrow owes of one token.

use flash_common::ensure;
use flash_interfaces::escrow::EscrowError;

use crate::{math, policy, slot::Charge};

/// Sums over all accounts and all claimable balances of one token, and the fees kept.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    pub locked: i128,
    pub claimable: i128,
    pub fees: i128,
}

impl Totals {
    /// What is owed to consumers and providers. Fees rank behind and are not included.
    pub fn liabilities(&self) -> Result<i128, EscrowError> {
        checked(self.locked.checked_add(self.claimable))
    }

    /// Whether the token's `balance` does not cover what is owed.
    pub fn is_short(&self, balance: i128) -> Result<bool, EscrowError> {
        Ok(balance < self.liabilities()?)
    }

    /// What the owner may take at most: all that is not owed to anybody else.
    pub fn free(&self, balance: i128) -> Result<i128, EscrowError> {
        checked(balance.checked_sub(self.liabilities()?))
    }

    /// What is left of `balance` after everything owed and kept; negative after a claw-back.
    pub fn surplus(&self, balance: i128) -> Result<i128, EscrowError> {
        checked(self.free(balance)?.checked_sub(self.fees))
    }

    /// What a withdrawal of `amount` sends: all of it, or its share while the escrow is short.
    pub fn payable(&self, amount: i128, balance: i128) -> Result<i128, EscrowError> {
        let liabilities = self.liabilities()?;
        if balance >= liabilities {
            return Ok(amount);
        }
        checked(math::pro_rata(amount, balance, liabilities))
    }

    /// A deposit.
    pub fn lock(&mut self, amount: i128) -> Result<(), EscrowError> {
        self.locked = checked(self.locked.checked_add(amount))?;
        ensure!(
            self.liabilities()? <= policy::MAX_LIABILITIES,
            EscrowError::LiabilitiesTooLarge
        );
        Ok(())
    }

    /// Payments out of accounts.
    pub fn charge(&mut self, charge: &Charge) -> Result<(), EscrowError> {
        self.locked = checked(self.locked.checked_sub(charge.gross))?;
        self.claimable = checked(self.claimable.checked_add(charge.net))?;
        self.fees = checked(self.fees.checked_add(charge.fee))?;
        Ok(())
    }

    /// A refund of locked money.
    pub fn refund(&mut self, amount: i128) -> Result<(), EscrowError> {
        self.locked = checked(self.locked.checked_sub(amount))?;
        self.claimable = checked(self.claimable.checked_add(amount))?;
        Ok(())
    }

    /// Claimable money that leaves.
    pub fn write_off(&mut self, amount: i128) -> Result<(), EscrowError> {
        self.claimable = checked(self.claimable.checked_sub(amount))?;
        Ok(())
    }

    /// Fees that leave.
    pub fn take_fees(&mut self, amount: i128) -> Result<(), EscrowError> {
        self.fees = checked(self.fees.checked_sub(amount))?;
        Ok(())
    }
}

fn checked(value: Option<i128>) -> Result<i128, EscrowError> {
    value.ok_or(EscrowError::Overflow)
}
