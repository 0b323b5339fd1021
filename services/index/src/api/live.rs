//! Live changes as server-sent events, which a client can resume.

use super::{
    error::{ApiError, ErrorBody, Result},
    params::{Nothing, Query},
    Shared,
};
use crate::{
    answers::{Change, ChangeKind},
    query::changes::Happened,
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        sse::{Event, KeepAlive, Sse},
        IntoResponse, Response,
    },
};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::{broadcast, mpsc, OwnedSemaphorePermit, Semaphore};
use tokio_stream::wrappers::ReceiverStream;

/// The maximum number of open streams.
const MAX_STREAMS: usize = 1_000;
/// How many missed events a client can get; above that it has to reload everything.
const MAX_MISSED: usize = 1_000;
/// How many messages may wait for a slow client.
const WAITING: usize = 64;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Sends to all streams.
#[derive(Clone)]
pub struct Live {
    sender: broadcast::Sender<Arc<Happened>>,
    places: Arc<Semaphore>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(4_096).0,
            places: Arc::new(Semaphore::new(MAX_STREAMS)),
        }
    }
}

impl Live {
    /// It is not an error if nobody listens.
    pub fn tell(&self, happened: Happened) {
        drop(self.sender.send(Arc::new(happened)));
    }

    pub fn open_streams(&self) -> usize {
        MAX_STREAMS.saturating_sub(self.places.available_permits())
    }
}

/// Changes as server-sent events: `change`, with a `Change` as data. A client that comes back with
/// `Last-Event-ID` gets what it missed; `reset` says that it missed too much and should read
/// everything anew.
#[utoipa::path(get, path = "/live", tag = "network",
    params(("Last-Event-ID" = Option<String>, Header, description = "Of the last event that was seen.")),
    responses((status = 200, body = Change, content_type = "text/event-stream"),
        (status = 400, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn live(
    State(shared): State<Shared>,
    Query(Nothing): Query<Nothing>,
    headers: HeaderMap,
) -> Result<Response> {
    let place = shared.live.places.clone().try_acquire_owned();
    let place = place.map_err(|_| ApiError::unavailable("all streams are taken"))?;
    // Subscribe before reading the missed events, so that none is lost in between.
    let receiver = shared.live.sender.subscribe();
    let last = headers.get("last-event-id");
    let last = last
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    if last.as_ref().is_some_and(|id| !is_event_id(id)) {
        return Err(ApiError::bad("Last-Event-ID", "not the id of an event"));
    }
    let (messages, stream) = mpsc::channel(WAITING);
    tokio::spawn(feed(shared, last, receiver, messages, place));
    let answer = Sse::new(ReceiverStream::new(stream));
    let answer = answer.keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Proxies must not buffer the stream.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((unbuffered, answer).into_response())
}

type Message = std::result::Result<Event, Infallible>;

/// Writes one stream until the client disconnects or this program stops.
async fn feed(
    shared: Shared,
    last: Option<String>,
    mut receiver: broadcast::Receiver<Arc<Happened>>,
    messages: mpsc::Sender<Message>,
    _place: OwnedSemaphorePermit,
) {
    let mut seen = String::new();
    if let Some(last) = last {
        match shared.reads.happened_after(&last, MAX_MISSED + 1).await {
            Ok(missed) if missed.len() <= MAX_MISSED => {
                seen = last;
                for one in missed {
                    if !send(&messages, &one).await {
                        return;
                    }
                    seen = one.event_id;
                }
            }
            Ok(_) => {
                let reset = Event::default().event("reset").data("{}");
                if messages.send(Ok(reset)).await.is_err() {
                    return;
                }
            }
            // The client reconnects and resumes.
            Err(_) => return,
        }
    }
    loop {
        let one = tokio::select! {
            one = receiver.recv() => one,
            _ = messages.closed() => return,
            () = shared.stop.cancelled() => return,
        };
        // A client that lags is disconnected; it reconnects with the last id that it saw.
        let Ok(one) = one else { return };
        let repeated = !one.event_id.is_empty() && one.event_id <= seen;
        if !repeated && !send(&messages, &one).await {
            return;
        }
    }
}

/// The id is sent with the last message of an event. A client disconnected before gets all messages
/// again.
async fn send(messages: &mpsc::Sender<Message>, one: &Happened) -> bool {
    for (nth, change) in one.changes.iter().enumerate() {
        let Ok(data) = serde_json::to_string(change) else {
            return false;
        };
        let mut event = Event::default().event("change").data(data);
        if nth + 1 == one.changes.len() && change.kind != ChangeKind::Ledger {
            event = event.id(&one.event_id);
        }
        if messages.send(Ok(event)).await.is_err() {
            return false;
        }
    }
    true
}

/// The format of Stellar RPC: two numbers with a fixed number of digits.
fn is_event_id(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 64
        && text
            .split_once('-')
            .is_some_and(|(a, b)| is_digits(a) && is_digits(b))
}
