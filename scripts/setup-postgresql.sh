#!/usr/bin/env bash
# Makes sure that PostgreSQL's server is there for the tests, which start one of their own. CI installs Debian's package;
# elsewhere the tests on PostgreSQL are skipped if it is missing.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ "${1:-}" != --help ] || help

compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || need_packages PostgreSQL postgresql || true
