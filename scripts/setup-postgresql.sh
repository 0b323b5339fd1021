#!/usr/bin/env bash
# Makes sure that PostgreSQL's server is there for the oracle's tests, which start one of their own.
# CI (the variable CI is set) insists on it and installs it as root; elsewhere its tests are skipped.
set -euo pipefail

if [[ "${1:-}" == "--help" ]]; then
    echo "usage: setup-postgresql.sh    (CI=1 installs Debian's package where it is missing)"
    exit 0
fi

if compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null; then exit 0; fi
if [[ -z "${CI:-}" ]]; then
    echo "PostgreSQL: its tests are skipped; run: apt-get install postgresql" >&2
    exit 0
fi
if [[ "$(id -u)" -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "PostgreSQL: not installed; run: apt-get install -y postgresql" >&2
    exit 1
fi
install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql)
"${install[@]}" >/dev/null 2>&1 || { apt-get update -qq >/dev/null && "${install[@]}" >/dev/null; }
