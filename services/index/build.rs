//! The page is embedded from `web/dist`: built anew when that changes, or comes to be.

use std::path::Path;

fn main() {
    // Of the two the one that exists: Cargo takes a missing path for a change each time.
    let watched = ["../../web/dist", "../../web/index.html", "build.rs"];
    let found = watched.into_iter().find(|path| Path::new(path).exists());
    println!("cargo:rerun-if-changed={}", found.unwrap_or("build.rs"));
    println!("cargo:rerun-if-env-changed=FLASH_PAGE_BUILT");
}
