#!/usr/bin/env bash
# Shows that the tests notice faults: seeds each fault of seeded-faults.tsv into a copy of the repository and
# runs the tests of its contract, then the scenarios, the ghost and the access table, until one
# fails. The copy is built once; a variable switches one fault on. The last line is "caught <n> of <n>".
#
# SEEDED_FAULTS=5 seeds only five of them, chosen at random.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ "$#" -eq 0 ] || help

export GHOST_CASES="${GHOST_CASES:-30}" GHOST_STEPS="${GHOST_STEPS:-60}"
exec cargo xtask faults ${SEEDED_FAULTS:+--only "$SEEDED_FAULTS"}
