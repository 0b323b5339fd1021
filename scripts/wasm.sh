#!/usr/bin/env bash
# Builds the Wasm for a network, for the scripts that deploy, upgrade and verify. Sourced after lib.sh.

# shellcheck disable=SC2034,SC2154 # Variables are shared with lib.sh and with the scripts that source both.
# Names the builder. The Stellar CLI builds what gets published, the repository's own builder what stays on this machine. Both
# give the same bytes, but only the CLI is known to everybody who verifies. FLASH_BUILDER overrides.
builder_of_network() {
    local builder="${FLASH_BUILDER:-cli}"
    if [ -z "${FLASH_BUILDER:-}" ] && is_standalone; then builder=own; fi
    case "$builder" in
        own | cli) echo "$builder" ;;
        *) fail "FLASH_BUILDER is '$builder'; it can be own or cli" ;;
    esac
}

# build_wasm BUILDER: builds what the network gets, sets wasm_dir, and refuses test functions on a main network. On test
# networks FLASH_WASM_DIR names a folder with Wasm that was built before.
build_wasm() {
    if [ "$kind" = test ] && [ -n "${FLASH_WASM_DIR:-}" ]; then
        wasm_dir="$FLASH_WASM_DIR" no_build=1
    elif [ "$kind" = main ]; then
        wasm_dir="${CARGO_TARGET_DIR:-$root/target}/wasm-mainnet"
    else
        wasm_dir="${CARGO_TARGET_DIR:-$root/target}/wasm"
    fi
    if [ -z "$no_build" ]; then
        say "building the Wasm (builder: $1)"
        (cd "$root" && cargo xtask wasm --builder "$1" >&2)
        [ "$kind" != main ] || (cd "$root" && cargo xtask wasm --builder "$1" --mainnet >&2)
    fi
    local name
    for name in "${CONTRACTS[@]}"; do
        [ -f "$wasm_dir/$name.wasm" ] || fail "no $wasm_dir/$name.wasm; run without --no-build"
    done
    [ "$kind" != main ] || (cd "$root" && cargo xtask exports >&2) || fail "this Wasm must not be deployed on $network"
}

# The compiler that builds the Wasm.
rustc_version() {
    local rustc
    rustc="$(cd "$root" && scripts/toolchain.sh --env 2>/dev/null | sed -n 's/^RUSTC=//p')" || true
    "${rustc:-rustc}" --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p'
}
