#!/usr/bin/env bash
# Fuzzes each target for a number of seconds, with a stable compiler: the coverage pass of LLVM is
# switched on by hand.
#
#   run.sh [SECONDS]
set -euo pipefail

seconds=${1:-60}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(cd "$here/../.." && pwd)/target/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Ccodegen-units=1"

cd "$here/../.."
cargo build --quiet --locked --workspace --bins --examples
target/debug/examples/fuzz-seeds "$out/corpus/rpc_body" "$out/corpus/envelope"
cd "$here"
# With a target given, the flags stay away from build scripts and macros.
CARGO_TARGET_DIR=$out RUSTFLAGS="$flags" \
    cargo build --quiet --release --locked --target "$host" --bin rpc_body --bin envelope
for target in rpc_body envelope; do
    echo "fuzzing $target for $seconds seconds"
    mkdir -p "$out/artifacts/$target"
    "$out/$host/release/$target" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=4096 \
        -max_len=16384 -artifact_prefix="$out/artifacts/$target/" -print_final_stats=1 \
        "$out/corpus/$target" 2>&1 | grep -E "^(stat|SUMMARY|==|#[0-9]+.*(DONE|INITED))|panicked|ERROR"
done
