//! Meters one deal in a round.

use super::Rounds;
use crate::{
    deal::Deal,
    metering::Metering,
    plan::{due_through, settles, Item},
};
use anyhow::Result;
use flash_meter::{
    service::Service,
    totals::{held, Basis, Running, Totals},
};
use std::collections::BTreeMap;

/// What all deals of a bucket share in a round.
#[derive(Default)]
pub(super) struct Buckets {
    /// By bucket and end: through when its status is known.
    known: BTreeMap<(String, u64), Option<u64>>,
    /// By bucket, begin and end.
    service: BTreeMap<(String, u64, u64), Service>,
}

/// A deal that was metered.
pub(super) struct Metered {
    pub item: Item,
    pub settles: bool,
    pub basis: Basis,
    pub state: Running,
    pub hold: Option<(Totals, Totals)>,
}

/// Whether a report of a deal is due.
pub(super) enum Due {
    Metered(Box<Metered>),
    Not,
    /// The status of its bucket is not known.
    WithoutStatus,
}

impl Rounds {
    /// Meters a deal, where a report of it is due.
    pub(super) async fn due(
        &self,
        buckets: &mut Buckets,
        deal: &Deal,
        excluded: Vec<(u64, u64)>,
        now: u64,
    ) -> Result<Due> {
        let Some(known) = self.known_through(buckets, deal, now).await? else {
            return Ok(Due::WithoutStatus);
        };
        let Some(through) = due_through(deal, known, now, &self.rules) else {
            return Ok(Due::Not);
        };
        let service = self.service(buckets, deal, through).await?;
        let metered = self.meter(deal, excluded, now, through, service).await?;
        Ok(metered.map_or(Due::Not, |metered| Due::Metered(Box::new(metered))))
    }

    async fn known_through(
        &self,
        buckets: &mut Buckets,
        deal: &Deal,
        now: u64,
    ) -> Result<Option<u64>> {
        let key = (deal.bucket.clone(), deal.limit_ts().min(now));
        if let Some(known) = buckets.known.get(&key) {
            return Ok(*known);
        }
        let metering = Metering { db: &self.db };
        let known = metering.known_through(&key.0, key.1).await?;
        buckets.known.insert(key, known);
        Ok(known)
    }

    async fn service(&self, buckets: &mut Buckets, deal: &Deal, through: u64) -> Result<Service> {
        let key = (deal.bucket.clone(), deal.through_ts, through);
        if let Some(service) = buckets.service.get(&key) {
            return Ok(*service);
        }
        let metering = Metering { db: &self.db };
        let service = metering.service(&key.0, key.1, key.2).await?;
        buckets.service.insert(key, service);
        Ok(service)
    }

    async fn meter(
        &self,
        deal: &Deal,
        excluded: Vec<(u64, u64)>,
        now: u64,
        through: u64,
        service: Service,
    ) -> Result<Option<Metered>> {
        let metering = Metering { db: &self.db };
        let basis = deal.basis(excluded);
        let (state, overuse) = metering.totals(deal, &basis, through).await?;
        let metered = state.totals(&basis);
        let (totals, is_held) = held(metered, deal.totals());
        // Not where totals are held: the contract has more than the samples add up to.
        let totals = match is_held {
            true => totals,
            false => overuse.report(&basis, &state, totals),
        };
        let item = Item::of(deal, totals, service, through);
        if let Err(refusal) = deal.meter().check(&item.reading(), now) {
            tracing::warn!(deal = deal.deal_id, %refusal, "a report that would be refused is not planned");
            return Ok(None);
        }
        Ok(Some(Metered {
            settles: settles(deal, &item, &self.rules),
            hold: is_held.then_some((metered, totals)),
            item,
            basis,
            state,
        }))
    }
}
