#!/usr/bin/env bash
# Build the wheel and the source archive of every package of the last commit into dist/. The same commit gives the same
# bytes: it is built twice, in two folders, compared, and checked as a package index would (`twine check --strict`).
set -euo pipefail

cd "$(dirname "$0")/.."
uv=${UV:-uv}
# Archives carry the time of the commit instead of the build's (https://reproducible-builds.org/specs/source-date-epoch/).
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for turn in first second; do
    mkdir -p "$work/$turn"
    git archive HEAD | tar --extract --file - --directory "$work/$turn"
    (cd "$work/$turn" && "$uv" build --all-packages --quiet --out-dir "$work/$turn-dist")
done
rm -rf dist
cp -r "$work/first-dist" dist
for file in dist/*.whl dist/*.tar.gz; do
    cmp "$file" "$work/second-dist/$(basename "$file")"
done
"$uv" run --no-sync twine check --strict dist/*.whl dist/*.tar.gz
(cd dist && sha256sum -- *.whl *.tar.gz >SHA256SUMS)
echo "dist: $(find dist -name '*.whl' | wc -l) wheels and as many source archives, reproducible"
