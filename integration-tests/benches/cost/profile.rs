//! Where the instructions of one transaction go: by host function, and by type of cost.

use std::{cell::RefCell, collections::BTreeMap, fmt::Write, rc::Rc};

use soroban_env_host::{
    budget::AsBudget, xdr::ContractCostType, Host, HostError, TraceEvent, TraceHook,
};

use crate::transaction::Applied;

/// Host functions without the ones that they call, and without guest code.
#[derive(Clone, Copy, Default)]
struct Share {
    calls: u64,
    instructions: u64,
}

#[derive(Default)]
struct Stack {
    /// Name, meter at the call, instructions of what it called.
    open: Vec<(&'static str, u64, u64)>,
    shares: BTreeMap<String, Share>,
    /// The contracts that are being executed.
    frames: Vec<String>,
    guest_so_far: u64,
}

/// Follows a transaction through the host.
pub struct Tracer(Rc<RefCell<Stack>>);

impl Tracer {
    pub fn new() -> Self {
        Self(Rc::default())
    }

    pub fn hook(&self) -> TraceHook {
        let stack = self.0.clone();
        Rc::new(move |host, event| stack.borrow_mut().follow(host, &event))
    }

    pub fn profile(&self, row: &str, applied: &Applied) -> Profile {
        let stack = self.0.borrow();
        let total = applied.usage.instructions;
        let mut functions: Vec<_> = stack.shares.clone().into_iter().collect();
        let traced: u64 = functions.iter().map(|(_, share)| share.instructions).sum();
        let outside = Share {
            calls: 1,
            instructions: total - traced,
        };
        functions.push(("(first VM entry, decoding, encoding)".to_owned(), outside));
        let types = ContractCostType::variants().into_iter().map(|ty| {
            let tracker = applied.budget.get_tracker(ty).unwrap_or_default();
            let share = Share {
                calls: tracker.iterations,
                instructions: tracker.cpu,
            };
            (format!("{ty:?}"), share)
        });
        Profile {
            row: row.to_owned(),
            total,
            functions,
            types: types.collect(),
        }
    }
}

impl Stack {
    fn follow(&mut self, host: &Host, event: &TraceEvent) -> Result<(), HostError> {
        let budget = host.as_budget();
        // Guest code is charged when it next calls the host.
        let guest = budget.get_tracker(ContractCostType::WasmInsnExec)?.cpu;
        if let Some(frame) = self.frames.last() {
            let share = self
                .shares
                .entry(format!("(guest code of {frame})"))
                .or_default();
            share.instructions += guest - self.guest_so_far;
        }
        self.guest_so_far = guest;
        let now = budget.get_cpu_insns_consumed()? - guest;
        match event {
            TraceEvent::EnvCall(name, _) => self.open.push((name, now, 0)),
            TraceEvent::EnvRet(..) => self.close(now),
            // Formatted as "push <kind>:<executable>:<function>(<arguments>)".
            TraceEvent::PushCtx(..) => {
                let text = event.to_string();
                let frame = text.trim_start_matches("push ").split('(').next();
                self.frames.push(frame.unwrap_or_default().to_owned());
            }
            TraceEvent::PopCtx(..) => {
                self.frames.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, now: u64) {
        let Some((name, start, inner)) = self.open.pop() else {
            return;
        };
        let whole = now - start;
        let share = self.shares.entry(name.to_owned()).or_default();
        share.calls += 1;
        share.instructions += whole - inner;
        if let Some((_, _, called)) = self.open.last_mut() {
            *called += whole;
        }
    }
}

/// Shares of one transaction.
pub struct Profile {
    row: String,
    total: u64,
    functions: Vec<(String, Share)>,
    types: Vec<(String, Share)>,
}

impl Profile {
    /// As text: the dearest first, nothing below one percent.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {} instructions\n", self.row, self.total);
        for (title, shares) in [
            ("host function", &self.functions),
            ("cost type", &self.types),
        ] {
            let _ = writeln!(
                text,
                "  {title:<44} {:>8} {:>12} {:>7}",
                "calls", "instr.", "share"
            );
            let mut shares: Vec<_> = shares.iter().collect();
            shares.sort_by_key(|(_, share)| std::cmp::Reverse(share.instructions));
            for (name, share) in shares {
                let percent = share.instructions as f64 * 100.0 / self.total as f64;
                if percent >= 1.0 {
                    let (calls, instructions) = (share.calls, share.instructions);
                    let _ = writeln!(
                        text,
                        "  {name:<44} {calls:>8} {instructions:>12} {percent:>6.1} %"
                    );
                }
            }
        }
        text
    }
}
