//! Pauses, upgrades, the points table.

use super::{
    model::{ensure, refuse, signed, Answer, Ghost, Reply},
    order::Order,
    step::{Call, Contract, Who},
};
use crate::{deploy::UPGRADE_DELAY_SECS, DAY};

const PAUSE_SECS: u64 = 14 * DAY;
const UPGRADE_WINDOW_SECS: u64 = 14 * DAY;

/// The administration that every contract has.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Admin {
    /// In the past, or 0, if not paused.
    pub paused_until_ts: u64,
    /// The hash (its repeated byte), and from when until when it can be executed.
    pub upgrade: Option<(u8, u64, u64)>,
}

impl Ghost {
    pub fn admin(&self, contract: Contract) -> &Admin {
        &self.admin[&(contract as u8)]
    }

    fn admin_mut(&mut self, contract: Contract) -> &mut Admin {
        self.admin.entry(contract as u8).or_default()
    }

    pub(super) fn run_admin(&mut self, order: &Order) -> Answer {
        let now = self.now;
        signed(order, Who::Owner)?;
        match order.call {
            Call::Pause(at) => self.admin_mut(at).paused_until_ts = now + PAUSE_SECS,
            Call::Unpause(at) => {
                ensure(self.is_paused(at), 3409)?;
                self.admin_mut(at).paused_until_ts = 0;
            }
            Call::SetPoints(clean, notice, usd) => {
                self.reputation.set_points(clean, notice, usd)?
            }
            Call::ScheduleUpgrade(at, hash) => {
                let pending = self.admin(at).upgrade;
                ensure(pending.is_none_or(|(_, _, void_ts)| now > void_ts), 3402)?;
                let ready_ts = now + UPGRADE_DELAY_SECS;
                self.admin_mut(at).upgrade = Some((hash, ready_ts, ready_ts + UPGRADE_WINDOW_SECS));
                return Ok(Reply::Number(ready_ts));
            }
            Call::CancelUpgrade(at) => {
                ensure(self.admin(at).upgrade.is_some(), 3403)?;
                self.admin_mut(at).upgrade = None;
            }
            Call::Upgrade(at, hash) => return self.refused_upgrade(at, hash),
            Call::Migrate(_) => return refuse(3408),
            _ => unreachable!("not of the administration"),
        }
        Ok(Reply::Nothing)
    }

    /// The steps contain no upgrade that would be executed.
    fn refused_upgrade(&self, at: Contract, hash: u8) -> Answer {
        let Some((scheduled, ready_ts, void_ts)) = self.admin(at).upgrade else {
            return refuse(3403);
        };
        ensure(scheduled == hash, 3406)?;
        ensure(self.now >= ready_ts, 3404)?;
        ensure(self.now <= void_ts, 3405)?;
        unreachable!("an upgrade that would be executed")
    }

    /// Whether an upgrade called now would be executed.
    pub fn would_upgrade(&self, at: Contract, hash: u8) -> bool {
        let in_time = |(scheduled, ready_ts, void_ts): (u8, u64, u64)| {
            scheduled == hash && (ready_ts..=void_ts).contains(&self.now)
        };
        self.admin(at).upgrade.is_some_and(in_time)
    }
}
