#!/usr/bin/env bash
# Stands in for docker on a server of the runbook: the container is a process of this machine with what
# compose.yaml would give it. $SERVER is the home of the server's user; $WORLD/network says which sandbox
# stands for which address.
set -euo pipefail
# shellcheck source=/dev/null
. "$WORLD/network"
BOX="$SERVER/.docker"
mkdir -p "$BOX/volume" "$BOX/images"

# --- The container ----------------------------------------------------------------------------------

runs() { [ -s "$BOX/pid" ] && [ ! -s "$BOX/code" ]; }

# env_file, then what compose.yaml sets, each secret as a file.
read_environment() {
  local line name
  ENVIRONMENT=(PATH="$REAL_PATH" "ALPACA_API_BASE=$PAPER")
  while read -r line; do
    case "$line" in
      '' | '#'* | DISCORD_API_BASE=* | *=https://paper-api.alpaca.markets) ;;
      ALPACA_API_BASE=https://api.alpaca.markets) ENVIRONMENT+=("ALPACA_API_BASE=$LIVE") ;;
      *) ENVIRONMENT+=("$line") ;;
    esac
  done <"$SERVER/rotor/rotor.env"
  ENVIRONMENT+=("DISCORD_API_BASE=$DISCORD" "STATE_DIR=$BOX/volume" LOG_FORMAT=json "HEALTH_PORT=$1"
    "NODE_COMPILE_CACHE=$NODE_COMPILE_CACHE")
  for name in ALPACA_KEY_ID ALPACA_SECRET_KEY DISCORD_TOKEN HEARTBEAT_URL SUPERVISOR_WEBHOOK_URL; do
    ENVIRONMENT+=("${name}_FILE=$SERVER/rotor/secrets/$(tr '[:upper:]' '[:lower:]' <<<"$name")")
  done
}

begin() {
  finish
  read_environment "$(cat "$SERVER/port")"
  printf '%s\n' "${ENVIRONMENT[@]}" >"$BOX/made"
  rm -f "$BOX/pid" "$BOX/code"
  cd "$ROOT"
  # shellcheck disable=SC2016
  setsid bash -c 'log="$1/log" box="$1"; shift
    "$@" >>"$log" 2>&1 </dev/null & echo $! >"$box/pid"; wait $!; echo $? >"$box/code"' \
    desk "$BOX" env -i "${ENVIRONMENT[@]}" "$NODE" src/main.ts >/dev/null 2>&1 </dev/null &
  while [ ! -s "$BOX/pid" ]; do sleep 0.05; done
}

finish() {
  if ! runs; then return 0; fi
  kill -TERM "$(cat "$BOX/pid")" 2>/dev/null || true
  while runs; do sleep 0.05; done
}

up() {
  echo "${ROTOR_IMAGE:-$(sed -n 's/^ROTOR_IMAGE=//p' .env)}" >"$BOX/wanted"
  read_environment "$(cat "$SERVER/port")"
  case "$*" in
    *--force-recreate*) ;;
    *) if runs && cmp -s "$BOX/wanted" "$BOX/container" &&
      [ "$(printf '%s\n' "${ENVIRONMENT[@]}")" = "$(cat "$BOX/made")" ]; then return 0; fi ;;
  esac
  cp "$BOX/wanted" "$BOX/container"
  begin
}

# --- The replica --------------------------------------------------------------------------------------

# Litestream's place in the object store is one file, up to date whenever somebody looks.
replicate() {
  if ! grep -qx COMPOSE_PROFILES=replica .env 2>/dev/null; then return 0; fi
  rm -f "$WORLD/replica.new"
  (cd "$ROOT" && env -i "$NODE" src/cli.ts journal backup --to "$WORLD/replica.new" --state "$BOX/volume") >/dev/null 2>&1 ||
    return 0
  mv -f "$WORLD/replica.new" "$WORLD/replica.sqlite"
}

