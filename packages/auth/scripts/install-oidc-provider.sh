#!/usr/bin/env bash
# Installs the OpenID provider that the tests log in at (npm's oidc-provider) beside its server script, in a folder that
# git ignores. Needs npm, and the registry that npm is configured for.
set -euo pipefail

cd "$(dirname "$0")/../tests/oidc_provider"
exec npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error
