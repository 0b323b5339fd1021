//! Stands in for `reputation`: contract crates do not depend on each other. It counts how often it
//! is asked, and refuses when told to. The real one is joined in the integration tests.

use flash_interfaces::reputation::{ReputationError, Role};
use soroban_sdk::{contract, contractimpl, contracttype, Address, Env, Vec};

#[contracttype]
enum Key {
    Score(Address, Role),
    Asked,
    Refusing,
}

#[contract]
pub struct Scores;

#[contractimpl]
impl Scores {
    pub fn set(env: Env, who: Address, role: Role, score: u32) {
        env.storage().instance().set(&Key::Score(who, role), &score);
    }

    pub fn refuse(env: Env) {
        env.storage().instance().set(&Key::Refusing, &true);
    }

    /// How often scores were asked for.
    pub fn asked(env: Env) -> u32 {
        env.storage().instance().get(&Key::Asked).unwrap_or(0)
    }

    pub fn get_scores(env: Env, of: Vec<(Address, Role)>) -> Result<Vec<u32>, ReputationError> {
        let storage = env.storage().instance();
        if storage.has(&Key::Refusing) || of.len() > 50 {
            return Err(ReputationError::TooManyScores);
        }
        let asked: u32 = storage.get(&Key::Asked).unwrap_or(0);
        storage.set(&Key::Asked, &(asked + 1));
        let mut scores = Vec::new(&env);
        for (who, role) in of {
            scores.push_back(storage.get(&Key::Score(who, role)).unwrap_or(50));
        }
        Ok(scores)
    }
}
