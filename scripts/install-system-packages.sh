#!/usr/bin/env bash
# The Debian packages that tests and benchmarks use. Installs what is missing as root or with passwordless sudo;
# otherwise names it and goes on: the tests that need it skip and say why.
set -uo pipefail

declare -A package_of=(
    [caddy]=caddy [chromium]=chromium [dot]=graphviz [haproxy]=haproxy [nginx]=nginx
    [redis-server]=redis-server [wrk]=wrk
)

missing=()
for command in "${!package_of[@]}"; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null 2>&1 || missing+=("${package_of[$command]}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        echo "Not installed, and no root rights: ${missing[*]}. Tests that need them will be skipped." >&2
        echo "To run them too: sudo apt-get install ${missing[*]}" >&2
        exit 0
    fi
fi
command -v apt-get >/dev/null 2>&1 || {
    echo "Not installed, and no apt-get here: ${missing[*]}. Tests that need them will be skipped." >&2
    exit 0
}
echo "Installing for the tests: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -5 "$log" >&2
    echo "Could not install ${missing[*]}. Tests that need them will be skipped." >&2
fi
rm -f "$log"
