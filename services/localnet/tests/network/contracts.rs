//! Contracts: upload, deploy, call.

use crate::setup::Stage;
use flash_localnet_testkit::symbol;
use stellar_xdr::ScVal;

#[test]
fn a_contract_keeps_what_it_is_told() {
    let stage = Stage::new();
    stage.call("put", vec![symbol("a"), ScVal::U32(42)]);
    assert_eq!(stage.call("get", vec![symbol("a")]), ScVal::U32(42));
}
