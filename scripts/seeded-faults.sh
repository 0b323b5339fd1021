#!/usr/bin/env bash
# Proves that the tests look: seeds each fault of seeded-faults.tsv into a copy of the repository and
# runs the tests of its contract, then the scenarios, the ghost and the access table, until one
# fails. The copy is built once; a variable switches one fault on. Ends in "caught <n> of <n>".
#
# SEEDED_FAULTS=5 seeds so many of them, chosen at random.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "$#" -gt 0 ]; then
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit 0
fi

export GHOST_CASES="${GHOST_CASES:-30}" GHOST_STEPS="${GHOST_STEPS:-60}"
exec cargo xtask faults ${SEEDED_FAULTS:+--only "$SEEDED_FAULTS"}
