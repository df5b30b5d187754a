#!/usr/bin/env bash
# Prints the version of the checked-out commit: X.Y.Z of its tag vX.Y.Z, or that of package.json without one.
set -euo pipefail
cd "$(dirname "$0")/../.."

tag=$(git tag --points-at HEAD --sort=-version:refname | sed -nE '/^v[0-9]+\.[0-9]+\.[0-9]+$/{p;q;}')
own=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
version="${tag#v}"
printf '%s\n' "${version:-$own}"
