//! What a function does in order, with the functions that it calls followed into: whose signature
//! it demands, and where it writes.
//!
//! What may be skipped (a branch, a loop, a closure) counts as a write and never as a signature.

use std::collections::HashMap;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Token};

use crate::source::code::{join, type_name, Code, Function};

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    Signature(Who),
    /// Changes storage, publishes an event, or hands code over.
    Write(String),
    /// Keeps an entry alive.
    Extend(String),
}

/// Whose signature is demanded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Who {
    /// A parameter of the function that is traced.
    Param(String),
    /// What a function answers: `storage::deals`.
    Answer(String),
    Owner,
    OfferedOwner,
    Unknown,
}

/// Functions of libraries that are not followed into, by the end of their path.
const SIGNS: [(&str, Who); 3] = [
    ("ownable::enforce_owner_auth", Who::Owner),
    ("ownable::transfer_ownership", Who::Owner),
    ("ownable::accept_ownership", Who::OfferedOwner),
];
const WRITES: [&str; 4] = [
    "ownable::set_owner",
    "ownable::renounce_ownership",
    "upgradeable::set_schema_version",
    "upgradeable::upgrade",
];
/// What a storage is asked to do.
const STORES: [&str; 4] = ["set", "update", "try_update", "remove"];

pub fn trace(code: &Code, function: &Function) -> Vec<Event> {
    let given = function
        .params
        .iter()
        .map(|(name, _)| (name.clone(), Who::Param(name.clone())))
        .collect();
    let mut events = Vec::new();
    walk(code, function, given, 0, &mut Vec::new(), &mut events);
    events
}

fn walk<'a>(
    code: &'a Code,
    function: &'a Function,
    given: HashMap<String, Who>,
    skippable: usize,
    above: &mut Vec<*const Function>,
    events: &mut Vec<Event>,
) {
    let this: *const Function = function;
    if above.contains(&this) {
        return;
    }
    above.push(this);
    let mut walker = Walker {
        code,
        function,
        given,
        skippable,
        touches_storage: touches_storage(function),
        above,
        events,
    };
    walker.visit_block(&function.body);
    above.pop();
}

struct Walker<'a, 'b> {
    code: &'a Code,
    function: &'a Function,
    given: HashMap<String, Who>,
    skippable: usize,
    touches_storage: bool,
    above: &'b mut Vec<*const Function>,
    events: &'b mut Vec<Event>,
}

