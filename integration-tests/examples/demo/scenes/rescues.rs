//! Deals that run dry: one saved by its consumer, one by somebody else, one by nobody.

use flash_integration_tests::{Answer, Person, World};

use super::wish;
use crate::{
    cast::{Act, Habit},
    money::usd,
    play::{done, Play},
};

pub fn open_photo_archive(play: &mut Play) {
    let parties = (&play.world.carol, &play.world.ada);
    let habit = Habit::steady(3_000, 4);
    let wish = wish("photo archive", parties, (3_000, 300), 60, habit);
    play.open(wish, 11);
}

pub fn open_render_cache(play: &mut Play) {
    let parties = (&play.world.dan, &play.world.bert);
    let habit = Habit::steady(2_000, 20);
    let wish = wish("render cache", parties, (2_000, 1_000), 40, habit);
    play.open(wish, 8);
}

pub fn open_scratch_space(play: &mut Play) {
    let parties = (&play.world.dan, &play.world.ada);
    let habit = Habit::steady(1_000, 1);
    let wish = wish("scratch space", parties, (1_000, 100), 60, habit);
    play.open(wish, 17);
}

/// The consumer adds what is missing to all that the deal can cost.
pub fn revive_photo_archive(play: &mut Play) {
    let act = play.act("photo archive");
    let top_up = |amount| play.world.deposit(&act.deal, amount);
    revive(play, act, &act.deal.consumer, top_up);
}

/// Somebody else does.
pub fn sponsor_render_cache(play: &mut Play) {
    let act = play.act("render cache");
    let sponsor = &play.world.carol;
    let top_up = |amount| play.world.sponsor(sponsor, &act.deal, amount);
    revive(play, act, sponsor, top_up);
}

fn revive(play: &Play, act: &Act, by: &Person, top_up: impl FnOnce(i128) -> Answer) {
    let world = &play.world;
    let in_arrears = || world.meter(&act.deal).arrears_since_ts != 0;
    assert!(in_arrears(), "{} never ran dry", act.title());
    let amount = missing(world, act);
    done("top up", top_up(amount));
    assert!(!in_arrears(), "{} is still in arrears", act.title());
    play.tell(&format!(
        "{} adds {} to {}, within the grace period: it lives on, health {:?}",
        by.name,
        usd(amount),
        act.title(),
        world.health(&act.deal).level,
    ));
}

fn missing(world: &World, act: &Act) -> i128 {
    let terms = world.deals().get_deal_terms(&act.deal.id).expect("a deal");
    let quote = world.deals().get_quote(
        &terms.bucket_id,
        &terms.duration_secs,
        &terms.agreed_storage_mb,
        &terms.agreed_egress_mb,
    );
    quote.price - world.account(act.deal.id).deposited
}
