//! Random sequences: a market that is more or less set up, then arbitrary steps.

use flash_integration_tests::{
    ghost::{
        play::Setup,
        step::{
            Amount, Asset, Book, By, Call, Contract, Edge, Inner, Item, MinPaid, Repo, Round, Sent,
            Served, Stored, Texts, Through, Time, Who, UNPRINTABLE,
        },
        List, PolicyKind, Step,
    },
    DAY, HOUR, USD,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

const PEOPLE: [Who; 10] = [
    Who::Ada,
    Who::Bert,
    Who::Carol,
    Who::Dan,
    Who::Mallory,
    Who::Erin,
    Who::Frank,
    Who::Owner,
    Who::Oracle,
    Who::Odile,
];
const UNMEASURED: u32 = u32::MAX;
const FIVE_YEARS: u64 = 5 * 365 * DAY;

pub fn setup() -> impl Strategy<Value = Setup> {
    let oracle = prop::bool::weighted(0.9);
    (oracle, good_policy()).prop_map(|(oracle, policy)| Setup { oracle, policy })
}

fn good_policy() -> impl Strategy<Value = PolicyKind> {
    prop_oneof![
        4 => Just(PolicyKind::Default),
        3 => Just(PolicyKind::Odd),
        2 => Just(PolicyKind::Least),
        1 => Just(PolicyKind::Most),
    ]
}

/// A sequence of about this many steps.
pub fn sequence(steps: usize) -> impl Strategy<Value = Vec<Step>> {
    let chunk = prop_oneof![
        4 => step().prop_map(|step| vec![step]),
        4 => daily_round(),
        1 => ending(),
        1 => refused_payment(),
        1 => outage(),
        1 => standing_top_up(),
    ];
    // A chunk has two to three steps.
    let then = vec(chunk, steps / 4..=steps / 2);
    (market(), then).prop_map(move |(set_up, then)| {
        let mut all: Vec<Step> = set_up.into_iter().flatten().collect();
        all.extend(then.into_iter().flatten());
        all.truncate(steps);
        all
    })
}

fn rights(calls: Vec<Call>) -> Vec<Step> {
    calls
        .into_iter()
        .map(|call| Step(By::Right, call))
        .collect()
}

/// Some time passes, then a report of a deal that is probably right.
fn daily_round() -> impl Strategy<Value = Vec<Step>> {
    let secs = prop_oneof![2 => Just(DAY), 2 => HOUR..4 * DAY, 1 => 4 * DAY..12 * DAY];
    let served = prop_oneof![
        4 => Just(Served(50, 10_000)),
        3 => Just(Served(50, 0)),
        1 => Just(Served(220, 9_950)),
        1 => Just(Served(UNMEASURED, UNMEASURED)),
    ];
    let stored =
        prop_oneof![3 => Just(Stored::Agreed(0)), 1 => (0_u8..=100).prop_map(Stored::Percent)];
    let sent = prop_oneof![2 => Just(Sent::NoMore), 2 => (0_u64..50_000).prop_map(Sent::More), 1 => Just(Sent::All(0))];
    let item = (1_u32..=4, stored, sent, served);
    (secs, item, 0_u8..5).prop_map(|(secs, (deal, stored, sent, served), how)| {
        let item = Item {
            deal,
            stored,
            sent,
            served,
            through: Through::Latest(0),
        };
        let books = List(vec![Book {
            of: deal,
            beyond: 0,
            items: List(vec![item]),
        }]);
        let settle = Call::Settle(List(vec![Round {
            of: deal,
            beyond: 0,
            deals: List(vec![deal]),
        }]));
        let mut calls = vec![Call::Wait(Time::Secs(secs))];
        match how {
            0 => calls.extend([Call::Report(books), settle]),
            1 => calls.push(Call::Report(books)),
            2 => calls.extend([
                Call::StageService(deal, served),
                Call::StageUse(deal, 102_400, 1_000),
                Call::PayPending(deal),
            ]),
            _ => calls.push(Call::ReportAndSettle(books)),
        }
        rights(calls)
    })
}

/// A deal ends one way or another, with or without its final report.
fn ending() -> impl Strategy<Value = Vec<Step>> {
    let edge = |edge: Edge, deal: u32, more: i64| Call::Wait(Time::Edge(edge, deal, more));
    (1_u32..=4, 0_u8..6, near(), any::<bool>()).prop_map(move |(deal, how, more, reported)| {
        let mut calls = match how {
            0 => vec![Call::Close(deal)],
            1 => vec![Call::Complete(deal)],
            2 => vec![edge(Edge::End, deal, more), Call::Advance(deal)],
            3 => vec![edge(Edge::GraceEnds, deal, more), Call::Advance(deal)],
            4 => vec![
                Call::Cancel(deal),
                edge(Edge::End, deal, more),
                Call::Advance(deal),
            ],
            _ => vec![
                edge(Edge::SilenceBegins, deal, more),
                Call::Cancel(deal),
                Call::Advance(deal),
            ],
        };
        if reported {
            calls.push(Call::Report(List(vec![Book {
                of: deal,
                beyond: 0,
                items: List(vec![Item {
                    deal,
                    stored: Stored::Agreed(0),
                    sent: Sent::All(0),
                    served: Served(50, 10_000),
                    through: Through::Latest(0),
                }]),
            }])));
        } else {
            calls.push(edge(Edge::FinalEnds, deal, more));
        }
        calls.extend([
            Call::Advance(deal),
            Call::Advance(deal),
            Call::Advance(deal),
        ]);
        rights(calls)
    })
}

/// Critical days in a row until anyone may close.
fn outage() -> impl Strategy<Value = Vec<Step>> {
    (1_u32..=4, 1_usize..=4).prop_map(|(deal, days)| {
        let day = || {
            let item = Item {
                deal,
                stored: Stored::Agreed(0),
                sent: Sent::NoMore,
                served: Served(50, 0),
                through: Through::Latest(0),
            };
            let books = List(vec![Book {
                of: deal,
                beyond: 0,
                items: List(vec![item]),
            }]);
            [Call::Wait(Time::Secs(DAY)), Call::ReportAndSettle(books)]
        };
        let mut calls: Vec<Call> = (0..days).flat_map(|_| day()).collect();
        calls.extend([
            Call::Advance(deal),
            Call::Advance(deal),
            Call::Advance(deal),
        ]);
        rights(calls)
    })
}

/// A claimable balance cannot be paid out, or not in full.
fn refused_payment() -> impl Strategy<Value = Vec<Step>> {
    let who = select(
        &[
            Who::Ada,
            Who::Bert,
            Who::Carol,
            Who::Dan,
            Who::Erin,
            Who::TheEscrow,
        ][..],
    );
    let usd = Asset::Usd;
    (
        who,
        1_u32..=4,
        1_i128..2_000 * USD,
        any::<bool>(),
        min_paid(),
    )
        .prop_map(move |(who, deal, taken, frozen, min_paid)| {
            let person = if who == Who::TheEscrow {
                Who::Carol
            } else {
                who
            };
            let withdraw = Call::WithdrawMoney(person, usd, person, Amount::Claimable(0), min_paid);
            let calls = if frozen {
                vec![
                    Call::Freeze(who, usd),
                    Call::PayPending(deal),
                    Call::Push(person, usd),
                    Call::Thaw(who, usd),
                    Call::Push(person, usd),
                ]
            } else {
                vec![
                    Call::ClawBack(usd, taken),
                    Call::Push(person, usd),
                    withdraw,
                    Call::Deposit(deal, Amount::Exactly(USD)),
                    Call::Donate(usd, taken),
                ]
            };
            rights(calls)
        })
}

/// Three buckets and four deals, most of them funded. Shrinking removes steps.
fn market() -> impl Strategy<Value = Vec<Option<Step>>> {
    let step = |call: BoxedStrategy<Call>| {
        option::weighted(0.98, call.prop_map(|call| Step(By::Right, call))).boxed()
    };
    let bucket = |who: Who| {
        let prices = fair_prices();
        let call = prices.prop_map(move |prices| Call::CreateBucket {
            who,
            texts: Texts::Plain,
            external: 1,
            prices,
            sla: (200, 9_990),
        });
        step(call.boxed())
    };
    let deal = |consumer: Who, bucket: u32| {
        let size = (fair_mb(), fair_mb());
        let call =
            (size, fair_secs()).prop_map(move |((storage_mb, egress_mb), secs)| Call::CreateDeal {
                consumer,
                bucket,
                repo: 0,
                secs,
                storage_mb,
                egress_mb,
                api: "S3",
            });
        step(call.boxed())
    };
    let fund = |deal: u32| {
        let amount = prop_oneof![
            3 => Just(Amount::Min(0)),
            1 => (1_i64..20_0000000).prop_map(Amount::Min),
            2 => Just(Amount::Quote(0)),
        ];
        step(
            amount
                .prop_map(move |amount| Call::Fund(deal, amount, 1))
                .boxed(),
        )
    };
    let just = |call: Call| step(Just(call).boxed());
    vec![
        bucket(Who::Ada),
        bucket(Who::Bert),
        just(Call::SetCapacity(2, 1_000_000, 1_000_000)),
        bucket(Who::Erin),
        deal(Who::Carol, 1),
        deal(Who::Dan, 2),
        deal(Who::Carol, 2),
        deal(Who::Carol, 3),
        just(Call::Accept(1)),
        just(Call::Accept(2)),
        just(Call::Accept(3)),
        just(Call::Accept(4)),
        fund(1),
        fund(2),
        option::weighted(
            0.7,
            Just(Step(By::Right, Call::Fund(3, Amount::Quote(0), 2))),
        )
        .boxed(),
        fund(4),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    (by(), call()).prop_map(|(by, call)| Step(by, call))
}

fn by() -> impl Strategy<Value = By> {
    let who = || select(&PEOPLE[..]);
    prop_oneof![
        88 => Just(By::Right),
        4 => who().prop_map(By::As),
        3 => who().prop_map(By::Forged),
        2 => Just(By::Unsigned),
        3 => who().prop_map(By::Mismatched),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        20 => wait(),
        20 => report(),
        20 => life(),
        13 => money(),
        8 => staged(),
        7 => registry(),
        7 => world(),
        5 => owner(),
    ]
}

// ---- small things ----

fn person() -> impl Strategy<Value = Who> {
    select(&PEOPLE[..])
}

fn deal() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 1_u32..=4, 2 => 5_u32..=7, 1 => Just(0)]
}

