#!/usr/bin/env bash
# The server's part of deploy.sh, rollback.sh, backup.sh and restore.sh, which send it and run it there.
# Needs bash, docker with compose, and standard Linux tools. Steps that change Rotor run detached (`start`),
# so that a lost connection does not stop them half-way, and are recorded before they begin, so that the
# next run completes or reverts what an interrupted one left (`recover`).
set -euo pipefail
umask 077

DRY="${ROTOR_DRY_RUN:-}"
# A dry run uses the local machine, whose bash may be older.
[ -n "$DRY" ] || shopt -s inherit_errexit
STATE="${ROTOR_STATE:-/data}"
STEP_SECONDS="${ROTOR_STEP_SECONDS:-60}"
UP_SECONDS="${ROTOR_UP_SECONDS:-180}"
READY_SECONDS="${ROTOR_READY_SECONDS:-180}"
POLL_SECONDS="${ROTOR_POLL_SECONDS:-2}"
# How long it must stay ready without a restart, so that one which crashes half a minute after each start fails.
STEADY_SECONDS="${ROTOR_STEADY_SECONDS:-60}"
# Free disk space required for a switch.
ROOM_MB="${ROTOR_ROOM_MB:-100}"
KEEP_IMAGES="${ROTOR_KEEP_IMAGES:-3}"
KEEP_BACKUPS="${ROTOR_KEEP_BACKUPS:-14}"
HEALTH_PORT="${ROTOR_HEALTH_PORT:-8080}"
# Names of /readyz's reasons (src/ops/readiness.ts): the one that must always hold, and the one that may
# wait for a person.
MUST_HOLD='reconciled'
PERSONS='trading'

if [ -z "$DRY" ]; then
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  mkdir -p .deploy/compose .deploy/runs backups
fi

say() { printf '%s\n' "$*"; }
fail() {
  printf 'rotor: %s\n' "$*" >&2
  exit 1
}

# --- Steps that a dry run prints instead -----------------------------------------------------------

# Seconds, not affected by clock corrections.
clock() {
  local up
  read -r up _ </proc/uptime
  echo "${up%.*}"
}

# Runs a command with a time limit; a dry run prints it.
within() {
  local seconds="$1"
  shift
  if [ -n "$DRY" ]; then
    printf '+ %s\n' "$*" >&2
    return 0
  fi
  # Locks belong to this script: its child processes may outlive it.
  timeout -k 2 "$seconds" "$@" 7>&- 8>&- 9>&-
}

# Writes standard input to a file atomically.
write_file() {
  if [ -n "$DRY" ]; then
    cat >/dev/null
    printf '+ write %s\n' "$1" >&2
    return 0
  fi
  cat >"$1.part"
  sync "$1.part"
  mv -f "$1.part" "$1"
}

# --- The container ----------------------------------------------------------------------------------

ALL=(--filter label=com.docker.compose.project=rotor --filter label=com.docker.compose.oneoff=False)
DESK=("${ALL[@]}" --filter label=com.docker.compose.service=rotor)

running_image() {
  if [ -n "$DRY" ]; then
    echo rotor:RUNNING
    return
  fi
  within "$STEP_SECONDS" docker ps "${DESK[@]}" --filter status=running --format '{{.Image}}'
}

# Its id, image, status, restarts so far and last exit code, running or not; nothing if there is none.
container() {
  local id
  id=$(within "$STEP_SECONDS" docker ps --all "${DESK[@]}" --format '{{.ID}}') || return
  id="${id%%$'\n'*}"
  [ -n "$id" ] || return 0
  within "$STEP_SECONDS" docker inspect "$id" --format \
    '{{.ID}} {{.Config.Image}} {{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}'
}

# The last message of a process that exited, cut to one line.
last_word() {
  local lines
  lines=$(within "$STEP_SECONDS" docker logs --tail 40 "$1" 2>&1) || return 0
  { grep -E 'rotor: |Error|"level":"?(error|fatal|50|60)' <<<"$lines" || tail -n 1 <<<"$lines"; } |
    tail -n 1 | cut -c 1-200
}

# The version that runs or should run; `none` before the first deploy.
present_version() {
  local image
  image=$(running_image)
  if [ -z "$image" ] && [ -f .deploy/current ]; then image=$(cat .deploy/current); fi
  echo "${image:-none}"
}

# Missing and unknown are different: a running image must not be sent a second time.
has_image() {
  local id
  [ -z "$DRY" ] || return 0
  id=$(within "$STEP_SECONDS" docker image ls --quiet "$1") || fail 'docker does not answer'
  [ -n "$id" ]
}

# A manually started container uses the file in the folder.
compose_file() {
  local file=".deploy/compose/${1#rotor:}.yaml"
  if [ -z "$DRY" ] && [ ! -f "$file" ] && [ -f compose.yaml ]; then file=compose.yaml; fi
  echo "$file"
}

compose() {
  local seconds="$1" image="$2"
  shift 2
  within "$seconds" env ROTOR_IMAGE="$image" docker compose --project-name rotor \
    --project-directory . --file "$(compose_file "$image")" "$@"
}

