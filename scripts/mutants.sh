#!/usr/bin/env bash
# Mutation testing of one contract's money, state and authorisation files: cargo-mutants says what to
# mutate (.cargo/mutants.toml), `cargo xtask mutants` builds all mutants at once and runs the tests for
# each. Fails for a mutant that survives and is not in scripts/mutants-accepted.tsv with its reason.
#
#   scripts/mutants.sh <registry|deals|escrow|reputation> [file, as src/slot.rs]...
#
# cargo-mutants is installed under target/tools where it is missing.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VERSION=27.1.0
readonly TOOLS=$PWD/target/tools
contract=${1:-}
if [ "$contract" = -h ] || [ "$contract" = --help ]; then
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit 0
fi
if [ ! -d "contracts/$contract/src" ] || [ -z "$contract" ]; then
    echo "mutants: name a contract: make mutants CONTRACT=escrow" >&2
    exit 2
fi
shift

export PATH=$TOOLS/bin:$PATH
if ! cargo mutants --version 2>/dev/null | grep -qx "cargo-mutants $VERSION"; then
    echo "mutants: compiling cargo-mutants $VERSION, once" >&2
    # It only lists: a debug build does, in a fraction of the time.
    CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --locked --debug --root "$TOOLS" \
        --version "$VERSION" cargo-mutants
fi

files=()
for file in "$@"; do files+=(--file "contracts/$contract/$file"); done
list=$PWD/target/mutants-$contract.json
cargo mutants --list --json --package "flash-$contract" "${files[@]}" >"$list"

export GHOST_CASES="${GHOST_CASES:-30}" GHOST_STEPS="${GHOST_STEPS:-60}"
exec cargo xtask mutants --list "$list" --accepted scripts/mutants-accepted.tsv
