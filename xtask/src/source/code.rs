//! The code that runs on chain, parsed: tests and test helpers are left out.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ImplItem, Item, Pat, TraitItem, Type, UseTree};

/// Everything that is read.
#[derive(Default)]
pub struct Code {
    pub files: Vec<File>,
    pub functions: Vec<Function>,
    /// Which packages are contracts.
    pub contracts: Vec<String>,
}

pub struct File {
    pub package: String,
    /// `storage`, `slot::codec`; empty for the crate's root.
    pub module: String,
    pub path: PathBuf,
    pub items: Vec<Item>,
    /// What `use` calls what: `ownable` → `["stellar_access", "ownable"]`.
    pub uses: HashMap<String, Vec<String>>,
}

impl File {
    /// `contracts/deals/src/report.rs:12`.
    pub fn at(&self, spanned: &impl Spanned) -> String {
        let line = spanned.span().start().line;
        format!("{}:{line}", shown(&self.path))
    }
}

pub struct Function {
    pub file: usize,
    pub package: String,
    pub module: String,
    /// The type or trait that it belongs to, if any.
    pub owner: Option<String>,
    pub name: String,
    pub params: Vec<(String, Type)>,
    pub body: syn::Block,
    /// Exported by the contract of this package, or by each that implements the trait.
    pub exported: Exported,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exported {
    No,
    /// In a `#[contractimpl]`.
    Here,
    /// A default of a `#[contracttrait]`.
    ByTrait,
}

impl Code {
    pub fn load(&mut self, package: &str, root: &Path, is_contract: bool) -> Result<()> {
        if is_contract {
            self.contracts.push(package.to_owned());
        }
        self.load_file(package, "", root)
    }

    fn load_file(&mut self, package: &str, module: &str, path: &Path) -> Result<()> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let below = self.add(package, module, path, &text)?;
        for name in below {
            let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
                Some("lib" | "mod") | None => path.with_file_name(""),
                Some(stem) => path.with_file_name(stem),
            };
            let flat = folder.join(format!("{name}.rs"));
            let nested = folder.join(&name).join("mod.rs");
            let found = if flat.exists() { flat } else { nested };
            let module = join(module, &name);
            self.load_file(package, &module, &found)?;
        }
        Ok(())
    }

    /// Takes a file's text in; answers the modules that it declares and does not contain.
    pub fn add(
        &mut self,
        package: &str,
        module: &str,
        path: &Path,
        text: &str,
    ) -> Result<Vec<String>> {
        let parsed = syn::parse_file(text).with_context(|| path.display().to_string())?;
        Ok(self.take(package, module, path, parsed.items))
    }

    fn take(
        &mut self,
        package: &str,
        module: &str,
        path: &Path,
        mut items: Vec<Item>,
    ) -> Vec<String> {
        items.retain(|item| !is_test_only(attributes(item)));
        for item in &mut items {
            if let Some(stored) = stored_struct(item) {
                *item = Item::Struct(stored);
            }
        }
        let mut uses = HashMap::new();
        let mut below = Vec::new();
        for item in &mut items {
            match item {
                Item::Use(used) => collect_uses(&used.tree, &mut Vec::new(), &mut uses),
                Item::Mod(inner) => match inner.content.take() {
                    None => below.push(inner.ident.to_string()),
                    Some((_, items)) => {
                        let name = join(module, &inner.ident.to_string());
                        self.take(package, &name, path, items);
                    }
                },
                _ => {}
            }
        }
        let file = self.files.len();
        for item in &items {
            self.add_functions(file, package, module, item);
        }
        self.files.push(File {
            package: package.to_owned(),
            module: module.to_owned(),
            path: path.to_owned(),
            items,
            uses,
        });
        below
    }

    fn add_functions(&mut self, file: usize, package: &str, module: &str, item: &Item) {
        let mut add = |owner: Option<String>, sig: &syn::Signature, body: &syn::Block, exported| {
            self.functions.push(Function {
                file,
                package: package.to_owned(),
                module: module.to_owned(),
                owner,
                name: sig.ident.to_string(),
                params: params(sig),
                body: body.clone(),
                exported,
            });
        };
        match item {
            Item::Fn(function) => add(None, &function.sig, &function.block, Exported::No),
            Item::Impl(block) => {
                let owner = type_name(&block.self_ty);
                let exported = has_attribute(&block.attrs, "contractimpl");
                for inner in &block.items {
                    let ImplItem::Fn(method) = inner else {
                        continue;
                    };
                    if is_test_only(&method.attrs) {
                        continue;
                    }
                    let public =
                        block.trait_.is_some() || matches!(method.vis, syn::Visibility::Public(_));
                    let exported = match exported && public {
                        true => Exported::Here,
                        false => Exported::No,
                    };
                    add(owner.clone(), &method.sig, &method.block, exported);
                }
            }
            Item::Trait(block) => {
                let exported = match has_attribute(&block.attrs, "contracttrait") {
                    true => Exported::ByTrait,
                    false => Exported::No,
                };
                for inner in &block.items {
                    let TraitItem::Fn(method) = inner else {
                        continue;
                    };
                    let Some(body) = &method.default else {
                        continue;
                    };
                    add(Some(block.ident.to_string()), &method.sig, body, exported);
                }
            }
            _ => {}
        }
    }

    /// Every function that a contract exports, by its own code or by a trait's.
    pub fn exported<'a>(&'a self, contract: &'a str) -> Vec<&'a Function> {
        let own = self
            .functions
            .iter()
            .filter(|f| f.exported == Exported::Here && f.package == contract);
        let mut traits = Vec::new();
        for file in self.files.iter().filter(|file| file.package == contract) {
            for item in &file.items {
                let Item::Impl(block) = item else { continue };
                if !has_attribute(&block.attrs, "contractimpl") {
                    continue;
                }
                let name = block.trait_.as_ref().map(|(_, path, _)| path);
                traits.extend(name.and_then(|path| path.segments.last()).map(|s| &s.ident));
            }
        }
        let by_trait = self.functions.iter().filter(|f| {
            f.exported == Exported::ByTrait
                && traits.iter().any(|name| Some(name.to_string()) == f.owner)
        });
        own.chain(by_trait).collect()
    }
}

