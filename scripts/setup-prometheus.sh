#!/usr/bin/env bash
# Makes sure that Prometheus, its promtool and systemd-analyze are there: alert rules, dashboard and
# units of the oracle and the index are checked with them. CI (the variable CI is set) installs Debian's packages as
# root where they are missing; elsewhere the checks that need them say so.
set -euo pipefail

if [[ "${1:-}" == "--help" ]]; then
    echo "usage: setup-prometheus.sh    (CI=1 installs Debian's packages where they are missing)"
    exit 0
fi

missing=()
command -v prometheus >/dev/null && command -v promtool >/dev/null || missing+=(prometheus)
command -v systemd-analyze >/dev/null || missing+=(systemd)
if [[ ${#missing[@]} -eq 0 ]]; then exit 0; fi
if [[ -z "${CI:-}" ]]; then
    echo "Prometheus: checks are skipped; run: apt-get install ${missing[*]}" >&2
    exit 0
fi
if [[ "$(id -u)" -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "Prometheus: not installed; run: apt-get install -y ${missing[*]}" >&2
    exit 1
fi
install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}")
"${install[@]}" >/dev/null 2>&1 || { apt-get update -qq >/dev/null && "${install[@]}" >/dev/null; }
