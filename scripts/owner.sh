#!/usr/bin/env bash
# The commands of the contracts' owner.
#
#   scripts/owner.sh COMMAND [--network NAME] [options]
#
#   policy show [VERSION]              a policy; without a version the newest
#   policy add FIELD=VALUE...          a new policy: the newest with these fields changed (fee_bps=150 sla.minor_credit_bps=500);
#                                      it holds for deals created afterwards
#   oracle show                        who reports, who will, and from when on
#   oracle schedule ADDRESS            names the next oracle: takes over after a day, at once where none was set
#   oracle cancel                      calls off the oracle that is scheduled and not in office yet
#   oracle suspend                     takes the role from the oracle at once; reports stop until the next one takes over
#   pause [registry|deals]             refuses new obligations for 14 days; without a name both
#   unpause [registry|deals]           ends the pause
#   ownership show                     who owns each contract
#   ownership offer CONTRACT|all ADDRESS [--days N]    offers it; the new owner has N days (7) to accept
#   ownership accept CONTRACT|all      takes an offer, signed by the new owner (STELLAR_ACCOUNT)
#   ownership withdraw CONTRACT|all ADDRESS    takes an offer to that address back
#   fees show                          fees and surplus of the escrow
#   fees withdraw AMOUNT ADDRESS       sends fees, then surplus, of the present asset; AMOUNT in its smallest unit
#   asset set ADDRESS                  the asset of deals created afterwards
#   extend                             keeps instances and code of all contracts alive for 120 days; says first what it costs
#
#   --network NAME    local (default), testnet, mainnet, rehearsal
#   --build-only      prints the transaction unsigned: for a multisig (docs/operations.md)
#   --confirm NETWORK answers the question that a main network asks
#   --dry-run         shows what would be called and sends nothing
#
# Signed by the identity `flashback` (or STELLAR_ACCOUNT). Addresses may be identities of the Stellar CLI.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

days=7
parse_arguments "--days=days --confirm=confirmed --build-only:build_only" "$@"

config_of() { query "$(id_of "$1")" get_config; }

# as_owner CONTRACT FUNCTION ARGS...: calls as the owner. Asks for no signature that the contract would refuse.
as_owner() {
    local name="$1" owner
    shift
    owner="$(config_of "$name" | jq -r .admin.owner)"
    if [ -n "$build_only" ]; then
        command_as "$owner" "$(id_of "$name")" "$@"
        return
    fi
    [ "$(address_of "$identity")" = "$owner" ] ||
        fail "$identity ($(address_of "$identity")) does not own $name; its owner is $owner. For a multisig use --build-only"
    confirm "$name $*"
    command_as "$identity" "$(id_of "$name")" "$@"
}

# names_of NAME|all CONTRACTS...: --build-only can print one transaction, so it takes one name.
names_of() {
    if [ "${1:-all}" != all ]; then
        need_contract_name "$1"
        echo "$1"
    elif [ -n "$build_only" ]; then
        fail "--build-only makes one transaction: name one contract"
    else
        printf '%s\n' "${@:2}"
    fi
}

newest_policy() {
    local version
    version="$(config_of deals | jq -r .policy_version)"
    query "$(id_of deals)" get_policy --version "$version"
}

policy() {
    local policy field value
    case "${1:-}" in
        show)
            if [ -n "${2:-}" ]; then policy="$(query "$(id_of deals)" get_policy --version "$2")"; else policy="$(newest_policy)"; fi
            [ "$policy" != null ] || fail "there is no policy $2"
            jq . <<<"$policy" ;;
        add)
            [ $# -ge 2 ] || fail "which fields? For instance: policy add fee_bps=150"
            policy="$(newest_policy)"
            for field in "${@:2}"; do
                value="${field#*=}"
                field="${field%%=*}"
                jq -e --arg path "$field" 'getpath($path | split(".")) | . != null and type != "object"' <<<"$policy" >/dev/null ||
                    fail "a policy has no field $field; see: scripts/owner.sh policy show"
                [[ "$value" =~ ^[0-9]+$ ]] || fail "$field is '$value'; it is a number"
                policy="$(jq -c --arg path "$field" --arg value "$value" '($path | split(".")) as $path
                    | setpath($path; if getpath($path) | type == "string" then $value else ($value | tonumber) end)' <<<"$policy")"
            done
            as_owner deals add_policy --policy "$policy" ;;
        *) fail "policy what? show or add" ;;
    esac
}

oracle() {
    case "${1:-}" in
        show) config_of deals | jq .oracle ;;
        schedule) as_owner deals schedule_oracle --oracle "$(address_of "${2:?$script: oracle schedule needs an address}")" ;;
        cancel) as_owner deals cancel_oracle ;;
        suspend) as_owner deals suspend_oracle ;;
        *) fail "oracle what? show, schedule, cancel or suspend" ;;
    esac
}

