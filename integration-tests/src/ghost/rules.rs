//! The invariants as functions of the ghost before and after a step. At this point the ghost equals
//! what the contracts show.

use std::collections::BTreeSet;

use super::{
    deal::{Deal, Reason, Status},
    order::Order,
    step::{Call, Who},
    token::ASSETS,
    Ghost,
};
use crate::DAY;

/// Two states and the step between them.
pub struct Passage<'a> {
    pub before: &'a Ghost,
    pub after: &'a Ghost,
    pub order: &'a Order,
    /// The step was refused, or was an event of the world.
    pub worked: bool,
}

/// All violations.
pub fn broken(passage: &Passage) -> Vec<String> {
    let mut out = vec![];
    solvency(passage.after, &mut out);
    accounts(passage, &mut out);
    strangers(passage, &mut out);
    succession(passage, &mut out);
    mandates(passage, &mut out);
    for (id, deal) in &passage.after.deals {
        let before = passage.before.deals.get(id);
        money(*id, deal, passage.after, &mut out);
        meter(*id, deal, before, passage.after.now, &mut out);
        transition(*id, deal, before, passage, &mut out);
        settled_once(*id, deal, passage.after, &mut out);
    }
    ids(passage, &mut out);
    reservations(passage.after, &mut out);
    scores(passage, &mut out);
    out
}

fn require(holds: bool, out: &mut Vec<String>, say: impl FnOnce() -> String) {
    if !holds {
        out.push(say());
    }
}

/// E1
fn solvency(ghost: &Ghost, out: &mut Vec<String>) {
    for asset in ASSETS {
        let totals = ghost.escrow.totals(asset);
        let owed = ghost.escrow.liabilities(asset) + totals.fees;
        let balance = ghost.escrow_balance(asset);
        require(balance == owed + totals.drift, out, || {
            format!(
                "E1: {balance} of {asset:?}, {owed} owed, surplus {}",
                totals.drift
            )
        });
        require(balance >= owed || totals.clawed, out, || {
            format!("E1: {balance} of {asset:?} for {owed} without a claw-back")
        });
    }
    let negative = ghost.escrow.claims.iter().find(|(_, claim)| **claim < 0);
    require(negative.is_none(), out, || {
        format!("E1: a negative claim: {negative:?}")
    });
}

/// E2, E4
fn accounts(passage: &Passage, out: &mut Vec<String>) {
    for (id, account) in &passage.after.escrow.accounts {
        let parts = [
            account.locked(),
            account.charged,
            account.fee(),
            account.refunded,
        ];
        require(parts.iter().all(|part| *part >= 0), out, || {
            format!("E2: deal {id}: {account:?}")
        });
        require(!account.released || account.locked() == 0, out, || {
            format!("E4: deal {id} is released with {}", account.locked())
        });
        let deal = &passage.after.deals[id];
        require(deal.released == account.released, out, || {
            format!("E4: deals and escrow differ on deal {id}")
        });
        require(deal.meter().locked == account.locked(), out, || {
            format!(
                "E2: deal {id} locks {} and {}",
                deal.meter().locked,
                account.locked()
            )
        });
        let Some(last) = passage.before.escrow.accounts.get(id) else {
            continue;
        };
        let fell = account.deposited < last.deposited
            || account.charged < last.charged
            || account.fee() < last.fee()
            || account.refunded < last.refunded;
        require(!fell, out, || {
            format!("E2: deal {id} fell from {last:?} to {account:?}")
        });
    }
}

/// What is drawn in any 30 days is within the limit that held at the last draw.
fn mandates(passage: &Passage, out: &mut Vec<String>) {
    let Call::Draw(id, _) = passage.order.call else {
        return;
    };
    let (Some(mandate), true) = (passage.after.mandates.get(&id), passage.worked) else {
        return;
    };
    let recent = mandate
        .draws
        .iter()
        .filter(|(ts, _)| ts + 30 * DAY > passage.after.now);
    let drawn: i128 = recent.map(|(_, amount)| amount).sum();
    require(drawn <= mandate.limit, out, || {
        format!("M1: {drawn} was drawn for deal {id} in 30 days: {mandate:?}")
    });
    let (before, after) = (passage.before, passage.after);
    let paid = |ghost: &Ghost| ghost.wallets.balance(mandate.consumer, mandate.asset);
    let held = |ghost: &Ghost| ghost.escrow.accounts[&id].deposited;
    let moved = (paid(before) - paid(after), held(after) - held(before));
    require(moved == (mandate.top_up, mandate.top_up), out, || {
        format!("M2: a draw for deal {id} moved {moved:?}: {mandate:?}")
    });
}

