//! One transaction, metered as validators meter it: simulated to find footprint and signatures,
//! then applied through the host's entry point on exactly these entries.

use std::rc::Rc;

use soroban_env_host::{
    budget::Budget,
    e2e_invoke::{
        entry_size_for_rent, extract_rent_changes, invoke_host_function,
        invoke_host_function_in_recording_mode, InvokeHostFunctionResult, LedgerEntryChange,
        RecordingInvocationAuthMode, TtlLedgerEntryMeta,
    },
    fees::{
        compute_rent_fee, compute_transaction_resource_fee, LedgerEntryRentChange,
        TransactionResources,
    },
    xdr::{
        AccountId, DecoratedSignature, HostFunction, InvokeHostFunctionOp, LedgerEntry, LedgerKey,
        Limits, Memo, MuxedAccount, Operation, OperationBody, Preconditions, PublicKey, ReadXdr,
        ScVal, SequenceNumber, Signature, SignatureHint, SorobanAuthorizationEntry,
        SorobanResources, SorobanTransactionData, SorobanTransactionDataExt, TimeBounds, TimePoint,
        Transaction, TransactionEnvelope, TransactionExt, TransactionV1Envelope, VecM, WriteXdr,
    },
    TraceHook,
};

use super::{
    ledger::{Ledger, PRNG_SEED},
    network,
};

/// The resources of one transaction, and its fees.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    pub instructions: u64,
    /// The part of the call itself, without decoding the transaction and its entries and encoding
    /// the changes.
    pub call_instructions: u64,
    pub mem_bytes: u64,
    /// All entries of the footprint.
    pub read_entries: u64,
    /// Classic entries only, because contract data is in memory.
    pub disk_read_entries: u64,
    pub disk_read_bytes: u64,
    pub write_entries: u64,
    pub write_bytes: u64,
    /// Events and the return value.
    pub events_bytes: u64,
    /// The envelope with one signature.
    pub tx_bytes: u64,
    /// Without rent.
    pub resource_fee_stroops: u64,
    pub rent_fee_stroops: u64,
    /// The part of the rent for contract code, which is due once in a while, for everybody.
    pub code_rent_fee_stroops: u64,
}

impl Usage {
    /// The transaction limits that it exceeds.
    pub fn exceeded(&self) -> Vec<&'static str> {
        [
            (
                "instructions",
                self.instructions,
                network::TX_MAX_INSTRUCTIONS,
            ),
            ("memory", self.mem_bytes, network::TX_MAX_MEM_BYTES),
            (
                "footprint",
                self.read_entries,
                network::TX_MAX_FOOTPRINT_ENTRIES,
            ),
            (
                "disk reads",
                self.disk_read_entries,
                network::TX_MAX_DISK_READ_ENTRIES,
            ),
            (
                "disk read bytes",
                self.disk_read_bytes,
                network::TX_MAX_DISK_READ_BYTES,
            ),
            (
                "written entries",
                self.write_entries,
                network::TX_MAX_WRITE_ENTRIES,
            ),
            (
                "written bytes",
                self.write_bytes,
                network::TX_MAX_WRITE_BYTES,
            ),
            (
                "events and result",
                self.events_bytes,
                network::TX_MAX_EVENTS_BYTES,
            ),
            ("size", self.tx_bytes, network::TX_MAX_SIZE_BYTES),
        ]
        .into_iter()
        .filter(|(_, used, most)| used > most)
        .map(|(name, _, _)| name)
        .collect()
    }
}

/// A transaction that was applied.
pub struct Applied {
    pub usage: Usage,
    pub answer: ScVal,
    /// Where the instructions went.
    pub budget: Budget,
}

/// The result of a simulation: the entries that the transaction may touch, and what to sign.
#[derive(Clone)]
pub struct Simulated {
    pub resources: SorobanResources,
    pub auth: Vec<SorobanAuthorizationEntry>,
}

/// Simulates a transaction and applies it at once. The source signs.
pub fn apply(
    ledger: &mut Ledger,
    source: &AccountId,
    call: &HostFunction,
    trace: Option<TraceHook>,
) -> Result<Applied, String> {
    let simulated = simulate(ledger, source, call)?;
    apply_as_simulated(ledger, source, call, simulated, trace)
}

