# Shared by deploy.sh, rollback.sh, backup.sh and restore.sh; each sources it. Runs on the machine of the
# person who deploys; needs bash 3.2. remote.sh has the steps on the server.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
REMOTE="$ROOT/scripts/deploy/remote.sh"
HOST=''
DRY_RUN=''
# The folder on the server, below the home directory of the ssh user.
ROTOR_HOME="${ROTOR_HOME:-rotor}"
ROTOR_SSH_SECONDS="${ROTOR_SSH_SECONDS:-300}"
ROTOR_SEND_SECONDS="${ROTOR_SEND_SECONDS:-3600}"
ROTOR_FOLLOW_SECONDS="${ROTOR_FOLLOW_SECONDS:-900}"
ROTOR_POLL_SECONDS="${ROTOR_POLL_SECONDS:-2}"
# Settings of remote.sh, passed on if set.
PASSED_ON='ROTOR_STATE ROTOR_STEP_SECONDS ROTOR_UP_SECONDS ROTOR_READY_SECONDS ROTOR_POLL_SECONDS
  ROTOR_STEADY_SECONDS ROTOR_ROOM_MB ROTOR_KEEP_IMAGES ROTOR_KEEP_BACKUPS ROTOR_SILENCE_SECONDS
  ROTOR_SEND_SECONDS ROTOR_HEALTH_PORT ROTOR_TOKEN'
# The lock's token.
ROTOR_TOKEN=''
SCRATCH="$(mktemp -d)"
LOCK_PID=''
SAID_WHY=''

say() { printf '%s\n' "$*"; }
headline() { printf '== %s\n' "$*"; }
die() {
  SAID_WHY=yes
  printf 'rotor: %s\n' "$*" >&2
  exit 1
}

clean_up() {
  local code=$?
  if [ "$code" != 0 ] && [ -z "$SAID_WHY" ]; then
    printf 'rotor: ended with %s in the step above\n' "$code" >&2
  fi
  if [ -n "$LOCK_PID" ]; then kill "$LOCK_PID" 2>/dev/null || true; fi
  rm -rf "$SCRATCH"
}
trap clean_up EXIT

# Runs a command with a time limit, if the machine supports one.
limited() {
  local seconds="$1"
  shift
  if command -v timeout >/dev/null; then
    timeout --foreground -k 2 "$seconds" "$@"
  elif command -v gtimeout >/dev/null; then
    gtimeout --foreground -k 2 "$seconds" "$@"
  else
    "$@"
  fi
}

# Prints a local command and runs it; a dry run only prints it.
run() {
  say "+ $*"
  [ -n "$DRY_RUN" ] || "$@"
}

# The command for a step of remote.sh, quoted for the remote shell.
remote_words() {
  local name
  printf 'env'
  for name in $PASSED_ON; do
    if [ -n "${!name:-}" ]; then printf ' %s=%q' "$name" "${!name}"; fi
  done
  printf ' bash %q' "$ROTOR_HOME/.deploy/remote.sh"
  printf ' %q' "$@"
}

to_host() {
  ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 "$HOST" "$@"
}

# Runs one step on the server. A dry run prints it, and runs it locally in a mode that changes nothing.
on_host() {
  if [ -n "$DRY_RUN" ]; then
    printf 'on %s: %s\n' "$HOST" "$*" >&2
    { ROTOR_DRY_RUN=yes bash "$REMOTE" "$@" </dev/null 2>&1 >&3 | sed 's/^/    /' >&2; } 3>&1
    return
  fi
  limited "$ROTOR_SSH_SECONDS" ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 \
    -o ServerAliveCountMax=4 "$HOST" "$(remote_words "$@")"
}

# The first lines, and the number of further ones.
shorten() { awk 'NR <= 10 { print "  " $0 } END { if (NR > 10) print "  and " NR - 10 " more" }'; }

# Checksum of a file to send: the server discards a partial copy.
sum_of() { cksum <"$1"; }

# Sends the server's part of these scripts, and asks for the machine's architecture. A partial copy is
# discarded, and a running deploy keeps the scripts that it started with.
connect() {
  local home script sent send
  # Quoted so that the remote shell reads it as one word, even with spaces or special characters.
  home=$(printf '%q' "$ROTOR_HOME")
  script="$home/.deploy/remote.sh"
  sent="$script.new-$(uname -n)-$$"
  send="mkdir -p $home/.deploy && cat >$sent"
  send="$send && if [ \"\$(cksum <$sent)\" != '$(sum_of "$REMOTE")' ]; then rm -f $sent; exit 1; fi"
  send="$send && { flock -w 1 $home/.deploy/lock mv -f $sent $script ||"
  send="$send if [ -f $script ]; then rm -f $sent; else mv -f $sent $script; fi; }"
  headline "connecting to $HOST"
  if [ -n "$DRY_RUN" ]; then
    say "+ ssh $HOST '$send' < scripts/deploy/remote.sh"
  else
    limited "$ROTOR_SSH_SECONDS" ssh -o BatchMode=yes -o ConnectTimeout=10 "$HOST" "$send" \
      <"$REMOTE" || die "$HOST cannot be reached"
  fi
  PLATFORM=$(on_host hello) || die "$HOST cannot run Rotor"
  say "$HOST: ${PLATFORM:-linux/?}"
}

