//! `ManageData`

use super::{
    reserve::{add_entry, remove_entry, Refusal},
    set_options::is_printable,
};
use crate::{
    apply::{results::manage_data as done, Workplace},
    tx::account,
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
            let Some(mut owner) = account::load(at.scratch, source) else {
                return OperationResult::OpNoAccount;
            };
            remove_entry(&mut owner);
            account::store(at.scratch, owner);
            at.scratch.remove(&key);
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
    if !exists {
        let Some(mut owner) = account::load(at.scratch, source) else {
            return OperationResult::OpNoAccount;
        };
        match add_entry(&mut owner) {
            Err(Refusal::TooMany) => return OperationResult::OpTooManySubentries,
            Err(Refusal::LowReserve) => return done(R::LowReserve),
            Ok(()) => account::store(at.scratch, owner),
        }
    }
    let entry = DataEntry {
        account_id: source.clone(),
        data_name: op.data_name.clone(),
        data_value: value.clone(),
        ext: DataEntryExt::V0,
    };
    at.scratch.put(LedgerEntryData::Data(entry), None);
    done(R::Success)
}
