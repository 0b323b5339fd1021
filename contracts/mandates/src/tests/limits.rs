//! The limit for any 30 days, and the last time.

use flash_interfaces::mandates::MandatesError;

use super::fixture::*;
use crate::window::SLOT_SECS;

#[test]
fn the_last_second_of_a_mandate_draws_and_the_next_does_not() {
    let m = Market::new();
    m.due();
    let until_ts = m.now() + 10;
    let answer = m.try_set(&m.consumer, m.deal, (1, LIMIT), until_ts);
    assert_eq!(answer, Ok(Ok(())));
    m.pass(10);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(1)));
    m.pass(1);
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::MandateExpired);
    // Extending it is setting it anew.
    let answer = m.try_set(&m.consumer, m.deal, (1, LIMIT), until_ts + 11);
    assert_eq!(answer, Ok(Ok(())));
    assert_eq!(m.try_draw(m.deal), Ok(Ok(1)));
}

#[test]
fn no_thirty_days_draw_more_than_the_limit_across_a_border_of_slots() {
    let m = Market::new();
    m.due();
    // The last second of a slot.
    m.pass(SLOT_SECS - 1 - m.now() % SLOT_SECS);
    m.report(m.deal);
    let until_ts = m.now() + 365 * DAY;
    let limits = (TOP_UP, TOP_UP);
    assert_eq!(m.try_set(&m.consumer, m.deal, limits, until_ts), Ok(Ok(())));
    let first_ts = m.now();
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    m.run_down();
    while m.now() < first_ts + 30 * DAY {
        assert_eq!(refused(m.try_draw(m.deal)), MandatesError::LimitReached);
        // A stranger keeps the deal alive.
        m.deals
            .mock_all_auths()
            .sponsor_deal(&m.stranger, &m.deal, &3_400_000);
        m.day_of(m.deal);
    }
    m.pass(1);
    assert_eq!(m.try_draw(m.deal), Ok(Ok(TOP_UP)));
    assert!(m.now() - first_ts > 30 * DAY && m.now() - first_ts <= 31 * DAY);
}

#[test]
fn replacing_a_mandate_keeps_what_was_drawn_and_revoking_forgets_it() {
    let m = Market::new();
    m.due();
    let until_ts = m.now() + DAY;
    let limits = (1, 2);
    assert_eq!(m.try_set(&m.consumer, m.deal, limits, until_ts), Ok(Ok(())));
    for _ in 0..2 {
        assert_eq!(m.try_draw(m.deal), Ok(Ok(1)));
    }
    assert_eq!(m.try_set(&m.consumer, m.deal, limits, until_ts), Ok(Ok(())));
    assert_eq!(refused(m.try_draw(m.deal)), MandatesError::LimitReached);
    m.mandates
        .mock_all_auths()
        .revoke_mandate(&m.consumer, &m.deal);
    assert_eq!(m.try_set(&m.consumer, m.deal, limits, until_ts), Ok(Ok(())));
    assert_eq!(m.try_draw(m.deal), Ok(Ok(1)));
}