/// E3: only the named deals, their parties and named people change.
fn strangers(passage: &Passage, out: &mut Vec<String>) {
    let mut named = touched(passage.order);
    named.extend(replaced(passage));
    let mut people: BTreeSet<Who> = [passage.order.actor].into();
    for id in &named {
        if let Some(deal) = passage.after.deals.get(id) {
            people.extend([deal.terms.consumer, deal.terms.provider]);
        }
    }
    if let Call::Push(who, _) = passage.order.call {
        people.insert(who);
    }
    for (id, last) in &passage.before.escrow.accounts {
        let same = passage.after.escrow.accounts.get(id) == Some(last);
        require(same || named.contains(id), out, || {
            format!("E3: deal {id} was not named")
        });
    }
    for ((asset, who), last) in &passage.before.escrow.claims {
        let same = passage.after.escrow.claim(*who, *asset) == *last;
        require(same || people.contains(who), out, || {
            format!("E3: {who:?} was not named")
        });
    }
}

/// The deal that is replaced where a successor is funded.
fn replaced(passage: &Passage) -> Option<u32> {
    let Call::Fund(id, ..) = passage.order.call else {
        return None;
    };
    passage.after.deals.get(&id)?.terms.succeeds
}

/// E10: replacing a deal moves no money but the new deposit and what the old deal gives back, the new one starts where
/// the old one ends, and no capacity is lost or held twice.
fn succession(passage: &Passage, out: &mut Vec<String>) {
    let (Some(old), Call::Fund(new, ..), true) =
        (replaced(passage), &passage.order.call, passage.worked)
    else {
        return;
    };
    let (before, after) = (passage.before, passage.after);
    let (was, is, successor) = (&before.deals[&old], &after.deals[&old], &after.deals[new]);
    let asset = successor.terms.asset;
    let consumer = successor.terms.consumer;
    let deposit = after.escrow.accounts[new].deposited;
    let spent = before.wallets.balance(consumer, asset) - after.wallets.balance(consumer, asset);
    require(spent == deposit, out, || {
        format!("E10: deal {new} took {spent} for a deposit of {deposit}")
    });
    let (given, back) = (&before.escrow.accounts[&old], &after.escrow.accounts[&old]);
    require(given.deposited == back.deposited, out, || {
        format!("E10: deal {old} got money from deal {new}")
    });
    require(
        successor.meter().start_ts == is.meter().close_ts,
        out,
        || format!("E10: deal {new} does not start where deal {old} closed"),
    );
    let same = was.repo == successor.repo && is.capacity_freed && !was.capacity_freed;
    require(same, out, || {
        format!("E10: deal {new} is not in the place of deal {old}")
    });
}

/// Deals that an order names.
pub fn touched(order: &Order) -> Vec<u32> {
    use Call::*;
    match &order.call {
        Accept(id)
        | Reject(id)
        | Cancel(id)
        | Withdraw(id)
        | Fund(id, ..)
        | Deposit(id, _)
        | Sponsor(_, id, _)
        | SetMandate(id, ..)
        | RevokeMandate(id)
        | Draw(id, _)
        | Reduce(id, _)
        | Complete(id)
        | Close(id)
        | Advance(id)
        | StageUse(id, ..)
        | StageService(id, _)
        | PayPending(id)
        | DeleteDeal(id) => vec![*id],
        Report(_) | ReportAndSettle(_) => {
            let items = order.readings.iter().flat_map(|(_, items)| items);
            items.map(|item| item.deal).collect()
        }
        Settle(_) => order
            .rounds
            .iter()
            .flat_map(|(_, deals)| deals.clone())
            .collect(),
        _ => vec![],
    }
}

