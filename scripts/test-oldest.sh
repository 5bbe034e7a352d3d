#!/usr/bin/env bash
# Pass the tests of each package on the oldest versions that the packages declare (uv's `lowest-direct`). Everything is in
# .cache/oldest: a copy of the tracked files, because uv writes its lock file beside the workspace, and an environment.
# With arguments, they replace the list of test folders: `test-oldest.sh packages/gateway -k head`. REF=HEAD takes a
# commit instead of the files of the checkout; WORKERS=2 says how many tests run at once.
# Whole packages that pass are written into docs/oldest-versions.json, of which the support matrix is made.
set -euo pipefail

cd "$(dirname "$0")/.."
uv=${UV:-uv}
here=$PWD
oldest=$here/.cache/oldest
mkdir -p "$oldest"
# Only what git tracks: the copy is what a release would be. Files that are gone here go there too, the environment stays.
find "$oldest" -mindepth 1 -maxdepth 1 ! -name .venv ! -name .cache -exec rm -rf {} +
if [ -n "${REF:-}" ]; then
    git archive "$REF" | tar --extract --file - --directory "$oldest"
else
    git ls-files -z --recurse-submodules | while IFS= read -r -d '' name; do
        [ ! -f "$name" ] || printf '%s\0' "$name"
    done | tar --null --files-from - --create --file - | tar --extract --file - --directory "$oldest"
fi

cd "$oldest"
clean=(env -u VIRTUAL_ENV -u PYTHONPATH)
"${clean[@]}" "$uv" sync --quiet --all-packages --all-extras --resolution lowest-direct

targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(packages)
results=$here/.cache/oldest-results.xml
status=0
"${clean[@]}" .venv/bin/python -m pytest -n "${WORKERS:-auto}" --dist worksteal --junitxml "$results" "${targets[@]}" ||
    status=$?
# 1: tests failed; anything above: the run did not come to its end. Parts of a package say nothing of the package.
whole='^(packages|packages/[a-z]+/?)( packages/[a-z]+/?)*$'
if [ $status -le 1 ] && [[ "${targets[*]}" =~ $whole ]]; then
    commit=$(git -C "$here" rev-parse --short "${REF:-HEAD}")
    [ -n "${REF:-}" ] || git -C "$here" diff --quiet HEAD || commit=$commit+
    .venv/bin/python "$here/scripts/oldest_versions.py" "$here" "$results" "$commit"
fi
exit $status
