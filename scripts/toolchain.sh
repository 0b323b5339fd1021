#!/usr/bin/env bash
# Decides which toolchain builds and optimises the contracts' Wasm, and installs it where that can be done.
#
#   eval "$(scripts/toolchain.sh)"     shell exports
#   scripts/toolchain.sh --env         the same as KEY=value lines
#
# The compiler, in this order: the target of the Rust toolchain in use; `rustup target add`; Debian's
# own compiler with its library sources, from which cargo builds core and alloc. What was chosen goes
# to stderr in one line. FLASH_TOOLCHAIN=rustup or =debian insists on one of them.
#
# The optimiser is the version of wasm-opt that the Stellar CLI contains: the one on the PATH if it is that version,
# otherwise npm's package of it, installed under target/tools. Without one the Wasm works as well and costs more.
# FLASH_WASM_OPT=none builds without it.
set -euo pipefail

readonly TARGET=wasm32v1-none
readonly RUSTUP_TIMEOUT_SECS=120
readonly DEBIAN_PACKAGES=(rustc-web rust-web-src lld-19)
readonly DEBIAN_RUSTC=/usr/bin/rustc
readonly DEBIAN_LINKER=wasm-ld-19
readonly OPTIMISER_VERSION=116

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# Remembers that rustup has no target to offer: asking again would cost a timeout in every build.
readonly MEMORY="$root/target/toolchain"
readonly OPTIMISER_DIR="$root/target/tools/wasm-opt"

