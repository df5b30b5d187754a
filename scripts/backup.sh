#!/usr/bin/env bash
# Makes a verified copy of the journal while Rotor runs: compressed, sealed with SHA-256; the latest are
# kept.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/deploy/lib.sh"
USAGE='usage: scripts/backup.sh user@host [--keep N] [--copy-to FOLDER] [--dry-run]'
COPY_TO='' EXPECT=''

for word in "$@"; do
  case "$EXPECT$word" in
    keep:*) ROTOR_KEEP_BACKUPS="$word" EXPECT='' ;;
    copy:*) COPY_TO="$word" EXPECT='' ;;
    --keep) EXPECT=keep: ;;
    --copy-to) EXPECT=copy: ;;
    --dry-run) DRY_RUN=yes ;;
    -h | --help) say "$USAGE" && exit 0 ;;
    -*) die "unknown option $word; $USAGE" ;;
    *) HOST="$word" ;;
  esac
done
need_host
[ -z "$EXPECT" ] || die "a value is missing; $USAGE"
case "${ROTOR_KEEP_BACKUPS:-14}" in
  '' | *[!0-9]* | 0) die "--keep: expected a number from 1; $USAGE" ;;
esac

# The copy counts only if it arrived here unchanged.
copy_here() {
  local copy="$1" name="${1##*/}"
  headline "copying to $COPY_TO"
  run mkdir -p "$COPY_TO"
  if [ -n "$DRY_RUN" ]; then
    on_host read_file "$copy" >/dev/null
    return
  fi
  on_host read_file "$copy" >"$COPY_TO/$name.part"
  on_host read_file "$copy.sha256" >"$COPY_TO/$name.sha256"
  [ "$(digest <"$COPY_TO/$name.part")" = "$(cut -d ' ' -f 1 "$COPY_TO/$name.sha256")" ] ||
    die "$COPY_TO/$name.part did not arrive as it was sent"
  mv -f "$COPY_TO/$name.part" "$COPY_TO/$name"
  say "$COPY_TO/$name"
}

connect
headline 'backup'
COPY=$(on_host backup_now | tail -n 1)
say "$COPY"
if [ -n "$COPY_TO" ]; then copy_here "$COPY"; fi
