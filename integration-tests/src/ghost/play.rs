//! Plays sequences on the ghost and on the contracts at once.

use super::{
    compare,
    driver::Real,
    rules::{self, Passage},
    step::{By, Call, Step, Time, Who},
    Ghost, PolicyKind,
};

/// Steps between two whole comparisons.
const WHOLE_EVERY: usize = 10;

/// A ghost and the contracts, in step.
pub struct Game {
    pub ghost: Ghost,
    pub real: Real,
    played: usize,
}

/// How a world of a sequence starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Setup {
    /// An oracle is named at construction.
    pub oracle: bool,
    pub policy: PolicyKind,
}

impl Game {
    pub fn new(setup: Setup) -> Self {
        let mut game = Self {
            ghost: Ghost::new(setup.oracle, setup.policy),
            real: Real::new(setup.oracle, setup.policy),
            played: 0,
        };
        // Somebody in both roles, and a provider who cannot be paid yet.
        for call in [
            Call::RegisterBoth(Who::Erin, 4),
            Call::RegisterProvider(Who::Frank, 5),
        ] {
            game.play(&Step(By::Right, call)).expect("settled in");
        }
        game
    }

    /// Plays a step; what is wrong afterwards.
    pub fn play(&mut self, step: &Step) -> Result<(), String> {
        let order = self.ghost.resolve(step);
        if !self.ghost.is_possible(&order.call) || is_empty_wait(&order.call, order.secs) {
            return Ok(());
        }
        let before = self.ghost.clone();
        let expected = self.ghost.apply(&order);
        let answer = self
            .real
            .play(&order, &self.ghost, expected.is_err())
            .map_err(|broken| format!("{step:?}: {broken}"))?;
        if answer != expected {
            return Err(format!(
                "{step:?}: ghost {expected:?}, contracts {answer:?}"
            ));
        }
        self.played += 1;
        let whole = self.played.is_multiple_of(WHOLE_EVERY);
        let touched = rules::touched(&order);
        let mut wrong = compare::compare(&self.ghost, &self.real, &touched, whole);
        wrong.extend(rules::broken(&Passage {
            before: &before,
            after: &self.ghost,
            order: &order,
            worked: expected.is_ok(),
        }));
        if wrong.is_empty() {
            return Ok(());
        }
        Err(format!("after {step:?}:\n{}", wrong.join("\n")))
    }

    /// Compares everything, once more.
    pub fn finish(&self) -> Result<(), String> {
        let all: Vec<u32> = self.ghost.deals.keys().copied().collect();
        let wrong = compare::compare(&self.ghost, &self.real, &all, true);
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong.join("\n"))
        }
    }
}

fn is_empty_wait(call: &Call, secs: u64) -> bool {
    matches!(call, Call::Wait(Time::Edge(..) | Time::Secs(0))) && secs == 0
}

/// Plays a sequence; at which step it goes wrong, and how.
pub fn run(setup: Setup, steps: &[Step]) -> Result<(), (usize, String)> {
    let mut game = Game::new(setup);
    for (nth, step) in steps.iter().enumerate() {
        game.play(step)
            .map_err(|wrong| (nth, format!("step {nth}: {wrong}")))?;
    }
    game.finish().map_err(|wrong| (steps.len(), wrong))
}

/// Plays a sequence of a regression test.
pub fn replay(setup: Setup, steps: &[Step]) {
    if let Err((_, wrong)) = run(setup, steps) {
        panic!("{wrong}");
    }
}
