//! Searches whether one party alone gets out: depth first, earliest time first.

use std::{
    cell::Cell,
    fmt,
    panic::{self, AssertUnwindSafe},
};

use flash_integration_tests::{Deal, Person, World, DAY};
use flash_interfaces::deals::{Advance, DealStatus};

use super::{limit_budget, MOST_CALLS, MOST_SECS};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Party {
    Consumer,
    Provider,
}

/// The calls that a party can make alone. The published `set_deal_completed` enters registry and
/// reputation. If those misbehave it fails, and must not affect the other ways out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Act {
    WithdrawDeal,
    Settle,
    Complete,
    Close,
    Reject,
    Cancel,
    Advance,
    TakeMoney,
}

/// A call after a wait.
#[derive(Clone, Copy)]
pub struct Step {
    pub wait_secs: u64,
    act: Act,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.wait_secs > 0 {
            let (days, secs) = (self.wait_secs / DAY, self.wait_secs % DAY);
            write!(f, "wait {days} d {secs} s, ")?;
        }
        write!(f, "{:?}", self.act)
    }
}

pub struct Search<'a> {
    world: &'a World,
    deal: &'a Deal,
    party: Party,
    until_ts: u64,
    /// The resource limit of each call.
    pub limited: Cell<bool>,
    /// How many calls used everything that a transaction may use.
    pub calls_without_end: Cell<usize>,
}

impl<'a> Search<'a> {
    pub fn new(world: &'a World, deal: &'a Deal, party: Party) -> Self {
        Self {
            world,
            deal,
            party,
            until_ts: world.now() + MOST_SECS,
            limited: Cell::new(false),
            calls_without_end: Cell::new(0),
        }
    }

    fn person(&self) -> &Person {
        match self.party {
            Party::Consumer => &self.deal.consumer,
            Party::Provider => &self.deal.provider,
        }
    }

    pub fn other(&self) -> &Person {
        match self.party {
            Party::Consumer => &self.deal.provider,
            Party::Provider => &self.deal.consumer,
        }
    }

    /// Finds a way out within the limits of calls and time, and leaves the world at its end.
    /// `meanwhile` runs before every call.
    pub fn run(&self, meanwhile: &dyn Fn()) -> Option<Vec<Step>> {
        let mut plan = self.deeper(MOST_CALLS, meanwhile)?;
        plan.reverse();
        Some(plan)
    }

    /// Follows a way that worked in other circumstances; returns whether it works here too.
    pub fn replay(&self, plan: &[Step], meanwhile: &dyn Fn()) -> bool {
        plan.iter().all(|step| {
            self.world.advance(step.wait_secs);
            meanwhile();
            self.play(step.act)
        }) && self.is_out()
    }

    /// A way out with at most this many calls, last call first.
    fn deeper(&self, calls: usize, meanwhile: &dyn Fn()) -> Option<Vec<Step>> {
        if self.is_out() {
            return Some(Vec::new());
        }
        if calls == 0 {
            return None;
        }
        let here = self.world.checkpoint();
        let acts = self.acts();
        for wait_secs in self.waits() {
            self.world.advance(wait_secs);
            meanwhile();
            for &act in &acts {
                let then = self.world.checkpoint();
                if !self.play(act) {
                    continue;
                }
                if let Some(mut plan) = self.deeper(calls - 1, meanwhile) {
                    plan.push(Step { wait_secs, act });
                    return Some(plan);
                }
                self.world.restore(&then);
            }
            self.world.restore(&here);
        }
        None
    }

    fn status(&self) -> Option<DealStatus> {
        let (consumer, provider) = (&self.deal.consumer.address, &self.deal.provider.address);
        let deals = self.world.deals();
        let shown = deals.get_deal(consumer, provider, &self.deal.id)?;
        Some(shown.status)
    }

    fn is_released(&self) -> bool {
        let account = self.world.escrow().get_account(&self.deal.id);
        account.is_none_or(|account| account.released)
    }

