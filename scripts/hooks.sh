#!/usr/bin/env bash
# Has git run scripts/hooks/pre-push before each push from this clone.
set -euo pipefail
DRY_RUN=''
case "${1:-}" in
  '') ;;
  --dry-run) DRY_RUN=yes ;;
  *) echo 'usage: npm run hooks [-- --dry-run]' >&2 && exit 2 ;;
esac
cd "$(git rev-parse --show-toplevel)"
present=$(git config --local core.hooksPath || true)
if [ "$present" = scripts/hooks ]; then
  echo 'hooks: in place already'
  exit 0
fi
if [ -n "$present" ]; then
  echo "hooks: this clone uses $present already; look at it, then: git config --unset core.hooksPath" >&2
  exit 1
fi
echo '+ git config core.hooksPath scripts/hooks'
if [ -z "$DRY_RUN" ]; then git config core.hooksPath scripts/hooks; fi
