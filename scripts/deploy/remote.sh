#!/usr/bin/env bash
# The server's side of deploy.sh, rollback.sh, backup.sh and restore.sh: they send it and run it there.
# It needs bash, docker with compose, and what every Linux has. What changes the desk runs detached
# (`start`), so that a lost connection stops nothing half-way, and writes down each step before it is
# taken, so that the next run finishes or takes back what a lost machine left (`recover`).
set -euo pipefail
shopt -s inherit_errexit
umask 077

DRY="${ROTOR_DRY_RUN:-}"
STATE="${ROTOR_STATE:-/data}"
STEP_SECONDS="${ROTOR_STEP_SECONDS:-60}"
UP_SECONDS="${ROTOR_UP_SECONDS:-180}"
READY_SECONDS="${ROTOR_READY_SECONDS:-120}"
POLL_SECONDS="${ROTOR_POLL_SECONDS:-2}"
LEASE_SECONDS="${ROTOR_LEASE_SECONDS:-20}"
# So many good answers in a row: a desk that falls over at once gives one or two.
STEADY="${ROTOR_STEADY:-3}"
KEEP_IMAGES="${ROTOR_KEEP_IMAGES:-3}"
KEEP_BACKUPS="${ROTOR_KEEP_BACKUPS:-14}"
# Of /readyz: what must hold in any case, and what a person has to end.
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

# --- What may be printed instead of done ----------------------------------------------------------

# Runs a command with a time limit; a dry run prints it.
within() {
  local seconds="$1"
  shift
  if [ -n "$DRY" ]; then
    printf '+ %s\n' "$*" >&2
    return 0
  fi
  timeout -k 2 "$seconds" "$@"
}

# Standard input into a file that is whole or not there.
write_file() {
  if [ -n "$DRY" ]; then
    printf '+ write %s\n' "$1" >&2
    return 0
  fi
  cat >"$1.part"
  sync "$1.part"
  mv -f "$1.part" "$1"
}

# --- The container ----------------------------------------------------------------------------------

DESK=(--filter label=com.docker.compose.project=rotor --filter label=com.docker.compose.service=rotor
  --filter label=com.docker.compose.oneoff=False --filter status=running)

container() {
  if [ -n "$DRY" ]; then
    echo CONTAINER
    return
  fi
  within "$STEP_SECONDS" docker ps "${DESK[@]}" --format '{{.ID}}'
}

running_image() {
  if [ -n "$DRY" ]; then
    echo rotor:RUNNING
    return
  fi
  within "$STEP_SECONDS" docker ps "${DESK[@]}" --format '{{.Image}}'
}

# The version that runs, or that should; `none` before the first deploy.
present_version() {
  local image
  image=$(running_image)
  if [ -z "$image" ] && [ -f .deploy/current ]; then image=$(cat .deploy/current); fi
  echo "${image:-none}"
}

has_image() { within "$STEP_SECONDS" docker image inspect --format '{{.Id}}' "$1" >/dev/null 2>&1; }

compose_file() { echo ".deploy/compose/${1#rotor:}.yaml"; }

compose() {
  local seconds="$1" image="$2"
  shift 2
  within "$seconds" env ROTOR_IMAGE="$image" docker compose --project-name rotor \
    --project-directory . --file "$(compose_file "$image")" "$@"
}

# Node of that image in a container of its own, on the desk's volume.
once() {
  local image="$1"
  shift
  compose "$STEP_SECONDS" "$image" run --rm --no-deps -T --entrypoint node rotor "$@"
}

# Node beside the desk, or in a container of its own where no desk runs.
beside() {
  local image="$1" id
  shift
  id=$(container)
  if [ -n "$id" ]; then
    within "$STEP_SECONDS" docker exec -i "$id" node "$@"
  else
    once "$image" "$@"
  fi
}

