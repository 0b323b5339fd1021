//! Runs the ghost and the contracts side by side: random sequences, and sequences that once found a
//! fault. On native contracts, or on the Wasm if `FLASH_WASM_DIR` is set.
//!
//! `GHOST_CASES` sequences of about `GHOST_STEPS` steps; `make fuzz` plays 1_000 of 100.

mod regressions;
mod strategy;

use std::{
    cell::{Cell, RefCell},
    env,
    panic::resume_unwind,
    thread,
    time::{Duration, Instant},
};

use flash_integration_tests::ghost::{
    play::{self, Census, Setup},
    Step,
};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

/// Prints progress after this many sequences.
const PROGRESS_EVERY: u32 = 25;
/// The stack must be large: strategies nest deeply, and unoptimised frames are large.
const STACK_BYTES: usize = 256 << 20;

#[test]
fn contracts_behave_like_the_ghost() {
    let thread = thread::Builder::new().stack_size(STACK_BYTES);
    let played = thread.spawn(play_random_sequences).expect("a thread");
    if let Err(panic) = played.join() {
        resume_unwind(panic);
    }
}

/// Every test run plays the same sequences. `GHOST_SEED=random`, which `make fuzz` sets, plays new
/// ones.
fn seed() -> RngSeed {
    match env::var("GHOST_SEED").as_deref() {
        Ok("random") => RngSeed::Random,
        Ok(seed) => RngSeed::Fixed(seed.parse().expect("GHOST_SEED is a number, or random")),
        Err(_) => RngSeed::Fixed(1),
    }
}

fn play_random_sequences() {
    let (cases, steps) = (setting("GHOST_CASES", 40), setting("GHOST_STEPS", 60));
    let shrink_secs = setting("GHOST_SHRINK_SECS", 60);
    let config = Config {
        cases,
        max_shrink_time: 1_000 * shrink_secs,
        max_shrink_iters: u32::MAX,
        failure_persistence: None,
        rng_seed: seed(),
        ..Config::default()
    };
    let steps = usize::try_from(steps).expect("a number of steps");
    let (played, done, start) = (Cell::new(0), Cell::new(0), Instant::now());
    let seen = RefCell::new(Census::new());
    let sequences = (strategy::setup(), strategy::sequence(steps));
    let outcome = TestRunner::new(config).run(&sequences, |(setup, steps)| {
        played.set(played.get() + steps.len());
        let census = play::run(setup, &steps).map_err(|(_, wrong)| TestCaseError::fail(wrong))?;
        for (what, times) in census {
            *seen.borrow_mut().entry(what).or_default() += times;
        }
        done.set(done.get() + 1);
        if done.get() % PROGRESS_EVERY == 0 {
            let (steps, secs) = (played.get(), start.elapsed().as_secs());
            eprintln!(
                "ghost: {} of {cases} sequences, {steps} steps, {secs} s",
                done.get()
            );
        }
        Ok(())
    });
    match outcome {
        Ok(()) => {
            let secs = start.elapsed().as_secs();
            for (what, times) in seen.borrow().iter() {
                println!("ghost: {times:6} × {what}");
            }
            println!("ghost: {cases} sequences, {} steps, {secs} s", played.get());
        }
        Err(TestError::Fail(_, (setup, steps))) => {
            let shrink_until = Instant::now() + Duration::from_secs(shrink_secs.into());
            let (why, steps) = shortened(setup, steps, shrink_until);
            panic!("{}", regression(&why, setup, &steps));
        }
        Err(error) => panic!("{error}"),
    }
}

/// A number from the environment.
fn setting(name: &str, default: u32) -> u32 {
    match env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is not a number: {text}")),
        Err(_) => default,
    }
}

/// Removes every step from the shrunk sequence that is not needed for the failure.
fn shortened(setup: Setup, mut steps: Vec<Step>, until: Instant) -> (String, Vec<Step>) {
    let fails = |steps: &[Step]| play::run(setup, steps).err();
    let (nth, mut why) = fails(&steps).expect("a failure that can be repeated");
    steps.truncate(nth + 1);
    let mut at = steps.len();
    while at > 0 && Instant::now() < until {
        at -= 1;
        let mut fewer = steps.clone();
        fewer.remove(at);
        if let Some((nth, other)) = fails(&fewer) {
            fewer.truncate(nth + 1);
            (why, steps) = (other, fewer);
            at = at.min(steps.len());
        }
    }
    (why, steps)
}

/// Formats a failure as a test for `regressions.rs`.
fn regression(why: &str, setup: Setup, steps: &[Step]) -> String {
    let lines: String = steps
        .iter()
        .map(|step| format!("            {step:?},\n"))
        .collect();
    format!(
        "{why}\n\n#[test]\nfn regression() {{\n    replay(\n        {setup:?},\n        \
         &[\n{lines}        ],\n    );\n}}\n"
    )
}