pausing() {
    local name
    case "${2:-all}" in all | registry | deals) ;; *) fail "only registry and deals can be paused" ;; esac
    for name in $(names_of "${2:-all}" registry deals); do as_owner "$name" "$1"; done
}

ownership() {
    local name latest until address
    case "${1:-}" in
        show)
            for name in "${CONTRACTS[@]}"; do printf '%-10s %s\n' "$name" "$(config_of "$name" | jq -r .admin.owner)"; done ;;
        offer)
            [ $# -eq 3 ] || fail "ownership offer needs a contract (or all) and an address"
            [[ "$days" =~ ^[1-9][0-9]*$ ]] || fail "--days is '$days'; it is a number from 1"
            address="$(address_of "$3")"
            latest="$(rpc getLatestLedger | jq -r .sequence)"
            until=$((latest + days * 86400 / SECS_PER_LEDGER))
            for name in $(names_of "$2" "${CONTRACTS[@]}"); do
                as_owner "$name" transfer_ownership --new_owner "$address" --live_until_ledger "$until"
            done ;;
        accept)
            # The new owner signs, so the present owner is not asked.
            for name in $(names_of "${2:-all}" "${CONTRACTS[@]}"); do
                confirm "accept the ownership of $name"
                command_as "$identity" "$(id_of "$name")" accept_ownership
            done ;;
        withdraw)
            [ $# -eq 3 ] || fail "ownership withdraw needs a contract (or all) and the address that was offered"
            address="$(address_of "$3")"
            for name in $(names_of "$2" "${CONTRACTS[@]}"); do
                as_owner "$name" transfer_ownership --new_owner "$address" --live_until_ledger 0
            done ;;
        *) fail "ownership what? show, offer, accept or withdraw" ;;
    esac
}

solvency() { query "$(id_of escrow)" get_solvency --token "$(config_of escrow | jq -r .stable_asset)"; }

fees() {
    case "${1:-}" in
        show) solvency | jq '{fees, surplus}' ;;
        withdraw)
            [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || fail "fees withdraw needs an amount in the asset's smallest unit (10000000 is 1 USDC)"
            as_owner escrow send_funds_owner --receiver "$(address_of "${3:?$script: fees withdraw needs an address}")" --amount "$2" ;;
        *) fail "fees what? show or withdraw" ;;
    esac
}

# Anybody may extend, so the signer need not be the owner. The signer pays the rent.
extend() {
    local name hash what="" stroops=0 fee entries=()
    for name in "${CONTRACTS[@]}"; do
        hash="$(ledger_entry contract-data --contract "$(id_of "$name")" --instance |
            jq -r '.val.contract_data.val.contract_instance.executable.wasm')"
        entries+=("the instance of $name|--id $(id_of "$name") --durability persistent" "the code of $name|--wasm-hash $hash")
    done
    for what in "${entries[@]}"; do
        fee="$(extension_fee "${what#*|}")" || show_failure "${what%|*} cannot be extended"
        stroops=$((stroops + fee))
    done
    say "extending by up to 120 days costs at most $((stroops / 10000000)).$(printf '%07d' $((stroops % 10000000))) XLM, paid by $identity"
    [ -z "$dry_run" ] || return 0
    confirm "extend all contracts"
    for what in "${entries[@]}"; do extend_entry "${what%|*}" "${what#*|}"; done
}

# The command for one entry. Its options contain no spaces.
extension() {
    # shellcheck disable=SC2086
    stellar contract extend --source-account "$identity" --ledgers-to-extend $((120 * 17280)) --ttl-ledger-only $1 "${@:2}"
}

extension_fee() {
    local tx
    tx="$(extension "$1" --build-only 2>"$messages" | stellar tx simulate --source-account "$identity" 2>"$messages")" || return 1
    stellar tx decode <<<"$tx" | jq -er .tx.tx.fee
}

extend_entry() {
    extension "$2" >/dev/null 2>"$messages" || show_failure "$1 cannot be extended"
    say "$1 lives for 120 days or more"
}

[ "${#words[@]}" -gt 0 ] || fail "what? See --help"
open_deployment
case "${words[0]}" in
    policy | oracle | ownership | fees) "${words[@]}" ;;
    pause | unpause) pausing "${words[@]}" ;;
    asset)
        [ "${words[1]:-}" = set ] || fail "asset what? set"
        as_owner escrow set_stable_asset_address --addr "$(address_of "${words[2]:?$script: asset set needs an address}")" ;;
    extend) extend ;;
    *) fail "no command ${words[0]}; see --help" ;;
esac
