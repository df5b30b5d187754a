#!/usr/bin/env bash
# Stands in for ssh, docker, git and npm, by the name it is called by. $WORLD is all there is: two
# machines' images, one container, one volume. Each call is written down under a name and a number, and
# the one that $FAIL names (`name number how`) goes wrong.
set -euo pipefail
SIDE="${SIDE:-here}"
ME="${0##*/}"
THERE="$WORLD/home"

# --- Names ------------------------------------------------------------------------------------------
# Without a process of their own: hundreds of calls are made in a test.

name_ssh() {
  local words="${*: -1}"
  case "$words" in
    *'remote.sh.new'*) NAME='ssh send-scripts' ;;
    *remote.sh\ start*)
      words="${words##*remote.sh start }"
      words="${words#* }"
      NAME="ssh start ${words%% *}"
      ;;
    *)
      words="${words##*remote.sh }"
      NAME="ssh ${words%% *}"
      ;;
  esac
}

name_docker() {
  case "$*" in
    *'cli.ts settings'*) NAME="docker once settings" ;;
    *'journal kinds'*) NAME="docker once kinds" ;;
    *'journal facts'*) NAME="docker once facts" ;;
    *'journal backup'*) NAME="docker once backup" ;;
    *'journal restore'*) NAME="docker once restore" ;;
    *writeFileSync*) NAME="docker once put" ;;
    *createReadStream*) NAME="docker once take" ;;
    *rmSync*) NAME="docker once drop" ;;
    *warm-up*) NAME='docker once warm-up' ;;
    *self-test*) NAME='docker run self-test' ;;
    compose\ version) NAME='docker compose version' ;;
    compose*) name_compose "$@" ;;
    image*) NAME="docker $1 $2" ;;
    *) NAME="docker $1" ;;
  esac
}

# Behind the options of compose itself, each of which has a value.
name_compose() {
  shift
  while [[ "$1" == --* ]]; do shift 2; done
  NAME="docker compose $1"
}

# --- Failures ---------------------------------------------------------------------------------------

note_call() {
  local before=0
  HOW=''
  case "${FAIL:-}" in
    "$SIDE $NAME|"*)
      before=$(grep -cxF "$SIDE $NAME" "$WORLD/calls" || true)
      case "$FAIL" in *"|$((before + 1))|"*) HOW="${FAIL##*|}" ;; esac
      ;;
  esac
  echo "$SIDE $NAME" >>"$WORLD/calls"
}

kill_here() { kill -KILL -- "-$(cat "$WORLD/pid")" 2>/dev/null || true; }

kill_there() {
  local file
  for file in "$THERE"/rotor/.deploy/runs/*.pid; do
    if [ -f "$file" ]; then kill -KILL -- "-$(cat "$file")" 2>/dev/null || true; fi
  done
}

# --- The machines ------------------------------------------------------------------------------------

images() { if [ "$SIDE" = here ]; then echo "$WORLD/images-here"; else echo "$WORLD/images-there"; fi; }
trait() { sed -n "s/^$2 //p" "$(images)/$1"; }
journal() { sed -n "s/^$1 //p" "$WORLD/volume/journal" 2>/dev/null; }

do_git() {
  case "$1" in
    status) cat "$WORLD/git/changed" ;;
    log) cat "$WORLD/git/unpushed" ;;
    rev-parse) cat "$WORLD/git/head" ;;
  esac
}

do_npm() { cat "$WORLD/npm"; }

do_ssh() {
  cd "$THERE"
  SIDE=there bash -c "${*: -1}"
}

do_docker() {
  case "$NAME" in
    'docker compose version' | 'docker compose config' | 'docker compose logs') ;;
    'docker version') echo linux/amd64 ;;
    'docker info') echo "$WORLD" ;;
    'docker build') build "$@" ;;
    'docker run self-test') [ "$(trait "${*: -2:1}" models)" = 3 ] ;;
    'docker save') tar -c -f - -C "$(images)" "${*: -1}" ;;
    'docker load') load ;;
    'docker image inspect') inspect "${*: -2:1}" "${*: -1}" ;;
    'docker image ls') list "${*: -1}" ;;
    'docker image rm') rm "$(images)/${*: -1}" ;;
    'docker ps') list_containers "$@" ;;
    'docker inspect') state_of "$2" ;;
    'docker start') start_containers "${@:2}" ;;
    'docker logs') echo "rotor: Error: as the test has it" ;;
    'docker compose up') up ;;
    'docker compose stop') stop ;;
    'docker once '*) in_container "$@" ;;
    *) echo "stand-in: docker $*" >&2 && exit 64 ;;
  esac
}

build() {
  local tag=''
  while [ $# -gt 0 ]; do
    if [ "$1" = --tag ]; then tag="$2"; fi
    shift
  done
  cp "$WORLD/next" "$(images)/$tag"
}

load() { gzip -dc | tar -x -f - -C "$(images)"; }

list() {
  if [ "$1" = rotor ]; then ls "$(images)"; elif [ -f "$(images)/$1" ]; then echo "$1"; fi
}

list_containers() {
  if [ -s "$WORLD/container" ]; then cat "$WORLD/container"; fi
  case "$*" in *--all*) cat "$WORLD/stopped" 2>/dev/null || true ;; esac
}

# A second one finds its port taken.
start_containers() {
  echo "$1" >"$WORLD/container"
  if [ -f "$WORLD/stopped" ]; then sed -i "\\|^$1\$|d" "$WORLD/stopped"; fi
  [ $# = 1 ]
}

stop() {
  if [ -s "$WORLD/container" ]; then cp "$WORLD/container" "$WORLD/stopped"; fi
  : >"$WORLD/container"
}

# Its name is its id. One that crashes has been started again as often as it was asked for.
state_of() {
  local restarts
  restarts=$(grep -c '^there docker inspect$' "$WORLD/calls")
  if [ ! -s "$WORLD/container" ]; then echo "$1 $1 exited 0 0" && return; fi
  case "$(trait "$1" crashes)" in
    yes) echo "$1 $1 restarting $restarts 1" ;;
    later) echo "$1 $1 running $restarts 0" ;;
    *) echo "$1 $1 running 0 0" ;;
  esac
}

# `image inspect --format WHAT NAME`
inspect() {
  [ -f "$(images)/$2" ] || return 1
  case "$1" in
    *stand-in*) trait "$2" stand-in ;;
    *) cat "$(images)/$2" ;;
  esac
}

# The old container goes before the new one comes.
up() {
  : >"$WORLD/container"
  rm -f "$WORLD/stopped"
  [ "${1:-}" != half ] || return 0
  [ -f "$(images)/$ROTOR_IMAGE" ] || return 1
  if [ "$(trait "$ROTOR_IMAGE" starts)" = no ]; then return 0; fi
  local knows
  knows=$(trait "$ROTOR_IMAGE" schema)
  [ -f "$WORLD/volume/journal" ] || printf 'schema %s\naccount id PA1 PAPER\n' "$knows" >"$WORLD/volume/journal"
  [ "$(journal schema)" -le "$knows" ] || return 0
  sed -i "s/^schema .*/schema $knows/" "$WORLD/volume/journal"
  echo "started $ROTOR_IMAGE" >>"$WORLD/volume/journal"
  if [ "$(trait "$ROTOR_IMAGE" sends)" = yes ]; then echo "order rotor-1" >>"$WORLD/volume/journal"; fi
  if [ "$(trait "$ROTOR_IMAGE" halts)" = yes ]; then echo 'state HALT' >>"$WORLD/volume/journal"; fi
  if [ "$(trait "$ROTOR_IMAGE" fills)" = yes ]; then mkdir "$THERE/rotor/.deploy/step.part"; fi
  echo "$ROTOR_IMAGE" >"$WORLD/container"
}

