//! The stored size of an object as a function of time, from the events in access logs.
//!
//! Events count in the order of their times, then of their requests, regardless of the order of
//! arrival. Logs have whole seconds. If a PUT and a deletion share a second, the PUT counts first,
//! unless a later line shows that the object still exists.
//!
//! A noncurrent version is not billed. So a deletion without a version id sets the size of the
//! object to 0, also on a versioned bucket, where it leaves a marker. A deletion with a version id
//! only deletes that version.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An event of an object, from a line of the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// It was put, copied, or joined from parts.
    Put,
    /// It was deleted, or it expired.
    Delete,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    pub at_secs: u64,
    /// The request id, which orders the events of one second.
    pub request: String,
    pub action: Action,
    /// Empty if the line names no version.
    pub version: String,
    /// For a deletion: the size in the line, or 0 if there is none.
    pub size_bytes: u64,
}

/// A second in which an object was both put and deleted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tie {
    pub at_secs: u64,
    /// When the object next changes, if it does.
    pub next_secs: Option<u64>,
}

/// The effect of an event on the stored size.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Effect {
    pub change_bytes: i64,
    /// After all events of the same second.
    pub size_after_bytes: u64,
    /// Whether its second is a [`Tie`].
    pub tied: bool,
}

impl Event {
    /// Whether it determines the current version; the deletion of a named version may not.
    pub fn decides(&self) -> bool {
        self.action == Action::Put || self.version.is_empty()
    }

    fn is_plain_delete(&self) -> bool {
        self.action == Action::Delete && self.version.is_empty()
    }
}

/// The seconds whose order only later lines can determine.
pub fn ties(events: &[Event]) -> Vec<Tie> {
    let seconds = by_second(events);
    let tied = seconds.iter().filter(|(_, group)| is_tie(events, group));
    tied.map(|(at_secs, _)| Tie {
        at_secs: *at_secs,
        next_secs: next_decision(events, &seconds, *at_secs).map(|next| next.0),
    })
    .collect()
}

/// The effect of each event, in the given order. `size_before_bytes` is the size before all events.
/// `shown_after` contains the ties after which, before the next change, a line shows that the
/// object exists.
pub fn effects(
    size_before_bytes: u64,
    events: &[Event],
    shown_after: &BTreeSet<u64>,
) -> Vec<Effect> {
    let seconds = by_second(events);
    let mut stack = Stack::with(size_before_bytes);
    let mut effects = vec![Effect::default(); events.len()];
    let mut size = stack.size();
    for (at_secs, group) in &seconds {
        let tied = is_tie(events, group);
        let shown = shown_after.contains(at_secs) || next_deletes_bytes(events, &seconds, *at_secs);
        let mut order = group.clone();
        order.sort_by_key(|&nth| rank(events, nth, tied && shown));
        for &nth in &order {
            if let (Some(event), Some(effect)) = (events.get(nth), effects.get_mut(nth)) {
                stack.apply(event);
                effect.change_bytes = difference(stack.size(), size);
                effect.tied = tied;
                size = stack.size();
            }
        }
        for &nth in &order {
            if let Some(effect) = effects.get_mut(nth) {
                effect.size_after_bytes = size;
            }
        }
    }
    effects
}

/// Positions of the events of each second.
type Seconds = BTreeMap<u64, Vec<usize>>;

fn by_second(events: &[Event]) -> Seconds {
    let mut seconds = Seconds::new();
    for (nth, event) in events.iter().enumerate() {
        seconds.entry(event.at_secs).or_default().push(nth);
    }
    seconds
}

fn is_tie(events: &[Event], group: &[usize]) -> bool {
    let mut members = group.iter().filter_map(|&nth| events.get(nth));
    let put = members.clone().any(|event| event.action == Action::Put);
    put && members.any(Event::is_plain_delete)
}

/// The next second with a deciding event, and its events.
fn next_decision<'a>(
    events: &'a [Event],
    seconds: &Seconds,
    after_secs: u64,
) -> Option<(u64, Vec<&'a Event>)> {
    let later = seconds.range(after_secs.saturating_add(1)..);
    let mut deciding = later.map(|(at_secs, group)| {
        let members = group.iter().filter_map(|&nth| events.get(nth));
        let members: Vec<_> = members.filter(|event| event.decides()).collect();
        (*at_secs, members)
    });
    deciding.find(|next| !next.1.is_empty())
}

/// Whether the next change is a deletion that deleted bytes, according to its line.
fn next_deletes_bytes(events: &[Event], seconds: &Seconds, at_secs: u64) -> bool {
    let next = next_decision(events, seconds, at_secs);
    next.is_some_and(|(_, members)| {
        let deletes = members.iter().all(|event| event.is_plain_delete());
        deletes && members.iter().any(|event| event.size_bytes > 0)
    })
}

/// The order within a second: puts, deletions of a version, deletions; with `deletion_first`,
/// deletions come first. Then by request, then by version, so that the order of arrival does not
/// matter.
fn rank(events: &[Event], nth: usize, deletion_first: bool) -> (u8, &str, &str, u64) {
    let Some(event) = events.get(nth) else {
        return (u8::MAX, "", "", 0);
    };
    let class = match event.action {
        Action::Put => 1,
        Action::Delete if !event.version.is_empty() => 2,
        Action::Delete if deletion_first => 0,
        Action::Delete => 3,
    };
    (class, &event.request, &event.version, event.size_bytes)
}

fn difference(to: u64, from: u64) -> i64 {
    let change = i128::from(to) - i128::from(from);
    i64::try_from(change).unwrap_or(if change > 0 { i64::MAX } else { i64::MIN })
}

/// The versions of an object and the deletion markers, newest last.
#[derive(Default)]
struct Stack {
    /// A version with its size, or a marker.
    entries: BTreeMap<u64, Option<(String, u64)>>,
    order_of: HashMap<String, u64>,
    next: u64,
}

impl Stack {
    fn with(size_bytes: u64) -> Self {
        let mut stack = Self::default();
        if size_bytes > 0 {
            stack.put("", size_bytes);
        }
        stack
    }

    /// The current version and its size.
    fn newest(&self) -> Option<&(String, u64)> {
        self.entries.values().next_back()?.as_ref()
    }

    fn size(&self) -> u64 {
        self.newest().map_or(0, |(_, size_bytes)| *size_bytes)
    }

    fn apply(&mut self, event: &Event) {
        match event.action {
            Action::Put => self.put(&event.version, event.size_bytes),
            Action::Delete if event.version.is_empty() => self.delete(),
            Action::Delete => self.remove(&event.version),
        }
    }

    /// On a bucket without versions the object is gone. Otherwise a marker hides its versions.
    fn delete(&mut self) {
        if self.newest().is_some_and(|(version, _)| version.is_empty()) {
            self.remove("");
        }
        if self.newest().is_some() {
            self.push(None);
        }
    }

    fn put(&mut self, version: &str, size_bytes: u64) {
        self.remove(version);
        self.order_of.insert(version.to_owned(), self.next);
        self.push(Some((version.to_owned(), size_bytes)));
    }

    fn push(&mut self, entry: Option<(String, u64)>) {
        self.entries.insert(self.next, entry);
        self.next = self.next.saturating_add(1);
    }

    fn remove(&mut self, version: &str) {
        if let Some(order) = self.order_of.remove(version) {
            self.entries.remove(&order);
        }
    }
}
