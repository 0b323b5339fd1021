//! What access logs come to, on both databases: the inputs that once failed, with the right totals.

use crate::support::{deal, on_each};
use flash_base::db::Db;
use flash_oracle::{
    deal::Deal,
    ingest::{Ingest, Written},
    metering::Metering,
    retention,
    sources::{
        file::{Format, Source},
        s3_log::{LogOwner, RepoRule},
    },
    status,
};
use std::path::{Path, PathBuf};

const GIB: u128 = 1 << 30;
/// 2026-01-01, and 2027-01-01.
const YEAR: (u64, u64) = (1_767_225_600, 1_798_761_600);
/// 17 December 2026, 20:05:41, and nine days later.
const PUT: u64 = 1_797_537_941;
const DAY: u64 = 86_400;

fn case(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/s3-log");
    fixtures.join(format!("{name}.log"))
}

fn source(path: &Path) -> Source {
    Source {
        path: path.to_owned(),
        format: Format::S3Log(LogOwner {
            provider: "P".into(),
            bucket: None,
            repo: RepoRule::FirstPart,
            host: "s3".to_owned(),
        }),
        max_ahead_ms: 10 * 365 * DAY * 1_000,
    }
}

async fn import(db: &Db, path: &Path) -> Written {
    let (ingest, _) = Ingest::start(db.clone(), 4);
    let source = source(path);
    let read = source.import(&ingest, |_, _| ());
    read.await.unwrap()
}

async fn import_text(db: &Db, text: &str) -> Written {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    import(db, file.path()).await
}

/// MB-seconds stored and bytes sent in 2026, up to a time.
async fn totals(db: &Db, bucket: &str, repo: &str, to_secs: u64) -> (u128, u128) {
    let deal = Deal {
        bucket: bucket.to_owned(),
        repo: repo.to_owned(),
        start_ts: YEAR.0,
        end_ts: YEAR.1,
        agreed_storage_mb: 1 << 30,
        agreed_egress_mb: 1 << 30,
        ..deal()
    };
    let basis = deal.basis(vec![]);
    let metering = Metering { db };
    let (state, _) = metering.totals(&deal, &basis, to_secs).await.unwrap();
    let kept = [(deal.deal_id, basis.clone(), state)];
    metering.keep(&kept).await.unwrap();
    (state.totals(&basis).storage_mb_secs, state.egress_bytes)
}

/// A line as S3 writes it. `what` is operation, key, request, status and so on up to the object's size.
fn line(at: &str, request: &str, what: &str) -> String {
    format!("o vault [{at} +0000] 192.0.2.7 u {request} {what} 20 10 \"-\" \"agent\" - host= x\n")
}

fn put(at: &str, request: &str, key: &str, size: u64) -> String {
    let what = format!("REST.PUT.OBJECT {key} \"PUT /{key} HTTP/1.1\" 200 - - {size}");
    line(at, request, &what)
}

fn delete(at: &str, request: &str, key: &str) -> String {
    let what = format!("REST.DELETE.OBJECT {key} \"DELETE /{key} HTTP/1.1\" 204 - - -");
    line(at, request, &what)
}

