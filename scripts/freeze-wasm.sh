#!/usr/bin/env bash
# Builds the contracts of a commit as the earlier version that upgrade tests start from.
#
#   scripts/freeze-wasm.sh [COMMIT]
#
# Writes integration-tests/fixtures/frozen/<contract>.wasm from the contracts of a commit (default: HEAD), with its
# shapes and its logic, but as version 0.0.1 with schema 0: so the tests really upgrade, and `migrate` has work to do.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case "${1:-}" in -h | --help) help ;; esac

root=$(cd "$(dirname "$0")/.." && pwd)
commit=$(git -C "$root" rev-parse --short "${1:-HEAD}")
target=${CARGO_TARGET_DIR:-$root/target}/freeze
source=$target/source
frozen=$root/integration-tests/fixtures/frozen

rm -rf "$source"
mkdir -p "$source" "$frozen"
git -C "$root" archive "$commit" | tar -x -C "$source"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$source/Cargo.toml" | head -n 1)
sed -i "s/^version = \"$version\"/version = \"0.0.1\"/" "$source/Cargo.toml"
# Only packages of this repository have no source.
awk -v RS= -v ORS='\n\n' -v old="version = \"$version\"" \
    '!/\nsource = / { sub(old, "version = \"0.0.1\"") } { print }' \
    "$source/Cargo.lock" >"$source/Cargo.lock.new"
mv "$source/Cargo.lock.new" "$source/Cargo.lock"
sed -i 's/SCHEMA: u32 = [0-9]*;/SCHEMA: u32 = 0;/' "$source"/contracts/*/src/*.rs
for contract in deals escrow mandates registry reputation; do
    grep -rq 'SCHEMA: u32 = 0;' "$source/contracts/$contract/src" || {
        echo "freeze-wasm: $contract at $commit has no SCHEMA" >&2
        exit 1
    }
done

(cd "$source" && CARGO_TARGET_DIR=$target/target cargo xtask wasm)
cp "$target"/target/wasm/*.wasm "$frozen"
echo "$commit" >"$frozen/COMMIT"
echo "freeze-wasm: $frozen holds the contracts of $commit as version 0.0.1"