say() { printf 'toolchain: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; }

# Runs a command with an upper bound on its time, where the system has `timeout`.
bounded() {
    local secs="$1"
    shift
    if command -v timeout >/dev/null; then timeout "$secs" "$@"; else "$@"; fi
}

# `rustc -vV` of a compiler, reduced to "1.95.0".
version_of() { "$1" --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p'; }

# True where the toolchain in use brings the target's core library.
has_target() {
    local libdir
    libdir="$(rustc --print target-libdir --target "$TARGET" 2>/dev/null)" || return 1
    compgen -G "$libdir/libcore-*.rlib" >/dev/null
}

# True where all three of Debian's packages are here and usable.
has_debian() {
    local sysroot
    command -v "$DEBIAN_LINKER" >/dev/null || return 1
    [ -x "$DEBIAN_RUSTC" ] || return 1
    sysroot="$("$DEBIAN_RUSTC" --print sysroot 2>/dev/null)" || return 1
    [ -f "$sysroot/lib/rustlib/src/rust/library/Cargo.lock" ] || return 1
    # An older Debian compiler under the same name knows neither the target nor the SDK's edition.
    "$DEBIAN_RUSTC" --print target-list 2>/dev/null | grep -qx "$TARGET"
}

has_apt() { command -v apt-get >/dev/null && command -v dpkg >/dev/null; }

remember() { mkdir -p "$(dirname "$MEMORY")" && printf '%s\n' "$1" >"$MEMORY"; }
remembered() { [ -f "$MEMORY" ] && [ "$(cat "$MEMORY")" = "$1" ]; }

emit() {
    local pair
    for pair in "$@"; do
        if [ "$format" = env ]; then
            printf '%s\n' "$pair"
        else
            printf "export %s='%s'\n" "${pair%%=*}" "${pair#*=}"
        fi
    done
}

choose_rustup() {
    local version
    version="$(version_of rustc)"
    # The Stellar CLI refuses this version too: its linker drops what a contract exports.
    [ "$version" != 1.91.0 ] || fail "Rust 1.91.0 builds broken contracts; run: rustup update stable"
    say "rustc $version with its own $TARGET"
    emit FLASH_TOOLCHAIN=rustup
    choose_optimiser
    exit 0
}

choose_debian() {
    say "Debian's rustc $(version_of "$DEBIAN_RUSTC"), core and alloc built from source ($TARGET)"
    emit FLASH_TOOLCHAIN=debian "RUSTC=$DEBIAN_RUSTC" RUSTC_BOOTSTRAP=1 \
        CARGO_UNSTABLE_BUILD_STD=core,alloc "CARGO_TARGET_WASM32V1_NONE_LINKER=$DEBIAN_LINKER"
    choose_optimiser
    exit 0
}

# The optimiser goes with every compiler. A build is not refused because it is missing.
choose_optimiser() {
    local program
    [ "${FLASH_WASM_OPT:-}" != none ] || return 0
    if program="$(optimiser_on_path)" || program="$(optimiser_of_npm)"; then
        emit "FLASH_WASM_OPT=$program"
    else
        say "no wasm-opt $OPTIMISER_VERSION: the Wasm stays as it is compiled; install Node 20 or newer, with npm"
    fi
}

optimiser_on_path() {
    wasm-opt --version 2>/dev/null | grep -q "^wasm-opt version $OPTIMISER_VERSION\b" || return 1
    command -v wasm-opt
}

# Installs what scripts/wasm-opt/package-lock.json names, once.
optimiser_of_npm() {
    local lock="$root/scripts/wasm-opt/package-lock.json" program="$OPTIMISER_DIR/node_modules/.bin/wasm-opt"
    if ! cmp -s "$lock" "$OPTIMISER_DIR/installed.json" || [ ! -x "$program" ]; then
        command -v npm >/dev/null || return 1
        say "installing wasm-opt $OPTIMISER_VERSION under target/tools"
        mkdir -p "$OPTIMISER_DIR"
        cp "$root/scripts/wasm-opt/package.json" "$lock" "$OPTIMISER_DIR"
        quietly npm --prefix "$OPTIMISER_DIR" ci --no-audit --no-fund --loglevel=error || return 1
        cp "$lock" "$OPTIMISER_DIR/installed.json"
    fi
    printf '%s\n' "$program"
}

# Output of a quiet command is shown only when it fails.
quietly() {
    local output status=0
    output="$("$@" 2>&1)" || status=$?
    [ "$status" -eq 0 ] || printf '%s\n' "$output" | tail -n 5 >&2
    return "$status"
}

apt_offers() {
    local package
    for package in "$@"; do
        apt-cache show "$package" >/dev/null 2>&1 || return 1
    done
}

# Installs packages, or ends in a line that says what to run.
apt_install() {
    local install="apt-get install -y --no-install-recommends $*"
    if [ "$(id -u)" -ne 0 ]; then fail "run as root: apt-get update && $install"; fi
    say "installing $*"
    if ! apt_offers "$@"; then
        quietly apt-get update || fail "apt-get update failed; then run: $install"
        apt_offers "$@" || fail "no packages $* here"
    fi
    # --no-remove: keep the packages that somebody chose to install.
    # An old package list names files that are gone: update it and try once more.
    # shellcheck disable=SC2086 # The words of the command are meant to be split.
    DEBIAN_FRONTEND=noninteractive quietly $install --no-remove && return 0
    quietly apt-get update || fail "apt-get update failed; then run: $install"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive quietly $install --no-remove || fail "could not install; run: $install"
}

format="exports"
case "${1:-}" in
    --env) format="env" ;;
    --help | -h) usage; exit 0 ;;
    "") ;;
    *) fail "usage: scripts/toolchain.sh [--env | --help]" ;;
esac

wanted="${FLASH_TOOLCHAIN:-any}"
case "$wanted" in
    any | rustup | debian) ;;
    *) fail "FLASH_TOOLCHAIN is '$wanted'; it can be rustup or debian" ;;
esac

cd "$root"
command -v cargo >/dev/null || fail "no cargo on the PATH; install Rust from https://rustup.rs"

if [ "$wanted" != debian ]; then
    if has_target; then choose_rustup; fi
    if [ "$wanted" = any ] && remembered debian && has_debian; then choose_debian; fi
    if command -v rustup >/dev/null; then
        if bounded "$RUSTUP_TIMEOUT_SECS" rustup target add "$TARGET" >/dev/null 2>&1 && has_target; then
            choose_rustup
        fi
    fi
    [ "$wanted" = any ] || fail "rustup has no $TARGET target; run: rustup target add $TARGET"
fi

if ! has_debian; then
    say "no $TARGET target (with rustup: rustup target add $TARGET)"
    has_apt || fail "no way to build Wasm here; run: rustup target add $TARGET"
    apt_install "${DEBIAN_PACKAGES[@]}"
    has_debian || fail "${DEBIAN_PACKAGES[*]} are installed but cannot build $TARGET"
fi
[ "$wanted" != any ] || remember debian
choose_debian