fn bucket() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 1_u32..=3, 1 => 4_u32..=5, 1 => Just(0)]
}

fn asset() -> impl Strategy<Value = Asset> {
    prop_oneof![4 => Just(Asset::Usd), 1 => Just(Asset::Eur)]
}

fn contract() -> impl Strategy<Value = Contract> {
    use Contract::*;
    select(&[Registry, Deals, Escrow, Reputation][..])
}

fn near() -> impl Strategy<Value = i64> {
    -1_i64..=1
}

fn fair_prices() -> impl Strategy<Value = (u128, u128)> {
    let price = || {
        prop_oneof![
            4 => Just(1_0000000_u128),
            3 => Just(200_000),
            1 => Just(0),
            2 => 1_u128..100_0000000,
        ]
    };
    (price(), price())
}

fn prices() -> impl Strategy<Value = (u128, u128)> {
    let price = || {
        select(
            &[
                0,
                1,
                200_000,
                10_000_000_000_000,
                10_000_000_000_001,
                u128::MAX,
            ][..],
        )
    };
    prop_oneof![3 => fair_prices(), 2 => (price(), price())]
}

fn sla() -> impl Strategy<Value = (u32, u32)> {
    let latency = select(&[0, 1, 200, 60_000, 60_001][..]);
    let uptime = select(&[4_999, 5_000, 9_990, 10_000, 10_001][..]);
    prop_oneof![3 => Just((200, 9_990)), 2 => (latency, uptime)]
}

