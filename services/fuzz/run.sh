#!/usr/bin/env bash
# Fuzzes each target for a number of seconds, with a stable compiler: the coverage pass of LLVM is
# switched on by hand.
#
#   run.sh [SECONDS [TARGET...]]
set -euo pipefail

seconds=${1:-60}
shift || true
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || targets=(log_line push_body event_stream rpc_body envelope)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(cd "$here/.." && pwd)/target/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Ccodegen-units=1"

cd "$here/.."
cargo run --quiet --locked --package flash-localnet-testkit --example fuzz-seeds -- \
    "$out/corpus/rpc_body" "$out/corpus/envelope"
# A line of a log is an input of its own.
mkdir -p "$out/corpus/log_line" "$out/corpus/push_body" "$out/corpus/event_stream"
split --lines=1 oracle/tests/fixtures/s3-access.log "$out/corpus/log_line/line-"
cd "$here"
bins=()
for target in "${targets[@]}"; do bins+=(--bin "$target"); done
# With a target given, the flags stay away from build scripts and macros.
CARGO_TARGET_DIR=$out RUSTFLAGS="$flags" \
    cargo build --quiet --release --locked --target "$host" "${bins[@]}"
for target in "${targets[@]}"; do
    echo "fuzzing $target for $seconds seconds"
    mkdir -p "$out/artifacts/$target"
    "$out/$host/release/$target" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=4096 \
        -max_len=16384 -artifact_prefix="$out/artifacts/$target/" -print_final_stats=1 \
        "$out/corpus/$target" 2>&1 | grep -E "^(stat|SUMMARY|==|#[0-9]+.*(DONE|INITED))|panicked|ERROR"
done
