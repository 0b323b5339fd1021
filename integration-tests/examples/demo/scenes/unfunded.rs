//! Deals that were never funded.

use super::wish;
use crate::{
    cast::Habit,
    play::{done, Play},
};

pub fn ask_for_film_mirror(play: &mut Play) {
    let parties = (&play.world.dan, &play.world.bert);
    let habit = Habit::steady(0, 0);
    play.ask(wish("film mirror", parties, (9_000, 4_000), 30, habit));
    play.tell("Dan asks Bert for a mirror of films");
}

pub fn reject_film_mirror(play: &mut Play) {
    let deal = &play.act("film mirror").deal;
    done("reject", play.world.reject(deal));
    play.tell("Bert rejects Dan's film mirror");
}

pub fn accept_notebook(play: &mut Play) {
    let parties = (&play.world.carol, &play.world.bert);
    let habit = Habit::steady(0, 0);
    let deal = play.ask(wish("notebook", parties, (50, 5), 30, habit));
    done("accept", play.world.accept(&deal));
    play.tell("Bert accepts Carol's notebook, which she will forget to fund");
}

pub fn withdraw_second_grab(play: &mut Play) {
    let parties = (&play.world.mallory, &play.world.bert);
    let habit = Habit::steady(0, 0);
    let deal = play.ask(wish("second grab", parties, (100, 5_000), 30, habit));
    done("accept", play.world.accept(&deal));
    done("withdraw", play.world.withdraw_deal(&deal));
    play.tell(
        "Mallory asks Bert for the same, sees that egress is ring-fenced there too, withdraws",
    );
}