/// The path without what is above the repository's folders.
pub fn shown(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    ["/contracts/", "/packages/"]
        .iter()
        .find_map(|folder| path.find(folder).map(|at| path[at + 1..].to_owned()))
        .unwrap_or(path)
}

pub fn join(module: &str, name: &str) -> String {
    if module.is_empty() {
        name.to_owned()
    } else {
        format!("{module}::{name}")
    }
}

pub fn has_attribute(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| {
        attribute
            .path()
            .segments
            .last()
            .is_some_and(|s| s.ident == name)
    })
}

/// The last name of a type, references taken off.
pub fn type_name(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
        Type::Reference(reference) => type_name(&reference.elem),
        _ => None,
    }
}

fn params(sig: &syn::Signature) -> Vec<(String, Type)> {
    sig.inputs
        .iter()
        .map(|input| match input {
            FnArg::Receiver(receiver) => ("self".to_owned(), (*receiver.ty).clone()),
            FnArg::Typed(typed) => {
                let name = match &*typed.pat {
                    Pat::Ident(ident) => ident.ident.to_string(),
                    _ => "_".to_owned(),
                };
                (name, (*typed.ty).clone())
            }
        })
        .collect()
}

/// The struct that a `stored! { … }` declares.
fn stored_struct(item: &Item) -> Option<syn::ItemStruct> {
    let Item::Macro(item) = item else { return None };
    let name = &item.mac.path.segments.last()?.ident;
    if name != "stored" {
        return None;
    }
    syn::parse2(item.mac.tokens.clone()).ok()
}

/// Compiled for tests only: `cfg(test)`, `cfg(any(test, feature = "testutils"))`.
fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| {
            let condition: String = list
                .tokens
                .to_string()
                .split_whitespace()
                .collect::<Vec<_>>()
                .concat();
            condition == "test" || condition == "any(test,feature=\"testutils\")"
        })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn collect_uses(tree: &UseTree, above: &mut Vec<String>, uses: &mut HashMap<String, Vec<String>>) {
    match tree {
        UseTree::Path(path) => {
            above.push(path.ident.to_string());
            collect_uses(&path.tree, above, uses);
            above.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            if let Some(last) = above.last() {
                uses.insert(last.clone(), above.clone());
            }
        }
        UseTree::Name(name) => {
            let mut full = above.clone();
            full.push(name.ident.to_string());
            uses.insert(name.ident.to_string(), full);
        }
        UseTree::Rename(renamed) => {
            let mut full = above.clone();
            full.push(renamed.ident.to_string());
            uses.insert(renamed.rename.to_string(), full);
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                collect_uses(tree, above, uses);
            }
        }
        UseTree::Glob(_) => {}
    }
}