/// Applies a transaction that was simulated earlier, perhaps on another ledger, and writes its
/// changes back. It may only touch the entries of that simulation.
pub fn apply_as_simulated(
    ledger: &mut Ledger,
    source: &AccountId,
    call: &HostFunction,
    simulated: Simulated,
    trace: Option<TraceHook>,
) -> Result<Applied, String> {
    let Simulated {
        mut resources,
        auth,
    } = simulated;
    let budget = Budget::default();
    // The caller checks instructions against the limit, so that exceeding it shows up as a figure.
    budget
        .reset_limits(
            10 * network::TX_MAX_INSTRUCTIONS,
            10 * network::TX_MAX_MEM_BYTES,
        )
        .map_err(describe)?;
    let result = invoke(ledger, source, call, &resources, &auth, &budget, trace)?;
    let answer = result.encoded_invoke_result.map_err(describe)?;

    let mut usage = Usage {
        call_instructions: ledger
            .instructions_of_call(source, call.clone(), auth.clone())
            .map_err(describe)?,
        instructions: budget.get_cpu_insns_consumed().map_err(describe)?,
        mem_bytes: budget.get_mem_bytes_consumed().map_err(describe)?,
        ..entries_used(ledger, &resources, &result.ledger_changes)
    };
    let events = result.encoded_contract_events.iter().map(Vec::len);
    usage.events_bytes = events.sum::<usize>() as u64 + answer.len() as u64;
    check_declared(&resources, &usage)?;
    resources.instructions = fit(usage.instructions);
    resources.disk_read_bytes = fit(usage.disk_read_bytes);
    resources.write_bytes = fit(usage.write_bytes);
    usage.tx_bytes = encode(&envelope(source, call, resources, auth)).len() as u64;
    usage.resource_fee_stroops = resource_fee(&usage);
    let mut changes = extract_rent_changes(&result.ledger_changes);
    usage.rent_fee_stroops = rent_fee(ledger, &changes);
    changes.retain(|change| change.is_code_entry);
    usage.code_rent_fee_stroops = rent_fee(ledger, &changes);
    write_back(ledger, &result.ledger_changes);
    Ok(Applied {
        usage,
        answer: decode(&answer),
        budget,
    })
}

/// Whether the transaction keeps to the resources that its simulation declared.
fn check_declared(declared: &SorobanResources, used: &Usage) -> Result<(), String> {
    let instructions = u64::from(declared.instructions);
    let instructions = instructions + instructions * network::SPARE_PERCENT / 100;
    let limits = [
        (
            "instructions",
            used.instructions,
            instructions + network::SPARE_INSTRUCTIONS,
        ),
        (
            "disk read bytes",
            used.disk_read_bytes,
            declared.disk_read_bytes.into(),
        ),
        (
            "written bytes",
            used.write_bytes,
            declared.write_bytes.into(),
        ),
    ];
    match limits.into_iter().find(|(_, used, most)| used > most) {
        Some((name, used, most)) => Err(format!("{used} {name} used, {most} declared")),
        None => Ok(()),
    }
}

/// Extends the code of all contracts by this many ledgers, as the operator does from time to time;
/// returns the rent.
pub fn extend_code(ledger: &Ledger, ledgers: u32) -> u64 {
    let mut changes = Vec::new();
    for (key, (entry, live_until)) in ledger.code() {
        let old_live_until_ledger = live_until.expect("code has a TTL");
        let new_live_until_ledger = old_live_until_ledger + ledgers;
        let size = size_for_rent(&entry, encode(entry.as_ref()).len());
        changes.push(LedgerEntryRentChange {
            is_persistent: true,
            is_code_entry: true,
            old_size_bytes: size,
            new_size_bytes: size,
            old_live_until_ledger,
            new_live_until_ledger,
        });
        ledger.put(key, Some((entry, Some(new_live_until_ledger))));
    }
    rent_fee(ledger, &changes)
}

/// Footprint and signatures.
pub fn simulate(
    ledger: &Ledger,
    source: &AccountId,
    call: &HostFunction,
) -> Result<Simulated, String> {
    let budget = Budget::default();
    budget.reset_unlimited().map_err(describe)?;
    let simulated = invoke_host_function_in_recording_mode(
        &budget,
        false,
        call,
        source,
        RecordingInvocationAuthMode::recording(true, false),
        ledger.info.clone(),
        ledger.entries.clone(),
        PRNG_SEED,
        &mut Vec::new(),
    )
    .map_err(describe)?;
    simulated.invoke_result.map_err(describe)?;
    Ok(Simulated {
        resources: simulated.resources,
        auth: simulated.auth,
    })
}

fn invoke(
    ledger: &Ledger,
    source: &AccountId,
    call: &HostFunction,
    resources: &SorobanResources,
    auth: &[SorobanAuthorizationEntry],
    budget: &Budget,
    trace: Option<TraceHook>,
) -> Result<InvokeHostFunctionResult, String> {
    let entries: Vec<_> = footprint(resources)
        .map(|key| stored(ledger, key))
        .collect();
    let auth: Vec<Vec<u8>> = auth.iter().map(encode).collect();
    invoke_host_function(
        budget,
        false,
        encode(call),
        encode(resources),
        &[],
        encode(source),
        auth.into_iter(),
        ledger.info.clone(),
        entries.into_iter(),
        PRNG_SEED.to_vec(),
        &mut Vec::new(),
        trace,
        Some(ledger.modules.clone()),
    )
    .map_err(describe)
}

/// An entry as validators pass it to the host.
fn stored(ledger: &Ledger, key: &LedgerKey) -> (Option<Vec<u8>>, Option<TtlLedgerEntryMeta>) {
    let Some((entry, live_until)) = ledger.get(key) else {
        return (None, None);
    };
    let encoded = encode(entry.as_ref());
    let ttl = live_until.map(|live_until_ledger| TtlLedgerEntryMeta {
        live_until_ledger,
        entry_size_for_rent: size_for_rent(&entry, encoded.len()),
    });
    (Some(encoded), ttl)
}

