//! Questions of programs that run for long: they are measured, and asked again where the network does not answer.
//!
//! Metrics: `daemon_rpc_seconds` and `daemon_rpc_errors_total`, by method. Reads of contracts have the method `read`.

use crate::{Call, Client, Error, FromScVal};
use backon::{ExponentialBuilder, Retryable};
use jsonrpsee_core::{client::ClientT, params::ObjectParams};
use serde_json::Value;
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A counter that begins with its first fault has never risen, for who watches how it rises.
pub fn count_rpc_errors_from_zero(methods: &[&'static str]) {
    for method in methods {
        metrics::counter!("daemon_rpc_errors_total", "method" => *method).increment(0);
    }
}

fn count_error(method: &'static str) {
    metrics::counter!("daemon_rpc_errors_total", "method" => method).increment(1);
}

fn record(method: &'static str, begun: Instant) {
    let histogram = metrics::histogram!("daemon_rpc_seconds", "method" => method);
    histogram.record(begun.elapsed().as_secs_f64());
}

impl Client {
    /// Refuses the network of another passphrase. Once it is known to be the right one, nothing is asked.
    ///
    /// # Errors
    /// [`Error::WrongNetwork`], and where no network answers.
    pub async fn check_network(&self) -> Result<(), Error> {
        let check = || async {
            let network = self.rpc.get_network().await;
            let answered = network
                .map_err(crate::client::rpc_error("getNetwork"))?
                .passphrase;
            let expected = self.passphrase();
            if answered == expected {
                return Ok(());
            }
            Err(Error::WrongNetwork {
                answered,
                expected: expected.to_owned(),
            })
        };
        self.network_checked.get_or_try_init(check).await.copied()
    }

    /// Asks a contract, `attempts` times at most. What a contract refuses stays refused.
    ///
    /// # Errors
    /// Where it refuses, or the network does not answer as it should.
    pub async fn read_again<T: FromScVal>(
        &self,
        call: &Call<T>,
        attempts: usize,
    ) -> Result<T, Error> {
        let begun = Instant::now();
        let pauses = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(attempts.saturating_sub(1));
        let ask = || self.read(call);
        let asked = ask.retry(pauses).when(Error::is_unclear);
        let answer = asked.notify(|_, _| count_error("read")).await;
        record("read", begun);
        answer
    }

    /// A method of the RPC server, with its answer as it is.
    ///
    /// # Errors
    /// Where the server does not answer, or refuses.
    pub async fn ask(&self, method: &'static str, params: ObjectParams) -> Result<Value, Error> {
        let begun = Instant::now();
        let answer = self.rpc.client().request(method, params).await;
        record(method, begun);
        answer.map_err(|error| {
            count_error(method);
            crate::client::rpc_error(method)(error.into())
        })
    }
}

impl Error {
    /// Whether the network did not answer, or not as it should: nobody knows then, and asking again may help.
    pub fn is_unclear(&self) -> bool {
        matches!(self, Self::Rpc { .. } | Self::Value(_) | Self::Xdr(_))
    }
}
