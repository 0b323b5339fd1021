//! Plain requests beside the RPC server's: friendbot, and sources of telemetry.

use std::time::Duration;
use ureq::{
    tls::{RootCerts, TlsConfig},
    Agent,
};

/// Trusts the authorities that this machine trusts, or those in the file that `SSL_CERT_FILE` names. The RPC client
/// does the same.
pub fn https_agent(time_out: Duration) -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    let config = Agent::config_builder().tls_config(tls.build());
    config.timeout_global(Some(time_out)).build().into()
}
