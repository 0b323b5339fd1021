#!/usr/bin/env bash
# Deploys the contracts, or what is missing of them, and writes deployments/<network>.json.
#
#   scripts/deploy.sh [--network NAME] [options]
#
#   --network NAME          local (default), testnet, mainnet, rehearsal: see deployments/settings.json
#   --owner ADDRESS         who owns the contracts; without it the deployer. May be an identity
#   --oracle ADDRESS        who reports; without it the owner does until one is scheduled
#   --asset CODE:ISSUER     the stable asset, or the id of its contract; on main networks it must exist
#   --upgrade-delay SECS    between announcement and execution of an upgrade; on main networks at least 21 days
#   --salt-label TEXT       another label gives other addresses (flashonstellar-1)
#   --no-build              takes the Wasm that was built before
#   --confirm NETWORK       answers the question that a main network asks
#   --dry-run               shows the plan and sends nothing
#
# The identity `flashback` of the Stellar CLI (or STELLAR_ACCOUNT) deploys; on test networks `issuer` issues the test
# asset and hands its administration to the escrow, so that the faucet works. A run that is broken off continues where it
# was when started again; a run after a complete one changes nothing.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/wasm.sh
source "$root/scripts/wasm.sh"

owner_option="" oracle_option="" asset_option="${FLASH_ASSET:-}" delay="" salt_label=flashonstellar-1
parse_arguments "--owner=owner_option --oracle=oracle_option --asset=asset_option --upgrade-delay=delay
    --salt-label=salt_label --confirm=confirmed --no-build:no_build" "$@"
no_words

declare -A id salt wasm_hash state

# A network that only exists here gets the identities that are missing.
prepare_identities() {
    local who needed=("$identity")
    [ "$kind" = main ] || needed+=(issuer)
    for who in "${needed[@]}"; do
        if is_standalone && [ -z "$dry_run" ] && ! stellar keys public-key "$who" >/dev/null 2>&1; then
            say "making the identity $who"
            stellar keys generate "$who" 2>"$messages" || show_failure "the identity $who cannot be made"
        fi
        fund_identity "$who"
    done
    deployer="$(address_of "$identity")"
    owner="$(address_of "${owner_option:-$deployer}")"
    oracle=null
    [ -z "$oracle_option" ] || oracle="\"$(address_of "$oracle_option")\""
}

fund_identity() {
    local address found
    address="$(address_of "$1")"
    found="$(ledger_entry account --account "$address")"
    [ -z "$found" ] || return 0
    [ "$kind" = test ] || is_standalone || fail "$1 ($address) has no account on $network; send it some XLM first"
    if [ -n "$dry_run" ]; then
        say "would fund $1 ($address)"
        return
    fi
    say "funding $1 ($address)"
    stellar keys fund "$1" 2>"$messages" || show_failure "friendbot does not fund $1"
}

# Chooses the asset that the option or the settings name. On test networks the default is the issuer's own.
choose_asset() {
    local code issuer
    code="$(jq -r .asset.code <<<"$setting")"
    issuer="$(jq -r '.asset.issuer // empty' <<<"$setting")"
    if [ -z "$asset_option" ] && [ -z "$issuer" ]; then
        [ "$kind" = test ] || fail "which asset? Set --asset CODE:ISSUER (or FLASH_ASSET)"
        issuer="$(address_of issuer)"
    fi
    asset="${asset_option:-$code:$issuer}"
    case "$asset" in
        C*) asset_id="$asset" asset="" ;;
        *:*) asset="${asset%%:*}:$(address_of "${asset#*:}")"
            asset_id="$(stellar contract id asset --asset "$asset" 2>"$messages")" || show_failure "$asset is no asset" ;;
        *) fail "the asset is '$asset'; it is written CODE:ISSUER, or as the id of its contract" ;;
    esac
    # Only an asset whose issuer is at hand can be handed to the escrow.
    issued_here=""
    if [ "$kind" = test ] && [ -n "$asset" ] && [ "${asset#*:}" = "$(address_of issuer)" ]; then issued_here=1; fi
}

