#!/usr/bin/env bash
# Rolls back to the version that ran before, or to a given one that the server still has.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/deploy/lib.sh"
USAGE='usage: scripts/rollback.sh user@host [rotor:VERSION-COMMIT] [--force-unreachable] [--dry-run]'
IMAGE='' FORCE=no

for word in "$@"; do
  case "$word" in
    --force-unreachable) FORCE=yes ;;
    --dry-run) DRY_RUN=yes ;;
    -h | --help) say "$USAGE" && exit 0 ;;
    -*) die "unknown option $word; $USAGE" ;;
    rotor:*) IMAGE="$word" ;;
    *) HOST="$word" ;;
  esac
done
need_host

connect
take_lock
do_on_host recover
headline 'which version'
IMAGE=$(on_host rollback_target "$IMAGE")
say "$IMAGE"
end_where_it_runs "$(on_host status_of "$IMAGE")"
headline 'switch'
do_on_host roll_back "$IMAGE" "$FORCE"
headline "$HOST is back on $IMAGE"
