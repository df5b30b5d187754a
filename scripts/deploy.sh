#!/usr/bin/env bash
# Deploys this commit to a server: tests, image, backup of the journal, switch, and automatic rollback when
# the new version does not become reconciled and ready.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/deploy/lib.sh"
USAGE='usage: scripts/deploy.sh user@host [--allow-dirty] [--skip-tests] [--force-unreachable] [--dry-run]'
ALLOW_DIRTY='' SKIP_TESTS='' FORCE=no DIRTY=''

for word in "$@"; do
  case "$word" in
    --allow-dirty) ALLOW_DIRTY=yes ;;
    --skip-tests) SKIP_TESTS=yes ;;
    --force-unreachable) FORCE=yes ;;
    --dry-run) DRY_RUN=yes ;;
    -h | --help) say "$USAGE" && exit 0 ;;
    -*) die "unknown option $word; $USAGE" ;;
    *) HOST="$word" ;;
  esac
done
need_host
cd "$ROOT"

# A version that others cannot look up is deployed only if its name says so.
look_at_tree() {
  local changed unpushed
  headline 'the tree'
  changed=$(git status --porcelain --untracked-files=all)
  unpushed=$(git log --oneline HEAD --not --remotes)
  if [ -n "$changed" ]; then say 'not committed:' && printf '%s\n' "$changed" | sed 's/^/  /'; fi
  if [ -n "$unpushed" ]; then say 'not pushed:' && printf '%s\n' "$unpushed" | shorten; fi
  if [ -n "$changed$unpushed" ]; then
    [ -n "$ALLOW_DIRTY" ] || die 'commit it, and push it to origin, where others can look it up (git push origin); or deploy it as it is' \
      'with --allow-dirty'
    DIRTY=true
  fi
}

name_version() {
  COMMIT=$(git rev-parse HEAD)
  VERSION=$(scripts/image/version.sh)
  BUILT_AT=$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)
  IMAGE="rotor:$VERSION-$(printf '%.7s' "$COMMIT")"
  # Two dirty trees of one commit are two versions: each keeps its own image for a rollback.
  if [ "$DIRTY" = true ]; then IMAGE="$IMAGE-dirty-$(date -u +%Y%m%dT%H%M%SZ)"; fi
  say "version $IMAGE"
}

# Installs the packages of package-lock.json in a clone that has none, or older ones.
install_packages() {
  headline 'packages'
  if [ node_modules/.package-lock.json -nt package-lock.json ]; then
    say 'are installed'
  else
    run limited "${ROTOR_BUILD_SECONDS:-3600}" npm ci
  fi
}

run_tests() {
  headline 'tests'
  if [ -n "$SKIP_TESTS" ]; then
    say 'WARNING: --skip-tests: nobody has tested what is deployed now'
    return
  fi
  run limited "${ROTOR_TEST_SECONDS:-3600}" npm test
}

build() {
  headline 'image'
  run scripts/image/commit-record.sh
  run limited "${ROTOR_BUILD_SECONDS:-3600}" docker build --platform "${PLATFORM:-linux/amd64}" \
    --build-arg "ROTOR_COMMIT=$COMMIT" --build-arg "ROTOR_VERSION=$VERSION" \
    --build-arg "ROTOR_BUILT_AT=$BUILT_AT" --build-arg "ROTOR_DIRTY=$DIRTY" --tag "$IMAGE" .
  headline 'all models in the image'
  run limited "${ROTOR_TEST_SECONDS:-3600}" docker run --rm --network none --entrypoint node "$IMAGE" \
    scripts/self-test.ts
}

# Before the minutes that the tests take. A stand-in for the official base says so; an image on it may be
# deployed only to a test server.
look_at_builder() {
  local base label
  [ -z "$DRY_RUN" ] || return 0
  limited 30 docker version >/dev/null 2>&1 ||
    die 'docker does not answer on this machine, which builds the image: install or start it, and run this again'
  [ "${ROTOR_STAND_IN:-}" != allowed ] || return 0
  base=$(sed -n 's/^FROM \(.*\) AS base$/\1/p' Dockerfile)
  label=$(docker image inspect --format '{{index .Config.Labels "rotor.stand-in"}}' "$base" 2>/dev/null) || return 0
  [ -z "$label" ] || die "$base is here a stand-in, for tests alone: $label"
}

# Sends only the layers that the server lacks, or all of them if its engine cannot take that.
send() {
  headline "sending $IMAGE"
  if [ -n "$DRY_RUN" ]; then
    say "+ docker save $IMAGE | gzip | ssh $HOST docker load"
    on_host receive "$IMAGE" LAYERS
    return
  fi
  LAYERS=$(docker image inspect --format '{{join .RootFS.Layers " "}}' "$IMAGE")
  mkdir "$SCRATCH/image"
  limited "$ROTOR_SEND_SECONDS" docker save "$IMAGE" | tar -x -f - -C "$SCRATCH/image"
  mkdir "$SCRATCH/there"
  leave_out "$(on_host layers_there)"
  if send_folder; then return; fi
  on_host need_room
  [ -n "$(ls "$SCRATCH/there")" ] || die 'the image did not arrive'
  say 'the server wants the whole image'
  mv "$SCRATCH/there"/* "$SCRATCH/image/blobs/sha256/"
  send_folder
}

# Layers build on each other: layers of an image on the server count up to the first difference.
leave_out() {
  local theirs layer number most=0
  while read -r theirs; do
    number=0
    for layer in $LAYERS; do
      case "$theirs " in "$layer "*) theirs="${theirs#"$layer"}" theirs="${theirs# }" ;; *) break ;; esac
      number=$((number + 1))
      [ "$number" -le "$most" ] || most="$number"
    done
  done <<<"$1"
  for layer in $(tr ' ' '\n' <<<"$LAYERS" | head -n "$most"); do
    mv "$SCRATCH/image/blobs/sha256/${layer#sha256:}" "$SCRATCH/there/" 2>/dev/null || true
  done
}

send_folder() {
  local began=$SECONDS bytes
  tar -c -f - -C "$SCRATCH/image" . | gzip >"$SCRATCH/image.tar.gz"
  bytes=$(wc -c <"$SCRATCH/image.tar.gz")
  say "+ ssh $HOST docker load, $((bytes / 1000)) kB"
  ROTOR_SSH_SECONDS="$ROTOR_SEND_SECONDS" on_host receive "$IMAGE" "$(digest <<<"$LAYERS")" \
    <"$SCRATCH/image.tar.gz" || return
  say "sent $((bytes / 1000)) kB in $((SECONDS - began)) s"
}

look_at_tree
name_version
connect
take_lock
do_on_host recover
headline 'the desk that runs'
STATUS=$(on_host status_of "$IMAGE")
end_where_it_runs "$STATUS"
case "$STATUS" in
  runs | here) THERE=yes ;;
  absent) THERE='' ;;
  *) die "$HOST did not say what runs there" ;;
esac
on_host check_present "$FORCE"
if [ -z "$THERE" ]; then look_at_builder; fi
install_packages
run_tests
if [ -n "$THERE" ]; then
  say "$IMAGE is on $HOST already"
else
  build
  send
  headline 'compose file'
  COMPOSE_SUM=$(sum_of compose.yaml)
  on_host take_compose "$IMAGE" "$COMPOSE_SUM" <compose.yaml
fi
headline 'switch'
do_on_host deploy "$IMAGE" "$FORCE"
headline "deployed $IMAGE to $HOST"
