#!/usr/bin/env bash
# Collects the Wasm that the Stellar CLI built as the assets of a release: one file a contract and kind of network, and
# their hashes. The SHA-256 is what the ledger keeps and what an attestation is found by.
#
#   scripts/release-wasm.sh    after the Wasm of both kinds is built; `make release-wasm` runs all of it
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
case "${1:-}" in
    "") ;;
    --help | -h) help ;;
    *) fail "no option $1; see --help" ;;
esac

target="${CARGO_TARGET_DIR:-$root/target}"
out="$target/release-wasm"
rm -rf "$out"
mkdir -p "$out"
for name in "${CONTRACTS[@]}"; do
    cp "$target/wasm-mainnet/$name.wasm" "$out/$name.wasm"
    cp "$target/wasm/$name.wasm" "$out/$name-testnet.wasm"
done
cp "$target/wasm-mainnet/build.json" "$out/build.json"
(cd "$out" && sha256sum -- *.wasm | tee SHA256SUMS)