# Addresses follow from deployer and salt. They are compared with the ledger before anything is sent.
compute_addresses() {
    local name entry
    for name in "${CONTRACTS[@]}"; do
        salt[$name]="$(printf '%s/%s' "$salt_label" "$name" | sha256sum | cut -d ' ' -f 1)"
        id[$name]="$(stellar contract id wasm --salt "${salt[$name]}" --source-account "$deployer" 2>"$messages")" ||
            show_failure "the address of $name cannot be computed"
        wasm_hash[$name]="$(sha256_of "$wasm_dir/$name.wasm")"
    done
    [ "$(printf '%s\n' "${id[@]}" | sort -u | wc -l)" -eq "${#CONTRACTS[@]}" ] || fail "two contracts share an address"
    for name in "${CONTRACTS[@]}"; do
        entry="$(ledger_entry contract-data --contract "${id[$name]}" --instance)"
        state[$name]="$(jq -r '.val.contract_data.val.contract_instance.executable.wasm // "another kind"' <<<"$entry")"
        [ "${state[$name]}" != "another kind" ] || fail "${id[$name]}, the address of $name, holds something else"
    done
}

check_old_file() {
    local name
    [ -f "$deployment_file" ] || return 0
    need_deployment
    if [ "$(deployed deployer)" != "$deployer" ] || [ "$(deployed salt_label)" != "$salt_label" ]; then
        for name in "${CONTRACTS[@]}"; do
            [ -z "$(ledger_entry contract-data --contract "$(id_of "$name")" --instance)" ] ||
                fail "$deployment_file names another deployment (deployer $(deployed deployer), label $(deployed salt_label)); move it away to deploy a second one"
        done
    fi
    for name in "${CONTRACTS[@]}"; do
        [ -n "${state[$name]}" ] && continue
        # Test networks are reset now and then; a main network is not.
        [ "$kind" = test ] || is_standalone || fail "$deployment_file lists $name, but $network has nothing at ${id[$name]}"
        say "$network was reset: $deployment_file is out of date and will be replaced"
        rm -f "$deployment_file" "$journal_file"
        return
    done
}

complete() {
    local name
    [ -f "$deployment_file" ] || return 1
    for name in "${CONTRACTS[@]}"; do [ -n "${state[$name]}" ] || return 1; done
}

show_plan() {
    local name
    say "network   $network ($passphrase) at $STELLAR_RPC_URL"
    say "deployer  $deployer ($identity)"
    say "owner     $owner"
    say "oracle    $(jq -r '. // "none: the owner reports until one is scheduled"' <<<"$oracle")"
    say "asset     ${asset:+$asset, }$asset_id"
    say "upgrades  $(span "$delay") after they are announced"
    for name in "${CONTRACTS[@]}"; do
        if [ -z "${state[$name]}" ]; then
            say "$(printf '%-10s %s  to be deployed, Wasm %s' "$name" "${id[$name]}" "${wasm_hash[$name]}")"
        else
            say "$(printf '%-10s %s  is there, Wasm %s' "$name" "${id[$name]}" "${state[$name]}")"
        fi
    done
}

step=0
readonly STEPS=11
begin() {
    step=$((step + 1))
    say "step $step of $STEPS: $*"
}

make_asset() {
    begin "the contract of the asset"
    if [ -z "$(ledger_entry contract-data --contract "$asset_id" --instance)" ]; then
        [ -n "$asset" ] || fail "there is no contract at $asset_id"
        [ -n "$issued_here" ] || fail "the asset $asset has no contract on $network; deploy it first: stellar contract asset deploy --asset $asset"
        transact asset "$identity" stellar contract asset deploy --build-only --source-account "$identity" --asset "$asset"
    fi
}

