#!/usr/bin/env bash
# Installs the S3-compatible server and the client that the oracle's test of access logs uses, from PyPI
# into a folder of their own, which is printed. CI (the variable CI is set) insists on it.
set -euo pipefail

if [[ "${1:-}" == "--help" ]]; then
    echo "usage: setup-s3-server.sh    (needs: apt-get install python3-venv)"
    exit 0
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly WANTED="$root/services/oracle/tests/s3/requirements.txt"
readonly VENV="$root/services/target/s3-server"

give_up() {
    echo "S3 server: $1" >&2
    if [[ -n "${CI:-}" ]]; then exit 1; fi
    echo "S3 server: its test is skipped" >&2
    exit 0
}

if cmp -s "$WANTED" "$VENV/installed.txt"; then
    echo "$VENV"
    exit 0
fi
rm -rf "$VENV"
if ! python3 -m venv "$VENV" 2>/dev/null; then
    if [[ -n "${CI:-}" && "$(id -u)" -eq 0 ]] && command -v apt-get >/dev/null; then
        install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-venv)
        "${install[@]}" >/dev/null 2>&1 || { apt-get update -qq >/dev/null && "${install[@]}" >/dev/null; }
    fi
    rm -rf "$VENV"
    python3 -m venv "$VENV" || give_up "no Python: apt-get install python3-venv"
fi
"$VENV/bin/pip" install --quiet --disable-pip-version-check --requirement "$WANTED" ||
    give_up "pip cannot install $WANTED"
cp "$WANTED" "$VENV/installed.txt"
echo "$VENV"
