//! One file with all its changes, each in an arm of its function.

use std::ops::Range;

use anyhow::{Context, Result};
use syn::visit::{self, Visit};

/// One text of one file replaced by another.
#[derive(Clone, Debug)]
pub struct Change {
    /// Counts from 1; 0 is the unchanged code.
    pub id: u32,
    /// The path from the repository's root.
    pub file: String,
    /// Bytes.
    pub at: Range<usize>,
    pub to: String,
    /// The test to run first: the binary and the test's name.
    pub first: Option<String>,
    pub label: String,
}

impl Change {
    /// `deals` for what is below `contracts/deals`.
    pub fn package(&self) -> &str {
        self.file.split('/').nth(1).unwrap_or_default()
    }
}

/// Where each change was written, to find the one that does not build.
#[derive(Debug)]
pub struct Arm {
    pub ids: Vec<u32>,
    /// Lines from 1.
    pub lines: Range<usize>,
}

#[derive(Debug)]
pub struct Switched {
    pub text: String,
    /// Those of the single changes first, then those of whole functions.
    pub arms: Vec<Arm>,
    /// Changes outside every function that can choose at run time.
    pub unswitchable: Vec<u32>,
}

/// Appended to each crate that holds a change.
pub const SWITCH: &str = "
/// Which change is switched on.
#[doc(hidden)]
pub fn seeded() -> u32 {
    extern crate std;
    static ID: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *ID.get_or_init(|| {
        let id = std::env::var(\"SEEDED\").ok();
        id.and_then(|id| id.parse().ok()).unwrap_or(0)
    })
}
";

pub fn switched(text: &str, changes: &[&Change]) -> Result<Switched> {
    let parsed = syn::parse_file(text).context("the file does not parse")?;
    let mut bodies = Bodies(Vec::new());
    bodies.visit_file(&parsed);
    bodies.0.sort_by_key(|body| body.start);

    let mut out = Switched {
        text: String::new(),
        arms: Vec::new(),
        unswitchable: Vec::new(),
    };
    let within = |body: &Range<usize>, change: &Change| {
        body.start <= change.at.start && change.at.end <= body.end
    };
    for change in changes {
        if !bodies.0.iter().any(|body| within(body, change)) {
            out.unswitchable.push(change.id);
        }
    }
    let mut whole = Vec::new();
    let mut copied = 0;
    for body in &bodies.0 {
        let here: Vec<&&Change> = changes
            .iter()
            .filter(|change| within(body, change))
            .collect();
        if here.is_empty() {
            continue;
        }
        out.text.push_str(&text[copied..body.start]);
        let first = line(&out.text);
        out.text.push_str("{ match crate::seeded() {\n");
        for change in &here {
            let start = line(&out.text);
            let before = &text[body.start..change.at.start];
            let after = &text[change.at.end..body.end];
            let arm = format!("{} => {before}{}{after}\n", change.id, braced(change, body));
            out.text.push_str(&arm);
            out.arms.push(Arm {
                ids: vec![change.id],
                lines: start..line(&out.text),
            });
        }
        out.text.push_str("_ => ");
        out.text.push_str(&text[body.clone()]);
        out.text.push_str("\n} }");
        whole.push(Arm {
            ids: here.iter().map(|change| change.id).collect(),
            lines: first..line(&out.text) + 1,
        });
        copied = body.end;
    }
    out.text.push_str(&text[copied..]);
    out.arms.extend(whole);
    Ok(out)
}

/// A replacement of a whole body needs the braces that it replaces.
fn braced(change: &Change, body: &Range<usize>) -> String {
    if change.at == *body && !change.to.trim_start().starts_with('{') {
        format!("{{ {} }}", change.to)
    } else {
        change.to.clone()
    }
}

/// The number of the line that is written next, from 1.
fn line(text: &str) -> usize {
    text.matches('\n').count() + 1
}

/// The bodies of functions that run at run time, braces included; of nested ones the outermost.
struct Bodies(Vec<Range<usize>>);

impl Bodies {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        if signature.constness.is_none() {
            let span = block.brace_token.span;
            self.0
                .push(span.open().byte_range().start..span.close().byte_range().end);
        }
    }
}

impl<'ast> Visit<'ast> for Bodies {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig, &function.block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig, &function.block);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.add(&function.sig, block);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }
}