# Runs that image's Node in a separate container on Rotor's volume: Rotor's container has only the memory
# that Rotor needs, and a second Node in it could get the first one killed.
once() {
  local image="$1"
  shift
  compose "$STEP_SECONDS" "$image" run --rm --no-deps -T --entrypoint node rotor "$@"
}

PUT_FILE='require("fs").writeFileSync(process.argv[1], require("fs").readFileSync(0), { mode: 0o600 })'
# Writes the file to standard output and its SHA-256 to standard error, then deletes it.
TAKE_FILE='
const fs = require("fs"), hash = require("crypto").createHash("sha256"), file = process.argv[1];
const read = fs.createReadStream(file);
read.on("data", (part) => hash.update(part));
read.on("end", () => {
  for (const end of ["", "-wal", "-shm"]) fs.rmSync(file + end, { force: true });
  console.error(hash.digest("hex"));
});
read.pipe(process.stdout);'
DROP_FILE='for (const end of ["", "-wal", "-shm"]) require("fs").rmSync(process.argv[1] + end, { force: true })'

# `ready` or `not ready`, then the name of each failing reason. Fails when there is no answer.
readiness() {
  local answer
  if [ -n "$DRY" ]; then
    printf '+ ask http://127.0.0.1:%s/readyz\n' "$HEALTH_PORT" >&2
    echo ready
    return
  fi
  # shellcheck disable=SC2016
  answer=$(timeout 5 bash -c 'exec 4<>"/dev/tcp/127.0.0.1/$1" &&
    printf "GET /readyz HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n" "$1" >&4 && cat <&4' ask "$HEALTH_PORT" 2>/dev/null) ||
    return 1
  case "$answer" in
    *'"ready":true'*) echo ready ;;
    *'"ready":false'*) echo 'not ready' ;;
    *) return 1 ;;
  esac
  # Also for a ready process: it may trade without Discord, but is not healthy then.
  { grep -o '{"name":"[^"]*","ok":false' <<<"$answer" || true; } | cut -d '"' -f 4
}

facts() {
  once "$1" src/cli.ts journal facts --state "$STATE" </dev/null || return
  [ -z "$DRY" ] || echo 'journal present'
}

fact() { sed -n "s/^$1 //p"; }

# --- Before a switch ----------------------------------------------------------------------------------

# Whether Rotor may be stopped now. Records the reasons that already fail in .deploy/failing, as the new
# version is not required to do better than the old one. Leaves the journal's facts in KNOWN.
check() {
  local image="$1" force="$2" unreachable=no present seen
  need_room
  present=$(present_version)
  : | write_file .deploy/failing
  if [ "$present" != none ]; then
    if seen=$(readiness); then
      printf '%s\n' "$seen" | tail -n +2 | write_file .deploy/failing
    elif [ "$force" = yes ]; then
      say "$present does not answer; going on as told"
      unreachable=yes
    else
      fail "$present does not answer, so nobody knows what it is doing. Look at it (docker logs), or go" \
        'on with --force-unreachable'
    fi
  fi
  if ! KNOWN=$(facts "$image"); then
    [ "$force" = yes ] || fail "the journal cannot be trusted: $(printf '%s\n' "$KNOWN" | fact fault)." \
      'Restore a backup (scripts/restore.sh), or go on with --force-unreachable'
    say 'the journal could not be read; going on as told'
    return
  fi
  # A running Rotor can wait for its orders, or cancel them.
  refuse_open_orders "$KNOWN" "$unreachable"
}

# With a full disk neither the new version nor the old one would start.
need_room() {
  local place free
  for place in . "$(within "$STEP_SECONDS" docker info --format '{{.DockerRootDir}}')"; do
    [ -z "$DRY" ] || continue
    free=$(df -Pm "$place" | awk 'END { print $4 }') || continue
    [ "$free" -ge "$ROOM_MB" ] ||
      fail "the disk of $place has $free MB left, less than $ROOM_MB; make room there (docker system df) first"
  done
}

# Strips and compiles the version's modules while the old one still trades: it starts sooner, and with less
# memory. Compiled code is kept for one set of V8's flags, so they are those of the start (Dockerfile).
# Versions older than this have no such program.
WARM_UP=(--max-old-space-size=96 --max-semi-space-size=1 --v8-pool-size=1
  --optimize-for-size --no-separate-gc-phases src/warm-up.ts)
warm_up() {
  once "$1" "${WARM_UP[@]}" </dev/null >/dev/null || say "$1 was not warmed up; its start takes longer"
}

# Uses the rules of the new version's own start: rotor.env, and what Compose makes of it and secrets/.
# Versions older than these rules have no such command.
check_settings() {
  local seen
  if [ -n "$DRY" ]; then
    once "$1" src/cli.ts settings --file -
    return
  fi
  [ -f rotor.env ] || fail 'rotor.env is not here: RUNBOOK.md, "A new server"'
  if seen=$(once "$1" src/cli.ts settings --file - <rotor.env 2>&1); then return 0; fi
  case "$seen" in
    *'rotor: command: expected '*) say "$1 has no check of rotor.env" ;;
    *) fail "$1 would not start with this rotor.env and these secrets: $seen" ;;
  esac
}