upload() {
    begin "upload the Wasm of $1"
    [ -z "${state[$1]}" ] || return 0
    [ -z "$(ledger_entry contract-code --wasm-hash "${wasm_hash[$1]}")" ] || return 0
    transact "upload $1 ${wasm_hash[$1]}" "$identity" stellar contract upload --build-only --source-account "$identity" \
        --wasm "$wasm_dir/$1.wasm"
}

# The arguments by name, as the CLI takes them.
constructor_of() {
    jq -nc --arg name "$1" --arg owner "$owner" --arg asset "$asset_id" --argjson oracle "$oracle" --argjson delay "$delay" \
        --arg registry "${id[registry]}" --arg escrow "${id[escrow]}" --arg reputation "${id[reputation]}" --arg deals "${id[deals]}" \
        --slurpfile settings "$root/deployments/settings.json" '{
            registry: { $owner, $deals, $reputation },
            escrow: { $owner, $deals, stable_asset: $asset },
            reputation: { $owner, $deals },
            mandates: { $owner, $deals, $escrow },
            deals: { $owner, $oracle, $registry, $escrow, $reputation, policy: $settings[0].policy }
        }[$name] + { upgrade_delay_secs: $delay }'
}

deploy() {
    local arguments=()
    begin "deploy $1"
    [ -z "${state[$1]}" ] || return 0
    mapfile -t arguments < <(constructor_of "$1" | jq -r 'to_entries[] | select(.value != null)
        | "--" + .key, (.value | if type == "string" then . else tojson end)')
    transact "deploy $1" "$identity" stellar contract deploy --build-only --source-account "$identity" --salt "${salt[$1]}" \
        --wasm "$wasm_dir/$1.wasm" -- "${arguments[@]}"
    state[$1]="${wasm_hash[$1]}"
}

hand_over_asset() {
    begin "the escrow administers the test asset"
    [ -n "$issued_here" ] || return 0
    local admin
    admin="$(query "$asset_id" admin | jq -r .)"
    [ "$admin" != "${id[escrow]}" ] || return 0
    [ "$admin" = "$(address_of issuer)" ] || fail "the test asset is administered by $admin, neither the issuer nor the escrow"
    transact "asset admin" issuer stellar contract invoke --build-only --source-account issuer --id "$asset_id" -- \
        set_admin --new_admin "${id[escrow]}"
}

# Compares what the contracts answer with what was asked for. A later change of owner or oracle is no fault.
check_wiring() {
    local deals registry escrow reputation mandates
    begin "check the wiring"
    deals="$(query "${id[deals]}" get_config)"
    registry="$(query "${id[registry]}" get_config)"
    escrow="$(query "${id[escrow]}" get_config)"
    reputation="$(query "${id[reputation]}" get_config)"
    mandates="$(query "${id[mandates]}" get_config)"
    local link name config
    for link in deals:registry deals:escrow deals:reputation registry:deals registry:reputation escrow:deals reputation:deals \
        mandates:deals mandates:escrow; do
        name="${link%:*}" link="${link#*:}"
        expect "$name knows $link" "$(jq -r --arg link "$link" '.[$link]' <<<"${!name}")" "${id[$link]}"
    done
    expect "escrow holds the asset" "$(jq -r .stable_asset <<<"$escrow")" "$asset_id"
    for name in "${CONTRACTS[@]}"; do
        config="${!name}"
        expect "owner of $name" "$(jq -r .admin.owner <<<"$config")" "$owner"
        expect "upgrade delay of $name" "$(jq -r .admin.upgrade_delay_secs <<<"$config")" "$delay"
    done
}

expect() { [ "$2" = "$3" ] || fail "$1: found $2, expected $3"; }

# Extends instances and code that would be archived within 30 days, by 120 days.
extend_ttls() {
    local name entry now live
    now="$(rpc getLatestLedger | jq -r .sequence)"
    for name in "${CONTRACTS[@]}"; do
        entry="$(ledger_entry contract-data --contract "${id[$name]}" --instance)"
        live="$(live_until "$entry")"
        [ $((live - now)) -ge $((30 * 17280)) ] || transact "extend $name" "$identity" stellar contract extend --build-only \
            --source-account "$identity" --id "${id[$name]}" --durability persistent --ledgers-to-extend $((120 * 17280))
        entry="$(ledger_entry contract-code --wasm-hash "${state[$name]}")"
        live="$(live_until "$entry")"
        [ $((live - now)) -ge $((30 * 17280)) ] || transact "extend code of $name" "$identity" stellar contract extend \
            --build-only --source-account "$identity" --wasm-hash "${state[$name]}" --ledgers-to-extend $((120 * 17280))
    done
}

write_file() {
    local name parts asset_json version
    parts="{}"
    for name in "${CONTRACTS[@]}"; do
        find_in_journal "deploy $name"
        version="$(query "${id[$name]}" version | jq -r .)"
        parts="$(jq -c --arg name "$name" --arg id "${id[$name]}" --arg salt "${salt[$name]}" --arg hash "${state[$name]}" \
            --arg version "$version" --argjson ledger "${tx_ledger:-null}" --arg tx "$tx_hash" \
            --argjson constructor "$(constructor_of "$name")" '.[$name] = { $id, $salt, wasm_hash: $hash, deployed_wasm_hash: $hash,
                $version, $ledger, tx_hash: (if $tx == "" then null else $tx end), $constructor }' <<<"$parts")"
    done
    find_in_journal asset
    asset_json="$(jq -nc --arg asset "$asset" --arg id "$asset_id" --argjson ledger "${tx_ledger:-null}" --arg tx "$tx_hash" \
        '(if $asset == "" then {} else ($asset | split(":") | {code: .[0], issuer: .[1]}) end)
        + { contract_id: $id, $ledger, tx_hash: (if $tx == "" then null else $tx end) }')"
    jq -n --arg network "$network" --arg kind "$kind" --arg passphrase "$passphrase" --arg url "$public_rpc_url" \
        --arg deployer "$deployer" --arg salt_label "$salt_label" --argjson asset "$asset_json" --argjson contracts "$parts" \
        --arg revision "$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)" \
        --argjson dirty "$([ -z "$(git -C "$root" status --porcelain 2>/dev/null)" ] && echo false || echo true)" \
        --arg cli "$cli_version" --arg rustc "$(rustc_version)" --arg builder "$builder" '{ schema: 1, $network, $kind,
            network_passphrase: $passphrase, rpc_url: $url, $deployer, $salt_label, $asset, $contracts, upgrades: [],
            git_revision: $revision, git_dirty: $dirty,
            tools: { deployed_by: "scripts/deploy.sh", stellar_cli: $cli, $rustc, $builder } }' | write_deployment
}

main() {
    need_tools
    use_network
    check_network
    delay="${delay:-$(jq -r .upgrade_delay_secs <<<"$setting")}"
    [[ "$delay" =~ ^[0-9]+$ ]] || fail "the upgrade delay is '$delay'; it is a number of seconds"
    builder="$(builder_of_network)"
    build_wasm "$builder"
    prepare_identities
    choose_asset
    compute_addresses
    check_old_file
    show_plan
    if complete; then
        say "everything is deployed; see scripts/status.sh, or scripts/upgrade.sh to change the code"
        return
    fi
    if [ -n "$dry_run" ]; then
        say "dry run: nothing was sent"
        return
    fi
    confirm "This costs real money and cannot be undone. Deploy"
    run_steps
}

run_steps() {
    local name
    make_asset
    for name in "${CONTRACTS[@]}"; do upload "$name"; done
    for name in "${CONTRACTS[@]}"; do deploy "$name"; done
    hand_over_asset
    check_wiring
    extend_ttls
    write_file
    say "deployed; written to $deployment_file"
}

main
