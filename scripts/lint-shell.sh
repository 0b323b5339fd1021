#!/usr/bin/env bash
# Runs shellcheck over the repository's scripts. CI installs it; elsewhere a missing shellcheck is skipped with one line.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ "${1:-}" != --help ] || help

cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v shellcheck >/dev/null || need_packages shellcheck shellcheck || exit 0

# The files that git knows, so that nothing below target/ or node_modules/ is read.
mapfile -t scripts < <(git ls-files --cached --others --exclude-standard '*.sh')
shellcheck --external-sources .ci/run "${scripts[@]}"