/// E6, E7, E8
fn money(id: u32, deal: &Deal, ghost: &Ghost, out: &mut Vec<String>) {
    let (Some(meter), Some(account)) = (&deal.meter, ghost.escrow.accounts.get(&id)) else {
        return;
    };
    let (terms, policy) = (&deal.terms, ghost.policy_of(deal));
    let charged = terms.prices().net(meter.payable, meter.egress_mb.into());
    require(account.charged == meter.paid_total, out, || {
        format!(
            "E6: deal {id} paid {} and {}",
            account.charged, meter.paid_total
        )
    });
    require(meter.paid_total <= charged, out, || {
        format!("E6: deal {id} paid {} of {charged}", meter.paid_total)
    });
    let fee = meter.paid_total * i128::from(policy.fee_bps) / 10_000;
    require(account.fee() == fee, out, || {
        format!("E6: deal {id} kept {}", account.fee())
    });
    require(charged <= terms.quote(), out, || {
        format!("E7: deal {id} is charged {charged} of {}", terms.quote())
    });
    require(
        !deal.released || meter.neglected || meter.owed(terms) == 0,
        out,
        || format!("E8: deal {id} was released with {} owed", meter.owed(terms)),
    );
    if deal.status != Status::Funded {
        return;
    }
    let reserve = meter.reserve(terms);
    require(meter.locked >= reserve, out, || {
        format!(
            "E7: deal {id} locks {} for a reserve of {reserve}",
            meter.locked
        )
    });
    let funded_whole = account.deposited - account.refunded >= terms.quote();
    let short = meter.arrears_since.is_some() || meter.owed(terms) > meter.locked - reserve;
    require(!(funded_whole && short), out, || {
        format!("E7: deal {id} was funded with its quote and is in arrears")
    });
}

/// D3
fn meter(id: u32, deal: &Deal, before: Option<&Deal>, now: u64, out: &mut Vec<String>) {
    let Some(meter) = &deal.meter else { return };
    let terms = &deal.terms;
    let latest_ts = meter.latest_ts(now);
    // A provider's notice under silence may end a deal in the same second as its watermark.
    require(
        (meter.start_ts..=latest_ts).contains(&meter.through_ts),
        out,
        || format!("D3: deal {id} is metered through {}", meter.through_ts),
    );
    require(meter.payable <= 10_000 * meter.stored, out, || {
        format!("D3: deal {id} U > S")
    });
    require(meter.egress_mb <= terms.egress_mb, out, || {
        format!("D3: deal {id} E > agreed")
    });
    let Some(last) = before.and_then(|before| before.meter.as_ref()) else {
        return;
    };
    let fell = meter.stored < last.stored
        || meter.payable < last.payable
        || meter.egress_mb < last.egress_mb
        || meter.through_ts < last.through_ts
        || meter.paid_total < last.paid_total;
    require(!fell, out, || {
        format!("D3: deal {id} fell from {last:?} to {meter:?}")
    });
    let until_ts = if deal.released {
        latest_ts
    } else {
        meter.through_ts
    };
    let secs = i128::from(until_ts - last.through_ts);
    let most = i128::from(terms.storage_mb) * secs;
    require(meter.stored - last.stored <= most, out, || {
        format!(
            "D3: deal {id} stored {} more of {most}",
            meter.stored - last.stored
        )
    });
}

/// D1, D4
fn transition(
    id: u32,
    deal: &Deal,
    before: Option<&Deal>,
    passage: &Passage,
    out: &mut Vec<String>,
) {
    use Status::*;
    let call = &passage.order.call;
    let Some(before) = before else {
        let made = matches!(
            call,
            Call::CreateDeal { .. } | Call::CreateDealAt { .. } | Call::CreateSuccessor { .. }
        );
        let first = matches!(deal.status, Pending | Accepted);
        return require(made && first && passage.worked, out, || {
            format!("D1: deal {id} appeared")
        });
    };
    require(deal.terms == before.terms, out, || {
        format!("D4: the terms of deal {id} changed")
    });
    if deal.status == before.status {
        return require(deal.reason == before.reason, out, || {
            format!("D1: reason of deal {id}")
        });
    }
    let signer = passage.order.signer;
    let (consumer, provider) = (Some(deal.terms.consumer), Some(deal.terms.provider));
    let allowed = match (before.status, deal.status) {
        (Pending, Accepted) => signer == provider && matches!(call, Call::Accept(_)),
        (Pending | Accepted, Cancelled) => match deal.reason {
            Reason::Rejected => signer == provider,
            Reason::Withdrawn => signer == consumer,
            Reason::Expired => matches!(call, Call::Advance(_)),
            _ => false,
        },
        (Accepted, Funded) => signer == consumer && matches!(call, Call::Fund(..)),
        (Funded, Completed | Cancelled | BreachedConsumer | BreachedProvider) => {
            let by_consumer = matches!(call, Call::Close(_) | Call::Complete(_));
            let is_replaced = replaced(passage) == Some(id) && signer == consumer;
            (by_consumer && signer == consumer) || is_replaced || matches!(call, Call::Advance(_))
        }
        (Completed | Cancelled, BreachedConsumer | BreachedProvider) => {
            deal.released && !before.released
        }
        _ => false,
    };
    require(allowed, out, || {
        format!(
            "D1: deal {id} went from {:?} to {:?} by {call:?}",
            before.status, deal.status
        )
    });
}