# Held by a separate connection: the lock is released when this script or its machine dies. Work that an
# earlier run left going on the server is watched to its end first.
take_lock() {
  local run
  if [ -n "$DRY_RUN" ]; then
    say "on $HOST: hold the lock until this script ends"
    return
  fi
  export ROTOR_TOKEN
  ROTOR_TOKEN="$(date -u +%Y%m%dT%H%M%SZ)-$$-$RANDOM"
  if hold_lock; then return; fi
  run=$(sed -n 's/^rotor: busy: an unattended run is still at work: //p' "$SCRATCH/busy")
  if [ -n "$run" ]; then
    headline 'an earlier run whose connection was lost is still at work on the server; this is how it ends'
    watch "$run"
    if hold_lock; then return; fi
  fi
  die "the server is not free: $(sed 's/^rotor: busy: //' "$SCRATCH/busy")"
}

hold_lock() {
  local answer='' parent=$$
  rm -f "$SCRATCH/lock" "$SCRATCH/alive"
  mkfifo "$SCRATCH/lock" "$SCRATCH/alive"
  while kill -0 "$parent" 2>/dev/null && echo alive; do sleep "$ROTOR_POLL_SECONDS"; done \
    >"$SCRATCH/alive" 2>/dev/null &
  to_host "$(remote_words hold "$(id -un)@$(uname -n)" "$(sum_of "$REMOTE")")" <"$SCRATCH/alive" >"$SCRATCH/lock" 2>"$SCRATCH/busy" &
  LOCK_PID=$!
  read -r -t "${ROTOR_LOCK_SECONDS:-30}" answer <"$SCRATCH/lock" || true
  [ "$answer" = held ]
}

# Runs a step detached on the server and shows its output; a lost connection does not stop it.
do_on_host() {
  local name code
  name="$(date -u +%Y%m%dT%H%M%SZ)-$$-$RANDOM"
  if [ -n "$DRY_RUN" ]; then
    on_host start "$name" "$@"
    return
  fi
  on_host start "$name" "$@" || say 'the connection was lost; asking what became of it'
  watch "$name"
  code=$(exit_said)
  case "$code" in
    0) ;;
    '' | lost) die 'the connection or the server was lost; run this again: it repairs what was left' ;;
    3) die 'went back; see above' ;;
    *) die "ended with $code: see above" ;;
  esac
}

# Shows the output of a detached step until it has ended, over as many connections as that takes.
watch() {
  local tries=0
  : >"$SCRATCH/said"
  while [ "$tries" -lt 5 ] && [ -z "$(exit_said)" ]; do
    [ "$tries" = 0 ] || sleep "$ROTOR_POLL_SECONDS"
    ROTOR_SSH_SECONDS="$ROTOR_FOLLOW_SECONDS" on_host follow "$1" "$(bytes_said)" |
      tee -a "$SCRATCH/said" | without_exit || true
    tries=$((tries + 1))
  done
}

exit_said() { sed -n 's/^exit \(.*\)$/\1/p' "$SCRATCH/said" | tail -n 1; }

# Ends the script where that status of $IMAGE leaves nothing to switch.
end_where_it_runs() {
  case "$1" in
    'runs and ready') say "$IMAGE runs already and is ready; nothing to do" ;;
    'runs and waits') say "$IMAGE runs already and waits for a person: /health in Discord says for what" ;;
    *) return 0 ;;
  esac
  exit 0
}

# Line by line, also into a pipe, where sed would keep everything until the end.
without_exit() {
  local line
  while IFS= read -r line; do
    [[ "$line" =~ ^exit\ [0-9a-z]*$ ]] || say "$line"
  done
}

bytes_said() { wc -c <"$SCRATCH/said" | tr -d ' '; }

# Requirements of every script. A dry run prints everything to one stream, in order.
need_host() {
  [ -n "$HOST" ] || die "expected user@host; $USAGE"
  if [ -n "$DRY_RUN" ]; then exec 2>&1; fi
}

# SHA-256 of standard input.
digest() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1; }
