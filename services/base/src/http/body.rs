//! Bodies of requests and answers.

use super::gate::Place;
use axum::{
    body::{Body, Bytes},
    BoxError,
};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::Limited;
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::Sleep;

/// The body of a request, within a time and a size.
pub(super) struct Bounded {
    body: Limited<Body>,
    time_out: Pin<Box<Sleep>>,
}

impl Bounded {
    pub(super) fn wrap(body: Body, time: Duration, max_bytes: usize) -> Body {
        if body.is_end_stream() {
            return body;
        }
        Body::new(Self {
            body: Limited::new(body, max_bytes),
            time_out: Box::pin(tokio::time::sleep(time)),
        })
    }
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.time_out.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err("the body did not arrive in time".into())));
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer: its client's place is taken until it is sent. A stream may last for hours.
pub(super) struct Held {
    pub(super) body: Body,
    pub(super) _place: Place,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