fn fair_mb() -> impl Strategy<Value = u64> {
    prop_oneof![
        6 => Just(102_400_u64),
        1 => select(&[0, 1, 1_023, 1_024, 1_025][..]),
        2 => 1_u64..200_000,
    ]
}

fn mb() -> impl Strategy<Value = u64> {
    prop_oneof![5 => fair_mb(), 1 => select(&[0, 1 << 40, (1 << 40) + 1, u64::MAX / 2][..])]
}

fn fair_secs() -> impl Strategy<Value = u64> {
    prop_oneof![12 => Just(30 * DAY), 1 => Just(HOUR), 4 => HOUR..90 * DAY, 1 => Just(FIVE_YEARS)]
}

fn secs() -> impl Strategy<Value = u64> {
    prop_oneof![6 => fair_secs(), 1 => select(&[0, HOUR - 1, FIVE_YEARS + 1, u64::MAX][..])]
}

fn texts() -> impl Strategy<Value = Texts> {
    use Texts::*;
    let flaws = [
        Longest,
        NoName,
        LongName,
        LongRegion,
        LongCountry,
        NoExternalId,
        LongExternalId,
        NoApi,
        LongApi,
        HiddenInName,
        OtherRegion,
        OtherCountry,
        OtherExternalId,
        OtherApi,
    ];
    prop_oneof![2 => Just(Plain), 1 => select(flaws.to_vec())]
}

