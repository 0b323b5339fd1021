//! # The marketplace in 90 days
//!
//! Two providers, three consumers and an oracle play a marketplace on the real Wasm, in one process,
//! under mainnet's limits, with every command signed by whoever sends it. What happened is told day
//! by day, then accounted for. Every figure is read from the contracts' queries.
//!
//! `make demo` builds the Wasm and runs this.

use std::{panic, process::ExitCode};

use flash_integration_tests::deploy::{wasm_dir, WASM_DIR};

mod cast;
mod closing;
mod money;
mod night;
mod play;
mod scenes;
mod story;
mod table;

fn main() -> ExitCode {
    let Some(wasm) = wasm_dir() else {
        eprintln!("demo: {WASM_DIR} is not set; run `make demo`, which builds the Wasm first");
        return ExitCode::FAILURE;
    };
    panic::set_hook(Box::new(|panic| eprintln!("\ndemo failed: {panic}")));
    // The reason was told by the hook.
    match panic::catch_unwind(|| perform(&wasm.display().to_string())) {
        Ok(verdict) => {
            println!("{verdict}");
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}

/// Plays everything to its end; what `main` says last.
fn perform(wasm: &str) -> String {
    let mut play = play::Play::new(wasm);
    for day in 1..=scenes::LAST_DAY {
        play.morning();
        for (_, scene) in scenes::CALENDAR.iter().filter(|(due, _)| *due == day) {
            scene(&mut play);
        }
        play.night();
    }
    closing::account(&mut play)
}
