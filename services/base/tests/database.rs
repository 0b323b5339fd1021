//! The database under faults, on SQLite and PostgreSQL.

use flash_base::{
    db::{Db, Migrations},
    lease::Lease,
};
use flash_base_testkit::{databases, Database, SmallDisk};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::{borrow::Cow, future::Future};

static MIGRATOR: Migrator = sqlx::migrate!("tests/migrations");
const MIGRATIONS: Migrations = &MIGRATOR;

async fn on_each<F: Future<Output = ()>>(test: impl Fn(Db, String) -> F) {
    for database in databases() {
        println!("on {}", database.kind);
        let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
        test(db, database.url.clone()).await;
    }
}

async fn insert(db: &Db, text: &str) -> anyhow::Result<()> {
    db.transaction(async |write| {
        let insert = sqlx::query("INSERT INTO notes (note) VALUES ($1)");
        write.run(insert.bind(text.to_owned())).await?;
        Ok(())
    })
    .await
}

async fn count(db: &Db) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM notes");
    count.fetch_one(db.pool()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_fails_leaves_nothing_behind() {
    on_each(|db, _| async move {
        for _ in 0..20 {
            let failed = db.transaction(async |write| {
                write
                    .run(sqlx::query("INSERT INTO notes (note) VALUES ('x')"))
                    .await?;
                write
                    .run(sqlx::query("INSERT INTO nowhere VALUES (1)"))
                    .await
            });
            assert!(failed.await.is_err());
        }
        assert_eq!(count(&db).await, 0);
        insert(&db, "y").await.unwrap();
        assert_eq!(count(&db).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_full_disk_a_daemon_goes_on_by_itself() {
    let Some(disk) = SmallDisk::mount(4) else {
        return;
    };
    let url = format!("sqlite://{}", disk.path().join("test.db").display());
    let db = Db::open(&url, MIGRATIONS).await.unwrap();
    let note = "x".repeat(100_000);
    insert(&db, &note).await.unwrap();
    disk.fill();
    let mut failed = 0;
    for _ in 0..20 {
        failed += i64::from(insert(&db, &note).await.is_err());
    }
    assert!(failed > 10, "only {failed} failed");
    disk.free();
    for _ in 0..4 {
        insert(&db, "there is room").await.unwrap();
    }
    assert_eq!(count(&db).await, 1 + 20 - failed + 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_daemons_start_at_once_on_an_empty_database() {
    for database in databases() {
        let opened: Vec<_> = (0..3)
            .map(|_| {
                let url = database.url.clone();
                tokio::spawn(async move { Db::open(&url, MIGRATIONS).await.map(|_| ()) })
            })
            .collect();
        for open in opened {
            open.await.unwrap().unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_a_connection_is_asked_on_another() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
    let other = Db::open(&database.url, MIGRATIONS).await.unwrap();
    let end_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                      WHERE pid <> pg_backend_pid() AND datname = current_database()";
    let mut write = db.write().await.unwrap();
    sqlx::query(end_others).execute(other.pool()).await.unwrap();
    let insert_lost = sqlx::query("INSERT INTO notes (note) VALUES ('lost')");
    assert!(write.run(insert_lost).await.is_err());
    drop(write);
    for _ in 0..8 {
        insert(&db, "kept").await.unwrap();
    }
    assert_eq!(count(&db).await, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_has_one_holder_and_runs_out() {
    on_each(|db, url| async move {
        let other = Db::open(&url, MIGRATIONS).await.unwrap();
        let first = Lease::new(db.clone(), "key", "first", 60);
        let second = Lease::new(other, "key", "second", 60);
        assert!(first.hold().await.unwrap());
        assert!(!second.hold().await.unwrap());
        assert!(first.hold().await.unwrap(), "the holder extends it");
        let expire = sqlx::query("UPDATE leases SET until_ms = until_ms - 60000");
        expire.execute(db.pool()).await.unwrap();
        assert!(second.hold().await.unwrap(), "it ran out");
        assert!(!first.hold().await.unwrap());
        second.release().await.unwrap();
        assert!(first.hold().await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_is_dated_a_year_ahead_is_void() {
    on_each(|db, _| async move {
        let lease = Lease::new(db.clone(), "key", "this", 60);
        for (ahead_secs, is_void) in [(119, false), (125, true), (31_536_000, true)] {
            let until_ms = flash_base::clock::now_ms() + ahead_secs * 1_000;
            let put = "INSERT INTO leases (name, holder, until_ms) VALUES ('key', 'other', $1)
                       ON CONFLICT (name) DO UPDATE SET holder = 'other', until_ms = $1";
            let put = sqlx::query(put).bind(i64::try_from(until_ms).unwrap());
            put.execute(db.pool()).await.unwrap();
            assert_eq!(lease.hold().await.unwrap(), is_void, "{ahead_secs} s");
        }
    })
    .await;
}

fn migrations(versions: &[(i64, &'static str)]) -> Migrations {
    let migration = |(version, sql): &(i64, &'static str)| {
        Migration::new(
            *version,
            "test".into(),
            MigrationType::Simple,
            Cow::Borrowed(*sql),
            false,
        )
    };
    let migrations = Cow::Owned(versions.iter().map(migration).collect());
    Box::leak(Box::new(Migrator {
        migrations,
        ..Migrator::DEFAULT
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_a_newer_version_or_another_program_are_refused_by_version() {
    for database in databases() {
        let (one, two) = (
            "CREATE TABLE one (id BIGINT)",
            "CREATE TABLE two (id BIGINT)",
        );
        let (old, new) = (migrations(&[(1, one)]), migrations(&[(1, one), (2, two)]));
        let newer = Db::open(&database.url, old).await.unwrap();
        let reader = Db::open_read_only(&database.url, new).await.err().unwrap();
        assert!(reader.to_string().contains("version 1"), "{reader}");
        newer.close().await;
        Db::open(&database.url, new).await.unwrap().close().await;
        let error = Db::open(&database.url, old).await.err().unwrap();
        assert!(error.to_string().contains("has version 2"), "{error}");
        let other = migrations(&[(1, two), (2, one)]);
        let error = Db::open(&database.url, other).await.err().unwrap();
        assert!(
            error.to_string().contains("a database of its own"),
            "{error}"
        );
    }
    let error = Db::open("mysql://x", MIGRATIONS).await.err().unwrap();
    assert!(error.to_string().contains("sqlite:"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_never_shows_the_password_of_the_database() {
    let (away, no_port) = (
        "postgres://oracle:hunter2@127.0.0.1:1/oracle",
        "postgres://oracle:hunter2@127.0.0.1:port/oracle",
    );
    let opened = tokio::join!(
        Db::open(away, MIGRATIONS),
        Db::open_read_only(away, MIGRATIONS),
        Db::open(no_port, MIGRATIONS),
        Db::open_read_only(no_port, MIGRATIONS),
    );
    for opened in [opened.0, opened.1, opened.2, opened.3] {
        let error = opened.err().unwrap();
        let shown = format!("{error:#} {error:?}");
        assert!(
            !shown.contains("hunter2") && shown.contains("127.0.0.1"),
            "{shown}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_reached_over_tls_and_its_certificate_is_checked() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let ca = database.ca.unwrap().display().to_string();
    let url = database.url.replace("127.0.0.1", "localhost");
    let verified = format!("{url}?sslmode=verify-full&sslrootcert={ca}");
    let db = Db::open(&verified, MIGRATIONS).await.unwrap();
    let encrypted: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl")
            .fetch_one(db.pool())
            .await
            .unwrap();
    assert_eq!(encrypted, 1);
    // Nobody that the system trusts signed it.
    let stranger = Db::open(&format!("{url}?sslmode=verify-full"), MIGRATIONS).await;
    let error = format!("{:#}", stranger.err().expect("an unknown authority"));
    assert!(error.to_lowercase().contains("certificate"), "{error}");
}
