//! Deals that were served badly.

use super::wish;
use crate::{cast::Habit, play::Play};

/// Two bad days that cost a part of the price.
pub fn open_web_assets(play: &mut Play) {
    let parties = (&play.world.carol, &play.world.ada);
    let habit = Habit::steady(1_400, 60).outage(50..=51, 9_850);
    let wish = wish("web assets", parties, (1_500, 3_000), 45, habit);
    play.open(wish, 45);
}

/// Three days so bad that they end the deal.
pub fn open_edge_mirror(play: &mut Play) {
    let parties = (&play.world.carol, &play.world.bert);
    let habit = Habit::steady(800, 15).outage(83..=85, 9_000);
    let wish = wish("edge mirror", parties, (800, 1_000), 60, habit);
    play.open(wish, 60);
}
