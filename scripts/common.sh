#!/usr/bin/env bash
# What all scripts share: help, and Debian's packages. Sourced by them; it does nothing by itself.

# The comment at the head of the script is its help.
help() {
    sed -n '2,/^[^#]/ { /^#/ { s/^# \{0,1\}//; p } }' "$0"
    exit 0
}

# need_packages WHAT PACKAGE...: CI (the variable CI is set) insists on the packages and installs them as root. Anybody else
# is told what is skipped, and the answer is 1.
need_packages() {
    local what="$1" command
    shift
    command="apt-get install -y --no-install-recommends $*"
    if [ -z "${CI:-}" ]; then
        echo "$what: skipped; run: $command" >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "$what: not installed; run: $command" >&2
        exit 1
    fi
    install_packages "$@"
}

# The package lists may be missing or old: update them if the first attempt fails.
install_packages() {
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@")
    "${install[@]}" >/dev/null 2>&1 || { apt-get update -qq >/dev/null && "${install[@]}" >/dev/null; }
}