# Journal entries that the new version may write but the old one cannot read: the person who deploys must
# know before the switch what a rollback would mean.
look_ahead() {
  local new="$1" old="$2" writes reads strange
  [ "$old" != none ] && [ "$old" != "$new" ] || return 0
  writes=$(once "$new" src/cli.ts journal kinds </dev/null 2>/dev/null) || return 0
  if reads=$(once "$old" src/cli.ts journal kinds </dev/null 2>/dev/null); then
    strange=$(grep -vxF "$reads" <<<"$writes" | tr '\n' ' ' || true)
    [ -n "$strange" ] || return 0
  else
    strange='(it does not say which it knows) '
  fi
  say "NOTE: $old cannot read entries that $new may write: ${strange% }." \
    'Until one stands in the journal the way back is open. After that it goes back by itself only while' \
    'the new version is not ready and has sent no order; later it needs the backup of this switch:' \
    "scripts/restore.sh HOST BACKUP --version $old"
}

refuse_open_orders() {
  local open
  open=$(printf '%s\n' "$1" | fact open)
  [ -n "$open" ] || return 0
  say 'orders are open:'
  printf '  %s\n' "$open"
  [ "$2" = yes ] || fail 'orders are open; wait until they are filled, or take them back with /cancel'
}

# --- Backups ----------------------------------------------------------------------------------------

