//! A deal by the published client's single-deal calls.

use super::wish;
use crate::{
    cast::{Habit, Reporting},
    money::usd,
    play::{done, Play},
};

pub fn open_catalogue(play: &mut Play) {
    let parties = (&play.world.dan, &play.world.ada);
    let habit = Habit::steady(4_000, 10).reported(Reporting::SingleCalls);
    play.open(wish("catalogue", parties, (4_000, 500), 30, habit), 30);
    play.tell("Dan's catalogue is reported by single-deal calls, and Ada is paid out every night");
}

/// The window that is staged at closing counts, so that nothing is left to wait for.
pub fn complete_catalogue(play: &mut Play) {
    let act = play.act("catalogue");
    play.stage(act);
    let (world, deal) = (&play.world, &act.deal);
    let before = world.balance(&deal.consumer);
    done("complete", world.complete(deal));
    let (status, reason) = world.end(deal);
    play.tell(&format!(
        "Dan completes his catalogue: {status:?} ({reason:?}), and {} are back in his wallet",
        usd(world.balance(&deal.consumer) - before),
    ));
}
