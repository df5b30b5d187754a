#!/usr/bin/env bash
# Replaces the journal by a backup, which is verified before Rotor stops; the current journal is kept.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/deploy/lib.sh"
USAGE='usage: scripts/restore.sh user@host [BACKUP] [--version IMAGE] [--force] [--dry-run]; without BACKUP
it lists them'
COPY='' FORCE=no VERSION=''

while [ $# -gt 0 ]; do
  word="$1"
  shift
  case "$word" in
    --version)
      [ $# -gt 0 ] || die "--version needs an image; $USAGE"
      VERSION="$1"
      shift
      ;;
    --force) FORCE=yes ;;
    --dry-run) DRY_RUN=yes ;;
    -h | --help) say "$USAGE" && exit 0 ;;
    -*) die "unknown option $word; $USAGE" ;;
    *) if [ -z "$HOST" ]; then HOST="$word"; else COPY="$word"; fi ;;
  esac
done
need_host

# A local file is first sent to the server's backups.
send_backup() {
  [ -f "$COPY.sha256" ] || die "$COPY.sha256 is not here: nothing says that $COPY is whole"
  [ "$(digest <"$COPY")" = "$(cut -d ' ' -f 1 "$COPY.sha256")" ] || die "$COPY is not as it was written (SHA-256)"
  headline "sending $COPY"
  on_host take_backup "${COPY##*/}" <"$COPY"
  on_host take_backup "${COPY##*/}.sha256" <"$COPY.sha256"
}

connect
if [ -z "$COPY" ]; then
  on_host list_backups
  exit 0
fi
take_lock
do_on_host recover
if [ -f "$COPY" ]; then send_backup; fi
headline 'restore'
do_on_host restore "backups/${COPY##*/}" "$FORCE" "$VERSION"
headline "$HOST runs on $COPY"