impl<'a> Walker<'a, '_> {
    fn skippable(&mut self, visit: impl FnOnce(&mut Self)) {
        self.skippable += 1;
        visit(self);
        self.skippable -= 1;
    }

    fn signature(&mut self, who: Who) {
        if self.skippable == 0 {
            self.events.push(Event::Signature(who));
        }
    }

    fn place(&self) -> String {
        let function = self.function;
        format!(
            "{}/{}::{}",
            function.package, function.module, function.name
        )
    }

    fn write(&mut self, what: &str) {
        let place = self.place();
        self.events.push(Event::Write(format!("{what} in {place}")));
    }

    /// Follows a call by path.
    fn call(&mut self, path: &syn::Path, args: &[&Expr], skippable: usize) {
        let full = self.full_path(path);
        let name = full.join("::");
        if let Some((_, who)) = SIGNS.iter().find(|(end, _)| name.ends_with(end)) {
            self.signature(who.clone());
        }
        if let Some(what) = WRITES.iter().find(|end| name.ends_with(*end)) {
            self.write(what);
        }
        if let Some(function) = self.resolve(&full) {
            self.enter(function, args, skippable);
        }
    }

    fn enter(&mut self, function: &'a Function, args: &[&Expr], skippable: usize) {
        let given = function
            .params
            .iter()
            .zip(args)
            .map(|((name, _), arg)| (name.clone(), self.who(arg)))
            .collect();
        let skippable = self.skippable + skippable;
        walk(
            self.code,
            function,
            given,
            skippable,
            self.above,
            self.events,
        );
    }

    /// A path with what `use` says of its first name.
    fn full_path(&self, path: &syn::Path) -> Vec<String> {
        let mut names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let uses = &self.code.files[self.function.file].uses;
        if let Some(used) = names.first().and_then(|first| uses.get(first)) {
            let mut full = used.clone();
            full.extend(names.drain(1..));
            return full;
        }
        names
    }

    fn resolve(&self, full: &[String]) -> Option<&'a Function> {
        let (name, before) = full.split_last()?;
        let here = (
            self.function.package.as_str(),
            self.function.module.as_str(),
        );
        let found = |package: &str, module: &str, owner: Option<&str>| {
            self.code.functions.iter().find(|f| {
                f.package == package
                    && f.name == *name
                    && f.owner.as_deref() == owner
                    && (owner.is_some() || f.module == module)
            })
        };
        let Some(first) = before.first() else {
            return found(here.0, here.1, None);
        };
        if first == "Self" {
            return found(here.0, here.1, self.function.owner.as_deref());
        }
        let package = match first.strip_prefix("flash_") {
            Some(package) => package,
            None => here.0,
        };
        let modules = match first.as_str() {
            "self" | "super" => vec![self.below_here(before)],
            "crate" => vec![before[1..].to_vec()],
            _ if package != here.0 => vec![before[1..].to_vec()],
            _ => vec![self.below_here(before), before.to_vec()],
        };
        modules.iter().find_map(|module| {
            let module_name = module.join("::");
            found(package, &module_name, None)
                .or_else(|| self.reexported(package, &module_name, name))
                .or_else(|| found(package, "", module.last().map(String::as_str)))
        })
    }

    /// A function that a module takes from one below it.
    fn reexported(&self, package: &str, module: &str, name: &str) -> Option<&'a Function> {
        let mut files = self.code.files.iter();
        let file = files.find(|file| file.package == package && file.module == module)?;
        let (name, below) = file.uses.get(name)?.split_last()?;
        let module = join(module, &below.join("::"));
        self.code.functions.iter().find(|f| {
            f.package == package && f.module == module && f.name == *name && f.owner.is_none()
        })
    }

    /// The module that a path names that starts here.
    fn below_here(&self, before: &[String]) -> Vec<String> {
        let mut module: Vec<String> = self
            .function
            .module
            .split("::")
            .map(str::to_owned)
            .collect();
        for name in before {
            match name.as_str() {
                "self" => {}
                "super" => drop(module.pop()),
                below => module.push(below.to_owned()),
            }
        }
        module.retain(|name| !name.is_empty());
        module
    }

    /// Whom an expression names.
    fn who(&self, expr: &Expr) -> Who {
        match expr {
            Expr::Reference(inner) => self.who(&inner.expr),
            Expr::Paren(inner) => self.who(&inner.expr),
            Expr::Try(inner) => self.who(&inner.expr),
            Expr::MethodCall(call) if call.method == "clone" || call.method == "ok_or" => {
                self.who(&call.receiver)
            }
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => Who::Answer(self.full_path(&path.path).join("::")),
                _ => Who::Unknown,
            },
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|name| self.given.get(&name.to_string()))
                .cloned()
                .unwrap_or(Who::Unknown),
            _ => Who::Unknown,
        }
    }

    /// The type of `self` or of a parameter.
    fn receiver_type(&self, receiver: &Expr) -> Option<String> {
        let Expr::Path(path) = receiver else {
            return None;
        };
        let name = path.path.get_ident()?.to_string();
        let mut params = self.function.params.iter();
        let (_, of) = params.find(|(param, _)| *param == name)?;
        match name.as_str() {
            "self" => self.function.owner.clone(),
            _ => type_name(of),
        }
    }

    fn method(&mut self, call: &syn::ExprMethodCall) {
        let name = call.method.to_string();
        match name.as_str() {
            "require_auth" | "require_auth_for_args" => {
                let who = self.who(&call.receiver);
                return self.signature(who);
            }
            "publish" => return self.write("an event"),
            "extend_ttl" | "extend_ttl_with_limits" | "extend_ttl_for_contract_instance" => {
                let place = self.place();
                return self.events.push(Event::Extend(place));
            }
            stores if STORES.contains(&stores) && self.touches_storage => {
                self.write("storage");
            }
            _ => {}
        }
        // Where the type is not plain: every method of that name, in this package and the shared one.
        let packages = [self.function.package.as_str(), "common"];
        let methods: Vec<&Function> = self
            .code
            .functions
            .iter()
            .filter(|f| f.owner.is_some() && f.params.first().is_some_and(|(p, _)| p == "self"))
            .filter(|f| f.name == name && packages.contains(&f.package.as_str()))
            .collect();
        let of = self.receiver_type(&call.receiver);
        let known = of.is_some() && methods.iter().any(|f| f.owner == of);
        for method in methods.into_iter().filter(|f| !known || f.owner == of) {
            let mut args = vec![&*call.receiver];
            args.extend(&call.args);
            self.enter(method, &args, 1);
        }
    }
}

