//! Compares what the replay did with what the validator did, part by part.

use super::scenario::{bytes, decode, Applied};
use flash_localnet::state::AppliedTransaction;
use stellar_xdr::{
    LedgerEntryChange, LedgerEntryChanges, Limits, OperationMetaV2, ReadXdr, TransactionMeta,
    TransactionMetaV4, TransactionResult, WriteXdr,
};

/// A part of what is told about a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The status that the sender was answered, or the result of a rejection.
    Answer,
    /// In which ledger it was applied, if at all.
    Ledger,
    Result,
    /// The changes of taking the fee.
    Fee,
    /// The changes before the operations.
    Before,
    /// The changes of the operations.
    Operations,
    Events,
    /// Resource fees and the returned value.
    Soroban,
    Diagnostics,
    /// The changes of paying back what was not used of the fee.
    Refund,
}

/// What differs between the two, with both values as text.
pub fn differences(expected: &Applied, got: &AppliedTransaction) -> Vec<(Part, String)> {
    let mut found = Vec::new();
    let mut note = |part, expected: String, got: String| {
        if expected != got {
            found.push((part, format!("expected {expected}\n     got {got}")));
        }
    };
    if bytes(&expected.result) != got.result {
        let wanted: TransactionResult = decode(&expected.result);
        let result = TransactionResult::from_xdr(&got.result, Limits::none()).unwrap();
        note(Part::Result, format!("{wanted:?}"), format!("{result:?}"));
    }
    let wanted = changes(&decode(&expected.fee));
    note(Part::Fee, wanted, changes(&xdr(&got.fee_changes)));
    let wanted = changes(&decode(&expected.post));
    note(Part::Refund, wanted, changes(&xdr(&got.refund_changes)));
    let (wanted, meta) = (v4(decode(&expected.meta)), v4(xdr(&got.meta)));
    for part in [
        Part::Before,
        Part::Operations,
        Part::Events,
        Part::Soroban,
        Part::Diagnostics,
    ] {
        // The largest scenarios were recorded without diagnostic events.
        if part == Part::Diagnostics && wanted.diagnostic_events.is_empty() {
            continue;
        }
        note(part, text(part, &wanted), text(part, &meta));
    }
    found
}

fn xdr<T: ReadXdr>(bytes: &[u8]) -> T {
    T::from_xdr(bytes, Limits::none()).unwrap()
}

fn v4(meta: TransactionMeta) -> TransactionMetaV4 {
    match meta {
        TransactionMeta::V4(meta) => meta,
        other => panic!("an old meta: {other:?}"),
    }
}

fn text(part: Part, meta: &TransactionMetaV4) -> String {
    match part {
        Part::Before => changes(&meta.tx_changes_before),
        Part::Operations => {
            let of_one = |op: &OperationMetaV2| changes(&op.changes);
            meta.operations
                .iter()
                .map(of_one)
                .collect::<Vec<_>>()
                .join("\n  --\n")
        }
        Part::Events => {
            let of_operations: Vec<_> = meta.operations.iter().map(|op| &op.events).collect();
            format!("{:?} {of_operations:?}", meta.events)
        }
        Part::Soroban => format!("{:?}", meta.soroban_meta),
        Part::Diagnostics => {
            let lines = meta
                .diagnostic_events
                .iter()
                .map(|event| format!("{event:?}\n"));
            lines.collect()
        }
        other => panic!("{other:?} is not of the meta"),
    }
}

/// Changes as a text that does not depend on their order, except that a state and what became of it
/// stay together: validators write them in the order of a hash map.
fn changes(changes: &LedgerEntryChanges) -> String {
    let mut groups: Vec<Vec<u8>> = Vec::new();
    let mut lines: Vec<(Vec<u8>, String)> = Vec::new();
    for change in changes.0.iter() {
        let encoded = change.to_xdr(Limits::none()).unwrap();
        let ends_pair = matches!(
            change,
            LedgerEntryChange::Updated(_) | LedgerEntryChange::Removed(_)
        );
        match lines.last_mut() {
            Some((group, line)) if ends_pair => {
                group.extend(encoded);
                line.push_str(&format!(" -> {change:?}"));
            }
            _ => lines.push((encoded, format!("{change:?}"))),
        }
    }
    lines.sort();
    groups.clear();
    lines
        .iter()
        .map(|(_, line)| format!("\n  {line}"))
        .collect()
}
