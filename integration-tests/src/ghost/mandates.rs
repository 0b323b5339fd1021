//! Standing top-ups.

use flash_interfaces::deals::HealthLevel;

use super::{
    deal::{Deal, Status},
    model::{ensure, refuse, signed, Answer, Ghost, Reply},
    order::Order,
    step::{Asset, Call, Who},
};
use crate::DAY;

const MAX_MONEY: i128 = 1 << 62;
const MAX_SECS: u64 = 5 * 365 * DAY;
/// A draw counts in its slot and the ten after it.
const SLOT_SECS: u64 = 3 * DAY;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mandate {
    pub consumer: Who,
    pub asset: Asset,
    pub top_up: i128,
    pub limit: i128,
    pub until_ts: u64,
    /// All draws since there is a mandate: (time, amount).
    pub draws: Vec<(u64, i128)>,
}

impl Mandate {
    /// What counts against the limit.
    pub fn drawn(&self, now: u64) -> i128 {
        let counts = |ts: u64| now / SLOT_SECS - ts / SLOT_SECS <= 10;
        let counted = self.draws.iter().filter(|(ts, _)| counts(*ts));
        counted.map(|(_, amount)| amount).sum()
    }
}

impl Ghost {
    /// How a live deal stands.
    pub fn level(&self, deal: &Deal) -> HealthLevel {
        let (policy, terms, meter) = (self.policy_of(deal), &deal.terms, deal.meter());
        let spare = meter.locked - meter.reserve(terms) - meter.owed(terms);
        let covers = |secs: u64| spare >= meter.runway_cost(terms, secs);
        match meter.arrears_since {
            Some(_) => HealthLevel::Grace,
            None if !covers(policy.min_runway_secs) => HealthLevel::Critical,
            None if !covers(2 * policy.min_runway_secs) => HealthLevel::Low,
            None => HealthLevel::Ok,
        }
    }

    /// How long the money of a live deal lasts at the last rate.
    pub fn runway_secs(&self, deal: &Deal) -> u64 {
        let (terms, meter) = (&deal.terms, deal.meter());
        let spare = meter.locked - meter.reserve(terms) - meter.owed(terms);
        match i128::from(meter.rate_mb) * terms.price_storage {
            0 => u64::MAX,
            per_sec => {
                let secs = spare.max(0) * (1_024 * 2_592_000) / per_sec;
                u64::try_from(secs).unwrap_or(u64::MAX)
            }
        }
    }

    pub(super) fn run_mandates(&mut self, order: &Order) -> Answer {
        match order.call {
            Call::SetMandate(id, top_up, limit, secs) => {
                self.set_mandate(order, id, (top_up, limit), secs)
            }
            Call::RevokeMandate(id) => {
                signed(order, order.actor)?;
                let Some(mandate) = self.mandates.get(&id) else {
                    return refuse(3500);
                };
                ensure(mandate.consumer == order.actor, 3502)?;
                self.mandates.remove(&id);
                Ok(Reply::Nothing)
            }
            Call::Draw(id, approved) => self.draw(order, id, approved),
            _ => unreachable!("not of the mandates"),
        }
    }

    fn set_mandate(
        &mut self,
        order: &Order,
        id: u32,
        (top_up, limit): (i128, i128),
        secs: u64,
    ) -> Answer {
        signed(order, order.actor)?;
        ensure((1..=MAX_MONEY).contains(&top_up), 3504)?;
        ensure((top_up..=MAX_MONEY).contains(&limit), 3505)?;
        ensure((1..=MAX_SECS).contains(&secs), 3506)?;
        let asset = self.mandated(id, order.actor)?.terms.asset;
        let before = self.mandates.remove(&id);
        let mandate = Mandate {
            consumer: order.actor,
            asset,
            top_up,
            limit,
            until_ts: self.now + secs,
            draws: before.map(|before| before.draws).unwrap_or_default(),
        };
        self.mandates.insert(id, mandate);
        Ok(Reply::Nothing)
    }

    /// The live deal of a consumer.
    fn mandated(&self, id: u32, consumer: Who) -> Answer<&Deal> {
        let Some(deal) = self.deal(id) else {
            return refuse(3501);
        };
        ensure(deal.terms.consumer == consumer, 3502)?;
        ensure(deal.status == Status::Funded, 3503)?;
        Ok(deal)
    }

    fn draw(&mut self, order: &Order, id: u32, approved: i128) -> Answer {
        let Some(mandate) = self.mandates.get(&id).cloned() else {
            return refuse(3500);
        };
        ensure(self.now <= mandate.until_ts, 3507)?;
        let deal = self.mandated(id, mandate.consumer)?;
        let level = self.level(deal);
        let is_due = matches!(level, HealthLevel::Critical | HealthLevel::Grace);
        ensure(is_due, 3508)?;
        let top_up = mandate.top_up;
        ensure(mandate.drawn(self.now) + top_up <= mandate.limit, 3509)?;
        let (who, asset) = (mandate.consumer, mandate.asset);
        let can_send = self.wallets.can_send(who, asset, top_up);
        ensure(approved >= top_up && can_send, 3511)?;
        let sponsoring = Order {
            actor: who,
            amount: top_up,
            ..order.clone()
        };
        self.top_up(&sponsoring, id)?;
        let now = self.now;
        let mandate = self.mandates.get_mut(&id).expect("there");
        mandate.draws.push((now, top_up));
        Ok(Reply::Money(top_up))
    }
}