impl<'ast> Visit<'ast> for Walker<'_, '_> {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        for arg in &call.args {
            self.visit_expr(arg);
        }
        match &*call.func {
            Expr::Path(path) => {
                let args: Vec<&Expr> = call.args.iter().collect();
                self.call(&path.path, &args, 0);
            }
            other => self.visit_expr(other),
        }
    }

    /// A function that is handed on may be called.
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.skippable(|walker| walker.call(&path.path, &[], 0));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        for arg in &call.args {
            self.visit_expr(arg);
        }
        self.method(call);
    }

    fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
        self.visit_expr(&branch.cond);
        self.skippable(|walker| {
            walker.visit_block(&branch.then_branch);
            if let Some((_, other)) = &branch.else_branch {
                walker.visit_expr(other);
            }
        });
    }

    fn visit_expr_match(&mut self, matched: &'ast syn::ExprMatch) {
        self.visit_expr(&matched.expr);
        self.skippable(|walker| {
            for arm in &matched.arms {
                walker.visit_arm(arm);
            }
        });
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        self.visit_expr(&binary.left);
        match binary.op {
            syn::BinOp::And(_) | syn::BinOp::Or(_) => {
                self.skippable(|walker| walker.visit_expr(&binary.right));
            }
            _ => self.visit_expr(&binary.right),
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.skippable(|walker| walker.visit_expr(&closure.body));
    }

    fn visit_expr_for_loop(&mut self, each: &'ast syn::ExprForLoop) {
        self.visit_expr(&each.expr);
        self.skippable(|walker| walker.visit_block(&each.body));
    }

    fn visit_expr_while(&mut self, each: &'ast syn::ExprWhile) {
        self.skippable(|walker| visit::visit_expr_while(walker, each));
    }

    fn visit_local_init(&mut self, init: &'ast syn::LocalInit) {
        self.visit_expr(&init.expr);
        if let Some((_, diverge)) = &init.diverge {
            self.skippable(|walker| walker.visit_expr(diverge));
        }
    }

    /// Macros whose arguments are expressions: `ensure!`, `vec!`, `matches!` as far as it goes.
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(exprs) = mac.parse_body_with(parser) {
            // Parsed anew, so it does not live as long as the file: walked by its own lifetime.
            for expr in &exprs {
                Walker {
                    code: self.code,
                    function: self.function,
                    given: self.given.clone(),
                    skippable: self.skippable + 1,
                    touches_storage: self.touches_storage,
                    above: self.above,
                    events: self.events,
                }
                .visit_expr(expr);
            }
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// Whether a function's own code asks for a storage.
fn touches_storage(function: &Function) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            self.0 |= call.method == "storage";
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut finder = Finder(false);
    finder.visit_block(&function.body);
    finder.0
}

/// The first parameter that is an address.
pub fn first_address(function: &Function) -> Option<&str> {
    function
        .params
        .iter()
        .find(|(_, of)| type_name(of).as_deref() == Some("Address"))
        .map(|(name, _)| name.as_str())
}
