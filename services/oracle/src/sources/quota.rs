//! How much one source may send, whether it pushes or is read. What is above that waits; nobody else notices.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const MINUTE: Duration = Duration::from_secs(60);
const KIB: usize = 1_024;
/// Bodies that are in memory at once, of all sources and of one.
const ALL_BODIES: usize = 16 * KIB * KIB;
const BODIES_OF_SOURCE: usize = 4 * KIB * KIB;

/// What a source may send in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub bytes: u64,
    pub lines: u64,
}

/// Counts what sources send.
pub struct Quota {
    limits: Limits,
    used: Mutex<HashMap<String, Used>>,
    /// In KiB.
    bodies: Arc<Semaphore>,
}

/// What a source sent in the minute that began at `since`.
struct Used {
    since: Instant,
    bytes: u64,
    lines: u64,
    in_memory: usize,
}

/// A source is over its quota.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: try again in {retry_secs} s")]
pub struct Over {
    pub reason: String,
    pub retry_secs: u64,
}

/// Room for a body in memory; given back when it is dropped.
pub struct Room {
    quota: Arc<Quota>,
    source: String,
    bytes: usize,
    permit: OwnedSemaphorePermit,
}

fn busy(reason: &str) -> Over {
    Over {
        reason: reason.to_owned(),
        retry_secs: 2,
    }
}

impl Quota {
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            used: Mutex::default(),
            bodies: Arc::new(Semaphore::new(ALL_BODIES / KIB)),
        })
    }

    /// Room for a body of which nothing has arrived. It grows with what arrives: who only announces takes none.
    ///
    /// # Errors
    /// Where the source may send nothing more, or not as much as it announces.
    pub fn room(self: &Arc<Self>, source: &str, announced: usize) -> Result<Room, Over> {
        self.with(source, |used| {
            self.check(used, announced)?;
            let permit = self.bodies.clone().try_acquire_many_owned(0);
            Ok(Room {
                quota: self.clone(),
                source: source.to_owned(),
                bytes: 0,
                permit: permit.map_err(|_| busy("the oracle is stopping"))?,
            })
        })
    }

    fn check(&self, used: &Used, more: usize) -> Result<(), Over> {
        if used.bytes.saturating_add(more as u64) > self.limits.bytes {
            return Err(used.over("bytes", self.limits.bytes));
        }
        if used.lines >= self.limits.lines {
            return Err(used.over("lines", self.limits.lines));
        }
        Ok(())
    }

    /// Counts a body that was read.
    ///
    /// # Errors
    /// Where its lines are more than the source may still send.
    pub fn count(&self, source: &str, bytes: usize, lines: u64) -> Result<(), Over> {
        self.with(source, |used| {
            used.bytes = used.bytes.saturating_add(bytes as u64);
            if used.lines.saturating_add(lines) > self.limits.lines {
                return Err(used.over("lines", self.limits.lines));
            }
            used.lines = used.lines.saturating_add(lines);
            Ok(())
        })
    }

    /// Counts what is read of a source that waits by itself: a file, or an endpoint that is asked. A part that is
    /// larger than the quota takes a whole minute.
    ///
    /// # Errors
    /// The source has used up its quota: read the part again later.
    pub fn take(&self, source: &str, bytes: u64, lines: u64) -> Result<(), Over> {
        let (all_bytes, all_lines) = (self.limits.bytes, self.limits.lines);
        self.with(source, |used| {
            let is_first = used.lines == 0 && used.bytes == 0;
            let (bytes, lines) = (
                used.bytes.saturating_add(bytes),
                used.lines.saturating_add(lines),
            );
            if !is_first && bytes > all_bytes {
                return Err(used.over("bytes", all_bytes));
            }
            if !is_first && lines > all_lines {
                return Err(used.over("lines", all_lines));
            }
            (used.bytes, used.lines) = (bytes, lines);
            Ok(())
        })
    }

    fn with<T>(&self, source: &str, act: impl FnOnce(&mut Used) -> T) -> T {
        let mut all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let used = all.entry(source.to_owned()).or_insert_with(|| Used {
            since: Instant::now(),
            bytes: 0,
            lines: 0,
            in_memory: 0,
        });
        if used.since.elapsed() >= MINUTE {
            (used.since, used.bytes, used.lines) = (Instant::now(), 0, 0);
        }
        act(used)
    }
}

