#!/usr/bin/env bash
# Deploys on localnet with the real Stellar CLI: from scratch, interrupted at every transaction, and as on mainnet.
set -euo pipefail
# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need_cli
cd "$root"
cargo xtask wasm >/dev/null
# shellcheck disable=SC2119 # start_localnet takes options of localnet; there are none here.
start_localnet

deploy() { scripts/deploy.sh --no-build "$@"; }

# Counts successful contract transactions on the ledger, by kind of host function.
count() {
    curl --silent -d '{"jsonrpc":"2.0","id":1,"method":"getTransactions","params":{"startLedger":2,"pagination":{"limit":200},"xdrFormat":"json"}}' \
        -H 'Content-Type: application/json' "$network_url" |
        jq --arg kind "$1" '[.result.transactions[] | select(.status == "SUCCESS") | .envelopeJson.tx.tx.operations[]?.body
            | objects | .invoke_host_function.host_function | objects | select(has($kind))] | length'
}
ids() { jq -c '.contracts | map_values(.id)' "$FLASH_DEPLOYMENTS/local.json"; }

# A `stellar` that kills the script's process group before or after it sends the Nth transaction.
mkdir "$work/bin"
cat >"$work/bin/stellar" <<EOT
#!/usr/bin/env bash
if [ "\$1 \$2" != "tx send" ]; then exec "$(command -v stellar)" "\$@"; fi
echo x >>"$work/sent"
nth=\$(wc -l <"$work/sent")
group=\$(ps -o pgid= \$\$ | tr -d ' ')
[ "\$KILL_BEFORE" != "\$nth" ] || kill -9 -- "-\$group"
"$(command -v stellar)" "\$@"
status=\$?
[ "\$KILL_AFTER" != "\$nth" ] || kill -9 -- "-\$group"
exit \$status
EOT
chmod +x "$work/bin/stellar"
interrupted() {
    rm -f "$work/sent"
    # In a subshell, because its stderr would say "Killed" every time.
    (KILL_BEFORE="$1" KILL_AFTER="$2" PATH="$work/bin:$PATH" setsid --wait scripts/deploy.sh --no-build >"$work/out" 2>&1) 2>/dev/null
}

refused "an identity that is not there is named" "no identity 'nobody'" deploy --owner nobody
stellar keys generate owner 2>/dev/null
step "a dry run shows the plan" "dry run: nothing was sent" deploy --dry-run
same "and sends nothing" "$(count create_contract_v2) $(count upload_contract_wasm)" "0 0"

# Odd runs die after their first transaction, even ones when the second is noted down but not sent: every run takes one step.
runs=0
while ! interrupted "$((runs % 2 ? 2 : 0))" "$((runs % 2 ? 0 : 1))"; do
    runs=$((runs + 1))
    [ "$runs" -lt 20 ] || break
done
same "the deployment ends, though every run but the last is killed" "$((runs >= 9 && runs < 20))" 1
echo "      killed $runs times"
same "five contracts, five Wasms and one asset were made, once" \
    "$(count create_contract_v2) $(count upload_contract_wasm) $(count create_contract)" "5 5 1"
same "the file knows every transaction" \
    "$(jq '[.asset, .contracts[]] | map(select(.tx_hash == null or .ledger == null)) | length' "$FLASH_DEPLOYMENTS/local.json")" 0
step "it verifies" "0 failed" scripts/verify.sh --no-build
step "it has no problems" "no problems" scripts/status.sh
step "the status in JSON" '"problems": \[\]' scripts/status.sh --json
broken_ids="$(ids)"
step "a run after that changes nothing" "everything is deployed" deploy
same "and sends nothing" "$(count create_contract_v2) $(count upload_contract_wasm)" "5 5"
refused "another label is another deployment" "names another deployment" deploy --salt-label second

reset_localnet
stellar keys fund owner 2>/dev/null
step "a network that was reset gets it again, in one run" "was reset.*|deployed; written" deploy --owner owner
same "at the same addresses" "$(ids)" "$broken_ids"
same "with the owner that was named" "$(scripts/status.sh --json | jq -r '.contracts | map(.owner) | unique[]')" "$(stellar keys public-key owner)"

jq '.contracts.deals.constructor.policy.fee_bps = 300' "$FLASH_DEPLOYMENTS/local.json" >"$work/changed.json"
cp "$work/changed.json" "$FLASH_DEPLOYMENTS/local.json"
refused "a file with other arguments than were signed does not verify" "FAIL  deals: the constructor arguments" scripts/verify.sh --no-build

# As on mainnet, with mainnet's Wasm.
main="rehearsal"
rehearse() { STELLAR_NETWORK=$main scripts/deploy.sh --salt-label rehearsal "$@"; }
cargo xtask wasm --mainnet >/dev/null
refused "mainnet takes the asset from configuration" "which asset" rehearse --no-build
asset="USDC:$(stellar keys public-key issuer)"
export FLASH_ASSET="$asset"
refused "mainnet asks for confirmation" "asks for confirmation" rehearse --no-build
refused "and takes no other answer" "not confirmed" rehearse --no-build --confirm mainnet
refused "its Wasm insists on 21 days" "3400 UpgradeDelayTooShort" rehearse --no-build --confirm $main --upgrade-delay 1814399
wasm_mainnet="${CARGO_TARGET_DIR:-target}/wasm-mainnet"
cp "$wasm_mainnet/escrow.wasm" "$work/escrow.wasm"
cp "${CARGO_TARGET_DIR:-target}/wasm/escrow.wasm" "$wasm_mainnet/escrow.wasm"
refused "Wasm with a test function is refused" "exports the test function" rehearse --no-build --confirm $main
cp "$work/escrow.wasm" "$wasm_mainnet/escrow.wasm"
step "it deploys" "deployed; written" rehearse --no-build --confirm $main
step "and verifies" "0 failed" env STELLAR_NETWORK=$main scripts/verify.sh --no-build
refused "there is no faucet there" "no faucet" env STELLAR_NETWORK=$main scripts/faucet.sh owner 5
summary
