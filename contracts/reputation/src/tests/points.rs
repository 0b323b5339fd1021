//! The points table: defaults, bounds, and that a new one is used.

extern crate std;

use flash_interfaces::reputation::{Outcome, Points, PointsChanged, ReputationError};
use flash_money::units::ONE_USD;
use soroban_sdk::{testutils::Events as _, Event};

use super::World;

fn defaults() -> Points {
    Points {
        provider_clean: 2,
        provider_unmeasured: 1,
        provider_minor_credit: 0,
        provider_major_credit: -2,
        provider_notice: -3,
        provider_breach: -10,
        consumer_completed: 1,
        consumer_breach: -10,
        min_volume: 100_000_000,
    }
}

fn set(world: &World, points: &Points) -> Result<(), ReputationError> {
    world.sign(&world.owner, "set_points", (points.clone(),));
    match world.contract.try_set_points(points) {
        Ok(_) => Ok(()),
        Err(Ok(error)) => Err(error),
        Err(Err(error)) => panic!("not an error of the contract: {error:?}"),
    }
}

type Field = fn(&mut Points) -> &mut i32;

/// Each value of the table, with the sign that it may have.
fn fields() -> [(bool, Field); 8] {
    [
        (true, |table| &mut table.provider_clean),
        (true, |table| &mut table.provider_unmeasured),
        (false, |table| &mut table.provider_minor_credit),
        (false, |table| &mut table.provider_major_credit),
        (false, |table| &mut table.provider_notice),
        (false, |table| &mut table.provider_breach),
        (true, |table| &mut table.consumer_completed),
        (false, |table| &mut table.consumer_breach),
    ]
}

#[test]
fn the_table_starts_with_its_defaults() {
    assert_eq!(World::new().contract.get_points(), defaults());
}

#[test]
fn every_value_is_bounded_on_both_sides() {
    let world = World::new();
    for (gain, field) in fields() {
        let (low, high) = if gain { (0, 25) } else { (-25, 0) };
        for value in [low, high] {
            let mut table = defaults();
            *field(&mut table) = value;
            assert_eq!(set(&world, &table), Ok(()));
            assert_eq!(world.contract.get_points(), table);
        }
        let before = world.contract.get_points();
        for value in [low - 1, high + 1, i32::MIN, i32::MAX] {
            let mut table = defaults();
            *field(&mut table) = value;
            assert_eq!(set(&world, &table), Err(ReputationError::PointsOutOfBounds));
            assert_eq!(world.contract.get_points(), before);
        }
    }
}

#[test]
fn the_volume_gate_is_bounded_on_both_sides() {
    let world = World::new();
    let table = |min_volume| Points {
        min_volume,
        ..defaults()
    };
    for min_volume in [0, 10_000 * ONE_USD] {
        assert_eq!(set(&world, &table(min_volume)), Ok(()));
    }
    for min_volume in [-1, 10_000 * ONE_USD + 1, i128::MIN, i128::MAX] {
        assert_eq!(
            set(&world, &table(min_volume)),
            Err(ReputationError::MinVolumeOutOfBounds)
        );
    }
    assert_eq!(world.contract.get_points(), table(10_000 * ONE_USD));
}

#[test]
fn a_new_table_holds_for_outcomes_recorded_afterwards() {
    let world = World::new();
    world.record(Outcome::BreachedProvider);
    let table = Points {
        provider_breach: -1,
        consumer_completed: 25,
        min_volume: 0,
        ..defaults()
    };
    set(&world, &table).expect("in bounds");
    assert_eq!(world.scores(), (40, 50));
    world.record_with_strangers(Outcome::BreachedProvider);
    let consumers_deal = 1_250 * ONE_USD;
    world.record_for(
        &world.ada,
        &world.carol,
        Outcome::CompletedMinorCredit,
        consumers_deal,
    );
    assert_eq!(world.scores(), (39, 75));
}

#[test]
fn a_change_is_told() {
    let world = World::new();
    let points = Points {
        provider_clean: 3,
        ..defaults()
    };
    set(&world, &points).expect("in bounds");
    let told = PointsChanged { points };
    assert_eq!(
        world.env.events().all(),
        std::vec![told.to_xdr(&world.env, &world.contract.address)]
    );
}
