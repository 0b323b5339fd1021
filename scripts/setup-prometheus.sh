#!/usr/bin/env bash
# Makes sure that prometheus, promtool and systemd-analyze are there: they check alert rules, dashboards and units of the
# oracle and the index. CI installs Debian's packages; elsewhere the checks that need them say so.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ "${1:-}" != --help ] || help

missing=()
command -v prometheus >/dev/null && command -v promtool >/dev/null || missing+=(prometheus)
command -v systemd-analyze >/dev/null || missing+=(systemd)
[ "${#missing[@]}" -eq 0 ] || need_packages Prometheus "${missing[@]}" || true
