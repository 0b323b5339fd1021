//! L1, L2: from every reachable state, the consumer alone and the provider alone can each end the
//! deal and withdraw their money within 4 calls and 19 days. The oracle, the owner and the other
//! party are gone, registry and reputation may be hostile, and the contracts may be paused.
//!
//! The test assumes nothing about how: a search tries the party's calls at every relevant time.

pub mod search;
pub mod states;

use flash_escrow::testutils::Trust;
use flash_hostile_callee::HostileCallee;
use flash_integration_tests::{deploy::wasm_dir, World, DAY, USD};
use flash_interfaces::deals::Policy;
use soroban_env_host::InvocationResourceLimits;
use soroban_sdk::{
    testutils::cost_estimate::NetworkInvocationResourceLimits, Bytes, BytesN, Symbol, Vec,
};

use search::{Party, Search, Step};
use states::State;

pub const MOST_CALLS: usize = 4;
pub const MOST_SECS: u64 = 19 * DAY;
/// The resource limit of a call when registry and reputation never end. It is lower than on the
/// network, so that the search does not spend its time in them.
const MOST_INSTRUCTIONS: u64 = 100_000_000;
const MOST_MEMORY_BYTES: u64 = 40_000_000;

/// Finds a way out in some trouble: the known one if it works here too, otherwise by search.
fn get_out_of(
    search: &Search,
    world: &World,
    trouble: Trouble,
    plan_elsewhere: Option<std::vec::Vec<Step>>,
) -> Option<std::vec::Vec<Step>> {
    let start = world.checkpoint();
    let paused = trouble == Trouble::PauseKeptUp;
    let meanwhile = || {
        if paused {
            pause(world)
        }
    };
    begin(world, search, trouble);
    let plan = match plan_elsewhere {
        // Search again, so that hostile calls and calls that work in a good world are both tried.
        _ if matches!(trouble, Trouble::CalleesNeverEnd | Trouble::Nothing) => {
            search.run(&meanwhile)
        }
        Some(plan) if search.replay(&plan, &meanwhile) => Some(plan),
        Some(_) => {
            world.restore(&start);
            begin(world, search, trouble);
            search.run(&meanwhile)
        }
        None => search.run(&meanwhile),
    };
    let limits = InvocationResourceLimits::mainnet();
    world.env.cost_estimate().enforce_resource_limits(limits);
    world.env.cost_estimate().budget().reset_unlimited();
    search.limited.set(false);
    plan
}

/// What else goes wrong at the same time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Trouble {
    Nothing,
    /// The owner pauses everything that can be paused, and again as soon as the pause ends.
    PauseKeptUp,
    /// The other party's trustline accepts nothing.
    OtherTrustline,
    /// Registry and reputation trap.
    CalleesTrap,
    /// Registry and reputation use everything that a transaction may use.
    CalleesNeverEnd,
}

/// The trouble with the fewest ways out comes first, because its way out often works elsewhere.
const TROUBLES: [Trouble; 5] = [
    Trouble::CalleesTrap,
    Trouble::CalleesNeverEnd,
    Trouble::OtherTrustline,
    Trouble::PauseKeptUp,
    Trouble::Nothing,
];

#[test]
fn each_party_alone_gets_out_of_every_state() {
    let worst = get_out(&states::ALL, |_| ());
    // The search must find at least this: a provider's notice takes this long.
    assert_eq!(worst, (4, 10 * DAY));
}

#[test]
fn each_party_alone_gets_out_of_every_state_under_the_longest_policy() {
    let worst = get_out(&states::ALL, longest);
    assert_eq!(worst, (MOST_CALLS, MOST_SECS));
}

/// Every delay at its limit, and the largest minimum deposit that an owner may set.
fn longest(policy: &mut Policy) {
    policy.accept_window_secs = 14 * DAY;
    policy.fund_window_secs = 14 * DAY;
    policy.notice_secs = 14 * DAY;
    policy.grace_secs = 14 * DAY;
    policy.final_window_secs = 5 * DAY;
    policy.silence_secs = 14 * DAY;
    policy.min_runway_secs = 60 * DAY;
    policy.min_window_secs = 7 * DAY;
    policy.min_fund = 100 * USD;
    policy.fee_bps = 1_000;
}

