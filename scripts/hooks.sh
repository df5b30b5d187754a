#!/usr/bin/env bash
# Installs scripts/hooks/pre-push in this clone, which runs before each push. With --production user@host a
# push also deploys: `git push production` then checks, builds, sends and switches. The remote is a
# repository within this clone, which receives the commit once it runs on the server: the server needs no
# git.
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

set_production() {
  local folder present
  folder="$(git rev-parse --absolute-git-dir)/production.git"
  present=$(git config --local rotor.production || git config --local remote.production.url || true)
  if [ "$present" = "$HOST" ]; then
    echo "production: is $HOST already"
    return
  fi
  if [ -n "$present" ]; then
    echo "production: is $present; look at it, then: git config --unset rotor.production; git remote remove production" >&2
    exit 1
  fi
  run git init --quiet --bare "$folder"
  run git remote add production "$folder"
  run git config rotor.production "$HOST"
}

set_hooks
if [ -n "$HOST" ]; then set_production; fi
