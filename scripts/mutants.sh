#!/usr/bin/env bash
# Mutation tests of one contract's money, state and authorisation files: cargo-mutants lists the mutants
# (.cargo/mutants.toml), `cargo xtask mutants` builds all of them at once and runs the tests for each. A mutant
# that survives is a failure, unless scripts/mutants-accepted.tsv names it with a reason.
#
#   scripts/mutants.sh <registry|deals|escrow|reputation|mandates|money> [file, as src/slot.rs]...
#
# A missing cargo-mutants is installed under target/tools.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VERSION=27.1.0
readonly TOOLS=$PWD/target/tools
contract=${1:-}
case "$contract" in -h | --help) help ;; esac
folder=contracts/$contract
if [ "$contract" = money ]; then folder=packages/money; fi
if [ ! -d "$folder/src" ] || [ -z "$contract" ]; then
    echo "mutants: name a contract, or money: make mutants CONTRACT=escrow" >&2
    exit 2
fi
shift

export PATH=$TOOLS/bin:$PATH
if ! cargo mutants --version 2>/dev/null | grep -qx "cargo-mutants $VERSION"; then
    echo "mutants: compiling cargo-mutants $VERSION, once" >&2
    # It only lists mutants, so a debug build is good enough, and compiles in a fraction of the time.
    CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --locked --debug --root "$TOOLS" \
        --version "$VERSION" cargo-mutants
fi

files=()
for file in "$@"; do files+=(--file "$folder/$file"); done
list=$PWD/target/mutants-$contract.json
cargo mutants --list --json --package "flash-$contract" "${files[@]}" >"$list"

export GHOST_CASES="${GHOST_CASES:-30}" GHOST_STEPS="${GHOST_STEPS:-60}"
exec cargo xtask mutants --list "$list" --accepted scripts/mutants-accepted.tsv