/// Searches from every state, for each party, in every trouble; returns the most calls and seconds
/// needed.
fn get_out(states: &[State], policy: impl Fn(&mut Policy)) -> (usize, u64) {
    let (mut worst, mut searched, mut without_end) = ((0, 0), 0, 0);
    for (name, build) in states {
        let world = World::builder()
            .policy(&policy)
            .clawback_enabled()
            .checked_at_the_end()
            .build();
        let deal = build(&world);
        world.check();
        let start = world.checkpoint();
        for party in [Party::Consumer, Party::Provider] {
            let search = Search::new(&world, &deal, party);
            let mut plan_elsewhere: Option<std::vec::Vec<Step>> = None;
            for trouble in TROUBLES {
                let plan = get_out_of(&search, &world, trouble, plan_elsewhere.take());
                let Some(plan) = plan else {
                    panic!("{name}, {trouble:?}: the {party:?} alone does not get out");
                };
                if matches!(trouble, Trouble::Nothing | Trouble::PauseKeptUp) {
                    world.check();
                }
                let secs = plan.iter().map(|step| step.wait_secs).sum();
                worst = (plan.len().max(worst.0), worst.1.max(secs));
                plan_elsewhere = Some(plan);
                searched += 1;
                world.restore(&start);
            }
            without_end += search.calls_without_end.get();
            println!(
                "liveness: {name}: {party:?}: {:?}",
                plan_elsewhere.expect("a way")
            );
        }
    }
    println!(
        "liveness: {searched} searches from {} states: at most {} calls and {} days, {without_end} calls never ended",
        states.len(),
        worst.0,
        worst.1 / DAY
    );
    assert!(without_end > 0, "no search entered what never ends");
    worst
}

fn begin(world: &World, search: &Search, trouble: Trouble) {
    match trouble {
        Trouble::Nothing | Trouble::PauseKeptUp => {}
        Trouble::OtherTrustline => {
            let unusable = Trust {
                limit: 0,
                authorized: false,
                ..Trust::default()
            };
            search.other().set_trustline(&world.asset, unusable);
        }
        Trouble::CalleesTrap | Trouble::CalleesNeverEnd => {
            let hash = hostile_callee(world);
            for contract in [&world.at.registry, &world.at.reputation] {
                world.replace_code(contract, &hash);
                if trouble == Trouble::CalleesNeverEnd {
                    world.env.cost_estimate().disable_resource_limits();
                    let never_end = Symbol::new(&world.env, "never_end");
                    let args = Vec::new(&world.env);
                    world.env.invoke_contract::<()>(contract, &never_end, args);
                }
            }
            search.limited.set(trouble == Trouble::CalleesNeverEnd);
        }
    }
}

fn limit_budget(world: &World) {
    let mut budget = world.env.cost_estimate().budget();
    budget.reset_limits(MOST_INSTRUCTIONS, MOST_MEMORY_BYTES);
}

/// Native, or the Wasm if the contracts run on Wasm.
fn hostile_callee(world: &World) -> BytesN<32> {
    let Some(dir) = wasm_dir() else {
        return world.env.upload(HostileCallee);
    };
    let path = dir.with_file_name("wasm-test").join("hostile-callee.wasm");
    let wasm = std::fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; run `make build-test-contracts`",
            path.display()
        )
    });
    let wasm = Bytes::from_slice(&world.env, &wasm);
    world.env.deployer().upload_contract_wasm(wasm)
}

fn pause(world: &World) {
    let config = world.deals().get_config();
    if config.admin.paused_until_ts.is_some() {
        return;
    }
    let pause = Symbol::new(&world.env, "pause");
    for contract in [&world.at.deals, &world.at.registry] {
        world.env.mock_all_auths();
        let args = Vec::new(&world.env);
        world.env.invoke_contract::<()>(contract, &pause, args);
        world.env.set_auths(&[]);
    }
}
