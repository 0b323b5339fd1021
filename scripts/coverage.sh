#!/usr/bin/env bash
# Measures which lines of contracts/ the tests run: the contracts' own tests and the scenarios, access
# table and ghost of integration-tests, on native code. Test code does not count. The last line is
# "lines <p> %"; below 95 % the script fails.
#
# Needs llvm-profdata and llvm-cov of the LLVM that rustc was built with: named by LLVM_PROFDATA and
# LLVM_COV, from rustup's component llvm-tools, or from Debian's package, which is installed if root runs this.
#
#   scripts/coverage.sh [--uncovered]    also lists the lines that no test runs
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly LEAST=95
readonly OUT=$PWD/target/coverage
# Dependencies are shared with the ordinary build; only the workspace's own crates are instrumented.
readonly TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

uncovered=false
case "${1:-}" in
'') ;;
--uncovered) uncovered=true ;;
-h | --help) help ;;
*)
    echo "coverage: no such option: $1 (see --help)" >&2
    exit 2
    ;;
esac

major=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
host=$(rustc -vV | sed -n 's/^host: //p')
bundled=$(rustc --print sysroot)/lib/rustlib/$host/bin

# tool NAME: the path of an LLVM tool, if it is installed.
tool() {
    if [ -x "$bundled/$1" ]; then echo "$bundled/$1"; else command -v "$1-$major" || true; fi
}

profdata=${LLVM_PROFDATA:-$(tool llvm-profdata)}
cov=${LLVM_COV:-$(tool llvm-cov)}
if [ -z "$profdata" ] || [ -z "$cov" ]; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "coverage: installing llvm-$major" >&2
        install_packages "llvm-$major" || true
    fi
    profdata=$(tool llvm-profdata) cov=$(tool llvm-cov)
    if [ -z "$profdata" ] || [ -z "$cov" ]; then
        echo "coverage: no LLVM $major tools; run: rustup component add llvm-tools" >&2
        exit 1
    fi
fi

mkdir -p "$OUT"
rm -f "$OUT"/*.profraw
cat >"$OUT/rustc" <<'WRAPPER'
#!/bin/sh
exec "$@" -C instrument-coverage
WRAPPER
chmod +x "$OUT/rustc"
export RUSTC_WORKSPACE_WRAPPER=$OUT/rustc LLVM_PROFILE_FILE="$OUT/%m-%p.profraw"
# Random sequences that are the same in every run, and native contracts.
export PROPTEST_RNG_SEED=7 GHOST_CASES="${GHOST_CASES:-30}"
unset FLASH_WASM_DIR

tests=()
for contract in contracts/*/; do tests+=(--package "flash-$(basename "$contract")"); done
tests+=(--package flash-integration-tests --lib --test scenarios --test access --test ghost)

build=(cargo test --locked --target-dir "$TARGET_DIR" "${tests[@]}")
"${build[@]}" --no-run --message-format json-render-diagnostics >"$OUT/build.json"
"${build[@]}" --quiet --no-fail-fast

binaries=()
while read -r binary; do binaries+=(--object "$binary"); done < <(
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' "$OUT/build.json" | sort -u
)
# The first one goes without the option.
binaries=("${binaries[@]:1}")
"$profdata" merge --sparse --output "$OUT/all.profdata" "$OUT"/*.profraw
rm -f "$OUT"/*.profraw
"$cov" export --format lcov --instr-profile "$OUT/all.profdata" "${binaries[@]}" \
    --ignore-filename-regex '/(tests|testutils)(/|\.rs)' "$PWD"/contracts >"$OUT/all.lcov"

# Sums lines by contract; what follows a file's own "#[cfg(test)] mod tests {" is test code.
awk -v root="$PWD/" -v least=$LEAST -v list="$uncovered" '
    /^SF:/ {
        path = substr($0, 4); shown = path; sub(root, "", shown)
        split(shown, part, "/"); contract = part[2]
        nth = 0; code = 1000000; test = 0
        while ((getline line < path) > 0) {
            nth++
            if (line ~ /^#\[cfg\(test\)\]/) { test = nth }
            else if (test && line ~ /^mod [a-z_]+ \{/) { code = test; break }
            else { test = 0 }
        }
        close(path)
    }
    /^DA:/ {
        split(substr($0, 4), at, ",")
        if (at[1] >= code) next
        all[contract]++; total++
        if (at[2] > 0) { run[contract]++; covered++ }
        else if (list == "true") print shown ":" at[1]
    }
    END {
        if (!total) { print "coverage: no lines"; exit 1 }
        for (contract in all)
            printf "%-12s %5d of %5d lines  %5.1f %%\n", contract, run[contract], all[contract], \
                100 * run[contract] / all[contract]
        percent = int(1000 * covered / total) / 10
        printf "lines %.1f %%\n", percent
        if (percent < least) { printf "coverage: below %d %%\n", least > "/dev/stderr"; exit 1 }
    }' "$OUT/all.lcov"