# What node does in the container. A copy of the journal is the journal's text.
in_container() {
  local knows file="${*: -1}"
  file="$WORLD/volume/${file##*/}"
  knows=$(trait "$ROTOR_IMAGE" schema)
  case "$NAME" in
    *settings) settings ;;
    *kinds) trait "$ROTOR_IMAGE" kinds | tr ' ' '\n' ;;
    *facts) facts "$@" ;;
    *backup) cp "$WORLD/volume/journal" "$WORLD/volume/outgoing.sqlite" ;;
    *restore) { cat "$WORLD/volume/incoming.sqlite" && echo 'state HALT'; } >"$WORLD/volume/journal" ;;
    *put) cat >"$file" ;;
    *take)
      cat "$file"
      sha256sum "$file" | cut -d ' ' -f 1 >&2
      rm -f "$file"
      ;;
    *drop) rm -f "$file" ;;
  esac
}

# Takes any name but the misspelt one.
settings() {
  local given
  given=$(cat)
  case "$given" in
    *MAX_ORDERS_USD*)
      echo 'FAIL  configuration: rotor.env: line 1: MAX_ORDERS_USD: is not a variable of Rotor'
      return 2
      ;;
  esac
}

facts() {
  local text="$WORLD/volume/journal"
  case "$*" in *--from*) text="$file" ;; esac
  if [ ! -f "$text" ]; then echo 'journal none' && return 0; fi
  printf 'journal present\nentries %s\n' "$(grep -c started "$text" || true)"
  echo "orders $(grep -c '^order ' "$text" || true)"
  grep -E '^(open|account|schema|state) ' "$text" || true
  if [ "$(sed -n 's/^schema //p' "$text")" -gt "$knows" ]; then
    echo "fault written by a newer Rotor (schema 2), this one knows schema $knows"
    return 1
  fi
  if grep -q '^damaged' "$text"; then
    echo 'fault the chain breaks at entry 2'
    return 1
  fi
  echo 'fault none'
}

# --- One call -----------------------------------------------------------------------------------------

case "$ME" in
  ssh | docker) "name_$ME" "$@" ;;
  *) NAME="$ME ${1:-}" ;;
esac
note_call
case "$HOW" in
  '') "do_$ME" "$@" ;;
  exit) exit 255 ;;
  # Its limit passes at once, if it has one.
  hang) if grep -qx timeout "/proc/$PPID/comm"; then kill -ALRM "$PPID"; fi
    exec sleep 60 ;;
  # The effect is there, the answer is not.
  lost) "do_$ME" "$@" >/dev/null 2>&1 || true
    exit 255 ;;
  # The connection ends in the middle, and the other side takes it for the end.
  cut) { head -c 5 && cat >/dev/null; } | "do_$ME" "$@" || true
    exit 255 ;;
  half) up half
    exit 1 ;;
  killed) kill_here
    "do_$ME" "$@" ;;
  killed-after) "do_$ME" "$@" || true
    kill_here ;;
  reboot) kill_there
    kill_here
    exit 255 ;;
  reboot-after) "do_$ME" "$@" || true
    kill_there
    kill_here ;;
  reboot-half) up half
    kill_there
    kill_here ;;
esac
