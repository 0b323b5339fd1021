#!/usr/bin/env bash
# Proves that the tests look: seeds the faults of seeded-faults.tsv, one at a time, into a copy of the
# repository under target/, and runs the tests of the crate, then the ghost and the scenarios, until
# one fails. Every fault must compile and be caught.
#
# SEEDED_FAULTS=5 seeds so many of them, chosen at random.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
list=$PWD/scripts/seeded-faults.tsv
copy=$PWD/target/seeded-faults/copy
export CARGO_TARGET_DIR=$PWD/target/seeded-faults/build
# Random sequences that are the same in every run.
export PROPTEST_RNG_SEED=7 GHOST_CASES="${GHOST_CASES:-30}" GHOST_STEPS="${GHOST_STEPS:-60}" GHOST_SHRINK_SECS=0
# What is seeded is the contracts' source, so what is tested is native.
unset FLASH_WASM_DIR

mkdir -p "$copy"
find "$copy" -mindepth 1 -delete
git ls-files -z --cached --others --exclude-standard -- . ':!services' | xargs -0 cp --parents --target-directory "$copy"
cd "$copy"

# Replaces the one occurrence of a text in a file.
seed() {
    FROM=$2 TO=$3 awk '
        { at = index($0, ENVIRON["FROM"])
          if (at) { found++
            $0 = substr($0, 1, at - 1) ENVIRON["TO"] substr($0, at + length(ENVIRON["FROM"])) }
          print }
        END { exit found != 1 }' "$1" >"$1.seeded"
}

# The first test that fails of a run of cargo test; nothing when none does.
failing() {
    local log=$CARGO_TARGET_DIR/../log
    if cargo test --quiet --locked --no-fail-fast "$@" >"$log" 2>&1; then
        return 0
    fi
    if grep -q '^error\(\[E[0-9]*\]\)\?: \|could not compile' "$log" && ! grep -q '^test result' "$log"; then
        echo "does not compile"
        return 0
    fi
    sed -n 's/^    \([a-z_0-9:]*\)$/\1/p' "$log" | grep -v '^$' | head -n 1
}

# What fails without a fault would seem to catch every one.
for sound in flash-registry flash-deals flash-escrow flash-reputation; do
    by=$(failing --package "$sound" --lib)
    [ -z "$by" ] || { echo "seeded-faults: without any fault, $sound: $by" >&2; exit 1; }
done
by=$(failing --package flash-integration-tests --test ghost --test scenarios)
[ -z "$by" ] || { echo "seeded-faults: without any fault: $by" >&2; exit 1; }

caught=0 total=0
while IFS=$'\t' read -r file from to; do
    case $file in '#'* | '') continue ;; esac
    total=$((total + 1))
    source=contracts/$file
    crate=flash-${file%%/*}
    cp "$source" "$source.sound"
    if ! seed "$source" "$from" "$to"; then
        echo "seeded-faults: $file does not hold once: $from" >&2
        rm "$source.seeded" "$source.sound"
        continue
    fi
    mv "$source.seeded" "$source"
    by=$(failing --package "$crate" --lib)
    [ -n "$by" ] || by=$(failing --package flash-integration-tests --test ghost --test scenarios)
    mv "$source.sound" "$source"
    touch "$source"
    case $by in
    '') echo "MISSED  $file: $to" ;;
    'does not compile') echo "BROKEN  $file: $to" ;;
    *)
        caught=$((caught + 1))
        echo "caught  $file: $to: by $by"
        ;;
    esac
done < <(if [ -n "${SEEDED_FAULTS:-}" ]; then grep -v '^#' "$list" | shuf -n "$SEEDED_FAULTS"; else cat "$list"; fi)

echo "caught $caught of $total"
[ "$caught" -eq "$total" ]
