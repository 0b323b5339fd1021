//! Sequences that once found a fault, as printed.

use flash_integration_tests::ghost::{
    play::{replay, Setup},
    step::{Amount::*, By::*, Call::*, Edge::*, Texts::*, Time::*, Who::*},
    PolicyKind::*,
    Step,
};

/// Once all usage of a deal was reported, its health promised a smaller refund at closing than
/// closing gave. Unused egress counted as held back, although no report could bill it any more.
#[test]
fn health_promises_the_whole_refund_once_everything_is_reported() {
    replay(
        Setup {
            oracle: true,
            policy: Default,
        },
        &[
            Step(
                Right,
                CreateBucket {
                    who: Bert,
                    texts: Plain,
                    external: 1,
                    prices: (10000000, 10000000),
                    sla: (200, 9990),
                },
            ),
            Step(
                Right,
                CreateDeal {
                    consumer: Dan,
                    bucket: 1,
                    repo: 0,
                    secs: 2592000,
                    storage_mb: 102400,
                    egress_mb: 102400,
                    api: "S3",
                },
            ),
            Step(Right, Accept(1)),
            Step(Right, Fund(1, Quote(0), 1)),
        ],
    );
}

/// A provider that gave notice after the term turned a completed deal into a cancelled one.
#[test]
fn a_notice_after_the_term_is_refused() {
    replay(
        Setup {
            oracle: true,
            policy: Default,
        },
        &[
            Step(
                Right,
                CreateBucket {
                    who: Ada,
                    texts: Plain,
                    external: 1,
                    prices: (200000, 100000),
                    sla: (200, 9990),
                },
            ),
            Step(
                Right,
                CreateDeal {
                    consumer: Carol,
                    bucket: 1,
                    repo: 0,
                    secs: 3600,
                    storage_mb: 1024,
                    egress_mb: 0,
                    api: "S3",
                },
            ),
            Step(Right, Accept(1)),
            Step(Right, Fund(1, Min(0), 1)),
            Step(Right, Wait(Edge(End, 1, 0))),
            Step(Right, Cancel(1)),
            Step(Right, Advance(1)),
        ],
    );
}
