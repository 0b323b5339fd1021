//! Sends what the outbox holds: at least once, onto a contract that takes it once.
//!
//! One channel account carries one transaction at a time; the oracle's key signs what the contract
//! asks it to agree to. A channel first finds out what became of what it sent before.

mod afford;
mod build;
mod bump;
mod channels;
mod limits;
mod outcome;
mod rejected;
mod send;

pub use build::MAX_SHARE_PERCENT;
pub use channels::channels;
pub use limits::{Limits, Share};
pub use outcome::{classify, Class};

use crate::{
    chain::Chain,
    outbox::{Batch, Outbox, State},
};
use anyhow::Result;
use flash_base::{db::Db, retry::Pauses, tasks::Stop};
use flash_client::Signer;
use rejected::Rejections;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// How transactions are made and awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// A transaction is in no ledger that closes so long after it was built.
    pub valid_secs: u64,
    /// Of the network's limits, what a batch may need.
    pub max_share_percent: u32,
    /// Stroops bid for inclusion; doubled with each attempt, up to the cap.
    pub bid: u32,
    pub max_bid: u32,
    /// After so long in no ledger, the oracle's account pays more for a transaction; 0 for never.
    pub bump_after_secs: u64,
    pub poll: Duration,
    /// How long entries live that the keeper extends.
    pub extend_to_ledgers: u32,
    /// A deal that fails is left alone for so long.
    pub set_aside_secs: u64,
}

/// Works the outbox off.
#[derive(Clone)]
pub struct Submitter {
    pub db: Db,
    pub chain: Chain,
    pub outbox: Outbox,
    pub terms: Terms,
    pub limits: Limits,
    pub channels: Vec<Signer>,
    /// Set to end after what is in flight.
    pub stop: Stop,
    busy: Arc<Mutex<BTreeSet<String>>>,
    /// By batch, what the network did not let in.
    rejections: Arc<Mutex<BTreeMap<String, Rejections>>>,
}

/// What a step led to.
enum Step {
    Next(Box<Batch>),
    /// Nothing changed: look again later.
    Wait(Box<Batch>),
    Done,
    /// Given up, as its channel cannot pay: nor can it pay for another just now.
    Unpaid,
}

impl Submitter {
    pub fn new(db: Db, chain: Chain, terms: Terms, limits: Limits, channels: Vec<Signer>) -> Self {
        Self {
            outbox: Outbox::new(db.clone()),
            db,
            chain,
            terms,
            limits,
            channels,
            stop: Stop::new(),
            busy: Arc::default(),
            rejections: Arc::default(),
        }
    }

    /// Works until nothing is open, or until it is told to stop. `progress` is told how many
    /// batches are open.
    ///
    /// # Errors
    /// The database's. What the network does is waited for.
    pub async fn drain(&self, progress: &(dyn Fn(usize) + Send + Sync)) -> Result<()> {
        let mut tasks = tokio::task::JoinSet::new();
        for (nth, channel) in self.channels.iter().enumerate() {
            let (worker, channel) = (self.clone(), channel.clone());
            tasks.spawn(async move { worker.work(nth, &channel).await });
        }
        let mut tick = tokio::time::interval(Duration::from_millis(500));
        loop {
            tokio::select! {
                ended = tasks.join_next() => match ended {
                    None => break,
                    Some(done) => done??,
                },
                _ = tick.tick() => progress(self.outbox.open().await?.len()),
            }
        }
        progress(self.outbox.open().await?.len());
        Ok(())
    }

    /// One channel: first what it left behind, then whatever is planned.
    async fn work(&self, nth: usize, channel: &Signer) -> Result<()> {
        let name = channel.account().to_string();
        let open = self.outbox.open().await?;
        let known: BTreeSet<String> = self
            .channels
            .iter()
            .map(|channel| channel.account().to_string())
            .collect();
        let mut can_pay = true;
        for batch in open {
            let owner = batch.channel.as_deref();
            let orphan = nth == 0 && owner.is_some_and(|owner| !known.contains(owner));
            let mine = owner == Some(&name) || orphan;
            if mine && batch.state != State::Planned && !self.finish(channel, batch).await? {
                can_pay &= orphan;
            }
        }
        if !can_pay {
            return Ok(());
        }
        while !self.stop.is_cancelled() {
            let Some(batch) = self.claim().await? else {
                if self.others_work() {
                    // They may split what they have.
                    tokio::time::sleep(self.terms.poll).await;
                    continue;
                }
                return Ok(());
            };
            let id = batch.id.clone();
            let done = self.finish(channel, batch).await;
            self.lock().remove(&id);
            if !done? {
                // The other channels do the rest, or the next round does.
                return Ok(());
            }
        }
        Ok(())
    }

    /// The next planned batch, for this channel alone.
    async fn claim(&self) -> Result<Option<Batch>> {
        loop {
            let busy = self.lock().clone();
            let Some(batch) = self.outbox.next_planned(&busy).await? else {
                return Ok(None);
            };
            if self.lock().insert(batch.id.clone()) {
                return Ok(Some(batch));
            }
        }
    }

    fn others_work(&self) -> bool {
        !self.lock().is_empty()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a batch from state to state until it is done. Told to stop, it still finishes what was
    /// built: it may be in flight. `false` where the channel cannot pay.
    async fn finish(&self, channel: &Signer, batch: Batch) -> Result<bool> {
        let mut batch = Box::new(batch);
        let poll = self.terms.poll;
        let mut pauses = Pauses::new(poll, poll * 16);
        loop {
            let stopping = self.stop.is_cancelled();
            if stopping && batch.state == State::Planned {
                return Ok(true);
            }
            let step = match batch.state {
                State::Planned => self.build(channel, batch).await?,
                State::Built => self.send(channel, batch).await?,
                State::Sent => self.look(batch).await?,
                State::Confirmed | State::Failed | State::Split => Step::Done,
            };
            match step {
                Step::Done => return Ok(true),
                Step::Unpaid => return Ok(false),
                Step::Next(next) => {
                    batch = next;
                    pauses.reset();
                }
                Step::Wait(same) => {
                    batch = same;
                    tokio::time::sleep(pauses.next_pause()).await;
                }
            }
        }
    }
}
