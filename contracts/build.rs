//! What every contract's linker is told, by whatever builds the contract: `cargo xtask wasm`, the
//! Stellar CLI, a bare `cargo rustc`. Flags of cargo's configuration would depend on the folder that
//! cargo starts in, and give way to anybody's `RUSTFLAGS`.

/// Memory for the stack. A contract pays 8_192 instructions for each page of 64 KiB that it starts with,
/// at every call; the linker's own choice is a stack of 16 pages. With this one, stack and constants of
/// every contract share one page. `cargo xtask wasm` refuses a contract that could need more stack.
const STACK_BYTES: u32 = 32_768;

fn main() {
    // It depends on nothing of the package; without a line like this, cargo watches every file.
    println!("cargo::rerun-if-changed=Cargo.toml");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-cdylib=-zstack-size={STACK_BYTES}");
    }
}
