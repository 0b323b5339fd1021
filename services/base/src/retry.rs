//! Trying again: a question a few times, and rounds for ever. Pauses grow and have jitter, so that many
//! daemons do not come back at once.

pub use backon::Retryable;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// For `ask.retry(attempts(6)).when(passes_by_itself)`: so many attempts in all.
pub fn attempts(count: usize) -> ExponentialBuilder {
    growing(FIRST, LONGEST).with_max_times(count.saturating_sub(1))
}

fn growing(first: Duration, longest: Duration) -> ExponentialBuilder {
    let growing = ExponentialBuilder::default().with_jitter();
    growing.with_min_delay(first).with_max_delay(longest)
}

/// Pauses between rounds that fail. They never end.
pub struct Pauses {
    builder: ExponentialBuilder,
    left: ExponentialBackoff,
    longest: Duration,
}

impl Pauses {
    pub fn new(first: Duration, longest: Duration) -> Self {
        let builder = growing(first, longest).without_max_times();
        Self {
            left: builder.build(),
            builder,
            longest,
        }
    }

    /// After a failure.
    pub fn next_pause(&mut self) -> Duration {
        // Jitter comes on top of the longest delay.
        let pause = self.left.next().unwrap_or(self.longest);
        pause.min(self.longest)
    }

    /// After a success.
    pub fn reset(&mut self) {
        self.left = self.builder.build();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_begin_anew_after_a_success() {
        let (first, longest) = (Duration::from_millis(100), Duration::from_secs(5));
        let mut pauses = Pauses::new(first, longest);
        let begun = pauses.next_pause();
        assert!(begun >= first && begun < first * 3, "{begun:?}");
        assert_eq!((0..100).map(|_| pauses.next_pause()).last(), Some(longest));
        pauses.reset();
        assert!(pauses.next_pause() < first * 3);
    }

    #[tokio::test]
    async fn a_question_is_asked_so_many_times_and_no_more() {
        let asked = std::cell::Cell::new(0);
        let ask = || async {
            asked.set(asked.get() + 1);
            Err::<(), _>("no answer")
        };
        assert_eq!(ask.retry(attempts(3)).await, Err("no answer"));
        assert_eq!(asked.get(), 3);
    }
}
