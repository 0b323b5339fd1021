//! Deals that end before their term, one that does not end, and one that was never meant honestly.

use flash_integration_tests::{Deal, DAY, HOUR, USD};
use flash_interfaces::deals::DealsError;

use super::wish;
use crate::{
    cast::{Habit, Reporting},
    money::usd,
    play::{done, refused, Play},
};

pub fn open_family_vault(play: &mut Play) {
    let parties = (&play.world.carol, &play.world.bert);
    let habit = Habit::steady(4_200, 1);
    play.open(wish("family vault", parties, (5_000, 200), 180, habit), 180);
}

pub fn open_mail_archive(play: &mut Play) {
    let parties = (&play.world.carol, &play.world.bert);
    let habit = Habit::steady(2_400, 5);
    play.open(wish("mail archive", parties, (2_500, 300), 60, habit), 60);
}

pub fn open_log_store(play: &mut Play) {
    let parties = (&play.world.dan, &play.world.ada);
    let habit = Habit::steady(1_800, 2).reported(Reporting::BatchNeverFinal);
    play.open(wish("log store", parties, (2_000, 100), 60, habit), 60);
}

pub fn open_backups(play: &mut Play) {
    let parties = (&play.world.dan, &play.world.bert);
    let habit = Habit::steady(3_900, 1);
    play.open(wish("backups", parties, (4_000, 100), 60, habit), 60);
}

pub fn close_mail_archive(play: &mut Play) {
    close(play, "mail archive");
}

pub fn close_log_store(play: &mut Play) {
    close(play, "log store");
}

/// The bare close, in the middle of a window that nobody has metered yet.
fn close(play: &Play, name: &str) {
    let act = play.act(name);
    done("close", play.world.close(&act.deal));
    let (refunded, held) = after_closing(play, &act.deal);
    play.tell(&format!(
        "{} closes {name}: {refunded} back at once, {held} held for what is not metered yet",
        act.deal.consumer.name,
    ));
}

fn after_closing(play: &Play, deal: &Deal) -> (String, String) {
    let account = play.world.account(deal.id);
    (usd(account.refunded), usd(account.locked))
}

pub fn give_notice_on_backups(play: &mut Play) {
    let act = play.act("backups");
    done("notice", play.world.cancel(&act.deal));
    let left_secs = play.world.meter(&act.deal).end_ts - play.world.now();
    play.tell(&format!(
        "Bert gives notice: {} will end in {} days",
        act.title(),
        left_secs / DAY,
    ));
}

/// Somebody wants to download everything on the least deposit, and to be gone before it is metered.
pub fn grab(play: &mut Play) {
    let parties = (&play.world.mallory, &play.world.ada);
    let wish = wish("grab", parties, (100, 5_000), 30, Habit::steady(100, 5_000));
    let least = play.quote(&wish, wish.days).min_fund;
    let deal = play.ask(wish);
    let world = &play.world;
    done("accept", world.accept(&deal));
    let too_little = world.fund(&deal, least - 1);
    let reason = refused("too small a deposit", too_little, DealsError::BelowMinimum);
    play.tell(&format!(
        "Mallory asks Ada for 100 GB and 5000 GB of egress; a deposit of {} is refused ({reason})",
        usd(least - 1)
    ));
    done("fund", world.fund(&deal, least));
    world.advance(HOUR);
    let reduced = world.reduce(&deal, USD);
    let reason = refused("taking back", reduced, DealsError::LeavesTooLittle);
    play.tell(&format!(
        "Mallory deposits the minimum, {}, downloads all, and wants a dollar back: {reason}",
        usd(least)
    ));
    done("close", world.close(&deal));
    let (refunded, held) = after_closing(play, &deal);
    play.tell(&format!(
        "Mallory closes before anything is metered: {refunded} back, {held} held until it is"
    ));
}
