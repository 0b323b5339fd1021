#!/usr/bin/env bash
# Does by hand for one deal what the oracle's daemon does for all of them, with the single-deal calls.
#
#   scripts/oracle.sh COMMAND DEAL... [--network NAME]
#
#   show DEAL                              the deal's meter, terms and what is staged
#   consumption DEAL STORAGE_MB EGRESS_MB  stages what was used since the watermark: average MB stored, MB sent
#   sla DEAL LATENCY_MS UPTIME_BPS         stages how well it was served: 9990 is 99.90 %
#   pay DEAL                               reports what is staged, settles, pays the provider out
#   advance DEAL                           takes the step that is due: expire, close, release, free the capacity
#
#   --network NAME   local (default), testnet, mainnet, rehearsal
#   --dry-run        shows what would be called and sends nothing
#
# Signed by the identity `flashback` (or STELLAR_ACCOUNT), which must hold the oracle's role; anyone may advance.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

parse_arguments "" "$@"

# number WHAT VALUE
number() { [[ "$2" =~ ^[0-9]+$ ]] || fail "$1 is '$2'; it is a number"; }

arguments() { [ "${#words[@]}" -eq "$1" ] || fail "${words[0]} takes $(($1 - 1)) arguments; see --help"; }

# The single-deal calls name the parties. They are read from the deal.
parties() {
    local terms
    terms="$(query "$deals" get_deal_terms --deal_id "$deal")"
    [ "$terms" != null ] || fail "there is no deal $deal"
    parties=(--provider_id "$(jq -r .provider_id <<<"$terms")" --consumer_id "$(jq -r .consumer_id <<<"$terms")" --deal_id "$deal")
}

show() {
    jq -n --argjson meter "$(query "$deals" get_meters --deal_ids "[$deal]")" \
        --argjson terms "$(query "$deals" get_deal_terms --deal_id "$deal")" \
        --argjson stage "$(query "$deals" get_stage --deal_id "$deal")" '{ meter: $meter[0], $terms, $stage }'
}

[ "${#words[@]}" -ge 2 ] || fail "what, and for which deal? See --help"
deal="${words[1]}"
number "the deal" "$deal"
open_deployment
deals="$(id_of deals)"
case "${words[0]}" in
    show) show ;;
    consumption)
        arguments 4
        number STORAGE_MB "${words[2]}"
        number EGRESS_MB "${words[3]}"
        parties
        command_as "$identity" "$deals" update_deal_consumption "${parties[@]}" --storage_mb "${words[2]}" --egress_mb "${words[3]}" ;;
    sla)
        arguments 4
        number LATENCY_MS "${words[2]}"
        number UPTIME_BPS "${words[3]}"
        parties
        command_as "$identity" "$deals" update_deal_sla "${parties[@]}" --latency_ms "${words[2]}" --uptime "${words[3]}" ;;
    pay)
        parties
        command_as "$identity" "$deals" pay_pending_consumption "${parties[@]}" ;;
    advance) command_as "$identity" "$deals" advance_deal --deal_id "$deal" ;;
    *) fail "no command ${words[0]}; see --help" ;;
esac
