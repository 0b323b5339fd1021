#!/usr/bin/env bash
# Runs the tour with each version of the JavaScript SDK against a network of its own.
#
#   run.sh [14|17]...
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
services=$(cd "$here/../../.." && pwd)
work=$(mktemp -d)
network=""
stop() {
    if [[ -n $network ]]; then
        kill "$network" 2>/dev/null || true
        wait "$network" 2>/dev/null || true
        network=""
    fi
}
trap 'stop; rm -rf "$work"' EXIT

cd "$services"
# With the features of the whole workspace, as its tests are built: nothing is compiled twice.
cargo build --quiet --locked --workspace --bins --examples
target/debug/examples/contract-wasm "$work/contract.wasm"

tour() {
    local folder="$here/sdk$1" node=node url=""
    [[ -d $folder/node_modules ]] || npm --prefix "$folder" ci --no-audit --no-fund --loglevel=error
    if [[ -x $folder/node_modules/.bin/node ]]; then
        node="$folder/node_modules/.bin/node"
    fi
    # The reader below may be first.
    : >"$work/network.log"
    target/debug/flash-localnet --port 0 --settings fast >>"$work/network.log" &
    network=$!
    for _ in $(seq 300); do
        url=$(sed -n 's/^ *rpc *//p' "$work/network.log")
        [[ -z $url ]] || break
        sleep 0.1
    done
    echo "@stellar/stellar-sdk $1, node $("$node" --version)"
    "$node" "$here/tour.mjs" "$folder" "$url" "$work/contract.wasm"
    stop
}

versions=("$@")
[[ $# -gt 0 ]] || versions=(14 17)
for version in "${versions[@]}"; do
    tour "$version"
done
