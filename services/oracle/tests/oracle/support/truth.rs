//! What was really used, kept apart from the oracle: the other side of "billed = metered".

use super::World;
use flash_client::types::Meter;
use flash_meter::totals::{Basis, Running, Sample, Totals};
use flash_oracle::{
    digest::digest63,
    ingest::{Incoming, Load, Probe},
};
use std::collections::BTreeMap;

/// Samples by (bucket, repo).
#[derive(Default)]
pub struct Truth {
    samples: BTreeMap<(String, String), Vec<Sample>>,
    told: Vec<Incoming>,
}

impl Truth {
    /// Something was used: noted here, and returned for the oracle.
    pub fn used(
        &mut self,
        world: &World,
        (bucket, repo): (&str, &str),
        at_secs: u64,
        egress_bytes: u64,
        size_change: i64,
    ) -> Incoming {
        let series = (bucket.to_owned(), repo.to_owned());
        self.samples.entry(series).or_default().push(Sample {
            at_secs,
            egress_bytes,
            size_change_bytes: size_change,
        });
        let count = self.told.len() as u64;
        let told = Incoming {
            provider: world.provider_text().into(),
            bucket: bucket.to_owned(),
            repo: repo.to_owned(),
            at_ms: at_secs * 1_000 + count % 1_000,
            origin: digest63(&[&format!("node-{count}")]),
            is_numbered: false,
            host: "node".to_owned(),
            upl_bytes: 0,
            dwl_bytes: egress_bytes,
            size_change,
            latency_ms: None,
        };
        self.told.push(told.clone());
        told
    }

    /// Everything, as nodes that tell it again do.
    pub fn all(&self) -> Vec<Incoming> {
        self.told.clone()
    }

    /// What the chain has to have of a deal, through where it was reported.
    pub fn expected(&self, bucket: &str, meter: &Meter) -> Totals {
        let series = (bucket.to_owned(), meter.fb_repo_id.to_string());
        let all = self.samples.get(&series).cloned().unwrap_or_default();
        let basis = Basis {
            start_secs: meter.start_ts,
            agreed_storage_mb: meter.agreed_storage_mb,
            agreed_egress_mb: meter.agreed_egress_mb,
            excluded: vec![],
        };
        let before: Vec<_> = all
            .into_iter()
            .filter(|sample| sample.at_secs < meter.through_ts)
            .collect();
        let state = Running::default().advance(&basis, &before, meter.through_ts);
        state.unwrap().totals(&basis)
    }

    /// Panics where the chain has anything else than what was used.
    pub async fn assert_billed(&self, world: &World, bucket: &str, deals: &[u32]) {
        for deal in deals {
            let meter = world.meter(*deal).await;
            let billed = Totals {
                storage_mb_secs: meter.storage_mb_secs,
                egress_mb: meter.egress_mb,
            };
            assert_eq!(
                billed,
                self.expected(bucket, &meter),
                "deal {deal}: billed ≠ metered"
            );
        }
    }
}

/// Probes of a bucket every half hour, all answered.
pub fn all_up(bucket: &str, from_secs: u64, to_secs: u64) -> Vec<Probe> {
    let minutes = (from_secs..to_secs).step_by(1_800).chain([to_secs]);
    let probe = |at_secs: u64| Probe {
        bucket: bucket.to_owned(),
        node: "node".to_owned(),
        at_ms: at_secs * 1_000,
        up: true,
        latency_ms: 40,
    };
    minutes.map(probe).collect()
}

pub fn load(samples: Vec<Incoming>, probes: Vec<Probe>) -> Load {
    Load {
        samples,
        probes,
        ..Load::default()
    }
}
