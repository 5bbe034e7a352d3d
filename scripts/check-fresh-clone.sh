#!/usr/bin/env bash
# What a newcomer does: clone the last commit into an empty folder, `make demo`, open the page, Ctrl-C, `make test`.
# Nothing of this checkout's environment is used. With arguments, they replace `make test`: `check-fresh-clone.sh true`.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
demo=
finish() {
    [ -z "$demo" ] || kill -INT -- "-$demo" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT

git clone --quiet "$here" "$folder/fluxlit"
cd "$folder/fluxlit"
clean=(env -u VIRTUAL_ENV -u UV -u PYTHONPATH -u MAKEFLAGS -u MAKELEVEL)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

echo "== make demo PORT=$port"
set -m
"${clean[@]}" make demo PORT="$port" >"$folder/demo.log" 2>&1 &
demo=$!
set +m
# The command says on its output when the page can be opened.
grep -m1 "UI ready" < <(timeout 300 tail --pid="$demo" -n +1 -F "$folder/demo.log" 2>/dev/null) || {
    cat "$folder/demo.log"
    exit 1
}
python3 - "$port" <<'EOF'
import sys
import urllib.request

base = f"http://127.0.0.1:{sys.argv[1]}"
ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
assert ask(f"{base}/api/users", timeout=30).read() == b'[{"name":"Ada"}]'
assert b"<title>" in ask(base, timeout=30).read()
print("the route and the page answer")
EOF
kill -INT -- "-$demo"
wait "$demo" || true
demo=

command=("$@")
[ ${#command[@]} -gt 0 ] || command=(make test)
echo "== ${command[*]}"
"${clean[@]}" "${command[@]}"
