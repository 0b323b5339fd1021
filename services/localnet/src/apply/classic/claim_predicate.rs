//! Under which conditions a claimant may take a claimable balance.

use stellar_xdr::ClaimPredicate as P;

/// How deep conditions may be nested.
const MAX_DEPTH: u32 = 4;

/// Whether a condition is well formed.
pub fn is_valid(predicate: &P) -> bool {
    is_valid_at(predicate, 1)
}

fn is_valid_at(predicate: &P, depth: u32) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match predicate {
        P::Unconditional => true,
        P::And(both) | P::Or(both) => {
            both.len() == 2 && both.iter().all(|part| is_valid_at(part, depth + 1))
        }
        P::Not(inner) => inner
            .as_ref()
            .is_some_and(|inner| is_valid_at(inner, depth + 1)),
        P::BeforeAbsoluteTime(time) => *time >= 0,
        P::BeforeRelativeTime(secs) => *secs >= 0,
    }
}

/// The condition with times that count from `close_time` made absolute, as the ledger keeps it.
pub fn absolute(predicate: P, close_time: u64) -> P {
    let parts = |parts: stellar_xdr::VecM<P, 2>| {
        let parts: Vec<_> = parts
            .into_vec()
            .into_iter()
            .map(|part| absolute(part, close_time))
            .collect();
        parts.try_into().unwrap_or_default()
    };
    match predicate {
        P::And(both) => P::And(parts(both)),
        P::Or(both) => P::Or(parts(both)),
        P::Not(inner) => P::Not(inner.map(|inner| Box::new(absolute(*inner, close_time)))),
        P::BeforeRelativeTime(secs) => {
            let now = i64::try_from(close_time).unwrap_or(i64::MAX);
            P::BeforeAbsoluteTime(now.saturating_add(secs))
        }
        P::Unconditional | P::BeforeAbsoluteTime(_) => predicate,
    }
}

/// Whether the condition holds at `close_time`.
pub fn holds(predicate: &P, close_time: u64) -> bool {
    match predicate {
        P::Unconditional => true,
        P::And(both) => both.iter().all(|part| holds(part, close_time)),
        P::Or(both) => both.iter().any(|part| holds(part, close_time)),
        P::Not(inner) => inner
            .as_ref()
            .is_some_and(|inner| !holds(inner, close_time)),
        P::BeforeAbsoluteTime(time) => u64::try_from(*time).is_ok_and(|time| time > close_time),
        // The ledger keeps no relative times.
        P::BeforeRelativeTime(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(a: P, b: P) -> stellar_xdr::VecM<P, 2> {
        vec![a, b].try_into().unwrap()
    }

    #[test]
    fn a_condition_holds_until_its_time_and_its_opposite_from_then_on() {
        let before = P::BeforeAbsoluteTime(100);
        assert!(holds(&before, 99));
        assert!(!holds(&before, 100));
        let after = P::Not(Some(Box::new(before.clone())));
        assert!(holds(&after, 100));
        let never = P::And(both(before.clone(), after.clone()));
        let always = P::Or(both(before, after));
        for time in [99, 100, 101] {
            assert!(!holds(&never, time));
            assert!(holds(&always, time));
        }
    }

    #[test]
    fn relative_times_count_from_the_ledger_that_makes_the_balance() {
        let negated = absolute(P::Not(Some(Box::new(P::BeforeRelativeTime(5)))), 100);
        assert_eq!(negated, P::Not(Some(Box::new(P::BeforeAbsoluteTime(105)))));
        let endless = absolute(P::BeforeRelativeTime(i64::MAX), 100);
        assert_eq!(endless, P::BeforeAbsoluteTime(i64::MAX));
    }

    #[test]
    fn malformed_conditions_are_refused() {
        let mut deep = P::Unconditional;
        for _ in 0..3 {
            deep = P::Not(Some(Box::new(deep)));
        }
        assert!(is_valid(&deep));
        assert!(!is_valid(&P::Not(Some(Box::new(deep)))));
        assert!(!is_valid(&P::Not(None)));
        assert!(!is_valid(&P::BeforeAbsoluteTime(-1)));
        assert!(!is_valid(&P::BeforeRelativeTime(-1)));
        let alone = vec![P::Unconditional].try_into().unwrap();
        assert!(!is_valid(&P::And(alone)));
    }
}
