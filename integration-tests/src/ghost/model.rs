//! The state of the marketplace, and who may do what to it.

use std::collections::BTreeMap;

use super::{
    admin::Admin,
    deal::Deal,
    escrow::Escrow,
    mandates::Mandate,
    order::Order,
    policy::{self, Policy, PolicyKind},
    registry::Registry,
    reputation::Reputation,
    step::{Asset, Call, Contract, Who},
    token::Wallets,
};
use crate::clock::START_TS;

/// Why a command was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The error code of a contract.
    Code(u32),
    /// An error of the host: a signature is missing.
    Unsigned,
}

/// The answer of a command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reply {
    Nothing,
    Number(u64),
    Money(i128),
    Codes(Vec<u32>),
}

pub type Answer<T = Reply> = Result<T, Refusal>;

pub fn refuse<T>(code: u32) -> Answer<T> {
    Err(Refusal::Code(code))
}

pub fn ensure(holds: bool, code: u32) -> Answer<()> {
    if holds {
        Ok(())
    } else {
        refuse(code)
    }
}

/// Who may report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reporter {
    pub ever_set: bool,
    pub current: Option<Who>,
    pub next: Option<(Who, u64)>,
}

/// The whole marketplace.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ghost {
    pub now: u64,
    pub registry: Registry,
    /// By id, starting at 1; deleted entries stay.
    pub deals: BTreeMap<u32, Deal>,
    /// Ids of the live deals by page of a provider's book.
    pub books: BTreeMap<(Who, Asset, u32), Vec<u32>>,
    /// The page that takes the next deal of a book.
    pub heads: BTreeMap<(Who, Asset), u32>,
    /// By version, starting at 1.
    pub policies: Vec<Policy>,
    pub reporter: Reporter,
    pub escrow: Escrow,
    /// By deal.
    pub mandates: BTreeMap<u32, Mandate>,
    pub reputation: Reputation,
    pub wallets: Wallets,
    pub admin: BTreeMap<u8, Admin>,
}

impl Ghost {
    /// A new world: Ada and Bert are providers, Carol and Dan consumers.
    pub fn new(oracle: bool, first_policy: PolicyKind) -> Self {
        let mut ghost = Self {
            now: START_TS,
            registry: Registry::default(),
            deals: BTreeMap::new(),
            books: BTreeMap::new(),
            heads: BTreeMap::new(),
            policies: vec![policy::policy(first_policy)],
            reporter: Reporter {
                ever_set: oracle,
                current: oracle.then_some(Who::Oracle),
                next: None,
            },
            escrow: Escrow::new(),
            mandates: BTreeMap::new(),
            reputation: Reputation::new(),
            wallets: Wallets::new(),
            admin: (0..4).map(|nth| (nth, Admin::default())).collect(),
        };
        ghost.registry.settle_in(START_TS);
        ghost
    }

    /// Plays an order. A refused order changes nothing.
    pub fn apply(&mut self, order: &Order) -> Answer {
        let mut after = self.clone();
        let answer = after.run(order)?;
        *self = after;
        Ok(answer)
    }

    fn run(&mut self, order: &Order) -> Answer {
        use Call::*;
        match &order.call {
            Wait(_) => {
                self.now += order.secs;
                let matured = self.matured();
                if matured != self.reporter {
                    self.reporter = matured;
                    self.void_stages();
                }
                Ok(Reply::Nothing)
            }
            Mint(..) | Donate(..) | ClawBack(..) | Freeze(..) | Thaw(..) | Limit(..) => {
                self.run_token(order)
            }
            RegisterProvider(..)
            | RegisterConsumer(..)
            | RegisterBoth(..)
            | UpdateProvider(..)
            | UpdateConsumer(..)
            | DeleteProvider(..)
            | DeleteConsumer(..)
            | RemoveProvider(..)
            | RemoveConsumer(..)
            | ReadmitProvider(..)
            | ReadmitConsumer(..)
            | RemoveBucket(..)
            | CreateBucket { .. }
            | UpdateBasic(..)
            | UpdateConditions { .. }
            | SetCapacity(..)
            | SetFeatures(..)
            | SetService(..)
            | SetStatus(..)
            | LockBucket(..)
            | UnlockBucket(..)
            | DeleteBucket(..) => self.run_registry(order),
            WithdrawMoney(..) | Push(..) | SendFunds(..) | WithdrawFees(..) | SetAsset(..)
            | SetBadAsset | Faucet(..) | ChangeAssetAdmin(..) => self.run_escrow(order),
            SetPoints(..) | ScheduleUpgrade(..) | CancelUpgrade(..) | Upgrade(..) | Migrate(..)
            | Pause(_) | Unpause(_) => self.run_admin(order),
            SetMandate(..) | RevokeMandate(_) | Draw(..) => self.run_mandates(order),
            Intrude(_) => Err(Refusal::Unsigned),
            _ => self.run_deals(order),
        }
    }

    pub fn deal(&self, id: u32) -> Option<&Deal> {
        self.deals.get(&id).filter(|deal| !deal.deleted)
    }

    pub fn policy_of(&self, deal: &Deal) -> Policy {
        self.policies[deal.terms.policy_version as usize - 1].clone()
    }

    pub fn policy_version(&self) -> u32 {
        u32::try_from(self.policies.len()).expect("few")
    }

    pub fn is_paused(&self, contract: Contract) -> bool {
        self.admin(contract).paused_until_ts > self.now
    }

    /// Who may report now: the oracle, the owner if none was ever set, or nobody.
    pub fn acting(&self) -> Option<Who> {
        let reporter = self.matured();
        if reporter.ever_set {
            reporter.current
        } else {
            Some(Who::Owner)
        }
    }

    /// Lets the successor take over once its time has come.
    pub fn matured(&self) -> Reporter {
        match self.reporter.next {
            Some((who, from_ts)) if self.now >= from_ts => Reporter {
                ever_set: true,
                current: Some(who),
                next: None,
            },
            _ => self.reporter.clone(),
        }
    }
}

/// Requires a signature.
pub fn signed(order: &Order, who: Who) -> Answer<()> {
    if order.signer == Some(who) {
        Ok(())
    } else {
        Err(Refusal::Unsigned)
    }
}
