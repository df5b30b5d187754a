#!/usr/bin/env bash
# Has git run scripts/hooks/pre-push before each push from this clone. With --production user@host that is
# also a deploy: `git push production` then checks, builds, sends and switches, and the server's repository
# gets the commit when it runs there.
set -euo pipefail
DRY_RUN='' HOST=''
USAGE='usage: npm run hooks [-- [--production user@host] [--dry-run]]'
while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) DRY_RUN=yes ;;
    --production) HOST="${2:?$USAGE}" && shift ;;
    *) echo "$USAGE" >&2 && exit 2 ;;
  esac
  shift
done
cd "$(git rev-parse --show-toplevel)"

run() {
  echo "+ $*"
  [ -n "$DRY_RUN" ] || "$@"
}

set_hooks() {
  local present
  present=$(git config --local core.hooksPath || true)
  if [ "$present" = scripts/hooks ]; then
    echo 'hooks: in place already'
  elif [ -n "$present" ]; then
    echo "hooks: this clone uses $present already; look at it, then: git config --unset core.hooksPath" >&2
    exit 1
  else
    run git config core.hooksPath scripts/hooks
  fi
}

# The repository on the server holds what runs there, and nothing is checked out of it.
set_production() {
  local folder="${ROTOR_HOME:-rotor}/production.git" present
  present=$(git config --local remote.production.url || true)
  if [ "$present" = "$HOST:$folder" ]; then
    echo "production: is $HOST already"
    return
  fi
  if [ -n "$present" ]; then
    echo "production: is $present; look at it, then: git remote remove production" >&2
    exit 1
  fi
  run ssh "$HOST" "git init --quiet --bare $(printf '%q' "$folder")"
  run git remote add production "$HOST:$folder"
}

set_hooks
if [ -n "$HOST" ]; then set_production; fi