# shellcheck disable=SC2016
READ_READY='
fetch(`http://127.0.0.1:${process.env.HEALTH_PORT || 8080}/readyz`, { signal: AbortSignal.timeout(5000) })
  .then((answer) => answer.json())
  .then(({ ready, reasons }) => {
    console.log(ready ? "ready" : "not ready");
    for (const { name, ok, detail } of reasons) if (!ok) console.log(`${name}\t${detail}`);
  })
  .catch((error) => { console.error(String(error)); process.exitCode = 1; });'
PUT_FILE='require("fs").writeFileSync(process.argv[1], require("fs").readFileSync(0), { mode: 0o600 })'
GET_FILE='require("fs").createReadStream(process.argv[1]).pipe(process.stdout)'
HASH_FILE='console.log(require("crypto").createHash("sha256").update(require("fs").readFileSync(process.argv[1])).digest("hex"))'
DROP_FILE='for (const end of ["", "-wal", "-shm"]) require("fs").rmSync(process.argv[1] + end, { force: true })'

# `ready` or `not ready`, then each reason that fails: name, tab, detail. Fails when nobody answers.
readiness() {
  if [ -n "$DRY" ]; then
    printf '+ docker exec CONTAINER node -e (ask /readyz)\n' >&2
    echo ready
    return
  fi
  local id
  id=$(container)
  [ -n "$id" ] || return 1
  within "$STEP_SECONDS" docker exec -i "$id" node -e "$READ_READY" </dev/null 2>/dev/null
}

facts() {
  if [ -n "$DRY" ]; then
    printf '+ docker exec CONTAINER node src/cli.ts journal facts --state %s\n' "$STATE" >&2
    echo 'journal present'
    return
  fi
  beside "$1" src/cli.ts journal facts --state "$STATE" </dev/null
}

fact() { sed -n "s/^$1 //p"; }

# --- Before a switch ----------------------------------------------------------------------------------

