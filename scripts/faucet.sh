#!/usr/bin/env bash
# Gives somebody test money on a test network.
#
#   scripts/faucet.sh WHO AMOUNT [--network NAME]
#
#   WHO              an identity of the Stellar CLI, or an address
#   AMOUNT           in the asset's smallest unit: 10000000 is 1 USDC
#   --network NAME   local (default) or testnet
#   --dry-run        shows what would be done and sends nothing
#
# An identity signs for itself: it gets an account and a trustline where it has none, and mints from the escrow's faucet.
# To an address without a key here, the identity `issuer` pays from what it issues; an account must have its trustline.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

parse_arguments "" "$@"

# An account and a trustline, where they are missing.
prepare_account() {
    if [ -z "$(ledger_entry account --account "$address")" ]; then
        if [ -n "$dry_run" ]; then say "would fund $who"; return; fi
        stellar keys fund "$who" 2>"$messages" || show_failure "friendbot does not fund $who"
        say "funded $who"
    fi
    [ -z "$(ledger_entry trustline --account "$address" --asset "$asset")" ] || return 0
    if [ -n "$dry_run" ]; then say "would give $who a trustline"; return; fi
    stellar tx new change-trust --source-account "$who" --line "$asset" >/dev/null 2>"$messages" ||
        show_failure "$who gets no trustline"
    say "$who has a trustline to $asset"
}

[ "${#words[@]}" -eq 2 ] || fail "who, and how much? See --help"
who="${words[0]}" amount="${words[1]}"
[[ "$amount" =~ ^[1-9][0-9]*$ ]] || fail "the amount is '$amount'; it is a number in the asset's smallest unit"
open_deployment
[ "$kind" = test ] || fail "there is no faucet on $network"
asset="$(deployed asset.code):$(deployed asset.issuer)"
address="$(address_of "$who")"
if [ "$who" = "$address" ]; then
    command_as issuer "$(deployed asset.contract_id)" transfer --from "$(deployed asset.issuer)" --to "$address" --amount "$amount"
else
    prepare_account
    command_as "$who" "$(id_of escrow)" test_faucet --receiver "$address" --amount "$amount"
fi
