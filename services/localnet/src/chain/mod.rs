//! The chain: takes transactions in and closes ledgers. One thread owns it; everybody else reads the
//! views that it publishes.

mod actor;
mod clock;
mod close;
mod queue;
mod replay;
mod submit;
mod travel;

pub use actor::{Busy, Chain, CloseMode, STACK_BYTES};
pub use replay::{Replay, ReplayedLedger};
pub use submit::Submission;
pub use travel::Travel;

use crate::state::{Expiry, Modules, Network, Store, View};
use clock::Clock;
use queue::Queue;
use std::sync::{Arc, RwLock};

/// Called on the chain's thread with each new view, before anybody else sees what comes after it.
pub type Watch = Box<dyn FnMut(&View) + Send>;

/// The state of the chain, on its own thread.
pub struct Ledgers {
    pub view: View,
    modules: Modules,
    expiry: Expiry,
    store: Option<Store>,
    clock: Clock,
    mode: CloseMode,
    pub queue: Queue,
    published: Arc<RwLock<View>>,
    watch: Option<Watch>,
}

impl Ledgers {
    /// Opens the chain: what the store holds, or a new one.
    fn open(
        network: Arc<Network>,
        store: Option<Store>,
        mode: CloseMode,
        watch: Option<Watch>,
    ) -> anyhow::Result<(Self, Arc<RwLock<View>>)> {
        let stored = match &store {
            Some(store) => store.load(Arc::clone(&network))?,
            None => None,
        };
        let is_new = stored.is_none();
        let (view, clock) = match stored {
            Some((view, ahead_secs)) => (view, Clock::ahead_by(ahead_secs)),
            None => {
                let clock = Clock::ahead_by(0);
                (crate::genesis::view(network, clock.now())?, clock)
            }
        };
        if let (true, Some(store)) = (is_new, &store) {
            store.replace(&view, 0)?;
        }
        let mut ledgers = Self::of(view, clock, mode)?;
        ledgers.store = store;
        ledgers.watch = watch;
        let published = Arc::clone(&ledgers.published);
        Ok((ledgers, published))
    }

    /// A chain that goes on from `view`, in memory.
    fn of(view: View, clock: Clock, mode: CloseMode) -> anyhow::Result<Self> {
        let published = Arc::new(RwLock::new(view.clone()));
        Ok(Self {
            modules: Modules::of(&view.entries, view.sequence())?,
            expiry: Expiry::of(&view.entries),
            view,
            store: None,
            clock,
            mode,
            queue: Queue::default(),
            published,
            watch: None,
        })
    }

    /// Makes what goes with the view anew, after something was broken off in the middle.
    fn recover(&mut self) -> anyhow::Result<()> {
        self.queue.clear();
        self.expiry = Expiry::of(&self.view.entries);
        self.modules = Modules::of(&self.view.entries, self.view.sequence())?;
        Ok(())
    }

    /// Shows everybody the newest view.
    fn publish(&mut self) {
        {
            let mut published = self
                .published
                .write()
                .unwrap_or_else(|lock| lock.into_inner());
            *published = self.view.clone();
        }
        if let Some(watch) = &mut self.watch {
            watch(&self.view);
        }
    }
}