# Whether the desk may be stopped now. Leaves the reasons that fail already in .deploy/failing: the new
# version is not asked for more than the old one could do.
check() {
  local image="$1" force="$2" present seen known
  present=$(present_version)
  : | write_file .deploy/failing
  if [ "$present" != none ]; then
    if seen=$(readiness); then
      printf '%s\n' "$seen" | tail -n +2 | cut -f 1 | write_file .deploy/failing
    elif [ "$force" = yes ]; then
      say "$present does not answer; going on as told"
    else
      fail "$present does not answer, so nobody knows what it is doing. Look at it (docker logs), or go" \
        'on with --force-unreachable'
    fi
  fi
  if ! known=$(facts "$image"); then
    [ "$force" = yes ] || fail "the journal cannot be trusted: $(printf '%s\n' "$known" | fact fault)." \
      'Restore a backup (scripts/restore.sh), or go on with --force-unreachable'
    say 'the journal could not be read; going on as told'
    return
  fi
  refuse_open_orders "$known" "$force"
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

# A verified copy of the journal, out of the volume, zipped and sealed. Prints its path, or nothing
# where there is no journal yet.
backup() {
  local image="$1" label="$2" known name
  exec 7>.deploy/backup-lock
  flock -w "$STEP_SECONDS" 7 || fail 'another backup is under way'
  known=$(facts "$image") || true
  if [ "$(printf '%s\n' "$known" | fact journal)" = none ]; then return 0; fi
  name="backups/journal-$(date -u +%Y%m%dT%H%M%SZ)-$label.sqlite.gz"
  beside "$image" src/cli.ts journal backup --to "$STATE/outgoing.sqlite" --state "$STATE" </dev/null >&2 ||
    fail 'the journal could not be backed up'
  store_copy "$image" "$name"
  beside "$image" -e "$DROP_FILE" "$STATE/outgoing.sqlite" </dev/null ||
    say 'the copy in the volume could not be removed' >&2
  rotate_backups >&2
  echo "$name"
}

# What was read is compared with what the container says it holds.
store_copy() {
  local image="$1" name="$2" there here
  rm -f backups/*.part
  beside "$image" -e "$GET_FILE" "$STATE/outgoing.sqlite" </dev/null | gzip >"$name.part"
  there=$(beside "$image" -e "$HASH_FILE" "$STATE/outgoing.sqlite" </dev/null)
  here=$(gzip -dc "$name.part" | sha256sum | cut -d ' ' -f 1)
  [ "$there" = "$here" ] || fail 'the backup is not what was read from the journal'
  sync "$name.part"
  mv -f "$name.part" "$name"
  (cd backups && sha256sum "${name#backups/}") | write_file "$name.sha256"
}

rotate_backups() {
  local old
  find backups -name 'journal-*.sqlite.gz' | sort -r | tail -n +"$((KEEP_BACKUPS + 1))" |
    while read -r old; do
      say "removing $old"
      rm -f "$old" "$old.sha256"
    done
}

# In a dry run the names of what would be asked are enough.
backup_or_say() {
  if [ -n "$DRY" ]; then
    printf '+ docker exec CONTAINER node src/cli.ts journal backup --to %s/outgoing.sqlite\n' "$STATE" >&2
    printf '+ docker exec CONTAINER node -e (read it) | gzip > backups/journal-NOW-%s.sqlite.gz\n' "$2" >&2
    echo "backups/journal-NOW-$2.sqlite.gz"
    return
  fi
  backup "$@"
}

# --- The switch ---------------------------------------------------------------------------------------

# Written before what it names is done: phase, new version, old version, backup.
note_step() { printf '%s\n' "$@" | write_file .deploy/step; }

put_up() {
  say "starting $1"
  if compose "$UP_SECONDS" "$1" up --detach; then return 0; fi
  say "docker compose up failed"
  return 1
}

# Whether what /readyz said will do: nothing fails but what failed before the switch, or what is listed.
acceptable() {
  local seen="$1" allowed="$2" name
  [ "${seen%%$'\n'*}" = 'not ready' ] || [ "${seen%%$'\n'*}" = ready ] || return 1
  while read -r name; do
    [ -n "$name" ] || continue
    [ "$name" != "$MUST_HOLD" ] || return 1
    printf '%s\n' "$allowed" | grep -qxF "$name" || return 1
  done < <(printf '%s\n' "$seen" | tail -n +2 | cut -f 1)
}

# Whether that version runs and says so, several times in a row, within the limit.
wait_ready() {
  local image="$1" allowed="$2" good=0 seen='' end
  [ -z "$DRY" ] || return 0
  end=$(($(date +%s) + READY_SECONDS))
  while [ "$(date +%s)" -lt "$end" ]; do
    if [ "$(running_image)" = "$image" ] && seen=$(readiness) && acceptable "$seen" "$allowed"; then
      good=$((good + 1))
      if [ "$good" -ge "$STEADY" ]; then
        say "$image is reconciled and ${seen//$'\n'/; }"
        return 0
      fi
    else
      good=0
    fi
    sleep "$POLL_SECONDS"
  done
  say "$image is not ready after $READY_SECONDS s: ${seen:-no answer}"
  return 1
}

failing_before() { cat .deploy/failing 2>/dev/null || true; }

# New version, old version or none, whether forced, label of the backup.
switch() {
  local new="$1" old="$2" force="$3" label="$4" copy='' reader
  has_image "$new" || fail "$new is not on this server"
  reader="$old"
  [ "$old" != none ] || reader="$new"
  check "$reader" "$force"
  say 'backing the journal up'
  copy=$(backup_or_say "$reader" "$label")
  say "backup: ${copy:-none, there is no journal yet}"
  note_step switching "$new" "$old" "$copy"
  if put_up "$new" && wait_ready "$new" "$(failing_before)"; then
    settle "$new" "$old"
    return
  fi
  compose "$STEP_SECONDS" "$new" logs --tail 40 || true
  go_back "$new" "$old" "$copy"
  exit 3
}

go_back() {
  local new="$1" old="$2" copy="$3" seen
  if [ "$old" = none ]; then
    compose "$UP_SECONDS" "$new" stop || true
    note_step done
    fail "$new is not ready, and there is no version to go back to; it was stopped"
  fi
  say "going back to $old"
  note_step going-back "$new" "$old" "$copy"
  compose "$UP_SECONDS" "$new" stop || say 'docker compose stop failed'
  seen=$(once "$old" src/cli.ts journal facts --state "$STATE" </dev/null) || true
  case "$(printf '%s\n' "$seen" | fact fault)" in
    'written by a newer Rotor'*)
      say "$old cannot read what $new wrote; the journal of before the switch is put back"
      import "$old" "$copy"
      put_in_place "$old"
      ;;
  esac
  put_up "$old" || true
  if wait_ready "$old" "$(printf '%s\n' "$(failing_before)" "$PERSONS")"; then
    note_step done
    remember "$old" 'went back to'
    prune
    say "went back to $old, which is healthy; $new does not run"
    return
  fi
  fail "$old is not ready either; look at it: docker compose logs, and scripts/restore.sh"
}

remember() { printf '%s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" >>.deploy/history; }

settle() {
  local new="$1" old="$2"
  if [ "$new" != "$old" ] && [ "$old" != none ]; then echo "$old" | write_file .deploy/previous; fi
  echo "$new" | write_file .deploy/current
  [ -n "$DRY" ] || remember "$new" 'runs'
  note_step done
  prune
  say "$new runs"
}

# The last versions that ran, newest first, stay; what never ran well goes.
prune() {
  local keep image
  keep=$( (cat .deploy/current .deploy/previous && tac .deploy/history | cut -d ' ' -f 2) 2>/dev/null |
    awk '!seen[$0]++' | head -n "$KEEP_IMAGES") || true
  within "$STEP_SECONDS" docker image ls --format '{{.Repository}}:{{.Tag}}' rotor |
    { grep -vxF "$keep" || true; } |
    while read -r image; do
      say "removing $image"
      within "$STEP_SECONDS" docker image rm "$image" >/dev/null || say "$image could not be removed"
      rm -f "$(compose_file "$image")"
    done || say 'old images could not be removed'
}

# Finishes or takes back what an earlier run began and could not end.
recover() {
  local phase new old copy
  [ -f .deploy/step ] || return 0
  { read -r phase; read -r new || true; read -r old || true; read -r copy || true; } <.deploy/step
  case "$phase" in
    switching)
      say "an earlier switch to $new was cut off"
      if wait_ready "$new" "$(failing_before)"; then
        settle "$new" "$old"
      else
        go_back "$new" "$old" "$copy"
      fi
      ;;
    going-back)
      say "an earlier way back to $old was cut off"
      go_back "$new" "$old" "$copy"
      ;;
    restoring)
      say "an earlier restore of $copy was cut off"
      finish_restore "$new" "$copy"
      ;;
  esac
}

# --- Restore ------------------------------------------------------------------------------------------

import() {
  (cd backups && sha256sum --check --quiet "${2#backups/}.sha256") ||
    fail "$2 is not as it was written (SHA-256)"
  gzip -dc "$2" | beside "$1" -e "$PUT_FILE" "$STATE/incoming.sqlite"
}

# A desk that was killed holds its lease a little longer.
put_in_place() {
  local end
  end=$(($(date +%s) + LEASE_SECONDS))
  until once "$1" src/cli.ts journal restore --from "$STATE/incoming.sqlite" --state "$STATE" </dev/null; do
    [ "$(date +%s)" -lt "$end" ] || fail 'the journal could not be put in place'
    sleep "$POLL_SECONDS"
  done
  once "$1" -e "$DROP_FILE" "$STATE/incoming.sqlite" </dev/null || true
}

# Backup, whether forced.
restore() {
  local copy="$1" force="$2" image known present
  if [ -n "$DRY" ]; then
    dry_restore "$copy"
    return
  fi
  [ -f "$copy" ] || fail "$copy is not here; backups: $(ls backups)"
  image=$(present_version)
  [ "$image" != none ] || fail 'no version is deployed yet; deploy first'
  import "$image" "$copy"
  known=$(beside "$image" src/cli.ts journal facts --from "$STATE/incoming.sqlite" </dev/null) ||
    fail "$copy does not verify: $(printf '%s\n' "${known:-}" | fact fault)"
  say "$copy: $(printf '%s\n' "$known" | fact entries) entries, the chain holds"
  present=$(facts "$image") || true
  refuse_foreign "$(printf '%s\n' "$known" | fact account)" \
    "$(printf '%s\n' "$present" | fact account)" "$force"
  refuse_open_orders "$present" "$force"
  : | write_file .deploy/failing
  say 'keeping a copy of the present journal'
  backup "$image" before-restore || say 'the present journal cannot be copied; its files are kept'
  note_step restoring "$image" none "$copy"
  finish_restore "$image" "$copy"
}

dry_restore() {
  within 0 sha256sum --check "$1.sha256"
  within 0 docker exec -i CONTAINER node -e '(write it)' "$STATE/incoming.sqlite"
  within 0 docker exec CONTAINER node src/cli.ts journal facts --from "$STATE/incoming.sqlite"
  backup_or_say rotor:RUNNING before-restore >/dev/null
  note_step restoring rotor:RUNNING none "$1"
  compose 0 rotor:RUNNING stop
  once rotor:RUNNING src/cli.ts journal restore --from "$STATE/incoming.sqlite" --state "$STATE"
  compose 0 rotor:RUNNING up --detach
}

refuse_foreign() {
  local theirs="$1" ours="$2" force="$3"
  [ -n "$ours" ] && [ "$ours" != none ] || return 0
  [ "$theirs" != "$ours" ] || return 0
  say "the backup is of account $theirs, the desk here of $ours"
  [ "$force" = yes ] || fail 'a backup of another account is not restored; --force does it all the same'
}

finish_restore() {
  local image="$1" copy="$2"
  compose "$UP_SECONDS" "$image" stop || say 'docker compose stop failed'
  # Once more where a run was cut off: only what is complete may take the journal's place.
  import "$image" "$copy"
  put_in_place "$image"
  put_up "$image" || true
  note_step done
  if wait_ready "$image" "$PERSONS"; then
    say "$copy is the journal now"
    return
  fi
  fail "$image runs on $copy, and is not ready; what was there before is kept in backups and beside the" \
    'journal'
}

# --- The lock, and work that outlives its connection --------------------------------------------------

# Holds the lock as long as the other side lives and says so.
hold() {
  exec 9>>.deploy/lock
  flock -n 9 || fail "busy: $(cat .deploy/holder 2>/dev/null)"
  (exec 8>>.deploy/working && flock -n 8) || fail "busy: a switch goes on by itself"
  printf '%s, since %s' "$1" "$(date -u +%H:%M:%SZ)" | write_file .deploy/holder
  say held
  while read -r -t "${ROTOR_SILENCE_SECONDS:-60}" _; do :; done
}

# Runs the rest detached, under a name that `follow` asks for.
start() {
  local name="$1"
  shift
  if [ -n "$DRY" ]; then
    "$@"
    return
  fi
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
  flock -w "$STEP_SECONDS" 8 || fail 'busy: a switch goes on by itself'
  "$@"
}

# Prints what the run says after that many lines, until it has ended, and then how it ended.
follow() {
  local run=".deploy/runs/$1"
  [ -f "$run.pid" ] || fail 'nothing was started'
  tail -n +"$(($2 + 1))" -s "$POLL_SECONDS" --follow --pid="$(cat "$run.pid")" "$run.log"
  say "exit $(cat "$run.exit" 2>/dev/null || echo lost)"
}

# --- What the scripts ask ---------------------------------------------------------------------------

# Whether the server can run it all, and on what kind of machine.
hello() {
  local tool
  for tool in flock setsid timeout gzip sha256sum tac; do
    command -v "$tool" >/dev/null || fail "$tool is not on this server"
  done
  within "$STEP_SECONDS" docker compose version >/dev/null || fail 'docker compose is not on this server'
  within "$STEP_SECONDS" docker version --format '{{.Server.Os}}/{{.Server.Arch}}'
}

# `runs` and `ready`, `runs`, `here` or `absent`.
status_of() {
  local seen
  if [ -n "$DRY" ]; then
    echo absent
  elif [ "$(running_image)" = "$1" ]; then
    : | write_file .deploy/failing
    if seen=$(readiness) && acceptable "$seen" "$PERSONS"; then echo 'runs and ready'; else echo runs; fi
  elif has_image "$1" && [ -f "$(compose_file "$1")" ]; then
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

# Standard input is what `docker save` gave; the layers are what the other side has.
receive() {
  local image="$1" layers="$2" seen
  within "${ROTOR_SEND_SECONDS:-3600}" docker load
  [ -z "$DRY" ] || return 0
  seen=$(layers_of "$image")
  [ "$seen" = "$layers" ] || fail "$image did not arrive as it was sent"
}

layers_of() {
  within "$STEP_SECONDS" docker image inspect --format '{{json .RootFS.Layers}}' "$1" | sha256sum | cut -d ' ' -f 1
}

# Standard input is the compose file of that version: an older version comes back with its own.
take_compose() {
  write_file "$(compose_file "$1")"
  compose "$STEP_SECONDS" "$1" config --quiet
}

# The version that ran before, or the named one; refuses one that is not here.
rollback_target() {
  local image="$1"
  [ -z "$DRY" ] || {
    echo "${image:-rotor:PREVIOUS}"
    return
  }
  if [ -z "$image" ]; then image=$(cat .deploy/previous 2>/dev/null) || fail 'no version ran before this one'; fi
  if has_image "$image" && [ -f "$(compose_file "$image")" ]; then
    echo "$image"
    return
  fi
  fail "$image is not here; here are: $(docker image ls --format '{{.Repository}}:{{.Tag}}' rotor | tr '\n' ' ')"
}

# The older version reads the journal itself: it knows best what it knows.
can_read() {
  local image="$1" seen
  if [ -n "$DRY" ]; then
    once "$image" src/cli.ts journal facts --state "$STATE"
    return
  fi
  seen=$(once "$image" src/cli.ts journal facts --state "$STATE" </dev/null) ||
    fail "$image cannot run on this journal: $(printf '%s\n' "${seen:-}" | fact fault);" \
      'restore a backup made before the newer version (scripts/restore.sh), then go back'
}

roll_back() {
  local image="$1" present
  present=$(present_version)
  can_read "$image"
  switch "$image" "$present" "$2" before-rollback
}

deploy() { switch "$1" "$(present_version)" "$2" before-deploy; }

backup_now() {
  local image copy
  image=$(present_version)
  [ "$image" != none ] || fail 'no version is deployed yet'
  copy=$(backup_or_say "$image" asked)
  say "${copy:-no journal yet}"
}

list_backups() { find backups -name 'journal-*.sqlite.gz' | sort; }

read_file() { cat "$1"; }

take_backup() {
  within "${ROTOR_SEND_SECONDS:-3600}" cat | write_file "backups/${1##*/}"
}

case "${1:-}" in
  hello | hold | start | work | follow | status_of | present | check_present | receive | take_compose | \
    rollback_target | backup_now | list_backups | read_file | take_backup | recover) "$@" ;;
  *) fail "remote.sh: expected a step, found ${1:-nothing}" ;;
esac
