//! The threads that simulate. The host needs a deep stack, so the runtime's own threads will not do.

use crate::chain::{Busy, STACK_BYTES};
use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        mpsc::{sync_channel, Receiver, SyncSender},
        Arc, Mutex, PoisonError,
    },
    thread,
};
use tokio::sync::oneshot;

/// How many simulations may wait.
const QUEUE: usize = 256;

type Job = Box<dyn FnOnce() + Send>;

/// A fixed number of simulating threads. They end when the last handle is dropped.
#[derive(Clone)]
pub struct Pool(SyncSender<Job>);

impl Pool {
    /// Starts `threads` of them.
    ///
    /// # Errors
    /// Where a thread cannot be started.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let (jobs, inbox) = sync_channel::<Job>(QUEUE);
        let inbox = Arc::new(Mutex::new(inbox));
        for _ in 0..threads.max(1) {
            let inbox = Arc::clone(&inbox);
            let builder = thread::Builder::new().name("simulate".to_owned());
            builder
                .stack_size(STACK_BYTES)
                .spawn(move || work(&inbox))?;
        }
        Ok(Self(jobs))
    }

    /// Runs `job` on one of the threads.
    ///
    /// # Errors
    /// [`Busy`] where too much waits, or where the job panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move || drop(reply.send(job())));
        self.0.try_send(job).map_err(|_| Busy)?;
        answer.await.map_err(|_| Busy)
    }
}

fn work(inbox: &Mutex<Receiver<Job>>) {
    loop {
        let job = inbox.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whoever waits for the answer sees that none comes.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}
