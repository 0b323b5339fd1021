#!/usr/bin/env bash
# What the operators' scripts share: arguments, the network, identities, calls through the Stellar CLI, the deployment file.
# Sourced by them; it does nothing by itself.
#
# Every variable of the Stellar CLI is honoured: STELLAR_NETWORK, STELLAR_RPC_URL, STELLAR_RPC_HEADERS,
# STELLAR_NETWORK_PASSPHRASE, STELLAR_ACCOUNT, STELLAR_CONFIG_HOME, STELLAR_SIGN_WITH_*, STELLAR_INCLUSION_FEE, ...

# shellcheck disable=SC2034 # Variables are read by the scripts that source this file.
# A failure inside $(...) ends the script too.
shopt -s inherit_errexit
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

root="$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && cd .. && pwd)"
CONTRACTS=(registry escrow reputation deals mandates)
readonly CLI_MAJOR=28
# Simulated calls need a source and read nothing of it.
readonly NOBODY=GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF
readonly SECS_PER_LEDGER=5

script="$(basename "${0%.sh}")"
network="" dry_run="" build_only="" no_build="" confirmed="" words=()
# The CLI's messages go here. They are shown when a command fails, and the hash of a transaction is read from them.
messages="$(mktemp)"
trap 'rm -f "$messages"' EXIT

say() { printf '%s: %s\n' "$script" "$*" >&2; }
fail() {
    say "$*"
    exit "${fail_status:-1}"
}

# value_of OPTION REST...: the value of an option that needs one.
value_of() {
    [ $# -ge 2 ] || fail "$1 needs a value; see --help"
    printf '%s' "$2"
}

# parse_arguments OPTIONS ARGS...: reads the arguments of a script. OPTIONS names what it takes besides --network, --dry-run
# and --help: "--days=days" takes a value into the variable days, "--expect+=expected" adds a line to expected each time,
# "--wait:wait" sets wait to 1. Everything else goes into words.
parse_arguments() {
    local options=" --network=network --dry-run:dry_run ${1//$'\n'/ } " rest variable value
    shift
    while [ $# -gt 0 ]; do
        case "$1" in
            --help | -h) help ;;
            -*)
                rest="${options#* "$1"[=:+]}"
                [ "$rest" != "$options" ] || fail "no option $1; see --help"
                variable="${rest%% *}"
                variable="${variable#=}"
                if [[ "$options" == *" $1:"* ]]; then
                    printf -v "$variable" 1
                else
                    value="$(value_of "$@")"
                    [[ "$options" != *" $1+="* ]] || value="${!variable}"$'\n'"$value"
                    printf -v "$variable" '%s' "$value"
                    shift
                fi ;;
            *) words+=("$1") ;;
        esac
        shift
    done
}

# no_words: for scripts that take options only.
no_words() { [ "${#words[@]}" -eq 0 ] || fail "no argument ${words[0]}; see --help"; }

# open_deployment: what every script does first that works on what is deployed.
open_deployment() {
    need_tools
    use_network
    check_network
    need_deployment
}

# confirm WHAT: on a main network the name of the network has to be typed, unless nothing is sent from here.
confirm() {
    [ "$kind" = main ] && [ -z "$build_only$dry_run" ] || return 0
    if [ -z "$confirmed" ]; then
        [ -t 0 ] || fail "$network asks for confirmation: run in a terminal, or with --confirm $network"
        read -r -p "$1 on $network. Type the network's name to go on: " confirmed
    fi
    [ "$confirmed" = "$network" ] || fail "not confirmed; nothing was sent"
}

need_tools() {
    local version
    command -v jq >/dev/null || fail "jq is not installed; run: apt-get install -y jq"
    command -v curl >/dev/null || fail "curl is not installed; run: apt-get install -y curl"
    command -v stellar >/dev/null || fail "the Stellar CLI is not installed; run: make setup-cli"
    version="$(stellar --version | sed -n 's/^stellar \([0-9.]*\).*/\1/p')"
    [ "${version%%.*}" -ge "$CLI_MAJOR" ] ||
        fail "the Stellar CLI is $version; version $CLI_MAJOR or newer is needed: make setup-cli"
    cli_version="$version"
    export STELLAR_NO_UPDATE_CHECK=1
}