fn description() -> impl Strategy<Value = u16> {
    prop_oneof![3 => 0_u16..10, 1 => 256_u16..=257, 1 => Just(UNPRINTABLE)]
}

/// Of a tag or an access scope.
fn length() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 32_u32..=33, 1 => Just(UNPRINTABLE.into())]
}

fn repo() -> impl Strategy<Value = Repo> {
    prop_oneof![5 => 1_u8..4, 1 => Just(0), 1 => 200_u8..=202]
}

fn deposit() -> impl Strategy<Value = Amount> {
    prop_oneof![
        3 => near().prop_map(Amount::Min),
        2 => near().prop_map(Amount::Quote),
        3 => near().prop_map(Amount::Clearing),
        2 => (1_i128..100 * USD).prop_map(Amount::Exactly),
        1 => select(&[0, 1, 200_000 * USD, 1 << 62, (1 << 62) + 1, i128::MAX][..])
            .prop_map(Amount::Exactly),
    ]
}

fn claim() -> impl Strategy<Value = Amount> {
    prop_oneof![
        3 => near().prop_map(Amount::Claimable),
        1 => (1_i128..10 * USD).prop_map(Amount::Exactly),
        1 => select(&[i128::MIN, -1, 0, 1, i128::MAX][..]).prop_map(Amount::Exactly),
    ]
}

fn served() -> impl Strategy<Value = Served> {
    let latency = select(&[0, 200, 201, 240, 241, 3_600_000, 3_600_001, UNMEASURED][..]);
    let uptime = select(
        &[
            10_000, 9_990, 9_989, 9_900, 9_899, 9_500, 9_499, 0, 10_001, UNMEASURED,
        ][..],
    );
    prop_oneof![
        3 => Just(Served(50, 10_000)),
        2 => Just(Served(UNMEASURED, UNMEASURED)),
        2 => Just(Served(50, 0)),
        4 => (latency, uptime).prop_map(|(latency, uptime)| Served(latency, uptime)),
    ]
}

fn list<T: std::fmt::Debug>(
    item: impl Strategy<Value = T>,
    size: std::ops::Range<usize>,
) -> impl Strategy<Value = List<T>> {
    vec(item, size).prop_map(List)
}

// ---- what happens ----

