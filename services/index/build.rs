//! The page is embedded from `web/dist`: built anew when that changes. Cargo takes a missing path for a
//! change each time, so `web/scripts/build.sh` touches this file when it has built the page.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A new migration is embedded without a clean build.
    println!("cargo:rerun-if-changed=migrations");
    let page = "../../web/dist";
    if Path::new(page).is_dir() {
        println!("cargo:rerun-if-changed={page}");
    }
}
