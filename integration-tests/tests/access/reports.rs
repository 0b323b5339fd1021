//! The oracle signs a digest of the reports instead of the reports. The digest must bind just as
//! strongly.

use flash_integration_tests::{unauthorised, Usage, World, DAY};
use flash_interfaces::deals::{BookReports, Report};
use soroban_sdk::{testutils::MockAuthInvoke, vec, Error, IntoVal, Symbol, Val, Vec};

use flash_integration_tests::signed::signed_args;

/// A change of one field of a report.
type Change = (&'static str, fn(&mut Report));

struct Scene {
    world: World,
    books: [BookReports; 2],
}

/// Three deals: two in one book, one in another provider's.
fn scene() -> Scene {
    let world = World::new();
    let (first, second) = (world.deal().funded(), world.deal().funded());
    let third = world.deal().provider(&world.bert).funded();
    world.advance(DAY);
    let read = |deal, gb| world.reading(deal, Usage::stored_gb(gb), world.now());
    let books = [
        world.book(&first, &[read(&first, 10), read(&second, 20)]),
        world.book(&third, &[read(&third, 30)]),
    ];
    Scene { world, books }
}

impl Scene {
    fn args(&self, books: &[BookReports]) -> Vec<Val> {
        let env = &self.world.env;
        (Vec::from_slice(env, books),).into_val(env)
    }

    /// Sends the books with the oracle's signature for other books.
    fn send(&self, signed: (&str, &[BookReports]), command: &str) -> Result<Vec<u32>, Error> {
        let Self { world, books } = self;
        let entry = world.oracle.sign(&MockAuthInvoke {
            contract: &world.at.deals,
            fn_name: signed.0,
            args: signed_args(&world.env, signed.0, &self.args(signed.1)),
            sub_invokes: &[],
        });
        world.env.set_auths(&[entry]);
        let name = Symbol::new(&world.env, command);
        let answer = world.env.try_invoke_contract::<Vec<u32>, Error>(
            &world.at.deals,
            &name,
            self.args(books),
        );
        world.env.set_auths(&[]);
        answer
            .map(|codes| codes.expect("codes"))
            .map_err(|error| error.expect("every error is an Error"))
    }

    fn refused(&self, what: &str, signed: &[BookReports]) {
        for command in ["report", "report_and_settle"] {
            let before = self.world.ledger_entries();
            let answer = self.send((command, signed), command);
            assert!(unauthorised(&answer), "{command}, {what}: {answer:?}");
            assert!(before == self.world.ledger_entries(), "{command}, {what}");
        }
    }
}

fn reports(book: &BookReports) -> std::vec::Vec<Report> {
    book.reports.iter().collect()
}

fn with_reports(scene: &Scene, book: &BookReports, reports: &[Report]) -> BookReports {
    BookReports {
        reports: Vec::from_slice(&scene.world.env, reports),
        ..book.clone()
    }
}

#[test]
fn a_signature_for_other_reports_is_refused() {
    let scene = scene();
    let [book, other] = scene.books.clone();
    let own = reports(&book);
    let changes: [Change; 6] = [
        ("deal", |report| report.0 += 1),
        ("storage", |report| report.1 += 1),
        ("egress", |report| report.2 += 1),
        ("latency", |report| report.3 -= 1),
        ("uptime", |report| report.4 -= 1),
        ("watermark", |report| report.5 -= 1),
    ];
    for (field, change) in changes {
        let mut changed = own.clone();
        change(&mut changed[1]);
        let changed = with_reports(&scene, &book, &changed);
        scene.refused(field, &[changed, other.clone()]);
    }
    let fewer = with_reports(&scene, &book, &own[..1]);
    scene.refused("a report less", &[fewer, other.clone()]);
    let more = with_reports(&scene, &book, &[own[0], own[1], own[1]]);
    scene.refused("a report more", &[more, other.clone()]);
    let swapped = with_reports(&scene, &book, &[own[1], own[0]]);
    scene.refused("two swapped", &[swapped, other.clone()]);
}

#[test]
fn a_signature_for_the_same_reports_in_other_books_is_refused() {
    let scene = scene();
    let [book, other] = scene.books.clone();
    let own = reports(&book);
    // The same bytes in the same order, with one report in the next book.
    let rest = [own[1], reports(&other)[0]];
    let moved = [
        with_reports(&scene, &book, &own[..1]),
        with_reports(&scene, &other, &rest),
    ];
    scene.refused("a report in the next book", &moved);
    scene.refused("a book less", std::slice::from_ref(&book));
    scene.refused("books swapped", &[other.clone(), book.clone()]);
    let renamed = |change: fn(&mut BookReports, &BookReports)| {
        let mut renamed = book.clone();
        change(&mut renamed, &other);
        [renamed, other.clone()]
    };
    scene.refused("page", &renamed(|book, _| book.page += 1));
    scene.refused(
        "provider",
        &renamed(|book, other| book.provider = other.provider.clone()),
    );
    scene.refused(
        "asset",
        &renamed(|book, other| book.asset = other.provider.clone()),
    );
}

#[test]
fn a_signature_for_one_command_is_refused_by_the_other() {
    let scene = scene();
    let books = scene.books.clone();
    for (signed, sent) in [
        ("report", "report_and_settle"),
        ("report_and_settle", "report"),
    ] {
        let answer = scene.send((signed, &books), sent);
        assert!(unauthorised(&answer), "{signed} for {sent}: {answer:?}");
    }
    let codes = scene.send(("report", &books), "report");
    assert_eq!(codes, Ok(vec![&scene.world.env, 0, 0, 0]));
}
