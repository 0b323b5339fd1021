//! The tests generated from the table: each command without a signature, with every wrong one, with
//! one for other arguments, with only the token's, and with the right one.

use flash_integration_tests::{Person, World};
use soroban_sdk::Error;

use crate::{
    attempt::{
        address, attempt, attempt_as_contract, attempt_with_transfer_only, expected_tree, Call,
    },
    table::{table, Row, Signer},
};

/// Builds a world in which the row's command succeeds.
fn staged(row: &Row) -> Option<(World, Call)> {
    let scene = row.scene?;
    let world = World::builder().build();
    world.expect_broken();
    let call = scene(&world, row.contract)?;
    Some((world, call))
}

fn signed_rows() -> Vec<Row> {
    let signs = |row: &Row| !matches!(row.signer, Signer::Query | Signer::Anyone);
    table()
        .into_iter()
        .filter(|row| signs(row) && row.scene.is_some())
        .collect()
}

/// Fails unless the call was refused because a signature is missing, and changed nothing.
fn refused(world: &World, row: &Row, how: &str, act: impl FnOnce() -> Result<(), Error>) {
    let before = world.ledger_entries();
    let answer = act();
    world.env.set_auths(&[]);
    let name = format!("{}.{} {how}", row.contract, row.function);
    let Err(error) = answer else {
        panic!("{name} was accepted")
    };
    let own_refusal = error.is_type(soroban_sdk::xdr::ScErrorType::Contract);
    assert!(
        !own_refusal,
        "{name}: {error:?} is no refusal of the signature"
    );
    assert!(
        before == world.ledger_entries(),
        "{name} left the ledger changed"
    );
}

fn everybody(world: &World) -> Vec<Person> {
    [
        &world.owner,
        &world.oracle,
        &world.ada,
        &world.bert,
        &world.carol,
        &world.dan,
        &world.mallory,
    ]
    .map(Clone::clone)
    .to_vec()
}

#[test]
fn nothing_works_without_a_signature() {
    for row in signed_rows() {
        let Some((world, call)) = staged(&row) else {
            continue;
        };
        refused(&world, &row, "unsigned", || {
            attempt(&world, row.contract, row.function, &call, None)
        });
    }
}

#[test]
fn nothing_works_with_anybody_elses_signature() {
    for row in signed_rows() {
        let Some((world, call)) = staged(&row) else {
            continue;
        };
        for person in everybody(&world) {
            let right = call
                .signer
                .as_ref()
                .is_some_and(|signer| signer.address == person.address);
            if right {
                continue;
            }
            refused(&world, &row, &format!("signed by {}", person.name), || {
                let signature = Some((&person, &call.args));
                attempt(&world, row.contract, row.function, &call, signature)
            });
        }
    }
}

#[test]
fn a_signature_for_other_arguments_is_refused() {
    for row in signed_rows() {
        let Some((world, call)) = staged(&row) else {
            continue;
        };
        let Some(signer) = &call.signer else { continue };
        if call.args.is_empty() {
            continue;
        }
        assert_ne!(
            call.args, call.other_args,
            "{}.{}",
            row.contract, row.function
        );
        refused(&world, &row, "signed for other arguments", || {
            let signature = Some((signer, &call.other_args));
            attempt(&world, row.contract, row.function, &call, signature)
        });
    }
}

#[test]
fn a_signature_for_the_transfer_alone_is_refused() {
    let mut pulling = 0;
    for row in signed_rows() {
        let Some((world, call)) = staged(&row) else {
            continue;
        };
        if call.pulled == 0 || row.signer == Signer::Deals {
            continue;
        }
        pulling += 1;
        refused(&world, &row, "signed at the token only", || {
            attempt_with_transfer_only(&world, row.contract, row.function, &call)
        });
    }
    assert_eq!(pulling, 3, "fund, deposit and sponsor pull money");
}

#[test]
fn the_right_signature_is_enough_and_no_other_is_needed() {
    for row in table().iter().filter(|row| row.signer != Signer::Deals) {
        let Some((world, call)) = staged(row) else {
            continue;
        };
        let signature = call.signer.as_ref().map(|signer| (signer, &call.args));
        let answer = attempt(&world, row.contract, row.function, &call, signature);
        let asked_for = world.env.auths();
        let name = format!("{}.{}", row.contract, row.function);
        match call.refused_with {
            None => {
                answer.unwrap_or_else(|error| panic!("{name}: {error:?}"));
                let tree = expected_tree(&world, row.contract, row.function, &call);
                assert_eq!(asked_for, tree, "{name}");
            }
            Some(code) => assert_eq!(answer, Err(Error::from_contract_error(code)), "{name}"),
        }
    }
}

#[test]
fn commands_for_deals_need_only_the_payers_signature_when_deals_calls() {
    let mut pulling = 0;
    for row in table().iter().filter(|row| row.signer == Signer::Deals) {
        let (world, call) = staged(row).expect("a scene");
        let deals = world.at.deals.clone();
        // With exactly the payer's signature, or without one: a call that needs more would fail.
        attempt_as_contract(&world, &deals, row.contract, row.function, &call)
            .unwrap_or_else(|error| panic!("{}.{}: {error:?}", row.contract, row.function));
        pulling += usize::from(call.pulled > 0);
    }
    assert_eq!(pulling, 2, "open and deposit pull money");
}

#[test]
fn commands_for_deals_refuse_other_contracts() {
    for row in table().iter().filter(|row| row.signer == Signer::Deals) {
        let (world, call) = staged(row).expect("a scene");
        let (at, asset) = (&world.at, world.asset.address());
        for caller in [
            &at.registry,
            &at.escrow,
            &at.reputation,
            &at.mandates,
            &asset,
        ]
        .map(Clone::clone)
        {
            if caller == address(&world, row.contract) {
                continue;
            }
            refused(&world, row, "called by another contract", || {
                attempt_as_contract(&world, &caller, row.contract, row.function, &call)
            });
        }
    }
}
