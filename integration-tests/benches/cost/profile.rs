//! Where the instructions of one transaction go, by host function and by cost type.

use std::{cell::RefCell, collections::BTreeMap, fmt::Write, rc::Rc};

use soroban_env_host::{
    budget::{AsBudget, Budget, CostTracker},
    xdr::ContractCostType,
    Host, HostError, TraceEvent, TraceHook,
};

use crate::transaction::Applied;

/// Calls and their own instructions, without the host functions, guest code and VM entries that
/// they cause.
#[derive(Clone, Copy, Default)]
struct Share {
    calls: u64,
    instructions: u64,
}

/// Names of contracts by the start of their Wasm's hash, as the host's trace prints it.
pub type Names = Vec<(String, String)>;

#[derive(Default)]
struct Stack {
    names: Names,
    /// Name, meter at the call, instructions of its callees.
    open: Vec<(String, u64, u64)>,
    shares: BTreeMap<String, Share>,
    /// The stack of executing contracts.
    frames: Vec<String>,
    guest_so_far: u64,
    entry_so_far: u64,
}

/// Traces a transaction through the host.
pub struct Tracer(Rc<RefCell<Stack>>);

impl Tracer {
    pub fn new(names: Names) -> Self {
        Self(Rc::new(RefCell::new(Stack {
            names,
            ..Stack::default()
        })))
    }

    pub fn hook(&self) -> TraceHook {
        let stack = self.0.clone();
        Rc::new(move |host, event| stack.borrow_mut().follow(host, &event))
    }

    pub fn profile(&self, row: &str, applied: &Applied) -> Profile {
        let stack = self.0.borrow();
        let total = applied.usage.instructions;
        let mut functions = stack.shares.clone();
        let traced: u64 = functions.values().map(|share| share.instructions).sum();
        let outside = Share {
            calls: 1,
            instructions: total - traced,
        };
        functions.insert("around the call: decoding, encoding".to_owned(), outside);
        let types = ContractCostType::variants().into_iter().map(|ty| {
            let tracker = tracker(&applied.budget, ty);
            let share = Share {
                calls: tracker.iterations,
                instructions: tracker.cpu,
            };
            (format!("{ty:?}"), share)
        });
        Profile {
            row: row.to_owned(),
            total,
            functions: functions.into_iter().collect(),
            types: types.collect(),
        }
    }
}

fn tracker(budget: &Budget, ty: ContractCostType) -> CostTracker {
    budget.get_tracker(ty).unwrap_or_default()
}

/// Instructions of instantiating contracts so far.
fn vm_entry(budget: &Budget) -> u64 {
    let is_entry = |ty: &ContractCostType| {
        let name = ty.name();
        name.starts_with("InstantiateWasm") || name.starts_with("Vm")
    };
    let types = ContractCostType::variants().into_iter().filter(is_entry);
    types.map(|ty| tracker(budget, ty).cpu).sum()
}

impl Stack {
    fn follow(&mut self, host: &Host, event: &TraceEvent) -> Result<(), HostError> {
        let budget = host.as_budget();
        // Guest code is charged at its next host call.
        let guest = tracker(budget, ContractCostType::WasmInsnExec).cpu;
        if let Some(frame) = self.frames.last() {
            let share = self.shares.entry(format!("{frame}: own code")).or_default();
            share.instructions += guest - self.guest_so_far;
        }
        self.guest_so_far = guest;
        let entry = vm_entry(budget);
        let now = budget.get_cpu_insns_consumed()? - guest - entry;
        match event {
            TraceEvent::EnvCall(name, _) => {
                let caller = self.frames.last().map_or("host", String::as_str);
                self.open.push((format!("{caller}: {name}"), now, 0));
            }
            TraceEvent::EnvRet(..) => self.close(now),
            TraceEvent::PushCtx(..) => {
                let frame = self.frame_name(&event.to_string());
                let share = self
                    .shares
                    .entry(format!("{frame}: entering the contract"))
                    .or_default();
                share.calls += 1;
                share.instructions += entry - self.entry_so_far;
                self.entry_so_far = entry;
                self.frames.push(frame);
            }
            TraceEvent::PopCtx(..) => {
                self.frames.pop();
            }
            _ => {}
        }
        Ok(())
    }

    /// From "push <kind>:<executable>:<function>(<arguments>)".
    fn frame_name(&self, event: &str) -> String {
        let executable = event.split([':', '(']).nth(1).unwrap_or_default();
        let named = self.names.iter().find(|(hash, _)| hash == executable);
        // The asset is the only contract without our Wasm.
        named.map_or("asset", |(_, name)| name).to_owned()
    }

    fn close(&mut self, now: u64) {
        let Some((name, start, inner)) = self.open.pop() else {
            return;
        };
        let whole = now - start;
        let share = self.shares.entry(name).or_default();
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
    /// As text, largest share first, without shares below one percent.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {} instructions\n", self.row, self.total);
        for (title, shares) in [("where", &self.functions), ("cost type", &self.types)] {
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
