//! Use above what is agreed, in the window of one report.
//!
//! It costs the consumer nothing, and after a few such windows in a row the provider may end the deal without harm
//! to its reputation (docs/money.md). The contract sees it only if a report says so.

use crate::totals::{Basis, Running, Totals};
use flash_money::units::BYTES_PER_MB;

/// What a window has above the agreed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Overuse {
    byte_secs: u128,
    /// Something agreed was left unused: then the window is not clipped.
    has_room: bool,
    egress_bytes_before: u128,
}

impl Overuse {
    /// For the window that begins at `state`.
    pub fn since(state: &Running) -> Self {
        Self {
            byte_secs: 0,
            has_room: false,
            egress_bytes_before: state.egress_bytes,
        }
    }

    /// Looks at the time from `state` to `to_secs`, before the state passes it.
    pub fn pass(&mut self, basis: &Basis, state: &Running, to_secs: u64) {
        let from_secs = state.at_secs.max(basis.start_secs);
        let secs = u128::from(to_secs.saturating_sub(from_secs));
        if secs == 0 {
            return;
        }
        let size = u128::try_from(state.size_bytes).unwrap_or(0);
        let excess = size.saturating_sub(basis.agreed_bytes());
        self.has_room |= size < basis.agreed_bytes();
        self.byte_secs = self.byte_secs.saturating_add(excess.saturating_mul(secs));
    }

    /// Whether the whole window may have overuse, as far as the part of it tells that was looked at.
    pub fn is_possible(&self, basis: &Basis, state: &Running) -> bool {
        let size = u128::try_from(state.size_bytes).unwrap_or(0);
        let agreed_egress = u128::from(basis.agreed_egress_mb).saturating_mul(BYTES_PER_MB);
        let is_full = size > basis.agreed_bytes() && !self.has_room;
        is_full || state.egress_bytes > agreed_egress
    }

    /// The totals to report for the window that ends at `state`, where `metered` are those without overuse.
    ///
    /// Storage above the agreed is added only if the agreed was used at every moment of the window: otherwise the
    /// excess of one hour would be billed as use of another.
    pub fn report(&self, basis: &Basis, state: &Running, metered: Totals) -> Totals {
        let stored = if self.has_room {
            0
        } else {
            self.byte_secs / BYTES_PER_MB
        };
        let in_mb = |bytes: u128| u64::try_from(bytes / BYTES_PER_MB).unwrap_or(u64::MAX);
        let (before, after) = (in_mb(self.egress_bytes_before), in_mb(state.egress_bytes));
        let counted = before.min(basis.agreed_egress_mb);
        let sent = counted.saturating_add(after.saturating_sub(before));
        Totals {
            storage_mb_secs: metered.storage_mb_secs.saturating_add(stored),
            egress_mb: metered.egress_mb.max(sent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totals::Sample;

    const MB: i64 = 1 << 20;

    fn basis() -> Basis {
        Basis {
            start_secs: 1_000,
            agreed_storage_mb: 10,
            agreed_egress_mb: 100,
            excluded: vec![],
        }
    }

    /// Totals of a window from 1_000 to 2_000, of samples as (time, MB sent, change in MB).
    fn window(samples: &[(u64, u64, i64)]) -> Totals {
        let basis = basis();
        let mut state = Running::default();
        state.pass(&basis, 1_000);
        let mut overuse = Overuse::since(&state);
        for (at_secs, sent, change) in samples {
            overuse.pass(&basis, &state, *at_secs);
            let sample = Sample {
                at_secs: *at_secs,
                egress_bytes: sent << 20,
                size_change_bytes: change * MB,
            };
            state.absorb(&basis, &sample).unwrap();
        }
        overuse.pass(&basis, &state, 2_000);
        state.pass(&basis, 2_000);
        overuse.report(&basis, &state, state.totals(&basis))
    }

    #[test]
    fn a_window_above_the_agreed_throughout_says_so() {
        let totals = window(&[(1_000, 0, 30)]);
        assert_eq!(totals.storage_mb_secs, 30 * 1_000);
        assert_eq!(window(&[(1_000, 0, 10)]).storage_mb_secs, 10 * 1_000);
    }

    #[test]
    fn an_hour_above_the_agreed_is_not_billed_for_an_hour_below_it() {
        // 100 MB in the first half, nothing in the second.
        let totals = window(&[(1_000, 0, 100), (1_500, 0, -100)]);
        assert_eq!(totals.storage_mb_secs, 10 * 500);
    }

    #[test]
    fn egress_above_the_agreed_is_told_once() {
        assert_eq!(window(&[(1_000, 130, 0)]).egress_mb, 130);
        let basis = basis();
        let mut state = Running {
            at_secs: 1_000,
            egress_bytes: 130 << 20,
            ..Running::default()
        };
        let overuse = Overuse::since(&state);
        let totals = overuse.report(&basis, &state, state.totals(&basis));
        assert_eq!(totals.egress_mb, 100, "what was clipped is not carried on");
        state.egress_bytes += 5 << 20;
        let totals = overuse.report(&basis, &state, state.totals(&basis));
        assert_eq!(totals.egress_mb, 105);
    }
}