impl Used {
    fn over(&self, what: &str, limit: u64) -> Over {
        let left = MINUTE.saturating_sub(self.since.elapsed());
        Over {
            reason: format!("a source may send {limit} {what} a minute"),
            retry_secs: left.as_secs() + 1,
        }
    }
}

impl Room {
    /// Makes room for so many bytes more.
    ///
    /// # Errors
    /// Where the source, or all of them, have too much on the way.
    pub fn grow(&mut self, more: usize) -> Result<(), Over> {
        let quota = self.quota.clone();
        let bytes = self.bytes.saturating_add(more);
        quota.with(&self.source, |used| {
            quota.check(used, bytes)?;
            let in_memory = used.in_memory.saturating_add(more);
            if in_memory > BODIES_OF_SOURCE {
                return Err(busy("too much of this source is on its way"));
            }
            // In whole KiB of the body, so that many small parts take no more than one large one.
            let kib = bytes.div_ceil(KIB) - self.bytes.div_ceil(KIB);
            let kib = u32::try_from(kib).unwrap_or(u32::MAX);
            let permit = quota.bodies.clone().try_acquire_many_owned(kib);
            self.permit
                .merge(permit.map_err(|_| busy("too much is on its way"))?);
            (used.in_memory, self.bytes) = (in_memory, bytes);
            Ok(())
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let bytes = self.bytes;
        self.quota.with(&self.source, |used| {
            used.in_memory = used.in_memory.saturating_sub(bytes);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        bytes: 10_000,
        lines: 100,
    };

    #[test]
    fn a_source_over_its_bytes_or_lines_waits_and_others_do_not() {
        let quota = Quota::new(LIMITS);
        drop(quota.room("a", 8_000).unwrap());
        quota.count("a", 8_000, 10).unwrap();
        let over = quota.room("a", 3_000).err().unwrap();
        assert!(over.reason.contains("10000 bytes"), "{over}");
        assert!((1..=61).contains(&over.retry_secs));
        quota.count("b", 10, 100).unwrap();
        assert!(quota
            .count("b", 10, 1)
            .unwrap_err()
            .reason
            .contains("100 lines"));
        assert!(quota.room("b", 1).is_err());
        assert!(quota.room("c", 10_000).unwrap().grow(10_000).is_ok());
        assert!(quota.room("d", 0).unwrap().grow(10_001).is_err());
    }

    #[test]
    fn what_is_read_of_a_source_waits_for_the_next_minute() {
        let quota = Quota::new(LIMITS);
        quota.take("a", 50_000, 500).unwrap();
        let over = quota.take("a", 1, 1).unwrap_err();
        assert!(over.reason.contains("10000 bytes"), "{over}");
        quota.take("b", 1, 60).unwrap();
        let over = quota.take("b", 1, 60).unwrap_err();
        assert!(over.reason.contains("100 lines"), "{over}");
        quota.take("b", 1, 40).unwrap();
    }

    #[test]
    fn bodies_of_one_source_never_take_all_the_memory() {
        let limits = Limits {
            bytes: u64::MAX,
            lines: 100,
        };
        let quota = Quota::new(limits);
        let room = |source, bytes| {
            let mut room = quota.room(source, BODIES_OF_SOURCE)?;
            room.grow(bytes).map(|()| room)
        };
        let announced: Vec<_> = (0..100).map(|_| room("a", 0)).collect();
        let first = room("a", BODIES_OF_SOURCE).unwrap();
        assert!(room("a", KIB).is_err());
        let others = ["b", "c", "d"].map(|source| room(source, BODIES_OF_SOURCE).unwrap());
        assert!(room("e", KIB).is_err(), "all memory is taken");
        drop((announced, first));
        let mut in_parts = room("e", 1).unwrap();
        for _ in 1..BODIES_OF_SOURCE {
            in_parts.grow(1).unwrap();
        }
        assert!(in_parts.grow(1).is_err());
        assert!(room("f", 1).is_err(), "all memory is taken");
        drop((others, in_parts));
        assert!(room("a", BODIES_OF_SOURCE).is_ok());
    }
}