# use_network: settings, variables and the deployment file of the network that --network or STELLAR_NETWORK names.
use_network() {
    local settings="$root/deployments/settings.json" known
    network="${network:-${STELLAR_NETWORK:-local}}"
    known="$(jq -r '.networks | keys | join(", ")' "$settings")"
    setting="$(jq -ce --arg name "$network" '.networks[$name] // empty' "$settings")" ||
        fail "no network '$network' in deployments/settings.json; there are: $known"
    kind="$(jq -r .kind <<<"$setting")"
    passphrase="$(jq -r .network_passphrase <<<"$setting")"
    if [ "${STELLAR_NETWORK_PASSPHRASE:-$passphrase}" != "$passphrase" ]; then
        fail "STELLAR_NETWORK_PASSPHRASE is '$STELLAR_NETWORK_PASSPHRASE', but that of $network is '$passphrase'"
    fi
    # The URL that is published: the one in use may contain somebody's key.
    public_rpc_url="$(jq -r .rpc_url <<<"$setting")"
    STELLAR_RPC_URL="${STELLAR_RPC_URL:-$public_rpc_url}"
    STELLAR_NETWORK_PASSPHRASE="$passphrase"
    export STELLAR_RPC_URL STELLAR_NETWORK_PASSPHRASE
    unset STELLAR_NETWORK
    ! is_standalone || public_rpc_url="$STELLAR_RPC_URL"
    deployment_dir="${FLASH_DEPLOYMENTS:-$root/deployments}"
    deployment_file="$deployment_dir/$network.json"
    journal_file="$deployment_dir/.$network.journal"
    identity="${STELLAR_ACCOUNT:-flashback}"
    unset STELLAR_ACCOUNT
}

is_standalone() { [ "$passphrase" = "Standalone Network ; February 2017" ]; }

# rpc METHOD [PARAMS]: the result of a call of Stellar RPC.
rpc() {
    local body answer
    body="$(jq -nc --arg method "$1" --argjson params "${2:-null}" \
        '{jsonrpc: "2.0", id: 1, method: $method} + if $params == null then {} else {params: $params} end')"
    # From a file, because everybody on the machine can read the arguments of a process, and a header may be a key.
    answer="$(curl -sS --max-time 30 -H 'Content-Type: application/json' -H "@"<(printf '%s\n' "${STELLAR_RPC_HEADERS:-}") \
        -d "$body" "$STELLAR_RPC_URL" 2>"$messages")" || no_answer
    jq -ce '.result // empty' <<<"$answer" 2>/dev/null || fail "$STELLAR_RPC_URL answers to $1: $answer"
}

no_answer() {
    if is_standalone; then
        fail "nothing answers at $STELLAR_RPC_URL; start a network there with: make localnet"
    fi
    fail "nothing answers at $STELLAR_RPC_URL ($(head -n 1 "$messages")); set STELLAR_RPC_URL to an RPC of $network"
}

# Fails if the URL belongs to another network.
check_network() {
    local found
    found="$(rpc getNetwork)"
    found="$(jq -r .passphrase <<<"$found")"
    [ "$found" = "$passphrase" ] || fail "$STELLAR_RPC_URL is of '$found', and $network is '$passphrase'"
}

# The time of the last ledger, which the contracts compare with.
ledger_time() {
    local latest
    latest="$(rpc getLatestLedger)"
    jq -r .closeTime <<<"$latest"
}

