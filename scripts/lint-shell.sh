#!/usr/bin/env bash
# Runs shellcheck over the repository's scripts. CI (the variable CI is set) insists on it and
# installs it as root; elsewhere a missing shellcheck is said in one line.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v shellcheck >/dev/null; then
    if [ -z "${CI:-}" ]; then
        echo "shellcheck: skipped, not installed" >&2
        exit 0
    fi
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "shellcheck: not installed; run: apt-get install -y shellcheck" >&2
        exit 1
    fi
    install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends shellcheck)
    "${install[@]}" >/dev/null 2>&1 || { apt-get update -qq >/dev/null && "${install[@]}" >/dev/null; }
fi

# Of the files that git knows, so that nothing below target/ or node_modules/ is read.
mapfile -t scripts < <(git ls-files --cached --others --exclude-standard '*.sh')
shellcheck --external-sources .ci/run "${scripts[@]}"