# Words of the command, and the variables that it gives.
restore_replica() {
  local word to='' from
  replicate
  from=$(sed -n 's/^REPLICA_URL=//p' .env)
  for word in "$@"; do
    case "$word" in
      # In the container's own memory, and gone with it.
      /tmp/*) to="$WORLD/proof-$$" ;;
      /data/replica*) to="${word/#\/data/$BOX/volume}" ;;
      REPLICA_URL=*) from="${word#*=}" ;;
    esac
  done
  if [ ! -f secrets/replica_credentials ] || [ "$from" != s3://bucket/rotor ] || [ -f "$to" ]; then
    echo 'stand-in: no key, no such replica, or the output is there' >&2
    return 1
  fi
  cp "$WORLD/replica.sqlite" "$to"
}

# --- Containers ---------------------------------------------------------------------------------------

# A container of its own on the same volume, without the desk's port.
once() {
  local word more=() words=()
  while [ "$1" != rotor ]; do
    case "$1" in
      -e) more+=("$2") && shift 2 ;;
      --entrypoint) shift 2 ;;
      replica) restore_replica "$@" "${more[@]}" && return ;;
      *) shift ;;
    esac
  done
  shift
  if [ "${1:-}" = node ]; then shift; fi
  if [ $# = 0 ]; then set -- src/main.ts; fi
  for word in "$@"; do
    word="${word//\/data\//$BOX/volume/}"
    words+=("${word/#\/data/$BOX/volume}")
  done
  read_environment 0
  cd "$ROOT"
  exec env -i "${ENVIRONMENT[@]}" "${more[@]}" "$NODE" "${words[@]}"
}

compose() {
  while [[ "$1" == --* ]]; do shift 2; done
  local what="$1"
  shift
  case "$what" in
    version | config) ;;
    up)
      if [[ "$*" != *replica* ]]; then up "$@"; fi
      replicate
      ;;
    run) once "$@" ;;
    stop)
      if [[ "$*" != *replica* ]]; then finish; fi
      replicate
      ;;
    restart) begin ;;
    down)
      finish
      rm -f "$BOX/container"
      if [ "${1:-}" = --volumes ]; then rm -rf "$BOX/volume"; fi
      ;;
    ps) if runs; then echo 'rotor Up'; else echo "rotor Restarting ($(cat "$BOX/code"))"; fi ;;
    logs) tail -n "$2" "$BOX/log" ;;
    *) echo "stand-in: docker compose $what $*" >&2 && exit 64 ;;
  esac
}

# --- One call -----------------------------------------------------------------------------------------

case "$1 ${2:-}" in
  compose\ *) shift && compose "$@" ;;
  version*) echo linux/amd64 ;;
  info*) echo / ;;
  build*) echo "${*: -2:1}" >"$WORLD/built" ;;
  run*) ;;
  save*) tar -c -f - -C "$WORLD" built ;;
  load*) gzip -dc | tar -x -O -f - >"$BOX/images/new" && mv "$BOX/images/new" "$BOX/images/$(cat "$BOX/images/new")" ;;
  image\ inspect) if [[ "$*" != *node:* ]]; then echo layers; fi ;;
  image\ ls)
    if [ "${*: -1}" = rotor ]; then ls "$BOX/images"; elif [ -f "$BOX/images/${*: -1}" ]; then echo image; fi
    ;;
  image\ rm) shift 2 && for image in "$@"; do rm "$BOX/images/$image"; done ;;
  ps\ --all) if [ -f "$BOX/container" ]; then echo rotor-rotor-1; fi ;;
  inspect\ *) echo "$2 $(cat "$BOX/container") $(if runs; then echo running; else echo restarting; fi) 0 0" ;;
  ps\ *) if runs; then cat "$BOX/container"; fi ;;
  start\ *) begin ;;
  *) echo "stand-in: docker $*" >&2 && exit 64 ;;
esac