fn wait() -> impl Strategy<Value = Call> {
    use Edge::*;
    let edges = [
        AcceptEnds,
        FundEnds,
        End,
        GraceEnds,
        FinalEnds,
        SilenceBegins,
        VerdictBegins,
        OracleTurns,
        PauseEnds,
        ScoreDecays,
        PairMayGain,
    ];
    let edge = (select(edges.to_vec()), 1_u32..=5, near())
        .prop_map(|(edge, deal, more)| Time::Edge(edge, deal, more));
    let secs = prop_oneof![
        3 => Just(DAY),
        1 => Just(1),
        3 => 1..3 * DAY,
        1 => 3 * DAY..20 * DAY,
    ];
    prop_oneof![5 => edge, 5 => secs.prop_map(Time::Secs)].prop_map(Call::Wait)
}

fn item(deal: impl Strategy<Value = u32>) -> impl Strategy<Value = Item> {
    let stored = prop_oneof![
        5 => Just(Stored::Agreed(0)),
        2 => near().prop_map(Stored::Agreed),
        3 => (0_u8..=110).prop_map(Stored::Percent),
        1 => Just(Stored::SameUse),
        1 => Just(Stored::LessUse),
        1 => Just(Stored::MostUse),
    ];
    let sent = prop_oneof![
        4 => Just(Sent::NoMore),
        3 => (0_u64..50_000).prop_map(Sent::More),
        2 => (0_u64..=1).prop_map(Sent::All),
        1 => Just(Sent::LessSent),
        1 => Just(Sent::MostSent),
    ];
    let through = prop_oneof![
        8 => Just(Through::Latest(0)),
        1 => near().prop_map(Through::Latest),
        2 => (-1_i64..100_000).prop_map(Through::After),
    ];
    (deal, stored, sent, served(), through).prop_map(|(deal, stored, sent, served, through)| Item {
        deal,
        stored,
        sent,
        served,
        through,
    })
}

fn report() -> impl Strategy<Value = Call> {
    let beyond = || prop_oneof![20 => Just(0_u32), 1 => Just(1_u32)];
    // A correct daily round of one deal.
    let book = deal().prop_flat_map(move |of| {
        (beyond(), item(Just(of))).prop_map(move |(beyond, item)| Book {
            of,
            beyond,
            items: List(vec![item]),
        })
    });
    let book = book.boxed();
    let mixed = (deal(), beyond(), list(item(deal()), 0..4)).prop_map(|(of, beyond, items)| Book {
        of,
        beyond,
        items,
    });
    let books = prop_oneof![
        5 => book.clone().prop_map(|book| List(vec![book])),
        2 => list(prop_oneof![book, mixed], 0..4),
    ];
    let books = books.boxed();
    let rounds = (deal(), beyond(), list(deal(), 1..4)).prop_map(|(of, beyond, deals)| Round {
        of,
        beyond,
        deals,
    });
    let own = deal().prop_map(|of| Round {
        of,
        beyond: 0,
        deals: List(vec![of]),
    });
    let rounds = list(prop_oneof![2 => own, 1 => rounds], 1..3);
    prop_oneof![
        3 => books.clone().prop_map(Call::Report),
        5 => books.prop_map(Call::ReportAndSettle),
        4 => rounds.prop_map(Call::Settle),
        // One book too many, and one item too many.
        1 => Just(Call::Settle(List(vec![Round { of: 1, beyond: 0, deals: List(vec![1; 101]) }]))),
    ]
}

