#!/usr/bin/env bash
# Tests the page in a real browser against the stack of `make up`, or takes screenshots of it.
set -euo pipefail

usage() {
    cat <<'END'
usage: web/e2e/run.sh test [SUITE...] | screenshots

  test          the life of a deal by two people, failures, accessibility, narrow screens, keyboard; or only the suites
                that are named: lifecycle, desks, failures, outage, pages
  screenshots   every page at two widths into docs/screenshots

Needs the page and the programs built (`make web services-programs`), and Chromium; on Debian, root installs it automatically.
FLASH_WEB_URL names a running page to test instead of starting a stack. FLASH_ORACLE_URL is then its oracle, and
FLASH_STACK_FOLDER the folder of its deployment, which the stack prints.
END
}

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
node="$root/web/node_modules/.bin/node"

options=()
case "${1:-}" in
    test)
        suites=("${@:2}")
        [ "${#suites[@]}" -gt 0 ] || suites=(lifecycle desks failures outage pages)
        program=(--test --test-concurrency=1 --test-reporter=spec)
        for suite in "${suites[@]}"; do program+=("e2e/$suite.test.mjs"); done
        ;;
    screenshots)
        program=(e2e/screenshots.mjs)
        # Days pass while this waits, so that running deals have something to show.
        options=(--hour-takes 1)
        ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && exit 2 ;;
esac

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
if [ -z "${CHROMIUM:-}" ] && ! find_chromium >/dev/null; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "Chromium is missing: run apt-get install -y chromium, or set CHROMIUM to its path" >&2
        exit 1
    fi
    install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium)
    "${install[@]}" >/dev/null 2>&1 || { apt-get update -qq >/dev/null && "${install[@]}" >/dev/null; }
fi
CHROMIUM="${CHROMIUM:-$(find_chromium)}"
export CHROMIUM
[ -x "$node" ] || { echo "the page is not built: run make web" >&2 && exit 1; }

cd "$root/web"
target="${CARGO_TARGET_DIR:-$root/services/target}"
export FLASH_PROGRAMS="$target/debug"
if [ -n "${FLASH_WEB_URL:-}" ]; then
    "$node" "${program[@]}"
    exit
fi

# One stack for all tests; its URLs are in its output.
demo="$target/debug/flash-demo"
[ -x "$demo" ] || { echo "$demo is missing: run make services-programs" >&2 && exit 1; }
log="$(mktemp)"
export FLASH_WASM_DIR="${FLASH_WASM_DIR:-${CARGO_TARGET_DIR:-$root/target}/wasm}"
"$demo" --up "${options[@]}" >"$log" 2>&1 &
stack=$!
trap 'kill -INT "$stack" 2>/dev/null; wait "$stack" 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 600); do
    grep -q "^Try:" "$log" && break
    kill -0 "$stack" 2>/dev/null || { cat "$log" >&2 && exit 1; }
    sleep 1
done
FLASH_WEB_URL="$(sed -n 's/^ *page  *\(http[^ ]*\).*/\1/p' "$log" | head -1)"
FLASH_ORACLE_URL="$(sed -n 's/^oracle  *\(http[^ ]*\).*/\1/p' "$log" | head -1)"
[ -n "$FLASH_WEB_URL" ] || { echo "the stack printed no URL of the page:" >&2 && cat "$log" >&2 && exit 1; }
FLASH_STACK_FOLDER="$(dirname "$(sed -n 's/^ *deployment  *//p' "$log" | head -1)")"
export FLASH_WEB_URL FLASH_ORACLE_URL FLASH_STACK_FOLDER
echo "the stack is up: $FLASH_WEB_URL"
"$node" "${program[@]}" || { status=$? && echo "output of the stack:" >&2 && tail -40 "$log" >&2 && exit "$status"; }
