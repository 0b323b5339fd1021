//! Rows as tests write them, and each database to write them to.

use super::{databases, Database};
use flash_base::db::Db;
use flash_oracle::{
    deal::Deal,
    digest::digest63,
    ingest::{Incoming, Load},
    MIGRATIONS,
};

pub const START: u64 = 1_700_000_000;

/// Runs a test on each database.
pub async fn on_each<F: std::future::Future<Output = ()>>(test: impl Fn(Db, String) -> F) {
    for database in databases() {
        let Database { kind, ref url, .. } = database;
        println!("on {kind}");
        let db = Db::open(url, MIGRATIONS).await.unwrap();
        test(db, url.clone()).await;
    }
}

pub fn sample(at_secs: u64, origin: &str, egress: u64, change: i64) -> Incoming {
    Incoming {
        provider: "P".into(),
        bucket: "b".to_owned(),
        repo: "r".to_owned(),
        at_ms: at_secs * 1_000,
        origin: digest63(&[origin]),
        is_numbered: false,
        host: "node".to_owned(),
        upl_bytes: 0,
        dwl_bytes: egress,
        size_change: change,
        latency_ms: Some(12),
    }
}

pub fn of_samples(samples: Vec<Incoming>) -> Load {
    Load {
        samples,
        ..Load::default()
    }
}

pub fn deal() -> Deal {
    Deal {
        deal_id: 7,
        provider: "P".to_owned(),
        asset: "A".to_owned(),
        bucket_id: 1,
        page: 0,
        bucket: "b".to_owned(),
        repo: "r".to_owned(),
        released: false,
        start_ts: START,
        end_ts: START + 30 * 86_400,
        close_ts: 0,
        final_until_ts: 0,
        through_ts: START,
        storage_mb_secs: 0,
        payable_mb_secs_bps: 0,
        egress_mb: 0,
        agreed_storage_mb: 10_000,
        agreed_egress_mb: 10_000,
        price_storage: 20_0000,
        price_egress: 50_0000,
        min_window_secs: 43_200,
        paid_total: 0,
        strikes: 0,
        arrears_since_ts: 0,
    }
}
