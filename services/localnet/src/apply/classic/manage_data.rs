//! `ManageData`

use super::set_options::is_printable;
use crate::apply::{
    reserve::{self, Refusal},
    results::manage_data as done,
    Workplace,
};
use stellar_xdr::{
    AccountId, DataEntry, DataEntryExt, DataValue, LedgerEntryData, LedgerKey, LedgerKeyData,
    ManageDataOp, ManageDataResult as R, OperationResult,
};

/// What is wrong with the operation, whatever the ledger holds.
pub fn static_fault(op: &ManageDataOp) -> Option<OperationResult> {
    let name = op.data_name.as_slice();
    (name.is_empty() || !is_printable(name)).then(|| done(R::InvalidName))
}

/// Writes or removes one named value of the account.
pub fn apply(op: &ManageDataOp, source: &AccountId, at: &mut Workplace<'_, '_>) -> OperationResult {
    let key = LedgerKey::Data(LedgerKeyData {
        account_id: source.clone(),
        data_name: op.data_name.clone(),
    });
    let exists = at.scratch.get(&key).is_some();
    match &op.data_value {
        Some(value) => write(op, source, value, exists, at),
        None if !exists => done(R::NameNotFound),
        None => {
            reserve::remove(at.scratch, source, &key);
            done(R::Success)
        }
    }
}

fn write(
    op: &ManageDataOp,
    source: &AccountId,
    value: &DataValue,
    exists: bool,
    at: &mut Workplace<'_, '_>,
) -> OperationResult {
    let entry = DataEntry {
        account_id: source.clone(),
        data_name: op.data_name.clone(),
        data_value: value.clone(),
        ext: DataEntryExt::V0,
    };
    let data = LedgerEntryData::Data(entry);
    if exists {
        at.scratch.put(data, None);
        return done(R::Success);
    }
    match reserve::create(at, source, data) {
        Err(Refusal::TooManySubEntries) => OperationResult::OpTooManySubentries,
        Err(Refusal::TooManySponsoring) => OperationResult::OpTooManySponsoring,
        Err(Refusal::LowReserve) => done(R::LowReserve),
        Ok(()) => done(R::Success),
    }
}
