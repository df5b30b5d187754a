#!/usr/bin/env bash
# Stands in for docker on a server whose container is a real desk: a process of this machine, with the
# environment that $WORLD/desk-env exports.
set -euo pipefail
# shellcheck source=/dev/null
. "$WORLD/desk-env"

runs() { [ -s "$WORLD/desk-pid" ] && kill -0 "$(cat "$WORLD/desk-pid")" 2>/dev/null; }

begin() {
  if runs && [ "$(cat "$WORLD/container")" = "$ROTOR_IMAGE" ]; then return; fi
  finish
  echo "$ROTOR_IMAGE" >"$WORLD/container"
  cd "$ROOT"
  setsid "$NODE" src/main.ts >>"$WORLD/desk-log" 2>&1 </dev/null &
  echo $! >"$WORLD/desk-pid"
}

finish() {
  local pid
  if ! runs; then return; fi
  pid=$(cat "$WORLD/desk-pid")
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null; do sleep 0.05; done
  rm -f "$WORLD/desk-pid"
}

case "$*" in
  'compose version') ;;
  version*) echo linux/amd64 ;;
  info*) echo / ;;
  image\ ls\ --quiet*) echo "${*: -1}" ;;
  image\ ls*) ;;
  inspect*) echo "$2 $(cat "$WORLD/container") running 0 0" ;;
  ps*) if runs; then cat "$WORLD/container"; fi ;;
  *' up --detach') begin ;;
  *' stop') finish ;;
  *'--entrypoint node rotor '*)
    while [ "$1" != --entrypoint ]; do shift; done
    shift 3
    cd "$ROOT"
    exec "$NODE" "$@"
    ;;
  *) echo "stand-in: docker $*" >&2 && exit 64 ;;
esac