fn life() -> impl Strategy<Value = Call> {
    let parties = (person(), bucket(), secs(), mb(), mb()).boxed();
    let api = select(&["S3", "s3", "GCS", ""][..]);
    let create = (parties.clone(), repo(), api).prop_map(
        |((consumer, bucket, secs, storage_mb, egress_mb), repo, api)| Call::CreateDeal {
            consumer,
            bucket,
            repo,
            secs,
            storage_mb,
            egress_mb,
            api,
        },
    );
    let create_at = (parties, (near(), near(), near(), near())).prop_map(
        |((consumer, bucket, secs, storage_mb, egress_mb), limits)| Call::CreateDealAt {
            consumer,
            bucket,
            secs,
            storage_mb,
            egress_mb,
            limits,
        },
    );
    let successor = (deal(), fair_secs(), fair_mb(), fair_mb()).prop_map(
        |(of, secs, storage_mb, egress_mb)| Call::CreateSuccessor {
            of,
            secs,
            storage_mb,
            egress_mb,
        },
    );
    let again = (
        prop_oneof![Just(Who::Carol), Just(Who::Dan), Just(Who::Erin)],
        1_u32..=3,
    );
    let again = (again, fair_secs(), fair_mb(), fair_mb()).prop_map(
        |((consumer, bucket), secs, storage_mb, egress_mb)| Call::CreateDeal {
            consumer,
            bucket,
            repo: 0,
            secs,
            storage_mb,
            egress_mb,
            api: "S3",
        },
    );
    let fund = (deal(), deposit(), repo());
    prop_oneof![
        2 => create,
        2 => create_at,
        4 => again,
        3 => successor,
        4 => deal().prop_map(Call::Accept),
        1 => deal().prop_map(Call::Reject),
        3 => deal().prop_map(Call::Cancel),
        1 => deal().prop_map(Call::Withdraw),
        5 => fund.prop_map(|(deal, amount, repo)| Call::Fund(deal, amount, repo)),
        2 => deal().prop_map(Call::Complete),
        2 => deal().prop_map(Call::Close),
        9 => deal().prop_map(Call::Advance),
        1 => deal().prop_map(Call::DeleteDeal),
    ]
}

fn min_paid() -> impl Strategy<Value = MinPaid> {
    prop_oneof![
        2 => (-1_i128..=1).prop_map(MinPaid::Exactly),
        2 => Just(MinPaid::Whole),
        2 => (-1_i64..=1).prop_map(MinPaid::Share),
    ]
}

fn money() -> impl Strategy<Value = Call> {
    let reduce = prop_oneof![
        3 => near().prop_map(Amount::Removable),
        1 => near().prop_map(Amount::Locked),
        1 => deposit(),
    ];
    let mut holders = PEOPLE.to_vec();
    holders.push(Who::TheEscrow);
    let withdraw = (person(), asset(), select(holders), claim(), min_paid());
    prop_oneof![
        3 => (deal(), deposit()).prop_map(|(deal, amount)| Call::Deposit(deal, amount)),
        3 => (person(), deal(), deposit())
            .prop_map(|(who, deal, amount)| Call::Sponsor(who, deal, amount)),
        3 => (deal(), reduce).prop_map(|(deal, amount)| Call::Reduce(deal, amount)),
        4 => withdraw.prop_map(|(who, asset, to, amount, min_paid)| {
            Call::WithdrawMoney(who, asset, to, amount, min_paid)
        }),
        3 => (person(), asset()).prop_map(|(who, asset)| Call::Push(who, asset)),
        2 => mandate(),
        1 => deal().prop_map(Call::RevokeMandate),
        3 => (deal(), approved()).prop_map(|(deal, approved)| Call::Draw(deal, approved)),
    ]
}

fn mandate() -> impl Strategy<Value = Call> {
    let top_up = prop_oneof![8 => 1..50 * USD, 1 => select(&[0, -1, 1 << 62, i128::MAX][..])];
    let limit = prop_oneof![4 => Just(0_i128), 4 => 0..100 * USD, 1 => select(&[-1, 1 << 62][..])];
    let secs = prop_oneof![
        6 => DAY..365 * DAY,
        1 => select(&[0, 1, 5 * 365 * DAY, 5 * 365 * DAY + 1, u64::MAX / 2][..]),
    ];
    (deal(), top_up, limit, secs).prop_map(|(deal, top_up, more, secs)| {
        Call::SetMandate(deal, top_up, top_up.saturating_add(more), secs)
    })
}

fn approved() -> impl Strategy<Value = i128> {
    prop_oneof![6 => Just(1 << 62), 1 => 0..50 * USD]
}

