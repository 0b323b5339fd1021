//! Who pays the reserves of whom, while one transaction runs.

use std::collections::BTreeMap;
use stellar_xdr::AccountId;

/// The sponsorships that were begun and not ended yet: at most one for each sponsored account.
#[derive(Default)]
pub struct Sponsorships {
    sponsor_of: BTreeMap<AccountId, AccountId>,
}

impl Sponsorships {
    /// Who pays the reserves of what `account` makes now, where somebody does.
    pub fn sponsor_of(&self, account: &AccountId) -> Option<&AccountId> {
        self.sponsor_of.get(account)
    }

    /// Whether `account` pays the reserves of somebody.
    pub fn is_sponsor(&self, account: &AccountId) -> bool {
        self.sponsor_of.values().any(|sponsor| sponsor == account)
    }

    /// From now on `sponsor` pays the reserves of what `sponsored` makes.
    pub fn begin(&mut self, sponsor: AccountId, sponsored: AccountId) {
        self.sponsor_of.insert(sponsored, sponsor);
    }

    /// Ends the sponsorship of `sponsored`. Returns whether there was one.
    pub fn end(&mut self, sponsored: &AccountId) -> bool {
        self.sponsor_of.remove(sponsored).is_some()
    }

    /// Whether every sponsorship was ended.
    pub fn are_all_ended(&self) -> bool {
        self.sponsor_of.is_empty()
    }
}
