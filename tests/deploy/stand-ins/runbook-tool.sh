#!/usr/bin/env bash
# Stands in for what the runbook's commands call, by the name it is called by. What would change this
# machine or needs the internet is only noted.
set -euo pipefail
# shellcheck source=/dev/null
. "$WORLD/network"

note() { echo "$*" >>"$SERVER/noted"; }

# Logged in with a key that the server knows, or not at all.
do_ssh() {
  local key="$HOME/.ssh/id_ed25519"
  if [ "$1" = -i ]; then key="$2"; fi
  grep -qxF "$(cat "$key.pub")" "$SERVER/.ssh/authorized_keys" || {
    echo 'me@server: Permission denied (publickey).' >&2
    exit 255
  }
  cd "$SERVER"
  HOME="$SERVER" exec bash -c "${*: -1}"
}

do_scp() {
  local to="${*: -1}"
  cp "${@:1:$#-1}" "$SERVER/${to#me@server:}"
}

# Users of the server are not users here; its folders lie below its own.
do_install() {
  local words=()
  while [ $# -gt 0 ]; do
    case "$1" in
      -o | -g)
        if [ "$(id -u)" = 0 ] && [ "$2" = 10001 ]; then words+=("$1" "$2"); fi
        shift
        ;;
      /home/me/*) words+=("$SERVER/${1#/home/me/}") ;;
      /etc/*) mkdir -p "$SERVER${1%/*}" && words+=("$SERVER$1") ;;
      *) words+=("$1") ;;
    esac
    shift
  done
  PATH="$REAL_PATH" exec install "${words[@]}"
}

do_curl() {
  local url="${*: -1}"
  if [ "$url" = https://get.docker.com ]; then
    note "curl $url"
    return
  fi
  url="${url/127.0.0.1:8080/127.0.0.1:$(cat "$SERVER/port")}"
  exec "$NODE" -e 'fetch(process.argv[1]).then((r) => r.text()).then((t) => process.stdout.write(t))' "$url"
}

# What systemd does when it goes down and comes up.
do_reboot() {
  docker compose stop
  if grep -q '^systemctl enable rotor@' "$SERVER/noted"; then
    cd "$SERVER"
    eval "$(sed -n 's/^ExecStart=//p' "$SERVER/etc/systemd/system/rotor@.service")"
  fi
}

case "${0##*/}" in
  ssh) do_ssh "$@" ;;
  scp) do_scp "$@" ;;
  sudo) exec "$@" ;;
  install) do_install "$@" ;;
  curl) do_curl "$@" ;;
  reboot) do_reboot ;;
  crontab)
    FILE="$SERVER/crontab"
    if [ "$PWD" = "$WORLD/tree" ]; then FILE="$HOME/crontab"; fi
    if [ "$1" = -l ]; then cat "$FILE"; else cat >"$FILE"; fi
    ;;
  # What a person would type into the editor.
  nano)
    # What is typed takes the place of the line that was there.
    if [ -f "$1" ]; then sed -i -E "/^($(sed -n 's/=.*//p' "$WORLD/typed" | tr '\n' '|'))=/d" "$1"; fi
    cat "$WORLD/typed" >>"$1"
    ;;
  ssh-keygen)
    echo "private $RANDOM" >"${*: -1}"
    echo "ssh-ed25519 AAAA+$RANDOM/$RANDOM me@home" >"${*: -1}.pub"
    ;;
  git) if [ "$1" = rev-parse ]; then echo 1111111111111111111111111111111111111111; fi ;;
  npm) ;;
  *) note "${0##*/} $*" ;;
esac