fn size_for_rent(entry: &LedgerEntry, bytes: usize) -> u32 {
    entry_size_for_rent(&Budget::default(), entry, fit(bytes as u64)).expect("a size")
}

/// Read-only keys first, as the host expects them.
fn footprint(resources: &SorobanResources) -> impl Iterator<Item = &LedgerKey> {
    let footprint = &resources.footprint;
    footprint
        .read_only
        .iter()
        .chain(footprint.read_write.iter())
}

fn entries_used(
    ledger: &Ledger,
    resources: &SorobanResources,
    changes: &[LedgerEntryChange],
) -> Usage {
    let is_classic =
        |key: &&LedgerKey| !matches!(key, LedgerKey::ContractData(_) | LedgerKey::ContractCode(_));
    let classic: Vec<_> = footprint(resources).filter(is_classic).collect();
    let bytes = |key: &LedgerKey| stored(ledger, key).0.map_or(0, |entry| entry.len());
    let written = changes
        .iter()
        .filter_map(|change| change.encoded_new_value.as_ref());
    Usage {
        read_entries: footprint(resources).count() as u64,
        disk_read_entries: classic.len() as u64,
        disk_read_bytes: classic.into_iter().map(bytes).sum::<usize>() as u64,
        write_entries: resources.footprint.read_write.len() as u64,
        write_bytes: written.map(Vec::len).sum::<usize>() as u64,
        ..Usage::default()
    }
}

fn rent_fee(ledger: &Ledger, changes: &[LedgerEntryRentChange]) -> u64 {
    let now = ledger.info.sequence_number;
    let rent = compute_rent_fee(changes, &network::rent_configuration(), now);
    u64::try_from(rent).expect("a fee")
}

fn resource_fee(usage: &Usage) -> u64 {
    let resources = TransactionResources {
        instructions: fit(usage.instructions),
        disk_read_entries: fit(usage.disk_read_entries),
        write_entries: fit(usage.write_entries),
        disk_read_bytes: fit(usage.disk_read_bytes),
        write_bytes: fit(usage.write_bytes),
        contract_events_size_bytes: fit(usage.events_bytes),
        transaction_size_bytes: fit(usage.tx_bytes),
    };
    let (non_refundable, refundable) =
        compute_transaction_resource_fee(&resources, &network::fee_configuration());
    u64::try_from(non_refundable + refundable).expect("a fee")
}

/// The envelope that a client would send: one operation, the usual time bounds, one signature.
fn envelope(
    source: &AccountId,
    call: &HostFunction,
    resources: SorobanResources,
    auth: Vec<SorobanAuthorizationEntry>,
) -> TransactionEnvelope {
    let PublicKey::PublicKeyTypeEd25519(key) = &source.0;
    let operation = Operation {
        source_account: None,
        body: OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
            host_function: call.clone(),
            auth: list(auth),
        }),
    };
    let time_bounds = TimeBounds {
        min_time: TimePoint(0),
        max_time: TimePoint(0),
    };
    let signature = DecoratedSignature {
        hint: SignatureHint([0; 4]),
        signature: Signature(vec![0; 64].try_into().expect("64 bytes")),
    };
    TransactionEnvelope::Tx(TransactionV1Envelope {
        tx: Transaction {
            source_account: MuxedAccount::Ed25519(key.clone()),
            fee: 0,
            seq_num: SequenceNumber(0),
            cond: Preconditions::Time(time_bounds),
            memo: Memo::None,
            operations: list(vec![operation]),
            ext: TransactionExt::V1(SorobanTransactionData {
                ext: SorobanTransactionDataExt::V0,
                resources,
                resource_fee: 0,
            }),
        },
        signatures: list(vec![signature]),
    })
}

fn write_back(ledger: &Ledger, changes: &[LedgerEntryChange]) {
    for change in changes {
        let key = Rc::new(decode::<LedgerKey>(&change.encoded_key));
        let live_until = change
            .ttl_change
            .as_ref()
            .map(|ttl| ttl.new_live_until_ledger);
        let entry = if change.read_only {
            ledger.get(&key).map(|(entry, _)| entry)
        } else {
            change
                .encoded_new_value
                .as_ref()
                .map(|bytes| Rc::new(decode(bytes)))
        };
        ledger.put(key, entry.map(|entry| (entry, live_until)));
    }
}

fn list<T, const MAX: u32>(items: Vec<T>) -> VecM<T, MAX> {
    items.try_into().expect("a list that fits")
}

fn encode(value: &impl WriteXdr) -> Vec<u8> {
    value.to_xdr(Limits::none()).expect("XDR")
}

fn decode<T: ReadXdr>(bytes: &[u8]) -> T {
    T::from_xdr(bytes, Limits::none()).expect("XDR")
}

fn fit(value: u64) -> u32 {
    u32::try_from(value).expect("a resource that fits")
}

fn describe(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