    /// Calls that can have an effect in the state of the deal.
    fn acts(&self) -> Vec<Act> {
        let unfunded = [Act::WithdrawDeal, Act::Reject];
        let own = |acts: [Act; 2]| match self.party {
            Party::Consumer => acts[0],
            Party::Provider => acts[1],
        };
        match self.status() {
            Some(DealStatus::Pending | DealStatus::Accepted) => vec![Act::Advance, own(unfunded)],
            // Possibly harmful calls come first.
            Some(DealStatus::Funded) => match self.party {
                Party::Consumer => vec![Act::Settle, Act::Complete, Act::Advance, Act::Close],
                Party::Provider => vec![Act::Settle, Act::Advance, Act::Cancel],
            },
            _ if self.is_released() => vec![Act::TakeMoney],
            _ => vec![Act::Settle, Act::Advance],
        }
    }

    /// Whether the deal is over and the party holds all its money.
    fn is_out(&self) -> bool {
        let live = matches!(
            self.status(),
            Some(DealStatus::Pending | DealStatus::Accepted | DealStatus::Funded)
        );
        !live && self.is_released() && self.world.claimable(self.person()) == 0
    }

    /// Now, and every deadline that can still be reached.
    fn waits(&self) -> Vec<u64> {
        let (world, deal) = (self.world, self.deal);
        let now = world.now();
        let mut edges = vec![now];
        if let Some(terms) = world.deals().get_deal_terms(&deal.id) {
            let policy = world.deals().get_policy(&terms.policy_version);
            let policy = policy.expect("the deal's policy");
            edges.push(terms.created_ts + policy.accept_window_secs + 1);
            edges.push(now + policy.fund_window_secs + 1);
            let env = &world.env;
            let meters = world.deals().get_meters(&soroban_sdk::vec![env, deal.id]);
            if let Some(meter) = meters.get(0).flatten() {
                edges.push(meter.end_ts);
                edges.push(meter.final_until_ts);
                edges.push(meter.through_ts + policy.silence_secs);
                if meter.arrears_since_ts != 0 {
                    edges.push(meter.arrears_since_ts + policy.grace_secs);
                }
            }
        }
        edges.retain(|edge| (now..=self.until_ts).contains(edge));
        edges.sort_unstable();
        edges.dedup();
        edges.into_iter().map(|edge| edge - now).collect()
    }

    /// Makes a call; returns whether it had an effect. A call over the limits is a panic of the
    /// test `Env`; it must leave everything unchanged too.
    fn play(&self, act: Act) -> bool {
        let before = self.world.ledger_entries();
        if self.limited.get() {
            limit_budget(self.world);
        }
        let played = panic::catch_unwind(AssertUnwindSafe(|| self.call(act)));
        played.unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>();
            if !said.is_some_and(|said| said.contains("Error(Budget, ExceededLimit)")) {
                panic::resume_unwind(panic);
            }
            limit_budget(self.world);
            self.world.env.set_auths(&[]);
            let same = self.world.ledger_entries() == before;
            assert!(same, "{act:?} came to no end and left something");
            self.calls_without_end.set(self.calls_without_end.get() + 1);
            false
        })
    }

    fn call(&self, act: Act) -> bool {
        let (world, deal) = (self.world, self.deal);
        match act {
            Act::Settle => {
                let live = world.deals().get_deal_page(&deal.id).is_some();
                live && world.settle(deal) == 0
            }
            Act::Complete => world.complete(deal).is_ok(),
            Act::WithdrawDeal => world.withdraw_deal(deal).is_ok(),
            Act::Close => world.close(deal).is_ok(),
            Act::Reject => world.reject(deal).is_ok(),
            Act::Cancel => world.cancel(deal).is_ok(),
            Act::Advance => {
                let step = world.unsigned().deals::<u32>("advance_deal", (deal.id,));
                // The invariants need to know whose capacity was released.
                if step == Ok(Advance::CapacityFreed as u32) {
                    world.history.borrow_mut().freed.insert(deal.id);
                }
                step.is_ok_and(|step| step != Advance::NothingDue as u32)
            }
            Act::TakeMoney => {
                let amount = world.claimable(self.person());
                let taken = world.by(self.person()).withdraw(amount);
                taken.is_ok_and(|taken| taken > 0)
            }
        }
    }
}
