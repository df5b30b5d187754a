#!/usr/bin/env bash
# Writes .rotor-commit: the commit object and the digest of every file in it. The image build relies only on
# this record; see scripts/image/check-commit.ts.
set -euo pipefail
cd "$(dirname "$0")/../.."

{
  git cat-file commit HEAD | base64 | tr -d '\n'
  echo
  git -c core.quotePath=off ls-tree -r HEAD
} >.rotor-commit
