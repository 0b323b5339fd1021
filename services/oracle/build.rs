//! A new migration is embedded without a clean build.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
