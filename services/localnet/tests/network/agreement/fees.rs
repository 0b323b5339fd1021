//! What a call was charged, computed once more from what it declared and from the ledger before and
//! after it.

use flash_client::Applied;
use flash_localnet::{settings::measuring_budget, state::View};
use soroban_env_host::{
    e2e_invoke::entry_size_for_rent,
    fees::{
        compute_rent_fee, compute_transaction_resource_fee, LedgerEntryRentChange,
        TransactionResources,
    },
};
use stellar_xdr::{
    LedgerEntryData, LedgerKey, Limits, OperationBody, SorobanTransactionData,
    SorobanTransactionDataExt, TransactionEnvelope, TransactionExt, TransactionMeta, WriteXdr,
};

/// The lowest inclusion fee, which the tests bid.
const INCLUSION: i64 = 100;

/// Checks what was charged to the stroop. The view `before` is the ledger's just before the call's.
pub fn check(before: &View, after: &View, envelope: &TransactionEnvelope, applied: &Applied) {
    let TransactionEnvelope::Tx(signed) = envelope else {
        panic!("no plain transaction")
    };
    let TransactionExt::V1(data) = &signed.tx.ext else {
        panic!("no resources")
    };
    let (fees, rent_fees) = after.network.settings.fees();
    let size = envelope.to_xdr(Limits::none()).unwrap().len();
    let mut resources = resources(data, size, output_bytes(applied));
    if matches!(
        signed.tx.operations[0].body,
        OperationBody::RestoreFootprint(_)
    ) {
        // Everything that is to be restored is read from disk.
        resources.disk_read_entries = resources.write_entries;
    }
    let (fixed, events) = compute_transaction_resource_fee(&resources, &fees);
    let rent_changes: Vec<_> = touched(data)
        .filter_map(|key| rent_change(before, after, key))
        .collect();
    let rent = compute_rent_fee(&rent_changes, &rent_fees, applied.ledger);
    assert_eq!(
        applied.result.fee_charged,
        INCLUSION + fixed + events + rent,
        "{fixed} fixed, {events} for events, {rent} of rent for {:?}",
        signed.tx.operations
    );
    let declared = INCLUSION + data.resource_fee;
    assert!(
        applied.result.fee_charged <= declared,
        "more than was agreed to"
    );
}

fn touched(data: &SorobanTransactionData) -> impl Iterator<Item = &LedgerKey> {
    let footprint = &data.resources.footprint;
    footprint
        .read_only
        .iter()
        .chain(footprint.read_write.iter())
}

fn has_ttl(key: &LedgerKey) -> bool {
    matches!(key, LedgerKey::ContractData(_) | LedgerKey::ContractCode(_))
}

fn resources(data: &SorobanTransactionData, size: usize, output: usize) -> TransactionResources {
    // Accounts and trust lines are read from disk, and what comes back from the archive.
    let classic = touched(data).filter(|key| !has_ttl(key)).count();
    let restored = match &data.ext {
        SorobanTransactionDataExt::V1(ext) => ext.archived_soroban_entries.len(),
        SorobanTransactionDataExt::V0 => 0,
    };
    let count = |number: usize| u32::try_from(number).unwrap();
    TransactionResources {
        instructions: data.resources.instructions,
        disk_read_entries: count(classic + restored),
        write_entries: count(data.resources.footprint.read_write.len()),
        disk_read_bytes: data.resources.disk_read_bytes,
        write_bytes: data.resources.write_bytes,
        contract_events_size_bytes: count(output),
        transaction_size_bytes: count(size),
    }
}

/// The events and the answer of a call.
fn output_bytes(applied: &Applied) -> usize {
    let TransactionMeta::V4(meta) = &applied.meta else {
        panic!("an old meta")
    };
    let soroban = meta.soroban_meta.as_ref().unwrap();
    let Some(answer) = &soroban.return_value else {
        return 0;
    };
    let size = |bytes: Vec<u8>| bytes.len();
    let events = meta.operations.iter().flat_map(|op| op.events.iter());
    let events: usize = events
        .map(|event| size(event.to_xdr(Limits::none()).unwrap()))
        .sum();
    events + size(answer.to_xdr(Limits::none()).unwrap())
}

fn rent_change(before: &View, after: &View, key: &LedgerKey) -> Option<LedgerEntryRentChange> {
    let live = |view: &View, at: u32| {
        let entry = view.entries.get(key)?.clone();
        let until = entry.live_until()?;
        let bytes = u32::try_from(entry.entry.to_xdr(Limits::none()).unwrap().len()).unwrap();
        let size = match entry.entry.data {
            LedgerEntryData::ContractCode(_) => {
                entry_size_for_rent(&measuring_budget().unwrap(), &entry.entry, bytes).unwrap()
            }
            _ => bytes,
        };
        (until >= at).then_some((size, until))
    };
    let (new_size_bytes, new_live_until_ledger) = live(after, after.sequence())?;
    // What is archived is paid for as if it were new.
    let (old_size_bytes, old_live_until_ledger) =
        live(before, after.sequence()).unwrap_or_default();
    let has_changed =
        new_size_bytes != old_size_bytes || new_live_until_ledger != old_live_until_ledger;
    has_changed.then_some(LedgerEntryRentChange {
        is_persistent: !flash_localnet::state::is_temporary(key),
        is_code_entry: matches!(key, LedgerKey::ContractCode(_)),
        old_size_bytes,
        new_size_bytes,
        old_live_until_ledger,
        new_live_until_ledger,
    })
}