/// A deal runs low with a mandate, and is drawn for until nothing is due or left.
fn standing_top_up() -> impl Strategy<Value = Vec<Step>> {
    let days = prop_oneof![3 => 1_u64..4, 2 => 4_u64..40];
    (1_u32..=4, mandate(), days, approved()).prop_map(|(deal, mandate, days, approved)| {
        let mandate = match mandate {
            Call::SetMandate(_, top_up, limit, secs) => Call::SetMandate(deal, top_up, limit, secs),
            other => other,
        };
        let item = Item {
            deal,
            stored: Stored::Agreed(0),
            sent: Sent::NoMore,
            served: Served(50, 10_000),
            through: Through::Latest(0),
        };
        let books = List(vec![Book {
            of: deal,
            beyond: 0,
            items: List(vec![item]),
        }]);
        rights(vec![
            mandate,
            Call::Wait(Time::Secs(days * DAY)),
            Call::ReportAndSettle(books),
            Call::Draw(deal, approved),
            Call::Draw(deal, approved),
            Call::Wait(Time::Secs(DAY)),
            Call::Draw(deal, approved),
        ])
    })
}

fn staged() -> impl Strategy<Value = Call> {
    let use_mb = || prop_oneof![4 => fair_mb(), 1 => Just(u64::MAX)];
    prop_oneof![
        3 => (deal(), use_mb(), use_mb())
            .prop_map(|(deal, storage_mb, egress_mb)| Call::StageUse(deal, storage_mb, egress_mb)),
        2 => (deal(), served()).prop_map(|(deal, served)| Call::StageService(deal, served)),
        4 => deal().prop_map(Call::PayPending),
    ]
}

fn world() -> impl Strategy<Value = Call> {
    let holders = || {
        let mut holders = PEOPLE.to_vec();
        holders.push(Who::TheEscrow);
        select(holders)
    };
    prop_oneof![
        1 => (person(), asset(), 1_i128..1_000 * USD).prop_map(|(who, asset, n)| Call::Mint(who, asset, n)),
        2 => (asset(), 1_i128..1_000 * USD).prop_map(|(asset, n)| Call::Donate(asset, n)),
        2 => (asset(), 1_i128..500 * USD).prop_map(|(asset, n)| Call::ClawBack(asset, n)),
        3 => (holders(), asset()).prop_map(|(who, asset)| Call::Freeze(who, asset)),
        4 => (holders(), asset()).prop_map(|(who, asset)| Call::Thaw(who, asset)),
        2 => (person(), asset(), prop_oneof![0_i64..10, Just(i64::MAX)])
            .prop_map(|(who, asset, more)| Call::Limit(who, asset, more)),
    ]
}

fn registry() -> impl Strategy<Value = Call> {
    let create = (person(), texts(), 1_u8..=3, prices(), sla()).prop_map(
        |(who, texts, external, prices, sla)| Call::CreateBucket {
            who,
            texts,
            external,
            prices,
            sla,
        },
    );
    let conditions = (
        bucket(),
        0_u8..4,
        texts(),
        option::of(prices()),
        option::of(sla()),
    );
    let conditions =
        conditions.prop_map(
            |(bucket, bits, texts, prices, sla)| Call::UpdateConditions {
                bucket,
                bits,
                texts,
                prices: prices.map_or((None, None), |prices| (Some(prices.0), Some(prices.1))),
                sla: sla.map_or((None, None), |sla| (None, Some(sla.1))),
            },
        );
    let gb = || select(&[0, 1, 100, 101, 1_000_000, 1 << 30, (1 << 30) + 1][..]);
    let parties = prop_oneof![
        (person(), description()).prop_map(|(who, len)| Call::RegisterProvider(who, len)),
        (person(), description()).prop_map(|(who, len)| Call::RegisterConsumer(who, len)),
        (person(), description()).prop_map(|(who, len)| Call::RegisterBoth(who, len)),
        (person(), description()).prop_map(|(who, len)| Call::UpdateProvider(who, len)),
        (person(), description()).prop_map(|(who, len)| Call::UpdateConsumer(who, len)),
        person().prop_map(Call::DeleteProvider),
        person().prop_map(Call::DeleteConsumer),
    ];
    let buckets = prop_oneof![
        (bucket(), 0_u8..8, texts())
            .prop_map(|(id, bits, texts)| Call::UpdateBasic(id, bits, texts)),
        (bucket(), gb(), gb())
            .prop_map(|(id, storage, egress)| Call::SetCapacity(id, storage, egress)),
        (bucket(), any::<bool>(), 0_u32..=9, length(), length())
            .prop_map(|(id, auto, tags, len, scope)| Call::SetFeatures(id, auto, tags, len, scope)),
        (bucket(), 0_u8..=5, any::<bool>())
            .prop_map(|(id, endpoint, provider)| Call::SetService(id, endpoint, provider)),
        (bucket(), 0_u8..3).prop_map(|(id, status)| Call::SetStatus(id, status)),
        bucket().prop_map(Call::LockBucket),
        bucket().prop_map(Call::UnlockBucket),
        bucket().prop_map(Call::DeleteBucket),
    ];
    prop_oneof![2 => create, 2 => conditions, 4 => parties, 6 => buckets]
}

