//! The chain: takes transactions in and closes ledgers. One thread owns it; everybody else reads the
//! views that it publishes.

mod actor;
mod clock;
mod close;
mod submit;
mod travel;

pub use actor::{Busy, Chain, CloseMode, STACK_BYTES};
pub use submit::Submission;
pub use travel::Travel;

use crate::{
    state::{Expiry, Modules, Network, Store, View},
    tx::{Context, Frame},
};
use clock::Clock;
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
    /// What waits for the next ledger.
    pub pending: Vec<Frame>,
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
        let kept = match &store {
            Some(store) => store.load(Arc::clone(&network))?,
            None => None,
        };
        let is_new = kept.is_none();
        let (view, clock) = match kept {
            Some((view, ahead_secs)) => (view, Clock::ahead_by(ahead_secs)),
            None => {
                let clock = Clock::ahead_by(0);
                (crate::genesis::view(network, clock.now())?, clock)
            }
        };
        if let (true, Some(store)) = (is_new, &store) {
            store.replace(&view, 0)?;
        }
        let published = Arc::new(RwLock::new(view.clone()));
        let ledgers = Self {
            modules: Modules::of(&view.entries, view.sequence())?,
            expiry: Expiry::of(&view.entries),
            view,
            store,
            clock,
            mode,
            pending: Vec::new(),
            published: Arc::clone(&published),
            watch,
        };
        Ok((ledgers, published))
    }

    /// The ledger that comes next.
    fn next(&self) -> Context<'_> {
        Context {
            network: &self.view.network,
            sequence: self.view.sequence().saturating_add(1),
            close_time: self.clock.close_time(self.view.close_time()),
        }
    }

    /// Makes what goes with the view anew, after something was broken off in the middle.
    fn recover(&mut self) -> anyhow::Result<()> {
        self.pending.clear();
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
