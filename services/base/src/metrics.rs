//! Measurements, in the text format of Prometheus. What all daemons have is named `daemon_*`.

use anyhow::Result;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

const UPKEEP: Duration = Duration::from_secs(5);

/// A handle.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Measurements of this process come here from now on.
    ///
    /// # Errors
    /// Where they go somewhere already.
    pub fn install() -> Result<Self> {
        let metrics = Self(PrometheusBuilder::new().install_recorder()?);
        for counter in [
            "daemon_lease_voided_total",
            "daemon_forwarded_ignored_total",
        ] {
            ::metrics::counter!(counter).increment(0);
        }
        for reason in ["all", "address"] {
            ::metrics::counter!("daemon_connections_refused_total", "reason" => reason)
                .increment(0);
        }
        Ok(metrics)
    }

    /// For tests: nothing comes here.
    pub fn detached() -> Self {
        Self(PrometheusBuilder::new().build_recorder().handle())
    }

    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Sums up histograms every few seconds. Until then they keep each value, and where nobody scrapes
    /// they would grow without end.
    pub async fn upkeep(self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.0.run_upkeep();
        }
    }
}
