#!/usr/bin/env bash
# Shows what is deployed on a network and how it stands. Needs no key and changes nothing.
#
#   scripts/status.sh [--network NAME] [--json] [--expect WHAT]...
#
#   --network NAME   local (default), testnet, mainnet, rehearsal
#   --json           the same for programs
#   --expect WHAT    no problem, because an owner wants it so: the Wasm hash of an announced upgrade, the address of the
#                    oracle that takes over next, or the word pause
#
# Ends with 1 where something needs an operator: contracts that do not know each other, code other than the file says, an
# escrow that is short, an entry that will be archived within 14 days; an announced upgrade, a pause or a next oracle that
# nobody expects. Ends with 2 where it cannot tell: no answer, another network, nothing deployed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

fail_status=2
json="" expected=""
parse_arguments "--json:json --expect+=expected" "$@"
no_words
expected="$(jq -Rnc '[inputs | select(. != "")]' <<<"$expected")"

# One contract: identity, code, configuration, times to live.
contract_status() {
    local name="$1" id entry hash code config version
    id="$(id_of "$name")"
    entry="$(ledger_entry contract-data --contract "$id" --instance)"
    [ -n "$entry" ] || fail "$name is not at $id: was $network reset? Run: make deploy-$network"
    hash="$(jq -r '.val.contract_data.val.contract_instance.executable.wasm' <<<"$entry")"
    code="$(ledger_entry contract-code --wasm-hash "$hash")"
    config="$(query "$id" get_config)"
    version="$(query "$id" version)"
    jq -nc --arg name "$name" --arg id "$id" --arg hash "$hash" --argjson config "$config" --argjson version "$version" \
        --argjson instance "$(live_until "$entry")" --argjson code "$(live_until "$code")" --argjson latest "$latest" \
        --arg recorded "$(deployed "contracts.$name.wasm_hash")" '{ $name, $id, $version, wasm_hash: $hash,
            recorded_wasm_hash: $recorded, instance_ledgers_left: ($instance - $latest), code_ledgers_left: ($code - $latest), $config }'
}

collect() {
    local parts="[]" name part
    for name in "${CONTRACTS[@]}"; do
        part="$(contract_status "$name")"
        parts="$(jq -c --argjson part "$part" '. + [$part]' <<<"$parts")"
    done
    local deals registry escrow asset
    deals="$(id_of deals)" registry="$(id_of registry)" escrow="$(id_of escrow)"
    asset="$(jq -r '.[] | select(.name == "escrow") | .config.stable_asset' <<<"$parts")"
    jq -n --arg network "$network" --arg url "$public_rpc_url" --argjson expected "$expected" --argjson now "$now" --argjson latest "$latest" \
        --argjson contracts "$parts" --arg asset "$asset" --argjson name "$(query "$escrow" get_stable_asset_name)" \
        --argjson solvency "$(query "$escrow" get_solvency --token "$asset")" \
        --argjson deals "$(query "$deals" get_deal_count)" --argjson buckets "$(query "$registry" get_bucket_count)" \
        --argjson providers "$(query "$registry" get_provider_count)" \
        --argjson consumers "$(query "$registry" get_consumer_count)" --from-file "$root/scripts/status.jq"
}

show() { jq -r --from-file "$root/scripts/status-text.jq"; }

open_deployment
latest="$(rpc getLatestLedger)"
now="$(jq -r '.closeTime | tonumber' <<<"$latest")"
latest="$(jq -r .sequence <<<"$latest")"
status="$(collect)"
if [ -n "$json" ]; then printf '%s\n' "$status"; else show <<<"$status"; fi
[ "$(jq '.problems | length' <<<"$status")" -eq 0 ]
