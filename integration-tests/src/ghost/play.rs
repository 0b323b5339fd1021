//! Plays sequences on the ghost and the contracts together.

use std::collections::BTreeMap;

use super::{
    compare,
    driver::Real,
    model::Answer,
    rules::{self, Passage},
    step::{By, Call, Step, Time, Who},
    Ghost, PolicyKind, Refusal, Reply,
};

/// A ghost and the contracts in lockstep.
pub struct Game {
    pub ghost: Ghost,
    pub real: Real,
    /// How often each thing happened: answers of commands, refusals by code, ends of deals.
    pub census: Census,
}

/// Counts by name.
pub type Census = BTreeMap<String, usize>;

/// The start of a sequence.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Setup {
    /// Whether an oracle is named at construction.
    pub oracle: bool,
    pub policy: PolicyKind,
}

impl Game {
    pub fn new(setup: Setup) -> Self {
        let mut game = Self {
            ghost: Ghost::new(setup.oracle, setup.policy),
            real: Real::new(setup.oracle, setup.policy),
            census: Census::new(),
        };
        // A person in both roles, and a provider who cannot be paid yet.
        for call in [
            Call::RegisterBoth(Who::Erin, 4),
            Call::RegisterProvider(Who::Frank, 5),
        ] {
            game.play(&Step(By::Right, call)).expect("settled in");
        }
        game
    }

    /// Plays a step; returns what is wrong afterwards.
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
        self.count(&order.call, &expected);
        let mut wrong = if expected.is_err() {
            // All ledger entries and the time are unchanged, so every query would return the same
            // as after the previous step.
            assert_eq!(
                self.ghost, before,
                "the ghost changed in a step that it refused"
            );
            vec![]
        } else {
            compare::compare(&self.ghost, &self.real)
        };
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

    fn count(&mut self, call: &Call, answer: &Answer) {
        let name = format!("{call:?}");
        let name = name.split([' ', '(']).next().unwrap_or_default();
        let seen = match answer {
            Ok(Reply::Codes(codes)) => codes.iter().map(|code| format!("item {code}")).collect(),
            Ok(Reply::Number(step)) if name == "Advance" => vec![format!("Advance {step}")],
            Ok(_) => vec![format!("{name} worked")],
            Err(Refusal::Code(code)) => vec![format!("{name} {code}")],
            Err(Refusal::Unsigned) => vec![format!("{name} unsigned")],
        };
        for what in seen {
            *self.census.entry(what).or_default() += 1;
        }
    }

    /// Compares everything again.
    pub fn finish(&mut self) -> Result<(), String> {
        for deal in self.ghost.deals.values() {
            let end = format!("deal {:?} {:?}", deal.status, deal.reason);
            *self.census.entry(end).or_default() += 1;
        }
        let wrong = compare::compare(&self.ghost, &self.real);
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

/// Plays a sequence; returns what happened, or the step that failed and how.
pub fn run(setup: Setup, steps: &[Step]) -> Result<Census, (usize, String)> {
    let mut game = Game::new(setup);
    for (nth, step) in steps.iter().enumerate() {
        game.play(step)
            .map_err(|wrong| (nth, format!("step {nth}: {wrong}")))?;
    }
    game.finish().map_err(|wrong| (steps.len(), wrong))?;
    Ok(game.census)
}

/// Plays the sequence of a regression test.
pub fn replay(setup: Setup, steps: &[Step]) {
    if let Err((_, wrong)) = run(setup, steps) {
        panic!("{wrong}");
    }
}