/// D5: a settlement leaves nothing to settle.
fn settled_once(id: u32, deal: &Deal, ghost: &Ghost, out: &mut Vec<String>) {
    let Some(page) = deal.page.filter(|_| deal.status == Status::Funded) else {
        return;
    };
    let mut after = ghost.clone();
    let key = (deal.terms.provider, deal.terms.asset, page);
    if after.settle_if_due(key, id).is_ok() {
        let again = after.settle_if_due(key, id);
        require(again.is_err(), out, || {
            format!("D5: deal {id} settles twice")
        });
    }
}

/// D2: deals are stored by id, and none is lost.
fn ids(passage: &Passage, out: &mut Vec<String>) {
    let count = u32::try_from(passage.after.deals.len()).expect("few");
    let dense = passage.after.deals.keys().copied().eq(1..=count);
    let grew = passage.after.deals.len() - passage.before.deals.len();
    require(dense && grew <= 1, out, || {
        "D2: ids are not dense".to_owned()
    });
}

/// R2, R3
fn reservations(ghost: &Ghost, out: &mut Vec<String>) {
    for (id, bucket) in &ghost.registry.buckets {
        let holding = ghost.deals.iter().filter(|(_, deal)| {
            deal.terms.bucket == *id && deal.page.is_some() && !deal.capacity_freed
        });
        let expected: Vec<_> = holding
            .map(|(deal_id, deal)| (*deal_id, deal.terms.storage_mb, deal.terms.egress_mb))
            .collect();
        let reserved = bucket
            .reserved
            .iter()
            .map(|(deal, part)| (*deal, part.1, part.2));
        require(reserved.eq(expected.iter().copied()), out, || {
            format!(
                "R2: bucket {id} reserves {:?} for {expected:?}",
                bucket.reserved
            )
        });
        let (used, room) = (bucket.reserved_mb(), bucket.capacity_mb());
        let fits = if bucket.is_exclusive() {
            expected.len() <= 1
        } else {
            used.0 <= room.0 && used.1 <= room.1
        };
        require(fits, out, || format!("R2: bucket {id} is overbooked"));
        let repos: BTreeSet<_> = bucket.reserved.values().map(|part| &part.0).collect();
        require(repos.len() == bucket.reserved.len(), out, || {
            format!("R2: bucket {id} shares a repo")
        });
        require(!bucket.deleted || expected.is_empty(), out, || {
            format!("R3: bucket {id}")
        });
    }
}

/// P1
fn scores(passage: &Passage, out: &mut Vec<String>) {
    let (after, before) = (passage.after, passage.before);
    for ((who, role), standing) in &after.reputation.standings {
        let score = standing.score_at(after.now);
        require((0..=100).contains(&score), out, || {
            format!("P1: {who:?} scores {score}")
        });
        let own = |deal: &&Deal| {
            let party = match role {
                super::reputation::Role::Provider => deal.terms.provider,
                super::reputation::Role::Consumer => deal.terms.consumer,
            };
            party == *who && deal.outcome_written
        };
        let deals = u32::try_from(after.deals.values().filter(own).count()).expect("few");
        require(standing.outcomes == deals, out, || {
            format!(
                "P1: {who:?} has {} outcomes of {deals} deals",
                standing.outcomes
            )
        });
        let last = before.reputation.standings.get(&(*who, *role));
        let Some(last) = last.filter(|last| last.outcomes == standing.outcomes) else {
            continue;
        };
        let was = last.score_at(before.now);
        let nearer = (score - 50).abs() <= (was - 50).abs() && (score - 50) * (was - 50) >= 0;
        require(nearer, out, || {
            format!("P1: {who:?} drifted from {was} to {score}")
        });
    }
}