fn get(at: &str, request: &str, key: &str, size: u64) -> String {
    let what = format!("REST.GET.OBJECT {key} \"GET /{key} HTTP/1.1\" 200 - {size} {size}");
    line(at, request, &what)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_come_late_give_the_same_totals() {
    let names = ["late-file-1-delete", "late-file-2-put"];
    for order in [[0, 1], [1, 0]] {
        on_each(|db, _| async move {
            for nth in order {
                import(&db, &case(names[nth])).await;
            }
            // And both again: a line counts once, whatever file it comes in.
            let text: String = names
                .map(|name| std::fs::read_to_string(case(name)).unwrap())
                .concat();
            let again = import_text(&db, &text).await;
            assert_eq!((again.accepted, again.duplicates), (0, 2));
            let totals = totals(&db, "vault-e2e", "team", PUT + 20 * DAY).await;
            assert_eq!(totals, (7_962_624_000, 0));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_file_changes_what_was_added_up_before_it_came() {
    on_each(|db, _| async move {
        import(&db, &case("late-file-2-put")).await;
        let before = totals(&db, "vault-e2e", "team", PUT + 20 * DAY).await;
        assert_eq!(before.0, 10_240 * 20 * u128::from(DAY));
        import(&db, &case("late-file-1-delete")).await;
        let after = totals(&db, "vault-e2e", "team", PUT + 21 * DAY).await;
        assert_eq!(after.0, 7_962_624_000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_decoded_by_operation() {
    on_each(|db, _| async move {
        import(&db, &case("keys-encoded-once-and-twice")).await;
        let totals = totals(&db, "vault-e2e", "team", PUT + 20 * DAY).await;
        assert_eq!(totals.0, 614_400);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repo_with_an_equals_sign_is_billed() {
    on_each(|db, _| async move {
        let written = import(&db, &case("repo-name-encoded")).await;
        assert_eq!((written.accepted, written.rejected), (3, 0));
        let name = "dt=2026-01-01";
        let totals = totals(&db, "vault", name, YEAR.0 + DAY).await;
        assert_eq!(totals, (1_000 * 20 / (1 << 20), 1_000));
        let size: i64 =
            sqlx::query_scalar("SELECT CAST(SUM(size_change) AS BIGINT) FROM object_events")
                .fetch_one(db.pool())
                .await
                .unwrap();
        assert_eq!(size, 0, "the batch deleted what the request put");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_expires_leaves_the_current_object() {
    on_each(|db, _| async move {
        import(&db, &case("noncurrent-version-expires")).await;
        let totals = totals(&db, "vault-e2e", "team", PUT + 1_000).await;
        assert_eq!(totals.0, 10_240 * 1_000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_in_a_request_neither_hide_nor_invent_egress() {
    on_each(|db, _| async move {
        let written = import(&db, &case("request-uri-with-quotes")).await;
        assert_eq!((written.accepted, written.rejected), (2, 0));
        let totals = totals(&db, "vault", "team", YEAR.0 + DAY).await;
        assert_eq!(totals, (0, 5 * GIB + 111));
        // Which of the two ends the request nobody can know.
        let request = "\"GET /team/a?x= HTTP/1.1\" 404 - - - HTTP/1.1\" 200 - 7 7";
        let what = format!("REST.GET.OBJECT team/a {request}");
        let text = line("01/Jan/2026:00:00:00", "R30", &what);
        let written = import_text(&db, &text).await;
        assert_eq!(
            (written.accepted, written.rejected, written.alerting),
            (0, 1, 1)
        );
        assert!(reasons(&db).await[0].contains("two ways"));
    })
    .await;
}

async fn reasons(db: &Db) -> Vec<String> {
    let rows = sqlx::query_scalar("SELECT reason FROM rejects ORDER BY reason");
    rows.fetch_all(db.pool()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_with_an_error_code_is_a_failure() {
    on_each(|db, _| async move {
        let written = import(&db, &case("ok-status-with-error-code")).await;
        assert_eq!(written, Written::default());
        assert_eq!(totals(&db, "vault", "team", YEAR.1).await, (0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_status_is_success_only_of_what_the_store_does_itself() {
    on_each(|db, _| async move {
        let at = "01/Jan/2026:00:00:00";
        let put = "REST.PUT.OBJECT team/a \"PUT /team/a HTTP/1.1\" - - - 7";
        let expire = "S3.EXPIRE.OBJECT team/a - - - - 7";
        let text = line(at, "R1", put) + &line(at, "R2", expire);
        let written = import_text(&db, &text).await;
        assert_eq!((written.accepted, written.rejected), (1, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_is_loud() {
    on_each(|db, _| async move {
        let written = import(&db, &case("gateway-without-bytes-sent")).await;
        assert_eq!((written.accepted, written.alerting), (1, 2));
        let reasons = reasons(&db).await;
        assert!(reasons[0].contains("how many were sent"), "{reasons:?}");
        assert!(reasons[1].contains("DELETE_MULTI_OBJECT"), "{reasons:?}");
        assert_eq!(totals(&db, "vault", "team", YEAR.1).await.1, 0);
        // What failed, and what is known to move nothing, is not.
        let at = "01/Jan/2026:00:00:00";
        let failed = "REST.GET.NEW_OBJECT team/a \"GET /a HTTP/1.1\" 404 NoSuchKey - -";
        let moved = "S3.TRANSITION_SIA.OBJECT team/a - - - - 7";
        let text = line(at, "R1", failed) + &line(at, "R2", moved);
        assert_eq!(import_text(&db, &text).await, Written::default());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nul_byte_costs_its_line_and_no_other() {
    for (name, accepted) in [("nul-in-key", 2), ("nul-in-time", 2)] {
        on_each(|db, _| async move {
            let written = import(&db, &case(name)).await;
            assert_eq!(
                (written.accepted, written.rejected),
                (accepted, 1),
                "{name}"
            );
            assert_eq!(totals(&db, "vault", "team", YEAR.1).await.1, 3_000);
            // One that is encoded is one too.
            let text = get("01/Jan/2026:00:00:09", "R9", "team%2500/a", 1);
            assert_eq!(import_text(&db, &text).await.rejected, 1);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leap_second_is_the_second_before_it() {
    on_each(|db, _| async move {
        let text = get("31/Dec/2025:23:59:60", "R1", "team/a", 7);
        assert_eq!(import_text(&db, &text).await.accepted, 1);
        let at_ms: i64 = sqlx::query_scalar("SELECT at_ms FROM samples")
            .fetch_one(db.pool())
            .await
            .unwrap();
        assert_eq!(at_ms, i64::try_from(YEAR.0 - 1).unwrap() * 1_000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_and_a_deletion_of_one_second_end_as_later_lines_show() {
    let at = "01/Jan/2026:00:00:10";
    let mb = 1 << 20;
    let both = [put(at, "R2", "team/a", mb), delete(at, "R1", "team/a")];
    let seen = get("01/Jan/2026:00:00:30", "R3", "team/a", mb);
    let gone = delete("01/Jan/2026:00:01:00", "R4", "team/a");
    // Without another line the put comes first, and nothing is left.
    let orders: Vec<(Vec<&str>, u128)> = vec![
        (vec![&both[0], &both[1]], 0),
        (vec![&both[1], &both[0]], 0),
        (vec![&both[0], &both[1], &seen, &gone], 50),
        (vec![&seen, &gone, &both[1], &both[0]], 50),
        (vec![&gone, &both[0], &both[1], &seen], 50),
    ];
    for (lines, expected) in orders {
        on_each(|db, _| {
            let lines = lines.clone();
            async move {
                for line in &lines {
                    import_text(&db, line).await;
                    totals(&db, "vault", "team", YEAR.0 + DAY).await;
                }
                let found = totals(&db, "vault", "team", YEAR.0 + 2 * DAY).await;
                assert_eq!(found.0, expected, "{lines:#?}");
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_of_many_lines_gives_the_totals_of_their_times() {
    let mut lines = Vec::new();
    for nth in 0..40_u64 {
        let at = format!("01/Jan/2026:00:{:02}:{:02}", nth / 3, nth % 7);
        let key = format!("team/{}", nth % 3);
        let request = format!("R{nth}");
        lines.push(match nth % 4 {
            0 | 1 => put(&at, &request, &key, (nth + 1) << 20),
            2 => delete(&at, &request, &key),
            _ => get(&at, &request, &key, 1 << 20),
        });
    }
    let mut expected = None;
    // Steps that have no divisor in common with the count give each line once.
    for step in [1, 3, 7, 11, 39] {
        let order: Vec<_> = (0..40).map(|nth| lines[nth * step % 40].clone()).collect();
        let (db_order, seen) = (&order, std::cell::RefCell::new(Vec::new()));
        on_each(|db, _| {
            let seen = &seen;
            async move {
                for some in db_order.chunks(6) {
                    import_text(&db, &some.concat()).await;
                }
                let found = totals(&db, "vault", "team", YEAR.0 + DAY).await;
                seen.borrow_mut().push(found);
            }
        })
        .await;
        for found in seen.into_inner() {
            assert_eq!(*expected.get_or_insert(found), found, "step {step}");
        }
    }
    assert!(expected.unwrap().0 > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_other_content_is_a_conflict_and_is_told() {
    on_each(|db, _| async move {
        let at = "01/Jan/2026:00:00:00";
        let text = put(at, "R1", "team/a", 10) + &get(at, "R2", "team/a", 10);
        assert_eq!(import_text(&db, &text).await.accepted, 2);
        let later = "01/Jan/2026:00:00:01";
        let text = put(at, "R1", "team/a", 11) + &get(later, "R2", "team/a", 10);
        let written = import_text(&db, &text).await;
        assert_eq!((written.accepted, written.duplicates), (0, 0));
        assert_eq!(
            (written.conflicts, written.rejected, written.alerting),
            (2, 2, 2)
        );
        let reasons = reasons(&db).await;
        assert!(
            reasons
                .iter()
                .all(|reason| reason.starts_with("a conflict")),
            "{reasons:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_that_are_forgotten_leave_their_size_and_can_still_be_deleted() {
    on_each(|db, _| async move {
        let mb = 1 << 20;
        let text = [
            put("01/Jan/2026:00:00:00", "R1", "team/kept", 3 * mb),
            put("02/Jan/2026:00:00:00", "R2", "team/kept", 5 * mb),
            put("02/Jan/2026:00:00:00", "R3", "team/gone", 7 * mb),
            delete("03/Jan/2026:00:00:00", "R4", "team/gone"),
            put("20/Jan/2026:00:00:00", "R5", "team/late", mb),
        ];
        import_text(&db, &text.concat()).await;
        let from = YEAR.0 + 10 * DAY;
        let stored = |db: Db| async move {
            let deal = Deal {
                bucket: "vault".to_owned(),
                repo: "team".to_owned(),
                start_ts: from,
                end_ts: YEAR.1,
                ..deal()
            };
            let basis = deal.basis(vec![]);
            let metering = Metering { db: &db };
            let state = metering.totals(&deal, &basis, YEAR.0 + 40 * DAY).await;
            state.unwrap().0.totals(&basis).storage_mb_secs
        };
        let before = stored(db.clone()).await;
        assert_eq!(before, u128::from(5 * 30 * DAY + 21 * DAY));
        assert_eq!(retention::samples(&db, from * 1_000).await.unwrap(), 3);
        assert_eq!(stored(db.clone()).await, before);
        assert_eq!(status::read(&db).await.unwrap().object_events, 2);
        let again = import_text(&db, &text.concat()).await;
        assert_eq!((again.accepted, again.rejected), (0, 4));
        // What is deleted now takes away what is left of it.
        import_text(&db, &delete("21/Jan/2026:00:00:00", "R6", "team/kept")).await;
        let after = u128::from(5 * 10 * DAY + 21 * DAY);
        assert_eq!(stored(db.clone()).await, after);
    })
    .await;
}
