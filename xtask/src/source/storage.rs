//! Only `storage.rs`, with what is below it, touches storage, and nothing that is stored grows with use.

use std::collections::{BTreeSet, HashMap, HashSet};

use syn::visit::{self, Visit};
use syn::{Item, Type};

use crate::source::code::{has_attribute, Code, File};

/// Files of the shared package that keep what all contracts have: ownership and upgrades, the
/// pause, how long entries live.
const SHARED: [&str; 3] = ["admin", "pause", "ttl"];

/// Stored collections whose length is bounded by code, and by what.
const BOUNDED: [(&str, &str); 2] = [
    ("BucketOffer.tags", "8 tags of 32 bytes: check_features"),
    ("PageKey.entry", "a key: its name and three parts"),
];

/// Collections of the SDK.
const GROWS: [&str; 2] = ["Vec", "Map"];

pub fn violations(code: &Code) -> Vec<String> {
    let mut broken = touched_elsewhere(code);
    broken.extend(growing(code));
    broken
}

fn may_touch(file: &File) -> bool {
    match file.package.as_str() {
        "common" => SHARED.contains(&file.module.as_str()),
        _ => file.module == "storage" || file.module.starts_with("storage::"),
    }
}

fn touched_elsewhere(code: &Code) -> Vec<String> {
    struct Finder<'a>(&'a File, Vec<String>);
    impl<'ast> Visit<'ast> for Finder<'_> {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            if call.method == "storage" && call.args.is_empty() {
                let at = self.0.at(&call.method);
                self.1
                    .push(format!("{at}: only storage.rs touches storage"));
            }
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut broken = Vec::new();
    for file in code.files.iter().filter(|file| !may_touch(file)) {
        let mut finder = Finder(file, Vec::new());
        file.items.iter().for_each(|item| finder.visit_item(item));
        broken.extend(finder.1);
    }
    broken
}

/// A place in a type's definition: `BucketOffer.tags`.
struct Field<'a> {
    name: String,
    of: &'a Type,
    at: String,
}

fn growing(code: &Code) -> Vec<String> {
    let defined = definitions(code);
    let mut broken = Vec::new();
    let mut excused = HashSet::new();
    for name in stored(code, &defined) {
        for field in defined.get(&name).into_iter().flatten() {
            let grows = names(field.of)
                .into_iter()
                .any(|n| GROWS.contains(&n.as_str()));
            if !grows {
                continue;
            }
            if BOUNDED.iter().any(|(bounded, _)| *bounded == field.name) {
                excused.insert(field.name.clone());
                continue;
            }
            broken.push(format!(
                "{}: {} is stored and holds a collection that may grow",
                field.at, field.name
            ));
        }
    }
    for (name, _) in BOUNDED {
        let (owner, _) = name.split_once('.').unwrap_or((name, ""));
        if defined.contains_key(owner) && !excused.contains(name) {
            broken.push(format!("{name} is excused and is no stored collection"));
        }
    }
    broken.extend(handed_over(code));
    broken
}

/// Functions that store or read a bare collection.
fn handed_over(code: &Code) -> Vec<String> {
    let mut broken = Vec::new();
    for file in code.files.iter().filter(|file| may_touch(file)) {
        for item in &file.items {
            let code = matches!(item, Item::Fn(_) | Item::Impl(_));
            if code
                && names_in(item)
                    .iter()
                    .any(|name| GROWS.contains(&name.as_str()))
            {
                let at = file.at(item);
                broken.push(format!(
                    "{at}: what stores handles a collection that may grow"
                ));
            }
        }
    }
    broken
}

/// Every type that is stored: what the files that touch storage name, and what that is made of.
fn stored(code: &Code, defined: &HashMap<String, Vec<Field>>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut next: Vec<String> = Vec::new();
    for file in code.files.iter().filter(|file| may_touch(file)) {
        for item in &file.items {
            next.extend(names_in(item));
        }
    }
    while let Some(name) = next.pop() {
        if !defined.contains_key(&name) || !all.insert(name.clone()) {
            continue;
        }
        for field in &defined[&name] {
            next.extend(names(field.of));
        }
    }
    all
}

/// The fields of every struct and enum, what an alias stands for, and the arguments of the
/// functions that store.
fn definitions(code: &Code) -> HashMap<String, Vec<Field<'_>>> {
    let mut defined: HashMap<String, Vec<Field>> = HashMap::new();
    for file in &code.files {
        for item in &file.items {
            let (name, fields) = match item {
                Item::Struct(item) => (&item.ident, fields(file, &item.ident, None, &item.fields)),
                Item::Enum(item) => {
                    let variants = item.variants.iter();
                    let all = variants.flat_map(|variant| {
                        fields(file, &item.ident, Some(&variant.ident), &variant.fields)
                    });
                    (&item.ident, all.collect())
                }
                Item::Type(item) => {
                    let field = Field {
                        name: item.ident.to_string(),
                        of: &item.ty,
                        at: file.at(&item.ident),
                    };
                    (&item.ident, vec![field])
                }
                _ => continue,
            };
            // Events and errors are not stored; neither is what a contract calls itself.
            let unstored = match item {
                Item::Struct(item) => {
                    has_attribute(&item.attrs, "contractevent")
                        || has_attribute(&item.attrs, "contract")
                }
                _ => false,
            };
            if !unstored {
                defined.entry(name.to_string()).or_default().extend(fields);
            }
        }
    }
    defined
}

fn fields<'a>(
    file: &File,
    owner: &syn::Ident,
    variant: Option<&syn::Ident>,
    fields: &'a syn::Fields,
) -> Vec<Field<'a>> {
    fields
        .iter()
        .enumerate()
        .map(|(nth, field)| {
            let name = field.ident.as_ref().or(variant);
            let name = name.map_or_else(|| nth.to_string(), ToString::to_string);
            Field {
                name: format!("{owner}.{name}"),
                of: &field.ty,
                at: file.at(&field.ty),
            }
        })
        .collect()
}

/// The names that a type is made of.
fn names(of: &Type) -> Vec<String> {
    let mut finder = Names(Vec::new());
    finder.visit_type(of);
    finder.0
}

fn names_in(item: &Item) -> Vec<String> {
    let mut finder = Names(Vec::new());
    finder.visit_item(item);
    finder.0
}

struct Names(Vec<String>);

impl<'ast> Visit<'ast> for Names {
    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        let last = path.path.segments.last();
        self.0.extend(last.map(|segment| segment.ident.to_string()));
        visit::visit_type_path(self, path);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Struct(item) => self.0.push(item.ident.to_string()),
            Item::Enum(item) => self.0.push(item.ident.to_string()),
            Item::Type(item) => self.0.push(item.ident.to_string()),
            _ => {}
        }
        visit::visit_item(self, item);
    }
}
