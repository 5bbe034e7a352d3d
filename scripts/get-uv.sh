#!/usr/bin/env bash
# Make sure that uv is there: `get-uv.sh PATH`. Does nothing when PATH runs; otherwise puts uv into .tools/uv of this
# checkout and nowhere else. It asks pip (in a virtual environment of its own, so that a system Python that refuses
# `pip install`, PEP 668, does not matter) because pip knows the package index or mirror that this machine uses.
set -euo pipefail

uv=${1:?usage: get-uv.sh PATH-OF-UV}
if "$uv" --version >/dev/null 2>&1; then exit 0; fi

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "FluxLit needs Python 3.11 or later; '$python' is $("$python" --version 2>&1 || true)." >&2
    echo "Install it, or name another one: make PYTHON=/path/to/python3.12 ..." >&2
    exit 1
}

echo "uv is not on the PATH: installing it into .tools/uv" >&2
rm -rf .tools/uv
# Debian ships venv without pip unless python3-venv is installed; pip --target needs no venv and touches no system path.
if "$python" -m venv .tools/uv >/dev/null 2>&1; then
    .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
elif "$python" -m pip --version >/dev/null 2>&1; then
    rm -rf .tools/uv
    PIP_BREAK_SYSTEM_PACKAGES=1 "$python" -m pip install --quiet --disable-pip-version-check --target .tools/uv uv
else
    echo "'$python' has neither venv nor pip. As root: apt-get install python3-venv (or install uv yourself)." >&2
    exit 1
fi
.tools/uv/bin/uv --version >&2
