#!/usr/bin/env bash
# Compares a deployment with its file and with the source here: rebuilds the Wasm, then checks addresses, hashes,
# interfaces, constructor arguments and wiring against the ledger. Needs no key and changes nothing.
#
#   scripts/verify.sh [--network NAME] [--no-build]
#
#   --network NAME   local (default), testnet, mainnet, rehearsal
#   --no-build       takes the Wasm that was built before
#
# To verify what is deployed rather than what is new, check the recorded revision out first: it is printed. Ends with 1
# where anything differs. The same bytes need the same compiler, which is recorded as well.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/wasm.sh
source "$root/scripts/wasm.sh"

parse_arguments "--no-build:no_build" "$@"
no_words

passed=0 failed=0
# check WHAT FOUND EXPECTED
check() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
        echo "ok    $1"
    else
        failed=$((failed + 1))
        echo "FAIL  $1"
        echo "      found    $2"
        echo "      expected $3"
    fi
}
note() { echo "note  $*"; }

check_code() {
    local name="$1" id="$2" entry hash
    check "$name: the address follows from deployer and salt" "$id" \
        "$(stellar contract id wasm --salt "$(deployed "contracts.$name.salt")" --source-account "$(deployed deployer)" 2>"$messages")"
    entry="$(ledger_entry contract-data --contract "$id" --instance)"
    hash="$(jq -r '.val.contract_data.val.contract_instance.executable.wasm // "nothing"' <<<"$entry")"
    check "$name: the ledger runs the Wasm of the file" "${hash:-nothing}" "$(deployed "contracts.$name.wasm_hash")"
    check "$name: the source here builds to that Wasm" "$(sha256_of "$wasm_dir/$name.wasm")" "$hash"
    check "$name: the interface is the source's" "$(interface_of --id "$id")" "$(interface_of --wasm "$wasm_dir/$name.wasm")"
}

# A digest of the interface of --id ID or --wasm FILE.
interface_of() {
    local text
    text="$(stellar contract info interface "$@" 2>"$messages")" || show_failure "the interface of $2 cannot be read"
    sha256sum <<<"$text" | cut -d ' ' -f 1
}

# The arguments as they were signed, as long as the network keeps the transaction.
check_signed_arguments() {
    local name="$1" answer found built arguments wasm
    answer="$(rpc getTransaction "$(jq -nc --arg hash "$(deployed "contracts.$name.tx_hash" || echo null)" '{hash: $hash}')")"
    if [ "$(jq -r .status <<<"$answer")" != SUCCESS ]; then
        note "$name: the network no longer keeps the transaction that deployed it"
        return
    fi
    wasm="$(mktemp --suffix .wasm)"
    stellar contract fetch --wasm-hash "$(deployed "contracts.$name.deployed_wasm_hash")" --out-file "$wasm" 2>"$messages" ||
        show_failure "the Wasm that $name was deployed with cannot be fetched"
    mapfile -t arguments < <(jq -r --arg name "$name" '.contracts[$name].constructor | to_entries[] | select(.value != null)
        | "--" + .key, (.value | if type == "string" then . else tojson end)' "$deployment_file")
    built="$(stellar contract deploy --build-only --source-account "$(deployed deployer)" --salt "$(deployed "contracts.$name.salt")" \
        --wasm "$wasm" -- "${arguments[@]}" 2>"$messages")" || show_failure "the constructor arguments of $name do not fit its interface"
    rm -f "$wasm"
    found="$(jq -r .envelopeXdr <<<"$answer")"
    check "$name: the constructor arguments, the salt and the Wasm are those that were signed" \
        "$(creation_in "$found")" "$(creation_in "$built")"
}

# The creation in a transaction: preimage of the address, executable, arguments.
creation_in() {
    stellar tx decode <<<"$1" 2>"$messages" |
        jq -Sce '.tx.tx.operations[0].body.invoke_host_function.host_function // error("creates no contract")'
}

# What the contracts answer about themselves. Owner, oracle and asset may have changed since; links never change.
check_configuration() {
    local name="$1" id="$2" config arguments
    config="$(query "$id" get_config)"
    arguments="$(deployed "contracts.$name.constructor" | jq -c .)"
    local link
    for link in registry deals escrow reputation; do
        [ "$(jq -r --arg link "$link" 'has($link)' <<<"$arguments")" = true ] || continue
        check "$name: knows the $link" "$(jq -r ".$link" <<<"$config")" "$(id_of "$link")"
        check "$name: its constructor named the same $link" "$(jq -r ".$link" <<<"$arguments")" "$(id_of "$link")"
    done
    check "$name: upgrade delay" "$(jq -r .admin.upgrade_delay_secs <<<"$config")" "$(jq -r .upgrade_delay_secs <<<"$arguments")"
    changed_since "$name: owner" "$(jq -r .admin.owner <<<"$config")" "$(jq -r .owner <<<"$arguments")"
    case "$name" in
        escrow) changed_since "escrow: asset" "$(jq -r .stable_asset <<<"$config")" "$(jq -r .stable_asset <<<"$arguments")" ;;
        deals)
            check "deals: the first policy" "$(query "$id" get_policy --version 1 | jq -Sc .)" "$(jq -Sc .policy <<<"$arguments")"
            changed_since "deals: oracle" "$(jq -r .oracle.acting <<<"$config")" "$(jq -r '.oracle // .owner' <<<"$arguments")" ;;
    esac
}

changed_since() {
    if [ "$2" = "$3" ]; then
        check "$@"
    else
        note "$1 is $2; it was deployed with $3"
    fi
}

open_deployment
check "the network" "$(deployed network_passphrase)" "$passphrase"
check "the kind of network" "$(deployed kind)" "$kind"
note "deployed from revision $(deployed git_revision)$([ "$(jq .git_dirty "$deployment_file")" = true ] && echo " with changes"), here is $(git -C "$root" rev-parse HEAD 2>/dev/null)"
note "built then by $(jq -r '.tools | "\(.builder), rustc \(.rustc), Stellar CLI \(.stellar_cli)"' "$deployment_file"), here rustc $(rustc_version)"
build_wasm "$(jq -r '.tools.builder // "own"' "$deployment_file")"
for contract in "${CONTRACTS[@]}"; do
    check_code "$contract" "$(id_of "$contract")"
    check_signed_arguments "$contract"
    check_configuration "$contract" "$(id_of "$contract")"
done
if [ "$kind" = main ]; then
    interface="$(stellar contract info interface --id "$(id_of escrow)" 2>/dev/null)"
    check "no test function on a main network" "$(grep -cwE 'test_faucet|change_asset_admin' <<<"$interface" || true)" 0
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
