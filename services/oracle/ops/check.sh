#!/usr/bin/env bash
# Checks the alert rules with promtool and the unit with systemd-analyze, and that every metric that
# the rules and the dashboard name is one that the oracle has.
set -euo pipefail

if [[ "${1:-}" == "--help" ]]; then
    echo "usage: check.sh    (needs: apt-get install prometheus systemd; CI=1 installs them)"
    exit 0
fi

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

"$here/../../../scripts/setup-prometheus.sh"

missing() {
    echo "check-oracle-ops: $1 is missing: apt-get install $2" >&2
    [[ -z "${CI:-}" ]]
}

if command -v promtool >/dev/null; then
    promtool check rules "$here/alerts.yml"
else
    missing promtool prometheus
fi

if command -v systemd-analyze >/dev/null; then
    # The program is not installed where this is checked.
    unit=$(mktemp -d)/flash-oracle.service
    sed 's|^ExecStart=.*|ExecStart=/bin/true|' "$here/flash-oracle.service" >"$unit"
    systemd-analyze verify "$unit"
    rm -r "$(dirname "$unit")"
    echo "flash-oracle.service: ok"
else
    missing systemd-analyze systemd
fi

named=$(grep -hoE 'oracle_[a-z_]+' "$here/alerts.yml" "$here/dashboard.json" | grep -v '_$' | sort -u)
for metric in $named; do
    if ! grep -rqF "\"$metric\"" "$here/../src"; then
        echo "no part of the oracle sets $metric" >&2
        exit 1
    fi
done
echo "metrics: ok"
