//! What a signature covers: the arguments of the call. For a batch of reports it covers the list of
//! books and a digest of the reports instead, in the layout documented at `OracleCommands::report`.

use flash_interfaces::deals::BookReports;
use soroban_sdk::{Bytes, Env, IntoVal, TryFromVal, Val, Vec};

/// The arguments that a signature for this command covers.
pub fn signed_args(env: &Env, command: &str, args: &Vec<Val>) -> Vec<Val> {
    if !matches!(command, "report" | "report_and_settle") {
        return args.clone();
    }
    let books = args.first().expect("the books");
    let books = Vec::<BookReports>::try_from_val(env, &books).expect("books");
    let mut names = Vec::new(env);
    let mut packed = std::vec::Vec::new();
    for book in books.iter() {
        names.push_back((book.provider, book.asset, book.page, book.reports.len()));
        for (deal_id, storage_mb_secs, egress_mb, latency_ms, uptime_bps, through_ts) in
            book.reports.iter()
        {
            packed.extend(deal_id.to_le_bytes());
            packed.extend(storage_mb_secs.to_le_bytes());
            packed.extend(egress_mb.to_le_bytes());
            packed.extend(latency_ms.to_le_bytes());
            packed.extend(uptime_bps.to_le_bytes());
            packed.extend(through_ts.to_le_bytes());
        }
    }
    let packed = Bytes::from_slice(env, &packed);
    (names, env.crypto().sha256(&packed).to_bytes()).into_val(env)
}
