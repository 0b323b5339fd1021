#!/usr/bin/env bash
# Shared by the tests of scripts and clients, which source it: starts a localnet, and uses a Stellar CLI configuration of its
# own instead of the user's.

# shellcheck disable=SC2034 # Variables are read by the tests that source this file.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$(mktemp -d)"
network_pid="" network_url=""

stop_localnet() {
    [ -n "$network_pid" ] || return 0
    kill "$network_pid" 2>/dev/null || true
    wait "$network_pid" 2>/dev/null || true
    network_pid=""
}
trap 'stop_localnet; rm -rf "$work"' EXIT

programs="${CARGO_TARGET_DIR:-$root/services/target}/debug"

# start_localnet [OPTIONS...]: starts localnet on a free port; sets the variables that the CLI and the scripts read.
start_localnet() {
    # Built with the features of the whole workspace, like its tests, so that nothing is compiled twice.
    (cd "$root/services" && cargo build --quiet --locked --workspace --bins --examples)
    # The loop below may read the log before localnet creates it.
    : >"$work/localnet.log"
    "$programs/flash-localnet" --port 0 "$@" >>"$work/localnet.log" &
    network_pid=$!
    local round
    for round in $(seq 300); do
        network_url="$(sed -n 's/^ *rpc *//p' "$work/localnet.log")"
        [ -z "$network_url" ] || break
        [ "$round" -lt 300 ] || { echo "localnet did not start within 30 s" >&2; exit 1; }
        sleep 0.1
    done
    export STELLAR_RPC_URL="$network_url" STELLAR_NETWORK_PASSPHRASE="Standalone Network ; February 2017"
    export STELLAR_NETWORK=local STELLAR_NO_UPDATE_CHECK=1
    export STELLAR_CONFIG_HOME="$work/config" STELLAR_DATA_HOME="$work/data" FLASH_DEPLOYMENTS="$work/deployments"
    mkdir -p "$STELLAR_CONFIG_HOME" "$STELLAR_DATA_HOME" "$FLASH_DEPLOYMENTS"
    unset STELLAR_ACCOUNT FLASH_ASSET
}

# advance SECONDS: moves the network's clock and closes the ledgers that would have closed.
advance() {
    curl --silent --fail -X POST "$network_url/admin/advance" -d "{\"secs\": $1, \"ledgers\": $(($1 / 5))}" >/dev/null
}
reset_localnet() {
    curl --silent --fail -X POST "$network_url/admin/reset" \
        -d "{\"passphrase\": \"$STELLAR_NETWORK_PASSPHRASE\"}" >/dev/null
}

need_cli() {
    command -v stellar >/dev/null && return
    if [ -n "${CI:-}" ]; then
        echo "the Stellar CLI is not installed: run make setup-cli" >&2
        exit 1
    fi
    echo "skipped: the Stellar CLI is not installed (make setup-cli)"
    exit 0
}

passed=0 failed=0
ok() {
    passed=$((passed + 1))
    echo "ok    $1"
}
wrong() {
    failed=$((failed + 1))
    echo "FAIL  $1"
    sed 's/^/      /' "$work/out"
}
# step NAME PATTERN COMMAND...: passes if the command succeeds and its output matches.
step() {
    local name="$1" pattern="$2"
    shift 2
    if "$@" >"$work/out" 2>&1 && grep -Eq -- "$pattern" "$work/out"; then ok "$name"; else wrong "$name"; fi
}
# refused NAME PATTERN COMMAND...: passes if the command fails and its output matches.
refused() {
    local name="$1" pattern="$2"
    shift 2
    if "$@" >"$work/out" 2>&1; then wrong "$name"; elif grep -Eq -- "$pattern" "$work/out"; then ok "$name"; else wrong "$name"; fi
}
same() {
    if [ "$2" = "$3" ]; then ok "$1"; else
        printf 'got %s, expected %s\n' "$2" "$3" >"$work/out"
        wrong "$1"
    fi
}
summary() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
