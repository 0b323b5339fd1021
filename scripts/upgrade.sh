#!/usr/bin/env bash
# Upgrades one contract: announces, shows how long to wait, executes, checks the hash, migrates. Every run takes the step
# that is due; run it again until it says that the contract is up to date.
#
#   scripts/upgrade.sh CONTRACT [--network NAME] [options]
#
#   CONTRACT          registry, escrow, reputation, deals or mandates
#   --network NAME    local (default), testnet, mainnet, rehearsal
#   --wasm FILE       upgrades to this Wasm instead of the one built from the source here
#   --wait            stays until the announced time has come
#   --cancel          calls an announced upgrade off
#   --no-build        takes the Wasm that was built before
#   --build-only      prints the transaction of the step that is due, unsigned: for a multisig (docs/operations.md)
#   --confirm NETWORK answers the question that a main network asks
#   --dry-run         shows the step that is due and sends nothing
#
# Signed by the identity `flashback` (or STELLAR_ACCOUNT), which must own the contract.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/wasm.sh
source "$root/scripts/wasm.sh"

wasm="" wait="" cancel=""
parse_arguments "--wasm=wasm --confirm=confirmed --wait:wait --cancel:cancel --no-build:no_build --build-only:build_only" "$@"
[ "${#words[@]}" -le 1 ] || fail "one contract at a time"
contract="${words[0]:-}"

# Reads the state of the contract from the ledger.
read_state() {
    local config
    entry="$(ledger_entry contract-data --contract "$id" --instance)"
    [ -n "$entry" ] || fail "$contract is not at $id: was $network reset?"
    current="$(jq -r '.val.contract_data.val.contract_instance.executable.wasm' <<<"$entry")"
    config="$(query "$id" get_config)"
    owner="$(jq -r .admin.owner <<<"$config")"
    pending="$(jq -r '.admin.upgrade_wasm_hash // empty' <<<"$config")"
    ready_ts="$(jq -r '.admin.upgrade_ready_ts | tonumber' <<<"$config")"
    void_ts="$(jq -r '.admin.upgrade_void_ts | tonumber' <<<"$config")"
    delay="$(jq -r '.admin.upgrade_delay_secs | tonumber' <<<"$config")"
    now="$(ledger_time)"
    # An announcement that was not executed in time is void.
    if [ -n "$pending" ] && [ "$now" -gt "$void_ts" ]; then pending=""; fi
}

# If the owner is a multisig, others sign. Everybody else signs here.
choose_signer() {
    signer="$identity"
    if [ -n "$build_only" ]; then
        signer="$owner"
    elif [ "$(address_of "$identity")" != "$owner" ]; then
        fail "$identity ($(address_of "$identity")) does not own $contract; its owner is $owner. For a multisig use --build-only"
    fi
}

choose_wasm() {
    if [ -z "$wasm" ]; then
        build_wasm "$(builder_of_network)"
        wasm="$wasm_dir/$contract.wasm"
    fi
    [ -f "$wasm" ] || fail "no file $wasm"
    target="$(sha256_of "$wasm")"
    if [ "$kind" = main ] && stellar contract info interface --wasm "$wasm" 2>/dev/null | grep -qwE 'test_faucet|change_asset_admin'; then
        fail "$wasm exports a test function and must not be deployed on $network"
    fi
}

# Anybody may upload. The identity does, also for a multisig.
upload() {
    [ -z "$(ledger_entry contract-code --wasm-hash "$target")" ] || return 0
    if [ -n "$dry_run" ]; then say "would upload $wasm"; return; fi
    say "uploading $wasm"
    transact "upload $contract $target" "$identity" stellar contract upload --build-only --source-account "$identity" --wasm "$wasm"
}

announce() {
    say "$contract runs Wasm $current; announcing $target, to be executed in $(span "$delay")"
    upload
    command_as "$signer" "$id" schedule_upgrade --wasm_hash "$target"
}

wait_until_ready() {
    while now="$(ledger_time)" && [ "$now" -lt "$ready_ts" ]; do
        if [ -t 2 ]; then printf '\r%s: %s left \033[K' "$script" "$(span $((ready_ts - now)))" >&2; fi
        sleep 2
    done
    if [ -t 2 ]; then printf '\n' >&2; fi
}

execute() {
    if [ -n "$build_only$dry_run" ]; then
        command_as "$signer" "$id" upgrade --new_wasm_hash "$target" --operator "$owner"
        return
    fi
    say "executing: $contract gets Wasm $target"
    transact "upgrade $contract $target" "$signer" stellar contract invoke --build-only --source-account "$signer" --id "$id" -- \
        upgrade --new_wasm_hash "$target" --operator "$owner"
    read_state
    [ "$current" = "$target" ] || fail "$contract runs Wasm $current after the upgrade, not $target"
    record
}

# The deployment file follows the ledger, also after an upgrade that a multisig executed.
record() {
    local recorded
    recorded="$(deployed "contracts.$contract.wasm_hash")"
    [ "$recorded" != "$current" ] || return 0
    find_in_journal "upgrade $contract $current"
    jq --arg name "$contract" --arg from "$recorded" --arg hash "$current" --arg tx "$tx_hash" --argjson ledger "${tx_ledger:-null}" \
        --arg version "$(query "$id" version | jq -r .)" --arg revision "$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)" '
        .contracts[$name] += { wasm_hash: $hash, $version }
        | .upgrades += [{ contract: $name, from_wasm_hash: $from, wasm_hash: $hash, $ledger,
            tx_hash: (if $tx == "" then null else $tx end), git_revision: $revision }]' "$deployment_file" | write_deployment
    say "recorded in $deployment_file"
}

# Only code with a newer schema has something to migrate. A simulated call shows it.
migrate() {
    if stellar contract invoke --source-account "$owner" --id "$id" --send=no -- migrate >/dev/null 2>"$messages"; then
        command_as "$signer" "$id" migrate
        return 0
    fi
    grep -q 'NothingToMigrate\|#3408' "$messages" || show_failure "migrate fails"
    return 1
}

call_off() {
    [ -n "$pending" ] || fail "no upgrade of $contract is announced"
    say "calling the upgrade to $pending off"
    command_as "$signer" "$id" cancel_upgrade
}

take_step() {
    if [ "$current" = "$target" ]; then
        record
        migrate || say "$contract is up to date: Wasm $current"
    elif [ -z "$pending" ]; then
        announce
        if [ -n "$wait" ] && [ -z "$build_only$dry_run" ]; then read_state; take_step; fi
    elif [ "$pending" != "$target" ]; then
        fail "an upgrade of $contract to $pending is announced; call it off first: scripts/upgrade.sh $contract --network $network --cancel"
    elif [ "$now" -lt "$ready_ts" ] && [ -z "$wait" ]; then
        say "announced; $(span $((ready_ts - now))) left until it can be executed, then $(span $((void_ts - ready_ts))) to do so"
    else
        wait_until_ready
        execute
        if [ -z "$build_only$dry_run" ]; then migrate || say "$contract is up to date: Wasm $current"; fi
    fi
}

[ -n "$contract" ] || fail "which contract? There are: ${CONTRACTS[*]}"
need_contract_name "$contract"
open_deployment
id="$(id_of "$contract")"
read_state
choose_signer
if [ -n "$cancel" ]; then
    call_off
    exit
fi
choose_wasm
confirm "Upgrade $contract"
take_step
