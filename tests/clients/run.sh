#!/usr/bin/env bash
# Deploys the contracts on a localnet and runs JavaScript clients against it: this repository's TypeScript client, and a tour
# that makes calls the way the published client does.
set -euo pipefail
# shellcheck source=tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$root"
client="$root/clients/typescript"
sdk14="$root/services/localnet/tests/clients/sdk14"

# install FOLDER: installs the packages of its lock file.
install() {
    [ -d "$1/node_modules" ] || npm --prefix "$1" ci --no-audit --no-fund --loglevel=error
}
install "$client"
install "$sdk14"
node="$client/node_modules/.bin/node"

cargo xtask wasm >/dev/null
export FLASH_WASM_DIR="${CARGO_TARGET_DIR:-$root/target}/wasm"
# shellcheck disable=SC2119 # start_localnet takes options of localnet; there are none here.
start_localnet
cp deployments/settings.json "$FLASH_DEPLOYMENTS/"

# A fresh key for the oracle.
read -r ORACLE_SECRET oracle < <(cd "$client" && "$node" --input-type=module -e '
    import { Keypair } from "@stellar/stellar-sdk";
    const key = Keypair.random();
    console.log(key.secret(), key.publicKey());')
export ORACLE_SECRET LOCALNET="$network_url" DEPLOYMENT="$FLASH_DEPLOYMENTS/local.json"
curl --silent --fail "$network_url/friendbot?addr=$oracle" >/dev/null
(cd services && "$programs/flash-deploy" deploy --fund --oracle "$oracle" --deployments "$FLASH_DEPLOYMENTS")

(cd "$client" && "$node" generate.mjs && "$node" node_modules/typescript/bin/tsc -p . && "$node" test/run.mjs)
node tests/clients/published.mjs "$sdk14" "$network_url" "$DEPLOYMENT" "$ORACLE_SECRET"
