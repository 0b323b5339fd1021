//! A random walk over every command of `deals` and of the parties, against a ledger of plain
//! integers, with claw-backs, donations and freezes: E1 to E5 after every step.

extern crate std;

use std::{collections::BTreeMap, vec, vec::Vec as StdVec};

use num_bigint::BigInt;
use proptest::prelude::*;
use soroban_sdk::Address;

use super::fixture::*;

const PROVIDERS: usize = 2;

#[derive(Clone, Debug)]
enum Step {
    Open {
        provider: usize,
        amount: i128,
        bps: u32,
    },
    Deposit {
        deal: u32,
        amount: i128,
    },
    Settle {
        payments: StdVec<(u32, i128)>,
        push: bool,
    },
    Refund {
        deal: u32,
        amount: i128,
    },
    Close {
        deal: u32,
        pay: i128,
        refund: i128,
        release: bool,
        push: bool,
    },
    Withdraw {
        who: usize,
        amount: i128,
    },
    Push {
        who: usize,
    },
    TakeFees {
        amount: i128,
        surplus: bool,
    },
    ClawBack {
        percent: i128,
    },
    Donate {
        amount: i128,
    },
    Freeze {
        who: usize,
        frozen: bool,
    },
}

fn amount() -> impl Strategy<Value = i128> {
    prop_oneof![
        1..5_000_i128,
        1..50_i128,
        Just(-1),
        Just(0),
        Just(i128::MAX)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let deal = || 1..7_u32;
    prop_oneof![
        3 => (0..PROVIDERS, 1..5_000_i128, 0..=1_000_u32)
            .prop_map(|(provider, amount, bps)| Step::Open { provider, amount, bps }),
        2 => (deal(), amount()).prop_map(|(deal, amount)| Step::Deposit { deal, amount }),
        6 => (prop::collection::vec((deal(), 1..800_i128), 1..4), any::<bool>())
            .prop_map(|(payments, push)| Step::Settle { payments, push }),
        2 => (deal(), amount()).prop_map(|(deal, amount)| Step::Refund { deal, amount }),
        2 => (deal(), 0..900_i128, 0..900_i128, any::<bool>(), any::<bool>())
            .prop_map(|(deal, pay, refund, release, push)| Step::Close { deal, pay, refund, release, push }),
        3 => (0..=PROVIDERS, amount()).prop_map(|(who, amount)| Step::Withdraw { who, amount }),
        2 => (0..=PROVIDERS).prop_map(|who| Step::Push { who }),
        1 => (amount(), any::<bool>()).prop_map(|(amount, surplus)| Step::TakeFees { amount, surplus }),
        1 => (1..60_i128).prop_map(|percent| Step::ClawBack { percent }),
        1 => (1..3_000_i128).prop_map(|amount| Step::Donate { amount }),
        1 => (0..=PROVIDERS, any::<bool>()).prop_map(|(who, frozen)| Step::Freeze { who, frozen }),
    ]
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Ghost {
    /// deal → provider, fee, deposited, charged, refunded, released
    deals: BTreeMap<u32, GhostDeal>,
    claimable: BTreeMap<usize, i128>,
    frozen: BTreeMap<usize, bool>,
    fees: i128,
    balance: i128,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct GhostDeal {
    provider: usize,
    bps: u32,
    deposited: i128,
    charged: i128,
    refunded: i128,
    released: bool,
}

impl GhostDeal {
    fn locked(&self) -> i128 {
        self.deposited - self.charged - self.refunded
    }

    fn fee(&self) -> i128 {
        let exact = BigInt::from(self.charged) * self.bps / 10_000;
        i128::try_from(exact).expect("fits")
    }
}

impl Ghost {
    fn live(&self, deal: u32) -> Option<&GhostDeal> {
        self.deals.get(&deal).filter(|d| !d.released)
    }

    fn locked(&self) -> i128 {
        self.deals.values().map(GhostDeal::locked).sum()
    }

    fn liabilities(&self) -> i128 {
        self.locked() + self.claimable.values().sum::<i128>()
    }

    fn short(&self) -> bool {
        self.balance < self.liabilities()
    }

    fn claim(&self, who: usize) -> i128 {
        self.claimable.get(&who).copied().unwrap_or(0)
    }

    fn is_frozen(&self, who: usize) -> bool {
        self.frozen.get(&who).copied().unwrap_or(false)
    }

    fn charge(&mut self, deal: u32, gross: i128) -> bool {
        let Some(found) = self.deals.get_mut(&deal).filter(|d| !d.released) else {
            return false;
        };
        if gross > found.locked() {
            return false;
        }
        let before = found.fee();
        found.charged += gross;
        let fee = found.fee() - before;
        let provider = found.provider;
        *self.claimable.entry(provider).or_default() += gross - fee;
        self.fees += fee;
        true
    }

    fn refund(&mut self, deal: u32, amount: i128) -> bool {
        let Some(found) = self.deals.get_mut(&deal).filter(|d| !d.released) else {
            return false;
        };
        if amount > found.locked() {
            return false;
        }
        found.refunded += amount;
        *self.claimable.entry(PROVIDERS).or_default() += amount;
        true
    }

    fn push(&mut self, who: usize) -> bool {
        let claim = self.claim(who);
        if claim == 0 || self.short() || self.is_frozen(who) {
            return false;
        }
        self.claimable.insert(who, 0);
        self.balance -= claim;
        true
    }
}

/// One world, the ghost beside it; index PROVIDERS of the people is the consumer.
struct Walk {
    w: World,
    people: StdVec<Address>,
    ghost: Ghost,
}

impl Walk {
    fn new() -> Self {
        let w = World::new();
        let mut people = w.people(PROVIDERS);
        people.push(w.consumer.clone());
        w.env.cost_estimate().budget().reset_unlimited();
        Self {
            w,
            people,
            ghost: Ghost::default(),
        }
    }

    /// Takes a step in both worlds and compares whether it was taken.
    fn take(&mut self, step: &Step) -> (bool, bool) {
        let before = self.ghost.clone();
        let (real, ghost) = self.act(step);
        if !ghost {
            self.ghost = before;
        }
        (real, ghost)
    }

    fn act(&mut self, step: &Step) -> (bool, bool) {
        let (w, g) = (&self.w, &mut self.ghost);
        match step.clone() {
            Step::Open {
                provider,
                amount,
                bps,
            } => {
                let deal_id = g.deals.len() as u32 + 1;
                let mut account = w.account(deal_id, amount);
                account.provider = self.people[provider].clone();
                account.fee_bps = bps;
                if !g.is_frozen(PROVIDERS) {
                    w.mint(&w.consumer, amount);
                }
                let real = w.try_open(&account).is_ok();
                let ok = !g.short() && !g.is_frozen(PROVIDERS);
                g.deals.insert(
                    deal_id,
                    GhostDeal {
                        provider,
                        bps,
                        deposited: amount,
                        ..Default::default()
                    },
                );
                g.balance += amount;
                (real, ok)
            }
            Step::Deposit { deal, amount } => {
                if (1..=5_000).contains(&amount) {
                    w.mint(&w.stranger, amount);
                }
                let real = w.try_deposit(deal, &w.stranger, amount).is_ok();
                let ok = g.live(deal).is_some() && (1..=5_000).contains(&amount) && !g.short();
                if ok {
                    g.deals.get_mut(&deal).expect("live").deposited += amount;
                    g.balance += amount;
                }
                (real, ok)
            }
            Step::Settle { payments, push } => {
                let books: StdVec<_> = payments
                    .iter()
                    .map(|(deal, gross)| {
                        let provider = g.deals.get(deal).map_or(0, |d| d.provider);
                        w.book_of(&self.people[provider], 0, &[(*deal, *gross)])
                    })
                    .collect();
                let real = w.try_settle(&books, push).is_ok();
                let ok = payments.iter().all(|(deal, gross)| g.charge(*deal, *gross));
                if ok && push {
                    for (deal, _) in &payments {
                        let provider = g.deals[deal].provider;
                        g.push(provider);
                    }
                }
                (real, ok)
            }
            Step::Refund { deal, amount } => {
                let real = w.try_refund(deal, amount).is_ok();
                (real, amount > 0 && g.refund(deal, amount))
            }
            Step::Close {
                deal,
                pay,
                refund,
                release,
                push,
            } => {
                let real = w.try_close(deal, (pay, refund), release, push).is_ok();
                let locked = g.live(deal).map_or(-1, GhostDeal::locked);
                let ok = pay + refund <= locked;
                if ok {
                    g.charge(deal, pay);
                    g.refund(deal, if release { locked - pay } else { refund });
                    let found = g.deals.get_mut(&deal).expect("live");
                    found.released = release;
                    let provider = found.provider;
                    if push {
                        g.push(provider);
                        g.push(PROVIDERS);
                    }
                }
                (real, ok)
            }
            Step::Withdraw { who, amount } => {
                let answer = w.try_withdraw(&self.people[who], &w.owner, amount);
                let ok = amount > 0 && amount <= g.claim(who);
                if !ok {
                    return (answer.is_ok(), false);
                }
                let mut paid = amount;
                if g.short() {
                    let share = BigInt::from(amount) * g.balance / g.liabilities();
                    paid = i128::try_from(share).expect("fits");
                }
                if paid == 0 {
                    return (answer.is_ok(), false);
                }
                *g.claimable.entry(who).or_default() -= amount;
                g.balance -= paid;
                (answer == Ok(Ok(paid)), true)
            }
            Step::Push { who } => {
                let real = w.try_push(&self.people[who]).is_ok();
                (real, g.push(who))
            }
            Step::TakeFees { amount, surplus } => {
                let real = if surplus {
                    w.signed(&w.owner, "send_funds_owner", (&w.owner, amount))
                        .try_send_funds_owner(&w.owner, &amount)
                } else {
                    w.signed(&w.owner, "withdraw_fees", (&w.asset, &w.owner, amount))
                        .try_withdraw_fees(&w.asset, &w.owner, &amount)
                };
                let free = g.balance - g.liabilities();
                let most = if surplus { free } else { free.min(g.fees) };
                let ok = (1..=most).contains(&amount);
                if ok {
                    g.fees -= amount.min(g.fees);
                    g.balance -= amount;
                }
                (real.is_ok(), ok)
            }
            Step::ClawBack { percent } => {
                let amount = g.balance * percent / 100;
                if amount > 0 {
                    w.claw_back(amount);
                    g.balance -= amount;
                }
                (true, true)
            }
            Step::Donate { amount } => {
                w.mint(&w.escrow, amount);
                g.balance += amount;
                (true, true)
            }
            Step::Freeze { who, frozen } => {
                w.as_issuer(|issuer| issuer.set_authorized(&self.people[who], &!frozen));
                g.frozen.insert(who, frozen);
                (true, true)
            }
        }
    }

    fn check(&self) {
        let (w, g) = (&self.w, &self.ghost);
        let s = w.client().get_solvency(&w.asset);
        assert_eq!(s.balance, g.balance);
        assert_eq!(s.locked, g.locked());
        assert_eq!(s.claimable, g.claimable.values().sum::<i128>());
        assert_eq!(s.fees, g.fees);
        assert_eq!(s.surplus, g.balance - g.liabilities() - g.fees);
        for (who, address) in self.people.iter().enumerate() {
            assert_eq!(w.claimable(address), g.claim(who), "claim of {who}");
        }
        for (deal_id, expected) in &g.deals {
            let account = w.get(*deal_id);
            assert_eq!(account.deposited, expected.deposited);
            assert_eq!(account.paid + account.fee, expected.charged);
            assert_eq!(account.fee, expected.fee());
            assert_eq!(account.refunded, expected.refunded);
            assert_eq!(account.locked, expected.locked());
            assert_eq!(account.released, expected.released);
            assert_eq!(
                account.deposited,
                account.locked + account.paid + account.fee + account.refunded
            );
            assert!(!account.released || account.locked == 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_escrow_and_its_ghost_agree_after_every_step(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut walk = Walk::new();
        for step in &steps {
            if matches!(step, Step::Open { .. }) && walk.ghost.deals.len() >= 6 {
                continue;
            }
            let (real, ghost) = walk.take(step);
            prop_assert_eq!(real, ghost, "{:?}", step);
            walk.check();
        }
    }
}
