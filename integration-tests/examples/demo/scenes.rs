//! What people do, and on which day.

use flash_integration_tests::Person;
use flash_interfaces::deals::{DealStatus, EndReason};

use crate::{
    cast::{Habit, Wish},
    play::Play,
};

mod client;
mod endings;
mod rescues;
mod service;
mod unfunded;

pub const LAST_DAY: u64 = 90;

type Scene = fn(&mut Play);

/// Days on which people act; the oracle and whoever comes along act every night.
pub const CALENDAR: &[(u64, Scene)] = &[
    (1, rescues::open_photo_archive),
    (1, rescues::open_render_cache),
    (1, endings::open_family_vault),
    (2, unfunded::ask_for_film_mirror),
    (3, unfunded::reject_film_mirror),
    (3, unfunded::accept_notebook),
    (5, client::open_catalogue),
    (11, rescues::sponsor_render_cache),
    (13, rescues::revive_photo_archive),
    (17, client::complete_catalogue),
    (20, endings::grab),
    (21, endings::open_mail_archive),
    (22, unfunded::withdraw_second_grab),
    (30, endings::open_backups),
    (36, service::open_web_assets),
    (38, endings::close_mail_archive),
    (55, endings::give_notice_on_backups),
    (62, rescues::open_scratch_space),
    (63, endings::open_log_store),
    (65, service::open_edge_mirror),
    (84, endings::close_log_store),
];

/// How each deal must have ended: otherwise this was another story.
pub const ENDS: &[(&str, DealStatus, EndReason)] = &[
    ("photo archive", DealStatus::Completed, EndReason::Term),
    ("render cache", DealStatus::Completed, EndReason::Term),
    ("family vault", DealStatus::Funded, EndReason::Open),
    ("film mirror", DealStatus::Cancelled, EndReason::Rejected),
    ("notebook", DealStatus::Cancelled, EndReason::Expired),
    ("catalogue", DealStatus::Completed, EndReason::Consumer),
    ("grab", DealStatus::Completed, EndReason::Consumer),
    ("mail archive", DealStatus::Completed, EndReason::Consumer),
    ("second grab", DealStatus::Cancelled, EndReason::Withdrawn),
    ("backups", DealStatus::Cancelled, EndReason::Notice),
    ("web assets", DealStatus::Completed, EndReason::Term),
    (
        "scratch space",
        DealStatus::BreachedConsumer,
        EndReason::Grace,
    ),
    ("log store", DealStatus::Completed, EndReason::Consumer),
    (
        "edge mirror",
        DealStatus::BreachedProvider,
        EndReason::Strikes,
    ),
];

/// A wish in one line.
fn wish(
    name: &'static str,
    (consumer, provider): (&Person, &Person),
    (storage_gb, egress_gb): (u64, u64),
    days: u64,
    habit: Habit,
) -> Wish {
    Wish {
        name,
        consumer: consumer.clone(),
        provider: provider.clone(),
        storage_gb,
        egress_gb,
        days,
        habit,
    }
}
