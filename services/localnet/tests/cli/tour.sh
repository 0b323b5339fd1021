#!/usr/bin/env bash
# A tour of localnet with the unmodified Stellar CLI: what developers do with it, and how it fails.
# Needs `stellar` in the path; its version is the one that the repository pins.
set -euo pipefail

if ! command -v stellar >/dev/null; then
    echo "the Stellar CLI is not installed: see \`make setup-cli\`" >&2
    exit 1
fi
services=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
work=$(mktemp -d)
network=""
stop() {
    if [[ -n $network ]]; then
        kill "$network" 2>/dev/null || true
        wait "$network" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT

cd "$services"
# With the features of the whole workspace, as its tests are built: nothing is compiled twice.
cargo build --quiet --locked --workspace --bins --examples
target/debug/examples/contract-wasm "$work/contract.wasm"
# The reader below may be first.
: >"$work/network.log"
target/debug/flash-localnet --port 0 --settings fast >>"$work/network.log" &
network=$!
url=""
for _ in $(seq 300); do
    url=$(sed -n 's/^ *rpc *//p' "$work/network.log")
    [[ -z $url ]] || break
    sleep 0.1
done

# Nothing of the tour touches the configuration of whoever runs it.
export STELLAR_CONFIG_HOME=$work/config STELLAR_DATA_HOME=$work/data STELLAR_NO_UPDATE_CHECK=1
export STELLAR_RPC_URL=$url STELLAR_NETWORK_PASSPHRASE="Standalone Network ; February 2017"
mkdir -p "$STELLAR_CONFIG_HOME" "$STELLAR_DATA_HOME"

passed=0
failed=0
ok() {
    passed=$((passed + 1))
    echo "ok    $1"
}
fail() {
    failed=$((failed + 1))
    echo "FAIL  $1"
    sed 's/^/      /' "$work/out" "$work/err"
}
# step NAME PATTERN COMMAND...: the command succeeds and says something that fits.
step() {
    local name=$1 pattern=$2
    shift 2
    if "$@" >"$work/out" 2>"$work/err" &&
        { [[ -z $pattern ]] || grep -Eq -- "$pattern" "$work/out" "$work/err"; }; then
        ok "$name"
    else
        fail "$name"
    fi
}
# refused NAME PATTERN COMMAND...: the command fails and says why.
refused() {
    local name=$1 pattern=$2
    shift 2
    if "$@" >"$work/out" 2>"$work/err"; then
        fail "$name"
    elif grep -Eq -- "$pattern" "$work/out" "$work/err"; then
        ok "$name"
    else
        fail "$name"
    fi
}
advance() {
    curl --silent --fail -X POST "$url/admin/advance" -d "$1" >/dev/null
}
invoke() {
    stellar contract invoke --id "$contract" --source alice -- "$@"
}

echo "$(stellar --version | head -n 1) against $url"

step "a key, funded" "" stellar keys generate alice --fund
step "another key" "" stellar keys generate bob --fund
step "the health of the network" "ealthy" stellar network health
step "its settings" "3110400|17280" stellar network settings
step "upload" "^[0-9a-f]{64}$" stellar contract upload --source alice --wasm "$work/contract.wasm"
hash=$(tail -n 1 "$work/out")
step "deploy with a constructor" "^C[A-Z2-7]{55}$" \
    stellar contract deploy --source alice --wasm-hash "$hash" --salt 01 -- --owner alice
contract=$(tail -n 1 "$work/out")
step "deploy once more" "^C[A-Z2-7]{55}$" \
    stellar contract deploy --source alice --wasm "$work/contract.wasm" --salt 02 -- --owner alice
other=$(tail -n 1 "$work/out")
step "the interface from the ledger" "put_via" stellar contract info interface --id "$contract"
step "the code from the ledger" "" stellar contract fetch --id "$contract" --out-file "$work/fetched.wasm"
step "it is what was uploaded" "" cmp "$work/contract.wasm" "$work/fetched.wasm"

step "a call that writes" "" invoke put --key a --value 42
step "a call that reads" "^42$" invoke get --key a
step "a call that somebody else agrees to, and to the one within it" "" \
    invoke put_via --who bob --other "$other" --key b --value 7
step "what it wrote" "^7$" stellar contract invoke --id "$other" --source alice -- get --key b
step "read an entry" "42" stellar contract read --id "$contract" --key a --durability persistent --output json
step "an event is shown" "emit|deal" invoke emit --topics '["deal"]' --value 5
step "events" "deal" stellar events --start-ledger 1 --id "$contract" --count 10
step "extend" "^[0-9]+$" stellar contract extend --id "$contract" --source alice --key a \
    --durability persistent --ledgers-to-extend 500 --ttl-ledger-only
advance '{"ledgers": 600}'
step "restore what is archived" "" stellar contract restore --id "$contract" --source alice --key a \
    --durability persistent
step "a call restores the rest" "^42$" invoke get --key a

step "the contract of an asset" "^C[A-Z2-7]{55}$" \
    stellar contract asset deploy --source alice --asset "USD:$(stellar keys address alice)"
usd=$(tail -n 1 "$work/out")
step "a trust line" "" stellar tx new change-trust --source bob --line "USD:$(stellar keys address alice)"
step "a payment" "" stellar tx new payment --source alice --destination bob \
    --asset "USD:$(stellar keys address alice)" --amount 500
step "is seen by the contract" '^"500"$' \
    stellar contract invoke --id "$usd" --source alice -- balance --id bob
step "the contract of the native asset is there" "[0-9]+" stellar contract invoke \
    --id "$(stellar contract id asset --asset native)" --source alice -- balance --id bob

refused "an error of the contract" "Error\(Contract, #7\)|Refused" invoke refuse
refused "a trap" "WasmVm, InvalidAction" invoke trap
refused "a function that is not there" "nothing" invoke nothing
refused "a fee that is too low" "TxInsufficientFee" \
    stellar tx new bump-sequence --source alice --bump-to 1 --fee 1
build() {
    stellar tx new bump-sequence --source alice --bump-to 1 --build-only
}
send() {
    stellar tx send <"$1"
}
sign_and_send() {
    stellar tx sign --sign-with-key "$1" <"$2" | stellar tx send
}
build >"$work/tx"
refused "nobody's signature" "TxBadAuth" send "$work/tx"
refused "somebody else's signature" "TxBadAuth" \
    sign_and_send bob "$work/tx"
step "the right signature" "" \
    sign_and_send alice "$work/tx"
stellar tx decode <"$work/tx" | sed 's/"fee":100/"fee":101/' | stellar tx encode >"$work/used"
refused "a sequence number that was used" "TxBadSeq" \
    sign_and_send alice "$work/used"
stellar tx decode <"$work/tx" | sed 's/"cond":"none"/"cond":{"time":{"min_time":"0","max_time":"1000000"}}/' |
    stellar tx encode | stellar tx update sequence-number next >"$work/late"
refused "time bounds that are over" "TxTooLate" \
    sign_and_send alice "$work/late"

# Calls that were simulated and then changed: what was declared is what is applied.
simulated() {
    stellar contract invoke --id "$contract" --source alice --build-only -- "$@" | stellar tx simulate --source alice
}
change() {
    stellar tx decode <"$1" | sed -E "$2" | stellar tx encode
}
simulated put --key a --value 43 >"$work/put"
change "$work/put" 's/("read_write":.*"symbol":")a"/\1zz"/' >"$work/small"
refused "a footprint that is too small" "TxFailed|Trapped|trapped" sign_and_send alice "$work/small"
simulated put --key a --value 43 >"$work/put"
change "$work/put" 's/"instructions":[0-9]+/"instructions":1000/' >"$work/poor"
refused "too few instructions" "ResourceLimitExceeded|resource_limit" sign_and_send alice "$work/poor"
simulated get --key a >"$work/get"
advance '{"ledgers": 600}'
refused "what was archived since it was simulated" "EntryArchived|entry_archived" sign_and_send alice "$work/get"
step "simulated again it comes back" "^42$" invoke get --key a

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
