#!/usr/bin/env bash
# Runs every command of docs/operations.md, in order, on a localnet with the real Stellar CLI. A line `<!-- test: ... -->` in
# the page says what the test does in between, or what to expect of the next block.
set -euo pipefail
# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need_cli
cd "$root"
cargo xtask wasm >/dev/null
# shellcheck disable=SC2119 # start_localnet takes options of localnet; there are none here.
start_localnet

# Runs commands as in a checkout, with Wasm that the test can replace by a next version.
export FLASH_WASM_DIR="$work/wasm"
cp -r "${CARGO_TARGET_DIR:-target}/wasm" "$FLASH_WASM_DIR"
ln -s "$root/scripts" "$work/scripts"
cd "$work"

id_of() { jq -r ".contracts.$1.id" "$FLASH_DEPLOYMENTS/local.json"; }
call() {
    stellar contract invoke --source-account "$1" --id "$(id_of "$2")" --send=yes -- "${@:3}" >>"$work/out" 2>&1
}

# A next version has the same code but different bytes: one more custom section at the end.
version=0
next_version_of() {
    version=$((version + 1))
    printf '\x00\x04\x03v%02d' "$version" >>"$FLASH_WASM_DIR/$1.wasm"
}
runs_next_version_of() {
    same "$1 runs the next version" "$(stellar contract info hash --id "$(id_of "$1")" 2>/dev/null)" \
        "$(sha256sum "$FLASH_WASM_DIR/$1.wasm" | cut -d ' ' -f 1)"
}

# Makes a funded deal of 20 days that is an hour old.
make_deal() {
    local who
    for who in provider consumer; do
        stellar keys generate $who 2>/dev/null
        scripts/faucet.sh $who 1000000000
    done
    local provider consumer
    provider="$(stellar keys public-key provider)" consumer="$(stellar keys public-key consumer)"
    call provider registry register_provider --provider_id "$provider" --description "A provider"
    call consumer registry register_consumer --consumer_id "$consumer" --description "A consumer"
    call provider registry create_bucket --provider_id "$provider" --name backup --region eu --fb_bucket_id b1 --api_compatibility S3 \
        --price_per_gb_storage 10000000 --price_per_gb_egress 10000000 --sla_avg_latency_ms 100 --sla_avg_uptime_pct 9990
    call consumer deals create_deal --consumer_id "$consumer" --provider_id "$provider" --bucket_id 1 --fb_repo_id r1 \
        --duration_secs 1728000 --agreed_storage_mb 10240 --agreed_egress_mb 1024 --api_compatibility S3
    call provider deals set_deal_accepted --provider_id "$provider" --consumer_id "$consumer" --deal_id 1
    call consumer deals set_deal_funded --consumer_id "$consumer" --provider_id "$provider" --deal_id 1 \
        --amount_usd 200000000 --fb_repo_id r1
    advance 3600
}

# Gives the contracts back to the single owner, for the blocks that follow.
hand_back() {
    local contract
    for contract in registry escrow reputation deals mandates; do
        scripts/owner.sh ownership offer "$contract" flashback --build-only 2>/dev/null |
            stellar tx sign --sign-with-key ben 2>/dev/null | stellar tx sign --sign-with-key cleo 2>/dev/null | stellar tx send
    done
    scripts/owner.sh ownership accept all
}

skip="" expected=""
directive() {
    case "$1" in
        "skip: "*) skip="${1#skip: }" ;;
        "fails: "*) expected="${1#fails: }" ;;
        "advance "*) advance "${1#advance }" ;;
        "next version of "*) next_version_of "${1#next version of }" ;;
        "runs the next version of "*) runs_next_version_of "${1#runs the next version of }" ;;
        "a deal") make_deal >"$work/out" 2>&1 || wrong "a deal can be made" ;;
        "flashback owns again") hand_back >"$work/out" 2>&1 || wrong "the contracts are handed back" ;;
        *) echo "docs/operations.md: unknown directive 'test: $1'" >&2; exit 1 ;;
    esac
}

run_block() {
    local name
    name="line $2: $(head -n 1 "$1")"
    if [ -n "$skip" ]; then
        echo "skip  $name ($skip)"
    elif [ -n "$expected" ]; then
        refused "$name ($expected)" "$expected" bash -euo pipefail "$1"
    else
        step "$name" "" bash -euo pipefail -x "$1"
    fi
    skip="" expected=""
}

# Handles blocks and directives in the order of the page.
line=0 block="" start=0 blocks=0
while IFS= read -r text; do
    line=$((line + 1))
    if [ -n "$block" ]; then
        if [ "$text" = '```' ]; then
            run_block "$block" "$start"
            block="" blocks=$((blocks + 1))
        else
            printf '%s\n' "$text" >>"$block"
        fi
    elif [ "$text" = '```sh' ]; then
        block="$work/block" start=$((line + 1))
        : >"$block"
    elif [[ "$text" =~ ^'<!-- test: '(.*)' -->'$ ]]; then
        directive "${BASH_REMATCH[1]}"
    fi
done <"$root/docs/operations.md"
echo "$blocks blocks of docs/operations.md"
summary