# address_of WHO: an address stays as it is; an identity of the CLI becomes its address.
address_of() {
    case "$1" in
        G* | C*) if [ ${#1} -eq 56 ]; then
            printf '%s\n' "$1"
            return
        fi ;;
    esac
    stellar keys public-key "$1" 2>/dev/null ||
        fail "the Stellar CLI knows no identity '$1'; run: stellar keys generate $1   (or: stellar keys add $1)"
}

# ledger_entry KIND OPTIONS...: the entry with its TTL as JSON; nothing where there is none.
ledger_entry() {
    local found
    found="$(stellar ledger entry fetch "$@" --output json 2>"$messages")" || show_failure "reading a ledger entry failed"
    jq -c '.entries[0] // empty' <<<"$found"
}

# show_failure WHAT: prints what the CLI said and the contract's error by name, then exits.
show_failure() {
    local code name
    grep -v -e '^ℹ️' -e '^🌎' -e '^$' "$messages" >&2 || true
    code="$(grep -o 'Error(Contract, #[0-9]*)' "$messages" | grep -o '[0-9]*' | head -n 1)" || true
    if [ -n "$code" ]; then
        name="$(sed -n "s/^    $code = //p" "$root"/goldens/*.interface.txt | head -n 1)"
        fail "$1: the contract refuses with $code${name:+ $name}"
    fi
    fail "$1"
}

# live_until ENTRY: the last ledger of an entry's time to live.
live_until() { jq -r '.liveUntilLedgerSeq // 0' <<<"$1"; }

# query ID FUNCTION ARGS...: a call that is only simulated. Prints JSON.
query() {
    local id="$1"
    shift
    stellar contract invoke --source-account "$NOBODY" --id "$id" --send=no -- "$@" 2>"$messages" ||
        show_failure "$1 cannot be read from $id"
}

# Identities sign with their own key, unless a variable of the CLI names another way.
signing_with() {
    if [ -n "${STELLAR_SIGN_WITH_KEY:-}${STELLAR_SIGN_WITH_LAB:-}${STELLAR_SIGN_WITH_LEDGER:-}" ]; then
        signing=()
    else
        signing=(--sign-with-key "$1")
    fi
}

# transact STEP SIGNER COMMAND...: sends the transaction that COMMAND (with --build-only) prints. Its hash is noted
# down before it is sent, so that a run that was interrupted finds it again. Sets tx_hash and tx_ledger.
transact() {
    local step="$1" signer="$2" tx answer
    shift 2
    tx="$("$@" 2>"$messages")" || show_failure "$step cannot be built"
    tx="$(stellar tx simulate --source-account "$signer" 2>"$messages" <<<"$tx")" || show_failure "$step fails in simulation"
    signing_with "$signer"
    tx="$(stellar tx sign "${signing[@]}" 2>"$messages" <<<"$tx")" || show_failure "$step cannot be signed by $signer"
    tx_hash="$(stellar tx hash 2>"$messages" <<<"$tx")" || show_failure "$step has no hash"
    mkdir -p "$deployment_dir"
    printf '%s\t%s\n' "$step" "$tx_hash" >>"$journal_file"
    answer="$(stellar tx send 2>"$messages" <<<"$tx")" || show_failure "$step failed on the ledger ($tx_hash)"
    tx_ledger="$(jq -r '.ledger // empty' <<<"$answer")"
}

# find_in_journal STEP: sets tx_hash and tx_ledger to those of the transaction that did the step; empty where the
# network no longer knows.
find_in_journal() {
    local step hash answer
    tx_hash="" tx_ledger=""
    [ -f "$journal_file" ] || return 0
    while IFS=$'\t' read -r step hash; do
        [ "$step" = "$1" ] || continue
        answer="$(rpc getTransaction "$(jq -nc --arg hash "$hash" '{hash: $hash}')")"
        if [ "$(jq -r .status <<<"$answer")" = SUCCESS ]; then
            tx_hash="$hash" tx_ledger="$(jq -r .ledger <<<"$answer")"
        fi
    done <"$journal_file"
}

# command_as IDENTITY ID FUNCTION ARGS...: signs and sends a call; prints the answer. With $build_only set it prints the
# transaction for others to sign instead.
command_as() {
    local who="$1" id="$2" tx
    shift 2
    if [ -n "$build_only" ]; then
        tx="$(stellar contract invoke --source-account "$who" --id "$id" --build-only -- "$@" 2>"$messages")" ||
            show_failure "$1 cannot be built"
        stellar tx simulate --source-account "$who" 2>"$messages" <<<"$tx" || show_failure "$1 fails in simulation"
        return
    fi
    if [ -n "$dry_run" ]; then
        say "would call, signed by $who: $id $*"
        return
    fi
    stellar contract invoke --source-account "$who" --id "$id" --send=yes -- "$@" 2>"$messages" ||
        show_failure "$1 failed"
    say "$1 done$(sed -n 's/.*Signing transaction: \([0-9a-f]\{64\}\).*/, transaction \1/p' "$messages" | tail -n 1)"
}

# Reads the deployment file of the network.
need_deployment() {
    [ -f "$deployment_file" ] || fail "nothing is deployed on $network (no $deployment_file); run: make deploy-$network"
    [ "$(jq -r .schema "$deployment_file")" = 1 ] || fail "$deployment_file has a form that this script does not know"
}

deployed() { jq -er ".$1" "$deployment_file"; }
id_of() { deployed "contracts.$1.id"; }

# need_contract_name NAME: fails for an unknown contract and lists the known ones.
need_contract_name() {
    local name
    for name in "${CONTRACTS[@]}"; do
        [ "$name" != "$1" ] || return 0
    done
    fail "no contract '$1'; there are: ${CONTRACTS[*]}"
}

# Replaces the deployment file as a whole with standard input.
write_deployment() {
    local unfinished="$deployment_file.tmp"
    mkdir -p "$deployment_dir"
    jq -e . >"$unfinished" || fail "$deployment_file was not written"
    mv "$unfinished" "$deployment_file"
}

# span SECONDS: "3 d 4 h", "12 min", "40 s".
span() {
    local secs="$1"
    if [ "$secs" -ge 86400 ]; then
        echo "$((secs / 86400)) d $((secs % 86400 / 3600)) h"
    elif [ "$secs" -ge 3600 ]; then
        echo "$((secs / 3600)) h $((secs % 3600 / 60)) min"
    elif [ "$secs" -ge 60 ]; then
        echo "$((secs / 60)) min"
    else
        echo "$secs s"
    fi
}

sha256_of() { sha256sum "$1" | cut -d ' ' -f 1; }
