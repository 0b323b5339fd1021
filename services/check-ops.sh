#!/usr/bin/env bash
# Checks and plays the alert rules of the oracle and the index with promtool, their units with systemd-analyze,
# that every metric that rules and dashboards name is one that the program has, and that the runbook has
# every alert.
set -euo pipefail

if [[ "${1:-}" == "--help" ]]; then
    echo "usage: check-ops.sh    (needs: apt-get install prometheus systemd; CI=1 installs them)"
    exit 0
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

"$here/../scripts/setup-prometheus.sh"

missing() {
    echo "check-ops: $1 is missing: apt-get install $2" >&2
    [[ -z "${CI:-}" ]]
}

check_rules() {
    if command -v promtool >/dev/null; then
        promtool check rules "$1"
        promtool test rules "${1%.yml}.test.yml"
    else
        missing promtool prometheus
    fi
}

check_unit() {
    if ! command -v systemd-analyze >/dev/null; then
        missing systemd-analyze systemd
        return
    fi
    # The program is not installed where this is checked.
    local folder unit
    folder=$(mktemp -d)
    unit="$folder/$(basename "$1")"
    sed 's|^ExecStart=.*|ExecStart=/bin/true|' "$1" >"$unit"
    systemd-analyze verify "$unit"
    rm -r "$folder"
    echo "$(basename "$1"): ok"
}

# check_metrics SERVICE PREFIX SOURCE...: whether a source sets each metric with the prefix that rules and dashboard name.
check_metrics() {
    local service=$1 prefix=$2 metric named
    local sources=("${@:3}")
    named=$(grep -rhoE "\b${prefix}_[a-z_]+" --include='*.yml' --include='*.json' "$here/$service/ops" |
        grep -v '_$' | sort -u)
    for metric in $named; do
        if ! grep -rqF "\"$metric\"" "${sources[@]/#/$here/}"; then
            echo "no part of ${sources[*]} sets $metric, which $service/ops names" >&2
            return 1
        fi
    done
    echo "metrics of the $service: $(wc -w <<<"$named") named ${prefix}_* are set"
}

check_runbook() {
    local service=$1 alert
    while read -r alert; do
        if ! grep -qE "^\|.*\b$alert\b" "$here/../docs/$service-runbook.md"; then
            echo "docs/$service-runbook.md does not say what to do at $alert" >&2
            return 1
        fi
    done < <(sed -n 's/^ *- alert: //p' "$here/$service/ops/alerts.yml")
    echo "docs/$service-runbook.md: every alert is there"
}

for service in oracle index; do
    check_rules "$here/$service/ops/alerts.yml"
    check_unit "$here/$service/ops/flash-$service.service"
    check_metrics "$service" "$service" "$service/src"
    check_metrics "$service" daemon base/src client/src
    check_runbook "$service"
done