# A verified copy of the journal from the volume, compressed and sealed. Prints its path.
backup() {
  local image="$1" label="$2" name
  if [ -z "$DRY" ]; then
    exec 7>>.deploy/backup-lock
    flock -w "$STEP_SECONDS" 7 || fail 'another backup is under way'
    rm -f backups/*.part
  fi
  name="backups/journal-$(next_stamp)-$label.sqlite.gz"
  once "$image" src/cli.ts journal backup --to "$STATE/outgoing.sqlite" --state "$STATE" </dev/null >&2 ||
    fail 'the journal could not be backed up'
  take_out "$image" "$name"
  rotate_backups "$name" >&2
  if [ -z "$DRY" ]; then exec 7>&-; fi
  echo "$name"
}

# The copy is compared with the checksum from the container.
take_out() {
  local image="$1" name="$2" here
  if [ -n "$DRY" ]; then
    once "$image" -e '(read it)' "$STATE/outgoing.sqlite"
    printf '+ gzip > %s\n' "$name" >&2
    return
  fi
  once "$image" -e "$TAKE_FILE" "$STATE/outgoing.sqlite" </dev/null 2>backups/seal.part | gzip >"$name.part" ||
    fail "the copy could not be read: $(cat backups/seal.part)"
  here=$(gzip -dc "$name.part" | sha256sum | cut -d ' ' -f 1)
  grep -qxF "$here" backups/seal.part || fail 'the backup is not what was read from the journal'
  sync "$name.part"
  mv -f "$name.part" "$name"
  (cd backups && sha256sum "${name#backups/}") | write_file "$name.sha256"
  rm -f backups/seal.part
}

RESTORING=''

# Names sort by time, and the last must be the newest: if the clock was set back, a name follows the latest.
next_stamp() {
  local now latest=''
  now=$(date -u +%Y%m%dT%H%M%SZ)
  [ -n "$DRY" ] || latest=$(list_backups | grep -oE '[0-9]{8}T[0-9]{6}Z' | sort | tail -n 1) || true
  if [[ "$latest" < "$now" ]]; then
    echo "$now"
    return
  fi
  [ "$latest" = "$now" ] ||
    say "WARNING: the backup of $latest is of a later time than this moment, $now by this server's clock;" \
      'this one is named as if made after it' >&2
  latest="${latest:0:4}-${latest:4:2}-${latest:6:2} ${latest:9:2}:${latest:11:2}:${latest:13:2}"
  date -u -d "@$(($(date -u -d "$latest" +%s) + 1))" +%Y%m%dT%H%M%SZ
}

rotate_backups() {
  local newest="$1" old
  [ -z "$DRY" ] || return 0
  list_backups | sort -r | tail -n +"$((KEEP_BACKUPS + 1))" |
    while read -r old; do
      # Never deletes the backup just made, nor the one about to be restored.
      if [ "$old" = "$newest" ] || [ "$old" = "$RESTORING" ]; then continue; fi
      say "removing $old"
      rm -f "$old" "$old.sha256"
    done
}

# --- The switch ---------------------------------------------------------------------------------------

# Recorded before the step begins: phase, new version, old version, backup, label of the backup.
note_step() { printf '%s\n' "$@" | write_file .deploy/step; }

# A full disk must not prevent the way back.
try_note() { note_step "$@" || say 'this step could not be recorded'; }

put_up() {
  say "starting $1"
  if compose "$UP_SECONDS" "$1" up --detach; then return 0; fi
  say "docker compose up failed"
  return 1
}

# For the version that must run now: retries if it fails; the last result counts in any case.
put_up_surely() { put_up "$1" || put_up "$1" || put_up "$1" || true; }

# Whether the result of /readyz is acceptable: nothing fails except what failed before the switch or, if
# allowed, what waits for a person. Where Rotor may have halted itself (`halted`), on an account traded by
# another journal or on a backup, it compares nothing until a person has looked.
acceptable() {
  local seen="$1" persons="$2" failing
  failing=$(printf '%s\n' "$seen" | tail -n +2)
  if [ -z "$failing" ]; then
    [ "$seen" = ready ]
    return
  fi
  if [ "$persons" = halted ] && grep -qxF "$PERSONS" <<<"$failing"; then
    failing=$(grep -vxF "$MUST_HOLD" <<<"$failing" || true)
  fi
  if grep -qxF "$MUST_HOLD" <<<"$failing"; then return 1; fi
  if [ "$persons" != no ]; then failing=$(grep -vxF "$PERSONS" <<<"$failing" || true); fi
  failing=$(grep -vxF "$(failing_before)" <<<"$failing" || true)
  [ -z "$failing" ]
}

# Whether that version becomes ready within the limit, and then stays ready for a while without a restart.
# Prints the reasons whenever they change, and gives up at once if the container is missing or keeps
# crashing: a few more crashes and it would stop trading for all versions.
wait_ready() {
  local image="$1" persons="$2" steady='' since=0 seen='' told='' reconciled='' desk end
  RESTARTS_BEFORE='' RESTARTS_TOLD=''
  [ -z "$DRY" ] || return 0
  end=$(($(clock) + READY_SECONDS))
  while true; do
    LEFT=$((end - $(clock)))
    [ "$LEFT" -gt 0 ] || LEFT=0
    if desk=$(container); then
      # shellcheck disable=SC2086 # its words
      if is_hopeless "$image" $desk; then return 1; fi
    fi
    if [[ "$desk" == *" $image running "* ]] && seen=$(readiness) && acceptable "$seen" "$persons"; then
      if [ "$steady" != "$desk" ]; then
        say "  $(verdict "$seen"); watching it for $STEADY_SECONDS s"
        steady="$desk" since=$(clock)
      elif [ $(($(clock) - since)) -ge "$STEADY_SECONDS" ]; then
        grep -qxF "$MUST_HOLD" <<<"$seen" || reconciled='reconciled and '
        say "$image is $reconciled$(verdict "$seen")"
        return 0
      fi
    else
      steady=''
      if [ "$told" != "$seen" ]; then say "  ${seen//$'\n'/, }; $LEFT s left"; fi
      told="$seen"
    fi
    # After a look: one counts even on a server so slow that the limit has passed.
    if [ "$LEFT" = 0 ] && [ -z "$steady" ]; then break; fi
    sleep "$POLL_SECONDS"
  done
  say "$image is not ready after $READY_SECONDS s: ${seen:-no answer}"
  return 1
}

RESTARTS_ALLOWED=2

# Whether waiting for that version is useless, according to `container`.
is_hopeless() {
  local image="$1" id="${2:-}" runs="${3:-none}" status="${4:-none}" restarts="${5:-0}" code="${6:-0}"
  if [ "$runs" != "$image" ]; then
    say "$image has no container"
    return 0
  fi
  case "$status" in
    exited | dead)
      say "$image ended with $code: $(last_word "$id")"
      return 0
      ;;
  esac
  restarts=$((restarts - ${RESTARTS_BEFORE:=$restarts}))
  if [ "$restarts" != "${RESTARTS_TOLD:-0}" ]; then
    RESTARTS_TOLD="$restarts"
    say "  it ended and was started again, restart $restarts, $LEFT s left: $(last_word "$id")"
  fi
  [ "$restarts" -ge "$RESTARTS_ALLOWED" ] || return 1
  say "$image crashes again and again; not waiting any longer"
}

# Result of /readyz as text, with earlier failures distinguished from new ones.
verdict() {
  local failing old new
  failing=$(tail -n +2 <<<"$1")
  if [ -z "$failing" ]; then
    echo "${1%%$'\n'*}"
    return
  fi
  old=$(grep -xF "$(failing_before)" <<<"$failing" | paste -s -d ',' || true)
  new=$(grep -vxF "$(failing_before)" <<<"$failing" | paste -s -d ',' || true)
  echo "${1%%$'\n'*}${old:+, as before not well: $old}${new:+, newly not well: $new}"
}

# Reasons that the new version may wait for, depending on the old one: a first version that halts itself
# is continued by a person or by a restore, and so is one that ran already.
may_wait() { if [ "$2" = none ] || [ "$1" = "$2" ]; then echo halted; else echo no; fi; }

failing_before() { cat .deploy/failing 2>/dev/null || true; }

# New version, old version or none, whether forced, label of the backup.
switch() {
  local new="$1" old="$2" force="$3" label="$4" copy='' reader
  has_image "$new" || fail "$new is not on this server"
  warm_up "$new"
  reader="$old"
  [ "$old" != none ] || reader="$new"
  check "$reader" "$force"
  if [ "$(printf '%s\n' "$KNOWN" | fact journal)" = none ]; then
    say 'there is no journal yet'
  else
    say 'backing the journal up'
    copy=$(backup "$reader" "$label")
    say "backup: $copy"
  fi
  note_step switching "$new" "$old" "$copy" "$label"
  # The very first start fetches years of bars.
  if [ "$old" = none ]; then READY_SECONDS=$((READY_SECONDS * 4)); fi
  if put_up "$new" && wait_ready "$new" "$(may_wait "$new" "$old")"; then
    settle "$new" "$old" "$label"
    warn_of_person
    return
  fi
  compose "$STEP_SECONDS" "$new" logs --tail 40 || true
  if [ "$new" = "$old" ]; then
    note_step ended
    fail "$new ran before and is not ready; it stays, as there is no other version to go back to"
  fi
  go_back "$new" "$old" "$copy" yes
  exit 3
}

# New version, old version or none, backup, and whether the switch was only just made.
go_back() {
  local new="$1" old="$2" copy="$3" recent="$4" seen
  if [ "$old" = none ]; then
    compose "$UP_SECONDS" "$new" stop || true
    note_step ended
    # The new version's doctor reports what is wrong.
    for_people "$new"
    fail "$new is not ready, and there is no version to go back to; it was stopped"
  fi
  say "going back to $old"
  try_note going-back "$new" "$old" "$copy"
  compose "$UP_SECONDS" "$new" stop || say 'docker compose stop failed'
  seen=$(once "$old" src/cli.ts journal facts --state "$STATE" </dev/null) || true
  case "$(printf '%s\n' "$seen" | fact fault)" in
    'written by a newer Rotor'*)
      say "$old cannot read what $new wrote"
      if [ "$recent" = no ] || ! (nothing_sent_since "$new" "$copy"); then stay_with "$new" "$old" "$copy"; fi
      say 'the journal of before the switch is put back'
      (import "$old" "$copy" && put_in_place "$old") || say 'it could not be put back'
      ;;
  esac
  put_up_surely "$old"
  if wait_ready "$old" yes; then
    say "went back to $old; $new does not run"
    seen=$(facts "$old") || true
    warn_of_halt "$(printf '%s\n' "$seen" | fact state)"
    try_note ended
    remember "$old" 'went-back-to'
    for_people "$old"
    prune
    return
  fi
  fail "$old is not ready either; look at it: docker compose logs, and scripts/restore.sh"
}

# The old version may be back and still not trade: warns the person who deploys. A halt from before the
# switch is not reported.
warn_of_halt() {
  [ "${1:-RUN}" != RUN ] || return 0
  if grep -qxF "$PERSONS" <<<"$(failing_before)"; then return 0; fi
  say "ATTENTION: it does not trade: the journal says $1 since the other version ran. Look at /health in" \
    'Discord; an approver ends it with /resume reason:went back'
}

# A first version may run and wait for a person.
warn_of_person() {
  local seen
  seen=$(readiness) || return 0
  grep -qxF "$PERSONS" <<<"$seen" && ! grep -qxF "$PERSONS" <<<"$(failing_before)" || return 0
  say 'ATTENTION: it does not trade until an approver has looked: /health in Discord says why'
}

# Orders sent since the backup must not be forgotten. The newer version can read both journals.
nothing_sent_since() {
  local new="$1" copy="$2" now before
  now=$(facts "$new") || return 1
  import "$new" "$copy"
  before=$(once "$new" src/cli.ts journal facts --from "$STATE/incoming.sqlite" </dev/null) || return 1
  [ "$(printf '%s\n' "$now" | fact orders)" = "$(printf '%s\n' "$before" | fact orders)" ]
}

# The journal has changed since: it is kept, and with it the one version that can read it.
stay_with() {
  local new="$1" old="$2" copy="$3"
  say 'its journal has gone on since the switch, and stays'
  put_up_surely "$new"
  settle "$new" "$old" ''
  fail "$new is not ready. Deploy a mended version; or go back to the journal of before the switch:" \
    "scripts/restore.sh HOST $copy --version $old"
}

remember() { printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" >>.deploy/history; }

settle() {
  local new="$1" old="$2" label="$3"
  if [ "$new" != "$old" ] && [ "$old" != none ]; then echo "$old" | write_file .deploy/previous; fi
  echo "$new" | write_file .deploy/current
  # A second rollback does not go forward to the version just left.
  if [ "$label" = before-rollback ]; then echo "$new"; fi | write_file .deploy/rolled-back
  for_people "$new"
  [ -n "$DRY" ] || remember "$new" 'runs'
  note_step ended
  prune
  say "$new runs"
}

# So that `docker compose logs` and other commands work in the folder without options.
for_people() {
  if [ -n "$DRY" ]; then
    printf '+ write compose.yaml, and ROTOR_IMAGE into .env\n' >&2
    return
  fi
  write_file compose.yaml <"$(compose_file "$1")"
  { grep -v '^ROTOR_IMAGE=' .env 2>/dev/null || true; echo "ROTOR_IMAGE=$1"; } | write_file .env
}

# Keeps the last versions that ran, newest first; deletes images that never became ready.
prune() {
  local keep image
  keep=$( (cat .deploy/current .deploy/previous && tac .deploy/history | cut -d ' ' -f 2) 2>/dev/null |
    awk '!seen[$0]++' | head -n "$KEEP_IMAGES") || true
  within "$STEP_SECONDS" docker image ls --format '{{.Repository}}:{{.Tag}}' rotor |
    { grep -vxF "$keep" || true; } |
    while read -r image; do
      say "removing $image"
      within "$STEP_SECONDS" docker image rm "$image" >/dev/null || say "$image could not be removed"
      # Its own file, not the one for people in the folder.
      rm -f ".deploy/compose/${image#rotor:}.yaml"
    done || say 'old images could not be removed'
}

# Completes or reverts what an interrupted run began. It may have been weeks ago, and Rotor may have started
# again since: then its journal is kept, and a person may have halted it.
recover() {
  local phase new='' old='' copy='' label='' recent=no persons=yes
  [ -f .deploy/step ] || return 0
  { read -r phase && read -r new && read -r old && read -r copy && read -r label; } <.deploy/step || true
  # A step of a later time than now is as old as it may be: the clock was set back since.
  if [ -n "$(find .deploy/step -mmin -60 ! -mmin -0)" ]; then recent=yes; fi
  if [ "$recent" = yes ] || [ "$old" = none ]; then persons=$(may_wait "$new" "$old"); fi
  case "$phase" in
    switching)
      say "an earlier switch to $new was cut off"
      if wait_ready "$new" "$persons"; then
        settle "$new" "$old" "$label"
      elif [ "$old" = none ]; then
        say 'it was the first, and is stopped'
        compose "$UP_SECONDS" "$new" stop || true
        note_step ended
      elif [ "$old" = "$new" ]; then
        note_step ended
      else
        go_back "$new" "$old" "$copy" "$recent"
      fi
      ;;
    going-back)
      say "an earlier way back to $old was cut off"
      go_back "$new" "$old" "$copy" "$recent"
      ;;
    restoring)
      say "an earlier restore of $copy did not end well; the journal that is there stays." \
        'Where it is not that one, run scripts/restore.sh again'
      come_up "$new" "$old"
      note_step ended
      ;;
  esac
}

# After a start of the server: a desk that was stopped in order starts again, one that a person removed does
# not. Within a step it was no person, and `recover` puts one up. A version that is about to be left is not
# started, nor an older container where Compose was cut off between creating the new one and removing that.
resume() {
  local phase older
  phase=$(head -n 1 .deploy/step 2>/dev/null | grep -vx ended) || true
  [ -n "$(container)" ] || [ -n "$phase" ] || return 0
  if [ "$phase" != going-back ]; then
    older=$(within "$STEP_SECONDS" docker ps --all --quiet "${DESK[@]}" | tail -n +2)
    within "$STEP_SECONDS" docker ps --all --quiet "${ALL[@]}" | { grep -vxF "$older" || true; } |
      within "$UP_SECONDS" xargs -r docker start || say 'not everything could be started'
  fi
  recover
}

# If none runs, starts whichever of the two versions can read the current journal.
come_up() {
  local new="$1" old="$2"
  [ -z "$(running_image)" ] || return 0
  if [ "$old" != none ] && ! (facts "$new" >/dev/null); then new="$old"; fi
  put_up_surely "$new"
}

# --- Restore ------------------------------------------------------------------------------------------

import() {
  (cd backups && sha256sum --check --quiet "${2#backups/}.sha256") ||
    fail "$2 is not as it was written (SHA-256)"
  gzip -dc "$2" | once "$1" -e "$PUT_FILE" "$STATE/incoming.sqlite"
}

put_in_place() {
  once "$1" src/cli.ts journal restore --from "$STATE/incoming.sqlite" --state "$STATE" </dev/null ||
    fail 'the journal could not be put in place'
  once "$1" -e "$DROP_FILE" "$STATE/incoming.sqlite" </dev/null || true
}

# Backup, whether forced, and the version to run on it: the current one unless given.
restore() {
  local copy="$1" force="$2" image="${3:-}" before known present
  if [ -n "$DRY" ]; then
    dry_restore "$copy"
    return
  fi
  [ -f "$copy" ] || fail "$copy is not here; backups: $(ls backups)"
  before=$(present_version)
  [ "$before" != none ] || fail 'no version is deployed yet; deploy first'
  image=$(rollback_target "${image:-$before}")
  import "$image" "$copy"
  known=$(once "$image" src/cli.ts journal facts --from "$STATE/incoming.sqlite" </dev/null) ||
    fail "$copy is no journal for $image: $(printf '%s\n' "${known:-}" | fact fault). If a newer version" \
      "wrote it, deploy that one first, or name it with --version; here are: $(versions_here)"
  say "$copy: $(printf '%s\n' "$known" | fact entries) entries, the chain holds"
  present=$(facts "$before") || true
  refuse_foreign "$(printf '%s\n' "$known" | fact account)" \
    "$(printf '%s\n' "$present" | fact account)" "$force"
  refuse_open_orders "$present" "$force"
  : | write_file .deploy/failing
  RESTORING="$copy"
  say 'keeping a copy of the present journal'
  # In a subshell, as it exits on failure, and a damaged journal is the very reason for a restore.
  (backup "$before" before-restore) || say 'the present journal cannot be copied; its files are kept'
  note_step restoring "$image" "$before" "$copy"
  exchange "$image" "$before" "$copy"
}

dry_restore() {
  local image=rotor:RUNNING
  within 0 sha256sum --check "$1.sha256"
  once "$image" -e '(write it)' "$STATE/incoming.sqlite"
  once "$image" src/cli.ts journal facts --from "$STATE/incoming.sqlite"
  facts "$image" >/dev/null
  backup "$image" before-restore >/dev/null
  note_step restoring "$image" none "$1"
  compose 0 "$image" stop
  once "$image" src/cli.ts journal restore --from "$STATE/incoming.sqlite" --state "$STATE"
  compose 0 "$image" up --detach
}

refuse_foreign() {
  local theirs="$1" ours="$2" force="$3"
  [ -n "$ours" ] && [ "$ours" != none ] || return 0
  [ "$theirs" != "$ours" ] || return 0
  say "the backup is of account $theirs, the desk here of $ours"
  [ "$force" = yes ] || fail 'a backup of another account is not restored; --force does it all the same'
}

exchange() {
  local image="$1" before="$2" copy="$3"
  compose "$UP_SECONDS" "$before" stop || say 'docker compose stop failed'
  # In a subshell: whatever fails in it, Rotor is started again. The journal's mark makes it halt on
  # anything but a complete journal.
  if (import "$image" "$copy" && put_in_place "$image"); then
    say "$copy is the journal now"
    copy=''
  else
    image="$before"
  fi
  put_up_surely "$image"
  if ! wait_ready "$image" halted; then
    fail "$image is not ready; what was there before is kept in backups and beside the journal"
  fi
  if [ "$image" = "$before" ]; then note_step ended; else settle "$image" "$before" before-rollback; fi
  warn_of_person
  [ -z "$copy" ] || fail "$copy was not restored; the desk runs again on the journal that is there"
}

# --- The lock, and work that outlives its connection --------------------------------------------------

# Holds the lock as long as the other side is alive and says so.
hold() {
  exec 9>>.deploy/lock
  flock -n 9 || fail "busy: $(cat .deploy/holder 2>/dev/null || echo another run) is at work on it; run this again afterwards"
  (exec 8>>.deploy/working && flock -n 8) || fail "busy: an unattended run is still at work: $(cat .deploy/working)"
  [ "$(cksum <.deploy/remote.sh)" = "$2" ] || fail "busy: another deploy was at work; run this again"
  printf '%s, since %s,' "$1" "$(date -u +%H:%M:%SZ)" | write_file .deploy/holder
  echo "${ROTOR_TOKEN:-}" | write_file .deploy/token
  say held
  while read -r -t "${ROTOR_SILENCE_SECONDS:-60}" _; do :; done
}

# Runs the rest detached, under a name that `follow` uses.
start() {
  local name="$1"
  shift
  if [ -n "$DRY" ]; then
    "$@" >/dev/null
    return
  fi
  # A machine that was suspended loses the lock; another run may have changed things since.
  [ "$(cat .deploy/token 2>/dev/null)" = "${ROTOR_TOKEN:-}" ] ||
    fail "the lock was lost, and since then $(cat .deploy/holder) had it; run this again"
  [ ! -f ".deploy/runs/$name.log" ] || return 0
  : >".deploy/runs/$name.log"
  find .deploy/runs -type f -mtime +30 -delete
  setsid bash .deploy/remote.sh work "$name" "$@" </dev/null >>".deploy/runs/$name.log" 2>&1 9>&- &
  echo "$!" >".deploy/runs/$name.pid"
}

work() {
  local name="$1"
  shift
  trap '' HUP PIPE
  # shellcheck disable=SC2064
  trap "echo \$? >.deploy/runs/$name.exit" EXIT
  exec 8>>.deploy/working
  flock -w "$STEP_SECONDS" 8 || fail 'busy: an unattended run is still at work'
  echo "$name" >.deploy/working
  "$@"
}

# The server, or Docker on it, has started: rotor@.service. A deploy meanwhile watches this to its end.
boot() {
  local name
  name="$(date -u +%Y%m%dT%H%M%SZ)-boot-$$"
  : >".deploy/runs/$name.log"
  echo $$ >".deploy/runs/$name.pid"
  work "$name" resume 2>&1 | tee ".deploy/runs/$name.log"
}

# Prints the run's output after that many bytes until it has ended, then its exit code.
follow() {
  local run=".deploy/runs/$1" at="$2" size alive=yes
  [ -f "$run.pid" ] || fail 'nothing was started'
  while [ -n "$alive" ]; do
    sleep "$POLL_SECONDS"
    if [ -s "$run.exit" ] || ! kill -0 "$(cat "$run.pid")" 2>/dev/null; then alive=''; fi
    size=$(stat -c %s "$run.log")
    tail -c "+$((at + 1))" "$run.log" | head -c "$((size - at))" || true
    at="$size"
  done
  say "exit $(cat "$run.exit" 2>/dev/null || echo lost)"
}

# --- Requests of the scripts -------------------------------------------------------------------------

# Whether the server has everything needed, and its architecture.
hello() {
  local tool
  for tool in flock setsid timeout gzip sha256sum tac; do
    command -v "$tool" >/dev/null || fail "$tool is not on this server"
  done
  within "$STEP_SECONDS" docker compose version >/dev/null || fail 'docker compose is not on this server'
  within "$STEP_SECONDS" docker version --format '{{.Server.Os}}/{{.Server.Arch}}'
}

# `runs and ready`, `runs and waits` (for a person), `runs`, `here` or `absent`.
status_of() {
  local image="$1" running seen
  running=$(running_image)
  if [ -n "$DRY" ]; then
    echo absent
  elif [ "$running" = "$image" ]; then
    : | write_file .deploy/failing
    if ! seen=$(readiness) || ! acceptable "$seen" halted; then
      echo runs
    elif [ "$seen" = ready ]; then
      echo 'runs and ready'
    else
      echo 'runs and waits'
    fi
  elif has_image "$image" && [ -f ".deploy/compose/${image#rotor:}.yaml" ]; then
    echo here
  else
    echo absent
  fi
}

present() { present_version; }

check_present() {
  local present
  present=$(present_version)
  [ "$present" = none ] || check "$present" "$1"
}

# Standard input is the output of `docker save`; the given layers exist here already.
receive() {
  local image="$1" layers="$2" seen
  within "${ROTOR_SEND_SECONDS:-3600}" docker load
  [ -z "$DRY" ] || return 0
  seen=$(layers_of "$image")
  [ "$seen" = "$layers" ] || fail "$image did not arrive as it was sent"
}

LAYERS='{{join .RootFS.Layers " "}}'

layers_of() { within "$STEP_SECONDS" docker image inspect --format "$LAYERS" "$1" | sha256sum | cut -d ' ' -f 1; }

# A line for each version stored here.
layers_there() {
  local image
  within "$STEP_SECONDS" docker image ls --format '{{.Repository}}:{{.Tag}}' rotor | while read -r image; do
    within "$STEP_SECONDS" docker image inspect --format "$LAYERS" "$image" </dev/null
  done
}

# Standard input is the compose file of that version: a rollback uses the older version's own.
take_compose() {
  local file=".deploy/compose/${1#rotor:}.yaml"
  write_file "$file.sent"
  if [ -z "$DRY" ]; then
    [ "$(cksum <"$file.sent")" = "$2" ] || fail 'the compose file did not arrive as it was sent'
    mv -f "$file.sent" "$file"
  fi
  compose "$STEP_SECONDS" "$1" config --quiet
}

versions_here() { within "$STEP_SECONDS" docker image ls --format '{{.Repository}}:{{.Tag}}' rotor | paste -s -d ' '; }

# The version that ran before, or the given one; fails if it is not stored here.
rollback_target() {
  local image="$1"
  [ -z "$DRY" ] || {
    echo "${image:-rotor:PREVIOUS}"
    return
  }
  if [ -z "$image" ]; then image=$(cat .deploy/rolled-back 2>/dev/null) || true; fi
  if [ -z "$image" ]; then image=$(cat .deploy/previous 2>/dev/null) || fail 'no version ran before this one'; fi
  if has_image "$image" && [ -f "$(compose_file "$image")" ]; then
    echo "$image"
    return
  fi
  fail "$image is not here; here are: $(versions_here)"
}

# The older version checks the journal itself, as only it knows what it can read.
can_read() {
  local image="$1" seen
  if [ -n "$DRY" ]; then
    once "$image" src/cli.ts journal facts --state "$STATE"
    return
  fi
  seen=$(once "$image" src/cli.ts journal facts --state "$STATE" </dev/null) ||
    fail "$image cannot run on this journal: $(printf '%s\n' "${seen:-}" | fact fault);" \
      "put a backup of before the newer version in its place: scripts/restore.sh HOST BACKUP --version $image"
}

roll_back() {
  local image="$1" present
  present=$(present_version)
  can_read "$image"
  switch "$image" "$present" "$2" before-rollback
}

deploy() {
  local present
  present=$(present_version)
  check_settings "$1"
  look_ahead "$1" "$present"
  switch "$1" "$present" "$2" before-deploy
  look_at_reboot
}

# Docker alone does not restart a process that exited normally; only a warning.
look_at_reboot() {
  command -v systemctl >/dev/null || return 0
  systemctl is-enabled --quiet "rotor@$(id -un)" 2>/dev/null ||
    say 'WARNING: nothing starts the desk after a reboot: RUNBOOK.md, "A new server", the step with systemctl'
}

backup_now() {
  local image copy
  image=$(present_version)
  [ "$image" != none ] || fail 'no version is deployed yet'
  copy=$(backup "$image" asked)
  say "$copy"
}

list_backups() { find backups -name 'journal-*.sqlite.gz' | sort; }

read_file() { cat "$1"; }

take_backup() {
  within "${ROTOR_SEND_SECONDS:-3600}" cat | write_file "backups/${1##*/}"
}

case "${1:-}" in
  hello | hold | start | work | boot | follow | status_of | present | check_present | need_room | layers_there | receive | \
    take_compose | rollback_target | backup_now | list_backups | read_file | take_backup | recover) "$@" ;;
  *) fail "remote.sh: expected a step, found ${1:-nothing}" ;;
esac
