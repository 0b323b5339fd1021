//! The code under an address is swapped in one place: `upgrade` in the shared administration.

use syn::visit::{self, Visit};
use syn::Item;

use crate::source::code::{Code, File};

const PLACE: (&str, &str) = ("common", "admin");

/// What swaps code, or deploys other code: by the SDK and by the library that wraps it.
const SWAPS: [&str; 6] = [
    "deployer",
    "update_current_contract",
    "update_current_contract_wasm",
    "upload_contract_wasm",
    "ContractExecutable",
    "Executable",
];

pub fn violations(code: &Code) -> Vec<String> {
    let mut broken = Vec::new();
    let mut here = 0;
    for file in &code.files {
        let mut finder = Finder {
            file,
            found: Vec::new(),
        };
        file.items.iter().for_each(|item| finder.visit_item(item));
        if (file.package.as_str(), file.module.as_str()) == PLACE {
            here += finder
                .found
                .iter()
                .filter(|(_, by_library)| *by_library)
                .count();
            finder.found.retain(|(_, by_library)| !by_library);
        }
        broken.extend(
            finder
                .found
                .into_iter()
                .map(|(at, _)| format!("{at}: code is swapped in {}::{} only", PLACE.0, PLACE.1)),
        );
    }
    if here != 1 {
        broken.push(format!(
            "{}::{} swaps the code in {here} places, not in one",
            PLACE.0, PLACE.1
        ));
    }
    broken
}

struct Finder<'a> {
    file: &'a File,
    /// Where, and whether by `upgradeable::upgrade`.
    found: Vec<(String, bool)>,
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if let Some(env) = whose_instance_is_extended(call) {
            self.visit_expr(env);
            call.args.iter().for_each(|arg| self.visit_expr(arg));
            return;
        }
        if SWAPS.iter().any(|name| call.method == name) {
            self.found.push((self.file.at(&call.method), false));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if names.iter().any(|name| SWAPS.contains(&name.as_str())) {
            self.found.push((self.file.at(path), false));
        }
        if names.ends_with(&["upgradeable".to_owned(), "upgrade".to_owned()]) {
            self.found.push((self.file.at(path), true));
        }
        visit::visit_path(self, path);
    }

    /// `upgrade` by its bare name would not be seen above.
    fn visit_use_tree(&mut self, tree: &'ast syn::UseTree) {
        if let syn::UseTree::Path(path) = tree {
            if path.ident == "upgradeable" && !is_self(&path.tree) {
                self.found.push((self.file.at(&path.ident), false));
            }
        }
        if let syn::UseTree::Name(name) = tree {
            if SWAPS.iter().any(|swap| name.ident == swap) {
                self.found.push((self.file.at(&name.ident), false));
            }
        }
        visit::visit_use_tree(self, tree);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        visit::visit_item(self, item);
    }
}

/// `env.deployer().extend_ttl_for_contract_instance(…)`, the one thing of a deployer that swaps nothing.
fn whose_instance_is_extended(call: &syn::ExprMethodCall) -> Option<&syn::Expr> {
    let syn::Expr::MethodCall(deployer) = call.receiver.as_ref() else {
        return None;
    };
    let extends =
        call.method == "extend_ttl_for_contract_instance" && deployer.method == "deployer";
    extends.then_some(&deployer.receiver)
}

fn is_self(tree: &syn::UseTree) -> bool {
    matches!(tree, syn::UseTree::Name(name) if name.ident == "self")
}
