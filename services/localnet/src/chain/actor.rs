//! The thread that owns the chain, and the handle that the rest of the process holds.

use super::{Ledgers, Submission, Travel, Watch};
use crate::{
    friendbot::{self, Funding},
    state::{Network, Store, View},
};
use anyhow::{Context, Result};
use soroban_ledger_snapshot::LedgerSnapshot;
use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        mpsc::{sync_channel, Receiver, RecvTimeoutError, SyncSender},
        Arc, RwLock,
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use stellar_xdr::{ScAddress, TransactionEnvelope};
use tokio::sync::oneshot;

/// The host recurses: it needs a deep stack.
pub const STACK_BYTES: usize = 64 * 1024 * 1024;
/// How many commands may wait.
const QUEUE: usize = 1_024;

/// When ledgers close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseMode {
    /// With each accepted transaction, and every few seconds where there is none.
    Instant,
    /// In this rhythm.
    Interval(Duration),
}

impl CloseMode {
    /// The longest time without a ledger.
    fn tick(self) -> Duration {
        match self {
            Self::Instant => Duration::from_secs(5),
            Self::Interval(interval) => interval.max(Duration::from_millis(10)),
        }
    }
}

/// The chain has more to do than it can queue, or has stopped.
#[derive(Debug, thiserror::Error)]
#[error("the network is busy")]
pub struct Busy;

type Reply<T> = oneshot::Sender<T>;

enum Command {
    Submit(Box<TransactionEnvelope>, Reply<Result<Submission>>),
    Fund(ScAddress, Reply<Result<Funding>>),
    Travel(Travel, Reply<Result<()>>),
    Load(Box<LedgerSnapshot>, Reply<Result<()>>),
    Reset(Reply<Result<()>>),
    Stop,
}

/// The handle on the chain. Cheap to clone.
#[derive(Clone)]
pub struct Chain {
    commands: SyncSender<Command>,
    published: Arc<RwLock<View>>,
}

impl Chain {
    /// Opens the chain and starts its thread.
    ///
    /// # Errors
    /// Where the state cannot be opened or the thread cannot be started.
    pub fn start(
        network: Network,
        store: Option<Store>,
        mode: CloseMode,
        watch: Option<Watch>,
    ) -> Result<(Self, JoinHandle<()>)> {
        let (commands, inbox) = sync_channel(QUEUE);
        let (opened, opening) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("chain".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(
                move || match Ledgers::open(Arc::new(network), store, mode, watch) {
                    Err(error) => drop(opened.send(Err(error))),
                    Ok((ledgers, published)) => {
                        drop(opened.send(Ok(published)));
                        Actor {
                            ledgers,
                            funding: Vec::new(),
                            last_close: Instant::now(),
                        }
                        .run(&inbox);
                    }
                },
            )?;
        let published = opening
            .recv()
            .context("the chain's thread did not start")??;
        Ok((
            Self {
                commands,
                published,
            },
            thread,
        ))
    }

    /// The network as it is now.
    pub fn view(&self) -> View {
        self.published
            .read()
            .unwrap_or_else(|lock| lock.into_inner())
            .clone()
    }

    /// Sends a transaction.
    ///
    /// # Errors
    /// [`Busy`], or where something fails that is not the transaction's fault.
    pub async fn submit(&self, envelope: TransactionEnvelope) -> Result<Submission> {
        self.ask(|reply| Command::Submit(Box::new(envelope), reply))
            .await
    }

    /// Funds an account or a contract; answers when that is applied.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn fund(&self, beneficiary: ScAddress) -> Result<Funding> {
        self.ask(|reply| Command::Fund(beneficiary, reply)).await
    }

    /// Moves time.
    ///
    /// # Errors
    /// Where the journey leads too far.
    pub async fn travel(&self, travel: Travel) -> Result<()> {
        self.ask(|reply| Command::Travel(travel, reply)).await
    }

    /// Replaces the ledger by that of a snapshot.
    ///
    /// # Errors
    /// Where the snapshot does not fit this network.
    pub async fn load(&self, snapshot: LedgerSnapshot) -> Result<()> {
        self.ask(|reply| Command::Load(Box::new(snapshot), reply))
            .await
    }

    /// Starts over.
    ///
    /// # Errors
    /// Where the new state cannot be written down.
    pub async fn reset(&self) -> Result<()> {
        self.ask(Command::Reset).await
    }

    /// Ends the thread after what it is doing.
    pub fn stop(&self) {
        drop(self.commands.send(Command::Stop));
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<Result<T>>) -> Command) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.commands.try_send(command(reply)).map_err(|_| Busy)?;
        answer.await.map_err(|_| Busy)?
    }
}

/// The loop of the chain's thread.
struct Actor {
    ledgers: Ledgers,
    /// Fundings that wait for their ledger.
    funding: Vec<([u8; 32], Reply<Result<Funding>>)>,
    last_close: Instant,
}

impl Actor {
    fn run(mut self, inbox: &Receiver<Command>) {
        loop {
            let wait = self
                .ledgers
                .mode
                .tick()
                .saturating_sub(self.last_close.elapsed());
            match inbox.recv_timeout(wait) {
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(command) => self.safely(|actor| actor.handle(command)),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.last_close.elapsed() >= self.ledgers.mode.tick() {
                self.safely(Self::tick);
            }
        }
    }

    fn tick(&mut self) {
        if let Err(error) = self.ledgers.close() {
            tracing::error!("the ledger could not be closed: {error:#}");
        }
        self.closed();
    }

    /// A panic ends what caused it and nothing else: the chain stays at its newest ledger.
    fn safely(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_ok() {
            return;
        }
        tracing::error!("what was being done panicked");
        if let Err(error) = self.ledgers.recover() {
            tracing::error!("the module cache could not be made anew: {error:#}");
        }
        self.closed();
    }

    fn handle(&mut self, command: Command) {
        let before = self.ledgers.view.sequence();
        match command {
            Command::Submit(envelope, reply) => {
                drop(reply.send(self.ledgers.submit(*envelope)));
            }
            Command::Fund(beneficiary, reply) => {
                match friendbot::queue(&mut self.ledgers, beneficiary) {
                    Ok(hash) => self.funding.push((hash, reply)),
                    Err(error) => drop(reply.send(Err(error))),
                }
            }
            Command::Travel(travel, reply) => drop(reply.send(self.ledgers.travel(travel))),
            Command::Load(snapshot, reply) => drop(reply.send(self.ledgers.load(*snapshot))),
            Command::Reset(reply) => drop(reply.send(self.ledgers.reset())),
            Command::Stop => {}
        }
        let was_dropped = self.ledgers.queue.is_empty() && !self.funding.is_empty();
        if self.ledgers.view.sequence() != before || was_dropped {
            self.closed();
        }
    }

    /// Answers those who waited for a ledger.
    fn closed(&mut self) {
        self.last_close = Instant::now();
        for (hash, reply) in std::mem::take(&mut self.funding) {
            drop(reply.send(friendbot::outcome(&self.ledgers.view, hash)));
        }
    }
}
