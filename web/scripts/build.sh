#!/usr/bin/env bash
# Builds the page into web/dist: the TypeScript client from target/wasm, the types from the index's OpenAPI, then Vite.
set -euo pipefail

usage() {
    cat <<'END'
usage: web/scripts/build.sh [--unit]

Builds the page into web/dist, compressed, for the index to embed. Fails if the first load is over its budget.
Needs npm with Node 20 or newer, and the Wasm of the contracts in target/wasm (`make build`).

  --unit   also run the unit tests
END
}

unit=false
for argument in "$@"; do
    case "$argument" in
        --unit) unit=true ;;
        --help | -h) usage && exit ;;
        *) usage >&2 && exit 2 ;;
    esac
done

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
client="$root/clients/typescript"
web="$root/web"
command -v npm >/dev/null || { echo "npm is missing: install Node 20 or newer" >&2 && exit 1; }

# install FOLDER: installs the packages of its lock file, again if the lock file has changed.
install() {
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] || npm --prefix "$1" ci --no-audit --no-fund --loglevel=error
}
install "$client"
install "$web"
node="$web/node_modules/.bin/node"

(cd "$client" && "$node" generate.mjs && "$node" node_modules/typescript/bin/tsc -p .)
cd "$web"
if [ -f "$root/services/index/openapi.json" ]; then
    "$node" node_modules/openapi-typescript/bin/cli.js "$root/services/index/openapi.json" --check --output src/api/schema.ts >/dev/null ||
        { echo "web/src/api/schema.ts is older than services/index/openapi.json: npm --prefix web run types" >&2 && exit 1; }
fi
"$node" node_modules/typescript/bin/tsc -p .
if "$unit"; then "$node" node_modules/vitest/vitest.mjs run --dir test; fi
"$node" node_modules/vite/bin/vite.js build --logLevel warn
"$node" scripts/compress.mjs
# The index embeds the page, but Cargo does not notice a new folder.
touch "$root/services/index/build.rs"