fn owner() -> impl Strategy<Value = Call> {
    let fees = || {
        prop_oneof![
            2 => near().prop_map(Amount::Fees),
            2 => near().prop_map(Amount::Free),
            1 => select(&[i128::MIN, 0, 1, i128::MAX][..]).prop_map(Amount::Exactly),
        ]
    };
    let receiver =
        || prop_oneof![3 => Just(Who::Owner), 1 => Just(Who::Frank), 1 => Just(Who::TheEscrow)];
    let policy = prop_oneof![
        3 => good_policy(),
        2 => (0_u8..11, any::<bool>()).prop_map(|(nth, below)| PolicyKind::Broken(nth, below)),
    ];
    let pausing = prop_oneof![Just(Contract::Deals), Just(Contract::Registry)].boxed();
    use Inner::*;
    let inner = [
        OpenAccount,
        DepositInto,
        SettleBooks,
        RefundFrom,
        CloseAccount,
        ReserveRoom,
        ReleaseRoom,
        RecordOutcome,
    ];
    let rare = prop_oneof![
        bucket().prop_map(Call::RemoveBucket),
        person().prop_map(Call::RemoveProvider),
        person().prop_map(Call::RemoveConsumer),
        person().prop_map(Call::ReadmitProvider),
        person().prop_map(Call::ReadmitConsumer),
        (-1_i32..=26, -26_i32..=1, -1_i128..=10_001)
            .prop_map(|(clean, notice, usd)| Call::SetPoints(clean, notice, usd)),
        (contract(), 1_u8..3).prop_map(|(at, hash)| Call::ScheduleUpgrade(at, hash)),
        contract().prop_map(Call::CancelUpgrade),
        (contract(), 1_u8..3).prop_map(|(at, hash)| Call::Upgrade(at, hash)),
        contract().prop_map(Call::Migrate),
        select(inner.to_vec()).prop_map(Call::Intrude),
        Just(Call::SetBadAsset),
        (
            person(),
            select(&[-1, 0, 1, 1_000_000_000_000, 1_000_000_000_001][..])
        )
            .prop_map(|(who, amount)| Call::Faucet(who, amount)),
        person().prop_map(Call::ChangeAssetAdmin),
    ];
    prop_oneof![
        3 => policy.prop_map(Call::AddPolicy),
        3 => select(&[Who::Oracle, Who::Odile][..]).prop_map(Call::ScheduleOracle),
        1 => Just(Call::CancelOracle),
        1 => Just(Call::SuspendOracle),
        1 => pausing.clone().prop_map(Call::Pause),
        3 => pausing.prop_map(Call::Unpause),
        3 => (receiver(), fees()).prop_map(|(to, amount)| Call::SendFunds(to, amount)),
        3 => (asset(), receiver(), fees())
            .prop_map(|(asset, to, amount)| Call::WithdrawFees(asset, to, amount)),
        2 => asset().prop_map(Call::SetAsset),
        8 => rare,
    ]
}
