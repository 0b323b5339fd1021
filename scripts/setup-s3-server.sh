#!/usr/bin/env bash
# Installs the S3-compatible server and the client for the oracle's test of access logs, from PyPI into a folder of their
# own, and prints the folder. CI insists on it; elsewhere the test is skipped if it cannot be installed.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ "${1:-}" != --help ] || help

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly REQUIREMENTS="$root/services/oracle/tests/s3/requirements.txt"
readonly VENV="$root/services/target/s3-server"

if ! cmp -s "$REQUIREMENTS" "$VENV/installed.txt"; then
    rm -rf "$VENV"
    if ! python3 -m venv "$VENV" 2>/dev/null; then
        need_packages "S3 server" python3-venv || exit 0
        rm -rf "$VENV"
        python3 -m venv "$VENV"
    fi
    if ! "$VENV/bin/pip" install --quiet --disable-pip-version-check --requirement "$REQUIREMENTS"; then
        echo "S3 server: pip cannot install $REQUIREMENTS" >&2
        [ -z "${CI:-}" ] || exit 1
        exit 0
    fi
    cp "$REQUIREMENTS" "$VENV/installed.txt"
fi
echo "$VENV"
